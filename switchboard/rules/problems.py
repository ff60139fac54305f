"""What is wrong with a rules file, told one by one in words an administrator uses.

A problem carries its kind and what was found; `switchboard/sentences/problems.*.yaml` has the words.
"""

from __future__ import annotations

import difflib
import errno
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from switchboard.sentences import Sentence, Value, known, say


class Severity(StrEnum):
    """Errors keep a file out of force; warnings only tell."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to look at. `line` is at least 1; `path` is dotted, e.g. `people.8201.department`.

    `said` tells what was found and what was expected, `advice` how to mend it; `message` and `hint` are
    their words in English.
    """

    severity: Severity
    code: str
    line: int
    path: str
    said: Sentence
    advice: Sentence | None = None

    def __post_init__(self) -> None:
        """Keys of the file go to terminals: nothing in them may act there."""
        if not self.path.isprintable():
            object.__setattr__(self, "path", _printable(self.path))

    @property
    def message(self) -> str:
        """What was found and expected, in English."""
        return self.message_in("en")

    @property
    def hint(self) -> str:
        """How to mend it, in English; may be ""."""
        return self.hint_in("en")

    def message_in(self, language: str) -> str:
        """What was found and what was expected, printable whatever the file holds."""
        return _printable(self.said.in_language(language))

    def hint_in(self, language: str) -> str:
        """How to mend it; may be ""."""
        return _printable(self.advice.in_language(language)) if self.advice else ""

    def words_in(self, language: str) -> str:
        """Both in one line."""
        message, hint = self.message_in(language), self.hint_in(language)
        return f"{message} {hint}" if hint else message

    def as_json(self, language: str = "en") -> dict[str, str | int]:
        """The keys of `switchboard check --json`."""
        return {
            "severity": self.severity.value,
            "code": self.code,
            "line": self.line,
            "path": self.path,
            "message": self.message_in(language),
            "hint": self.hint_in(language),
        }


def problem(
    severity: Severity, kind: str, line: int, path: str, advice: Sentence | None = None, /, **found: Value
) -> Problem:
    """A problem of `kind`: its code, and after a dot the case of it. `found` fills what its sentences leave
    open. Without `advice`, how to mend it is what `problems.<kind>.mend` says, if that is there."""
    mend = f"problems.{kind}.mend"
    if advice is None and known(mend):
        advice = say(mend, **found)
    code = kind.partition(".")[0]
    return Problem(severity, code, max(line, 1), path, say(f"problems.{kind}.found", **found), advice)


def cant_be_read(error: OSError | ValueError) -> Problem:
    """The problem that a file is which can't be opened."""
    return problem(Severity.ERROR, "unreadable", 1, "", reason=why_not(error))


def why_not(error: OSError | ValueError) -> Value:
    """Why a file can't be opened; the system's own words for what is rare."""
    if not isinstance(error, OSError):
        return say("files.no_name")
    key = f"files.{errno.errorcode.get(error.errno or 0, '')}"
    return say(key) if known(key) else (error.strerror or "").lower() or say("files.unknown")


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """By line, errors first within a line, each only once."""
    return tuple(
        sorted(
            dict.fromkeys(problems), key=lambda p: (p.line, p.severity is Severity.WARNING, p.path, p.code)
        )
    )


class Nearest:
    """Finds the right name nearest to a wrong one.

    Comparing with 10,000 names takes a twentieth of a second, so only the first `limit` wrong names of a
    file get a suggestion.
    """

    def __init__(self, limit: int = 20) -> None:
        self._left = limit

    def to(self, found: str, choices: Iterable[str]) -> str:
        """The nearest of `choices`, or "" when none is near."""
        if self._left <= 0 or not 0 < len(found) <= 64:
            return ""
        self._left -= 1
        if found.isdigit():
            return _nearest_number(found, choices)
        folded = {c.casefold(): c for c in choices}
        near = difflib.get_close_matches(found.casefold(), folded, n=1, cutoff=0.6)
        return folded[near[0]] if near else ""


def _nearest_number(found: str, choices: Iterable[str]) -> str:
    """The number of the same length with most digits in common, at least half; the first of equals."""
    best, most = "", (len(found) - 1) // 2
    for choice in choices:
        if len(choice) == len(found):
            same = sum(a == b for a, b in zip(found, choice, strict=True))
            if same > most:
                best, most = choice, same
    return best


def _printable(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def shown(value: object, limit: int = 60) -> str:
    """A found value as people may read it: one line, no control characters, not longer than `limit`."""
    text = value if isinstance(value, str) else repr(value)
    text = _printable(text[: limit + 1])
    return text if len(text) <= limit else text[: limit - 1] + "…"
