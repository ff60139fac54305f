"""What is wrong with a rules file, told one by one in words an administrator uses."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """Errors keep a file out of force; warnings only tell."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to look at. `line` is at least 1; `path` is dotted, e.g. `people.8201.department`.

    `message` says what was found and what was expected, `hint` how to mend it (may be "").
    """

    severity: Severity
    code: str
    line: int
    path: str
    message: str
    hint: str = ""

    def __post_init__(self) -> None:
        """Keys and values of the file stand in words that go to terminals: nothing in them may act there."""
        for name in ("path", "message", "hint"):
            text = getattr(self, name)
            if not text.isprintable():
                object.__setattr__(self, name, _printable(text))

    def as_json(self) -> dict[str, str | int]:
        """The keys of `switchboard check --json`."""
        return {
            "severity": self.severity.value,
            "code": self.code,
            "line": self.line,
            "path": self.path,
            "message": self.message,
            "hint": self.hint,
        }


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
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def shown(value: object, limit: int = 60) -> str:
    """A found value as people may read it: one line, no control characters, not longer than `limit`."""
    text = value if isinstance(value, str) else repr(value)
    text = _printable(text[: limit + 1])
    return text if len(text) <= limit else text[: limit - 1] + "…"
