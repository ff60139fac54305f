"""What the live view wants to know of what is kept: callers by the hundred, and what waits to be done."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import func, select

from switchboard.domain.callers import key_of, writings
from switchboard.domain.live import Known
from switchboard.flows.live_ports import Counts, Remembered
from switchboard.storage.database import Database
from switchboard.storage.tables import callers, calls, desk_line, messages, steps, tickets
from switchboard.storage.tickets import OPEN

MOST = 400
"""Values of one statement: both databases have a limit."""


class LiveRows:
    """Implements `flows.live.Records` on a database. Every method raises StorageError when it fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def known(self, numbers: Collection[str]) -> dict[str, Known]:
        """What is known of the callers with these numbers, as trunks show them."""
        keys = {number: key for number in numbers if (key := key_of(number))}
        written = {way: key for key in set(keys.values()) for way in writings(key)}
        noted: dict[str, tuple[str, str, str, str]] = {}
        earlier: dict[str, int] = dict.fromkeys(keys.values(), 0)
        still_open: dict[str, int] = dict.fromkeys(keys.values(), 0)
        async with self._database.read() as connection:
            for some in _some(sorted(earlier)):
                for row in await connection.execute(select(callers).where(callers.c.number.in_(some))):
                    noted[row.number] = (row.name, row.organisation, row.grade, row.notes)
            for some in _some(sorted(written)):
                counted = (
                    select(calls.c.caller, func.count())
                    .where(calls.c.caller.in_(some), calls.c.ended.is_not(None))
                    .group_by(calls.c.caller)
                )
                for way, count in await connection.execute(counted):
                    earlier[written[way]] += count
                opened = (
                    select(tickets.c.caller, func.count())
                    .where(tickets.c.caller.in_(some), tickets.c.state.in_(OPEN))
                    .group_by(tickets.c.caller)
                )
                for way, count in await connection.execute(opened):
                    still_open[written[way]] += count
        return {
            number: Known(*noted.get(key, ("", "", "", "")), earlier[key], still_open[key])
            for number, key in keys.items()
        }

    async def remembered(self, wanted: Collection[str]) -> dict[str, Remembered]:
        """The last step of each of these calls, and since when it is in the desk's line."""
        found: dict[str, Remembered] = {}
        async with self._database.read() as connection:
            for some in _some(sorted(wanted)):
                newest = (
                    select(func.max(steps.c.id)).where(steps.c.call_id.in_(some)).group_by(steps.c.call_id)
                )
                rows = await connection.execute(
                    select(steps, desk_line.c.joined)
                    .select_from(steps.outerjoin(desk_line, desk_line.c.call_id == steps.c.call_id))
                    .where(steps.c.id.in_(newest))
                )
                for row in rows:
                    found[row.call_id] = Remembered(row.action, row.reason, row.at, row.joined)
        return found

    async def counts(self) -> Counts:
        """New messages and tickets that are open, of the whole company."""
        new = select(func.count()).select_from(messages).where(messages.c.state == "new")
        opened = select(func.count()).select_from(tickets).where(tickets.c.state.in_(OPEN))
        async with self._database.read() as connection:
            return Counts(
                int((await connection.execute(new)).scalar_one()),
                int((await connection.execute(opened)).scalar_one()),
            )


def _some(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), MOST):
        yield values[start : start + MOST]
