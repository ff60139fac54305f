"""Which operators are at the desk (A2, A16): the last word of each, and the time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class DutyWord(StrEnum):
    """What an operator said last."""

    IN = "in"
    OUT = "out"
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class Duty:
    """One operator's word, as it is kept. `until` is the end of an absence that has one."""

    extension: str
    what: DutyWord
    at: datetime
    until: datetime | None = None


def present(operators: Iterable[str], said: Mapping[str, Duty], at: datetime) -> tuple[str, ...]:
    """Those of `operators` who are signed in and not away at `at`, in their order."""
    return tuple(n for n in operators if n in said and _is_present(said[n], at))


def back_at(operators: Iterable[str], said: Mapping[str, Duty], at: datetime) -> datetime | None:
    """When the first of the absent comes back, None when nobody said so."""
    ends = [
        said[n].until
        for n in operators
        if n in said and said[n].what is DutyWord.AWAY and said[n].until is not None
    ]
    return min((end for end in ends if end is not None and end > at), default=None)


def _is_present(word: Duty, at: datetime) -> bool:
    if word.what is DutyWord.AWAY:
        return word.until is not None and at >= word.until
    return word.what is DutyWord.IN
