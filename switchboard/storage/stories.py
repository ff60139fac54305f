"""The story of a call: all that is known of it, taken from the database, added to, and put back.

Rows of many calls are read and written together, so that following a busy journal costs a dozen statements
for hundreds of lines.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from switchboard.storage.outcome import Summary, Told, close_steps, summarise
from switchboard.storage.records import Begun, Cdr, Step
from switchboard.storage.tables import calls, cdrs, messages, steps


@dataclass
class Story:
    """One call under change."""

    id: str
    begun: Begun | None = None
    steps: list[Step] = field(default_factory=list)
    cdrs: dict[tuple[str, int], Cdr] = field(default_factory=dict)
    has_message: bool = False
    lost: datetime | None = None
    kept_steps: dict[int, Step] = field(default_factory=dict)  # by row number, as the database has them
    new_cdrs: list[Cdr] = field(default_factory=list)

    def begin(self, begun: Begun) -> None:
        """The journal's "started". The first one counts: a second is a copy."""
        self.begun = self.begun or begun

    def step(self, step: Step, before: str | None) -> None:
        """The journal's "step"; `before` is what the step before came to."""
        if before is not None:
            self.close(before)
        self.steps.append(step)

    def close(self, outcome: str) -> None:
        """What the last step came to."""
        if self.steps:
            self.steps[-1] = self.steps[-1].closed(outcome)

    def add(self, cdr: Cdr) -> None:
        """One of Asterisk's records. Seen before: the same again."""
        key = (cdr.uniqueid, cdr.sequence)
        if key not in self.cdrs:
            self.cdrs[key] = cdr
            self.new_cdrs.append(cdr)

    @property
    def told(self) -> Told:
        """What `outcome.summarise` decides on."""
        return Told(self.begun, tuple(self.steps), tuple(self.cdrs.values()), self.has_message, self.lost)

    def settle(self) -> Summary | None:
        """Close the last step if the call is over, and work out the call's row."""
        self.steps = list(close_steps(self.told))
        return summarise(self.id, self.told)


async def load(connection: AsyncConnection, ids: Collection[str]) -> dict[str, Story]:
    """The stories of `ids`, empty ones for calls not known yet."""
    stories = {id_: Story(id_) for id_ in ids}
    for some in _parts(sorted(stories)):
        for row in await connection.execute(
            select(calls.c.id, calls.c.begun, calls.c.lost).where(calls.c.id.in_(some))
        ):
            stories[row.id].begun = _begun(row.begun)
            stories[row.id].lost = row.lost
        rows = await connection.execute(select(steps).where(steps.c.call_id.in_(some)).order_by(steps.c.id))
        for row in rows:
            step = Step(
                row.n,
                row.at,
                row.action,
                row.detail,
                row.outcome,
                row.reason,
                row.rule_line,
                row.derived,
                row.id,
            )
            story = stories[row.call_id]
            story.kept_steps[row.id] = step
            # What was worked out is worked out anew: there may be more to go by now.
            story.steps.append(replace(step, outcome=None, derived=False) if step.derived else step)
        for columns in (await connection.execute(select(cdrs).where(cdrs.c.linkedid.in_(some)))).mappings():
            cdr = Cdr(**columns)
            stories[cdr.linkedid].cdrs[(cdr.uniqueid, cdr.sequence)] = cdr
        for row in await connection.execute(
            select(messages.c.call_id).where(messages.c.call_id.in_(some)).distinct()
        ):
            stories[row.call_id].has_message = True
    return stories


async def save(connection: AsyncConnection, stories: Iterable[Story]) -> None:
    """Put the stories back: each call's row anew, steps and CDRs as far as they are new or changed."""
    rows, added, changed, records = [], [], [], []
    for story in stories:
        summary = story.settle()
        if summary is None:
            continue
        rows.append({"id": story.id, "begun": _json(story.begun), "lost": story.lost, **asdict(summary)})
        for step in story.steps:
            if step.row is None:
                values = asdict(step)
                del values["row"]
                added.append({"call_id": story.id, **values})
            elif step != story.kept_steps.get(step.row):
                changed.append({"row": step.row, "new_outcome": step.outcome, "new_derived": step.derived})
        records += [asdict(cdr) for cdr in story.new_cdrs]
    await put(connection, calls, rows)
    if added:
        await connection.execute(steps.insert(), added)
    if changed:
        await connection.execute(
            update(steps)
            .where(steps.c.id == bindparam("row"))
            .values(outcome=bindparam("new_outcome"), derived=bindparam("new_derived")),
            changed,
        )
    await put(connection, cdrs, records)


async def put(connection: AsyncConnection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Insert `rows`, or overwrite those that stand there with the same primary key."""
    if not rows:
        return
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(table)
    keys = [column.name for column in table.primary_key]
    new = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    await connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=new), rows)


def _parts(ids: list[str], size: int = 500) -> Iterable[list[str]]:
    """SQLite and PostgreSQL both limit the values of one statement."""
    return (ids[i : i + size] for i in range(0, len(ids), size))


def _json(begun: Begun | None) -> str | None:
    if begun is None:
        return None
    return json.dumps({**asdict(begun), "at": begun.at.isoformat()}, ensure_ascii=False)


def _begun(text: str | None) -> Begun | None:
    if text is None:
        return None
    values: Mapping[str, Any] = json.loads(text)
    return Begun.of(values)
