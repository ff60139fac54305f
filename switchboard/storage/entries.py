"""Applies records of the journal to the database: what each kind of record means.

A new kind of record is one more function here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from switchboard.domain.actions import MessageReason
from switchboard.storage import stories
from switchboard.storage.records import Begun, Cdr, Step, Unreadable, call_id, clean, instant, integer
from switchboard.storage.stories import Story
from switchboard.storage.tables import faults, messages, tickets
from switchboard.storage.voicemail import MAILBOX


@dataclass
class Work:
    """What a batch of records changes. Gathered first, written at once."""

    stories: dict[str, Story]
    faults: list[dict[str, Any]] = field(default_factory=list)
    tickets: list[dict[str, Any]] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)  # put into mailboxes by people at the desk
    mailboxes: set[str] = field(default_factory=set)  # where messages are being left

    async def save(self, connection: AsyncConnection) -> None:
        """Write everything."""
        await stories.save(connection, self.stories.values())
        if self.faults:
            await connection.execute(faults.insert(), self.faults)
        for ticket in self.tickets:
            known = select(tickets.c.id).where(
                tickets.c.call_id == ticket["call_id"], tickets.c.kind == ticket["kind"]
            )
            if (await connection.execute(known)).first() is None:
                await connection.execute(tickets.insert(), ticket)
        for message in self.messages:
            there = select(messages.c.id).where(messages.c.id == message["id"])
            if (await connection.execute(there)).first() is None:
                await connection.execute(messages.insert(), message)


async def begin(connection: AsyncConnection, records: Iterable[Mapping[str, Any] | Cdr]) -> Work:
    """Take the stories of every call that `records` tell of."""
    ids = {r.linkedid if isinstance(r, Cdr) else str(r.get("call")) for r in records}
    return Work(await stories.load(connection, {i for i in ids if _is_call(i)}))


def apply(record: Mapping[str, Any] | Cdr, work: Work) -> None:
    """Add one record. Raises Unreadable, having changed nothing."""
    if isinstance(record, Cdr):
        work.stories[record.linkedid].add(record)
        return
    match record.get("kind"):
        case "started":
            _story(record, work).begin(Begun.of(record))
        case "step":
            _step(record, work)
        case "outcome":
            _story(record, work).close(clean(record.get("outcome", "")))
        case "fault":
            _fault(record, work)
        case "ticket":
            _ticket(record, work)
        case "message":
            _message(record, work)
        case kind:
            raise Unreadable(f"a record of unknown kind {kind!r:.40}")


def _step(record: Mapping[str, Any], work: Work) -> None:
    step = Step.of(record)
    before = record.get("outcome")
    _story(record, work).step(step, None if before is None else clean(before))
    if step.action == "message":
        work.mailboxes.add(step.detail.partition(" ")[0])


def _fault(record: Mapping[str, Any], work: Work) -> None:
    call = record.get("call")
    work.faults.append(
        {
            "at": instant(record.get("at")),
            "call_id": call_id(call) if call else None,
            "what": clean(record.get("what", "")),
            "about": clean(record.get("about", "")),
        }
    )


def _ticket(record: Mapping[str, Any], work: Work) -> None:
    work.tickets.append(
        {
            "call_id": call_id(record.get("call")),
            "kind": clean(record.get("what", ""))[:20],
            "caller": clean(record.get("caller", "")),
            "opened": instant(record.get("at")),
            "author": clean(record.get("author", "")),
            "state": "open",
        }
    )


def _message(record: Mapping[str, Any], work: Work) -> None:
    call = record.get("call")
    reason = clean(record.get("reason", ""))
    id_, mailbox = clean(record.get("id", "")), clean(record.get("mailbox", ""))
    if not MAILBOX.fullmatch(mailbox) or not id_.startswith(f"{mailbox}-") or len(id_) > 100:
        raise Unreadable(f"no message: {id_!r:.60}")
    work.messages.append(
        {
            "id": id_,
            "mailbox": mailbox,
            "call_id": call_id(call) if call else None,
            "caller": clean(record.get("caller", "")),
            "name": clean(record.get("name", "")),
            "received": instant(record.get("received")),
            "seconds": integer(record.get("seconds", 0)),
            "reason": reason if reason in list(MessageReason) else MessageReason.OPERATOR.value,
            "file": clean(record.get("file", "")),
            "state": "new",
            "deposit": "waiting",
            "text": clean(record.get("text", "")),
            "author": clean(record.get("author", "")),
            "source": clean(record.get("source", ""))[:100],
        }
    )
    if call:
        _story(record, work).has_message = True


def _story(record: Mapping[str, Any], work: Work) -> Story:
    return work.stories[call_id(record.get("call"))]


def _is_call(value: object) -> bool:
    try:
        call_id(value)
    except Unreadable:
        return False
    return True
