"""Who is calling: what the desk has noted, how often they called, what is still open with them (B6)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from switchboard.domain.callers import LONGEST_NAME, LONGEST_NOTES, CallerNote, Grade, key_of
from switchboard.errors import SwitchboardError
from switchboard.flows.ports import Clock


@dataclass(frozen=True, slots=True)
class CallerCard:
    """What is shown when somebody calls. `known`: somebody has noted something."""

    note: CallerNote
    known: bool
    earlier_calls: int
    open_tickets: int
    last_call: datetime | None = None


class CallerRefused(SwitchboardError):
    """It can't be noted. `code`: no_number | too_long | changed (by somebody else meanwhile)."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class Rows(Protocol):
    """What is kept (`switchboard.storage.CallerRows`). Every method may raise StorageError."""

    async def note(self, key: str) -> CallerNote | None: ...
    async def keep(self, note: CallerNote, author: str, at: datetime) -> None: ...
    async def forget(self, key: str) -> bool: ...
    async def card(self, key: str, but: str) -> CallerCard: ...
    async def history(self, key: str, limit: int) -> list[dict[str, Any]]: ...
    async def listed(self, text: str, limit: int, after: str) -> list[CallerNote]: ...


class Callers:
    """Looks callers up and keeps what is noted of them."""

    def __init__(self, rows: Rows, now: Clock) -> None:
        self._rows = rows
        self._now = now
        self.changed: list[Callable[[], object]] = []  # called after every change

    async def card(self, number: str, call: str = "") -> CallerCard:
        """What is known of `number`; `call` (the one that rings now) isn't counted. A withheld number has an
        empty card. Raises StorageError."""
        key = key_of(number)
        if not key:
            return CallerCard(CallerNote(""), known=False, earlier_calls=0, open_tickets=0)
        return await self._rows.card(key, call)

    async def history(self, number: str, limit: int = 20) -> list[dict[str, Any]]:
        """Earlier calls, newest first: id, started, dialled, outcome, connected_to."""
        key = key_of(number)
        return await self._rows.history(key, limit) if key else []

    async def listed(self, text: str = "", limit: int = 100, after: str = "") -> list[CallerNote]:
        """Callers noted, by number: those with `text` in number, name or organisation, behind `after`."""
        return await self._rows.listed(text.strip(), limit, after)

    async def keep(self, note: CallerNote, author: str) -> CallerNote:
        """Note it, in place of what was. Raises CallerRefused, StorageError."""
        key = key_of(note.number)
        if not key:
            raise CallerRefused("no_number", "a caller is noted by their number")
        kept = replace(
            note,
            number=key,
            name=_line(note.name, LONGEST_NAME),
            organisation=_line(note.organisation, LONGEST_NAME),
            grade=Grade(note.grade),
            notes=_lines(note.notes),
        )
        await self._rows.keep(kept, author, self._now())
        self._tell()
        return kept

    async def forget(self, number: str) -> bool:
        """Take out what was noted; the records of calls stay. False when there was nothing."""
        gone = await self._rows.forget(key_of(number))
        self._tell()
        return gone

    def _tell(self) -> None:
        for tell in self.changed:
            tell()


def _line(text: str, longest: int) -> str:
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if len(line) > longest:
        raise CallerRefused("too_long", f"at most {longest} characters")
    return line


def _lines(text: str) -> str:
    whole = "\n".join(_line(line, LONGEST_NOTES) for line in text.splitlines()).strip()
    if len(whole) > LONGEST_NOTES:
        raise CallerRefused("too_long", f"at most {LONGEST_NOTES} characters")
    return whole
