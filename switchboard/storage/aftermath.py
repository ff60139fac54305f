"""After the PBX died: which calls died with it, and whose recordings it cut off."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import structlog
from sqlalchemy import select

from switchboard.domain.actions import MessageReason
from switchboard.errors import StorageError
from switchboard.storage import mending, stories
from switchboard.storage.database import Database
from switchboard.storage.mending import CutOff, Sender
from switchboard.storage.tables import calls, messages, steps

log = structlog.get_logger()


async def close_lost_calls(database: Database, before: datetime) -> int:
    """Calls that began `before` and have no end yet are over. How many. Raises StorageError."""
    async with database.write() as connection:
        still_open = calls.c.ended.is_(None) & (calls.c.started < before)
        ids = set((await connection.execute(select(calls.c.id).where(still_open))).scalars())
        lost = await stories.load(connection, ids)
        for story in lost.values():
            story.lost = datetime.now(UTC)
        await stories.save(connection, lost.values())
    if ids:
        log.warning("calls_lost", count=len(ids))
    return len(ids)


async def deliver_cut_off(database: Database, spool: Path, pbx_started: float) -> list[str]:
    """Deliver what was being recorded when the PBX died; the mailboxes it went to.

    One that can't be delivered is logged and stays for the next time. Raises StorageError.
    """
    await asyncio.to_thread(mending.unlock_after_crash, spool, pbx_started)
    mailboxes = set(await asyncio.to_thread(mending.reunite, spool, pbx_started))
    taken: set[str] = set()
    for deposit in await asyncio.to_thread(lambda: list(mending.find(spool, pbx_started))):
        sender = await _sender(database, deposit, taken)
        taken.add(sender.call_id)
        try:
            await asyncio.to_thread(mending.deliver, deposit, sender, pbx_started)
        except StorageError as error:
            log.error("message_not_mended", mailbox=deposit.mailbox, error=str(error))
            continue
        mailboxes.add(deposit.mailbox)
    return sorted(mailboxes)


async def _sender(database: Database, deposit: CutOff, taken: set[str]) -> Sender:
    """Whose message it is: the call that was sent to this mailbox just before the recording began.

    Unknown for a call that ran without the controller: its record died with the PBX.
    """
    earliest, latest = mending.window(deposit)
    async with database.read() as connection:
        rows = await connection.execute(
            select(steps.c.detail, calls.c.id, calls.c.caller, calls.c.name)
            .join(calls, calls.c.id == steps.c.call_id)
            .where(steps.c.action == "message", steps.c.at.between(earliest, latest))
            .where(~select(messages.c.id).where(messages.c.call_id == calls.c.id).exists())
            .order_by(steps.c.at.desc())
        )
        for row in rows:
            mailbox, _, reason = row.detail.partition(" ")
            if mailbox == deposit.mailbox and row.id not in taken:
                known = reason in list(MessageReason)
                why = MessageReason(reason) if known else MessageReason.FALLBACK
                return Sender(row.id, row.caller, row.name, why)
    return Sender()
