"""YAML's own complaints in words for people who never read YAML's definition.

The parser stops at the first fault in the writing, so this is the one kind of problem that is told alone
(tabs excepted: each line with one is named).
"""

from __future__ import annotations

import re

from ruamel.yaml.error import MarkedYAMLError

_FULL_WIDTH = str.maketrans(
    {"：": ":", "“": '"', "”": '"', "，": ",", "｛": "{", "｝": "}", "［": "[", "］": "]"}
)

_WORDS: tuple[tuple[str, str, str], ...] = (
    # in the parser's message, what was found, how to mend it
    ("mapping values are not allowed", "a second colon, or a key that stands too far right",
     "Put a text that holds a colon in quotes, and keys of one level exactly below each other."),
    ("could not find expected ':'", "a line without a colon after its key",
     "Write key: value. A text over several lines belongs in quotes."),
    ("while scanning a quoted scalar", "a quote that is never closed", "Close the quote on the same line."),
    ("found unknown escape", "a backslash that YAML doesn't know",
     "Use single quotes around a text with a backslash."),
    ("expected ',' or", "an open [ or {", "Close the bracket, and put commas between what it holds."),
    ("expected the node content", "a bracket or comma where a value is expected",
     "Put a text that begins with one in quotes."),
    ("cannot start any token", "a character no unquoted text may begin with", "Put the text in quotes."),
    ("block sequence entries are not allowed", "a list (-) in the middle of a line",
     "Begin the list on the next line, or write [one, two]."),
    ("expected alphabetic or numeric", "an unquoted text that begins with * or &", "Put the text in quotes."),
    ("did not find expected key", "a line that belongs to nothing before it",
     "Put keys of one level exactly below each other, and close every bracket above."),
    ("expected <block end>", "a line that belongs to nothing before it",
     "Put keys of one level exactly below each other."),
    ("expected '-' indicator", "a line among a list that doesn't begin with -",
     "Put it exactly below what it belongs to."),
    ("found unexpected document indicator", "--- in mid-text", "Delete it."),
)  # fmt: skip


def explain(error: MarkedYAMLError, text: str) -> tuple[str, int, str, str]:
    """(code, line, message, hint) of a complaint of the parser's about `text`."""
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
        others = f" (also in lines {_listed(tabs[1:])})" if len(tabs) > 1 else ""
        return (
            "tab",
            tabs[0],
            f"Found a tab at the beginning of the line{others}; expected spaces.",
            ("Two spaces for each level; editors can be told to insert spaces."),
        )
    opened = next((n for n in range(number, max(0, number - 200), -1) if _leaves_quote_open(lines[n - 1])), 0)
    if opened and "unknown escape" not in words:
        return "syntax", opened, "Found a quote that is not closed in its line.", "Close the quote."
    found, hint = "writing that YAML doesn't know", "Compare with the lines around it."
    for part, what, mend in _WORDS:
        if part in words:
            found, hint = what, mend
            break
    full_width = [c for c in re.sub(r"\"[^\"]*\"|'[^']*'|#.*", "", line) if ord(c) in _FULL_WIDTH]
    if full_width:
        c = full_width[0]
        hint = (
            f"The line holds the full-width {c}: write {chr(ord(c)).translate(_FULL_WIDTH)} instead. {hint}"
        )
    elif "\u3000" in line or "\u00a0" in line:
        hint = f"The line holds a space that is not a plain one: type it anew. {hint}"
    return "syntax", number, f"Found {found}.", hint


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
