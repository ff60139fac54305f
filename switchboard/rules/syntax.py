"""YAML's own complaints in words for people who never read YAML's definition.

The parser stops at the first fault in the writing, so this is the one kind of problem that is told alone
(tabs excepted: each line with one is named).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ruamel.yaml.error import MarkedYAMLError

from switchboard.sentences import Sentence, Value, say

_FULL_WIDTH = str.maketrans(
    {"：": ":", "“": '"', "”": '"', "，": ",", "｛": "{", "｝": "}", "［": "[", "］": "]"}
)

_SAID: tuple[tuple[str, str], ...] = (
    # in the parser's message, its key in `sentences/syntax.*.yaml`
    ("mapping values are not allowed", "colon"),
    ("could not find expected ':'", "no_colon"),
    ("while scanning a quoted scalar", "open_quote"),
    ("found unknown escape", "backslash"),
    ("expected ',' or", "open_bracket"),
    ("expected the node content", "bracket"),
    ("cannot start any token", "character"),
    ("block sequence entries are not allowed", "dash"),
    ("expected alphabetic or numeric", "star"),
    ("did not find expected key", "stray"),
    ("expected <block end>", "stray_key"),
    ("expected '-' indicator", "stray_item"),
    ("found unexpected document indicator", "document"),
)


@dataclass(frozen=True, slots=True)
class Fault:
    """What a complaint amounts to: the problem's kind, its line, how to mend it, what was found."""

    kind: str
    line: int
    advice: Sentence | None = None
    found: Mapping[str, Value] = field(default_factory=dict)


def explain(error: MarkedYAMLError, text: str) -> Fault:
    """What a complaint of the parser's about `text` amounts to."""
    lines = text.split("\n")
    words = f"{error.context or ''} {error.problem or ''}"
    mark = error.problem_mark or error.context_mark
    if "while scanning a quoted scalar" in words or "while scanning a simple key" in words:
        mark = error.context_mark or mark  # where it begins, rather than where it is noticed
    number = min(max((mark.line if mark else 0) + 1, 1), len(lines))
    while number > 1 and not lines[number - 1].strip():
        number -= 1  # the complaint points behind the last line that says something
    line = lines[number - 1]
    tabs = [n for n, row in enumerate(lines, 1) if re.match(r" *\t", row) and row.strip()]
    if tabs and (number in tabs or number - 1 in tabs):
        if len(tabs) > 1:
            return Fault("tab.more", tabs[0], found={"lines": _listed(tabs[1:])})
        return Fault("tab", tabs[0])
    opened = next((n for n in range(number, max(0, number - 200), -1) if _leaves_quote_open(lines[n - 1])), 0)
    if opened and "unknown escape" not in words:
        return Fault("syntax.quote", opened)
    key = next((key for part, key in _SAID if part in words), "unknown")
    advice = say(f"syntax.{key}.mend")
    wide = [c for c in re.sub(r"\"[^\"]*\"|'[^']*'|#.*", "", line) if ord(c) in _FULL_WIDTH]
    first: Sentence | None = None
    if wide:
        first = say("advice.full_width", wide=wide[0], plain=wide[0].translate(_FULL_WIDTH))
    elif "\u3000" in line or "\u00a0" in line:
        first = say("advice.odd_space")
    if first is not None:
        advice = say("advice.then", first=first, then=advice)
    return Fault("syntax", number, advice, {"what": say(f"syntax.{key}.what")})


def _leaves_quote_open(row: str) -> bool:
    """Whether a quoted text begins in this line and doesn't end in it."""
    quote = before = ""
    i = 0
    while i < len(row):
        c = row[i]
        if quote:
            if c == "\\" and quote == '"':
                i += 1
            elif c == quote:
                quote = ""
        elif c == "#" and before.strip() == "":
            return False
        elif c in "\"'" and (not before or before in " \t:,[{("):
            quote = c
        before = c
        i += 1
    return bool(quote)


def _listed(numbers: list[int]) -> str:
    text = ", ".join(map(str, numbers[:8]))
    return text + (" …" if len(numbers) > 8 else "")
