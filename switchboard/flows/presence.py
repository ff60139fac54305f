"""Who can be reached: each phone's state, and operators who said that they are away (A2, B1)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from switchboard.domain.duty import Duty, DutyWord
from switchboard.domain.mode import ModeNow

AWAY = "away"


class Phones(Protocol):
    """The PBX's view of phones (`switchboard.ami.Board`)."""

    def phone(self, name: str) -> str: ...


class Presence:
    """Phones' states with absence laid over: an idle phone whose operator is away won't be picked up."""

    def __init__(self, phones: Phones) -> None:
        self._phones = phones
        self._away: frozenset[str] = frozenset()

    def of(self, phone: str) -> str:
        """idle, ringing, busy, away or unreachable."""
        state = self._phones.phone(phone)
        return AWAY if state == "idle" and phone in self._away else state

    def note(self, said: Mapping[str, Duty], now: datetime) -> frozenset[str]:
        """Take in what operators said last; the phones for which that changed anything."""
        away = frozenset(absent(said, now))
        changed = away ^ self._away
        self._away = away
        return changed


def absent(said: Mapping[str, Duty], now: datetime) -> dict[str, datetime | None]:
    """Operators who are away, with the end of it where one was said."""
    return {
        extension: word.until
        for extension, word in said.items()
        if word.what is DutyWord.AWAY and (word.until is None or word.until > now)
    }


def mode_told(mode: ModeNow, said: Mapping[str, Duty], now: datetime) -> dict[str, Any]:
    """The mode and who is at the desk, as JSON."""
    gone = absent(said, now)
    return {
        "mode": mode.mode.value,
        "source": mode.source.value,
        "author": mode.author,
        "until": _time(mode.until),
        "reason": mode.reason,
        "operators": sorted(
            extension
            for extension, word in said.items()
            if word.what is not DutyWord.OUT and extension not in gone
        ),
        "away": [{"extension": e, "until": _time(until)} for e, until in sorted(gone.items())],
    }


def _time(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone().isoformat(timespec="seconds")
