"""Keeps the index of messages in step with the mailboxes: new, heard, gone."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from switchboard.storage import stories
from switchboard.storage.tables import messages
from switchboard.storage.voicemail import Found, MessageState, keep

log = structlog.get_logger()

GONE_SECONDS = 2.0
"""A message must be missed for so long before it counts as deleted: while app_voicemail moves or renumbers
messages, one may be seen nowhere for a moment."""


_ORDER = tuple(MessageState)  # new, heard, handled


class MailboxIndex:
    """Applies what was found in a mailbox to the table `messages`."""

    def __init__(self, kept: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self.kept = kept
        self._clock = clock
        self._missed: dict[str, float] = {}

    async def apply(self, connection: AsyncConnection, mailbox: str, found: Sequence[Found]) -> bool:
        """Bring the rows of `mailbox` up to date. True when it should be read again soon."""
        found = _one_each(found)
        rows = await self._rows(connection, mailbox, [f.id for f in found])
        changes: list[dict[str, Any]] = []
        added: list[Found] = []
        for message in found:
            self._missed.pop(message.id, None)
            row = rows.pop(message.id, None)
            if row is None:
                added.append(message)
            elif change := self._change(row, message):
                changes.append(change)
        waiting = False
        for id_, row in rows.items():
            if row.state == MessageState.HANDLED and not row.place:
                continue
            if self._clock() - self._missed.setdefault(id_, self._clock()) < GONE_SECONDS:
                waiting = True
                continue
            del self._missed[id_]
            changes.append(_values(row, state=MessageState.HANDLED, place="", file=row.file))
        if changes:
            await connection.execute(
                update(messages)
                .where(messages.c.id == bindparam("key"))
                .values(
                    {
                        name: bindparam(f"new_{name}")
                        for name in ("state", "place", "heard", "handled", "file")
                    }
                ),
                changes,
            )
        if added:
            await self._add(connection, added)
        return waiting

    async def _rows(self, connection: AsyncConnection, mailbox: str, ids: Sequence[str]) -> dict[str, Any]:
        """Rows that may change: those that lie in the mailbox, and those just found."""
        result = await connection.execute(
            select(messages).where(
                (messages.c.mailbox == mailbox) & ((messages.c.place != "") | messages.c.id.in_(ids[:500]))
            )
        )
        return {row.id: row for row in result}

    async def _add(self, connection: AsyncConnection, added: Sequence[Found]) -> None:
        calls = {f.note.call_id for f in added if f.note.call_id}
        told = await stories.load(connection, calls)
        values = []
        for message in added:
            note = message.note
            story = told.get(note.call_id)
            begun = story.begun if story else None
            values.append(
                {
                    "id": message.id,
                    "mailbox": message.mailbox,
                    "call_id": note.call_id or None,
                    "caller": (begun.caller if begun else "") or note.caller,
                    "name": (begun.name if begun else "") or note.name,
                    "received": note.received,
                    "seconds": note.seconds or 0,
                    "reason": note.reason,
                    "file": self._keep(message),
                    "state": message.state,
                    "place": f"{message.folder}/{message.number}",
                    "heard": None if message.state is MessageState.NEW else datetime.now(UTC),
                    "handled": datetime.now(UTC) if message.state is MessageState.HANDLED else None,
                    "mended": note.mended,
                }
            )
            if story:
                story.has_message = True
        await stories.put(connection, messages, values)
        # A message alone makes no call: its records may be on their way still.
        await stories.save(connection, [s for s in told.values() if s.begun or s.steps or s.cdrs])

    def _change(self, row: Any, message: Found) -> dict[str, Any] | None:
        """What to write about a message that was known. Handled is final, wherever it lies."""
        state = message.state
        if row.state == MessageState.HANDLED or row.moving:  # said in the page; the spool follows
            state = max(MessageState(row.state), state, key=_ORDER.index)
        place = f"{message.folder}/{message.number}"
        file = row.file if Path(row.file).parent == self.kept else self._keep(message)
        if (row.state, row.place, row.file) == (state, place, file):
            return None
        return _values(row, state=state, place=place, file=file)

    def _keep(self, message: Found) -> str:
        """Our own copy's path; the spool's own when none can be made just now, to be tried again."""
        try:
            return str(keep(message, self.kept))
        except OSError as error:
            log.error("message_not_kept", message=message.id, error=str(error))
            return str(message.sound)


def _one_each(found: Sequence[Found]) -> list[Found]:
    """A message seen twice is being moved: copied already, not yet deleted. Where it goes to counts."""
    return list({f.id: f for f in sorted(found, key=lambda f: _ORDER.index(f.state))}.values())


def _values(row: Any, *, state: MessageState, place: str, file: str) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "key": row.id,
        "new_state": state,
        "new_place": place,
        "new_file": file,
        "new_heard": row.heard or (None if state is MessageState.NEW else now),
        "new_handled": row.handled or (now if state is MessageState.HANDLED else None),
    }
