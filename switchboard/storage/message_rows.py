"""Messages as the desk works with them: found, listed, heard, handled, delivered."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, insert, or_, select, update

from switchboard.flows.message_ports import NEW_FOLDERS, Act, Deposit, Message, Wanted
from switchboard.storage.database import Database
from switchboard.storage.search import containing
from switchboard.storage.tables import message_acts, messages
from switchboard.storage.voicemail import MessageState

MOST_MAILBOXES = 500
"""Both databases limit the values of one statement."""

AT_ONCE = 50
"""Messages delivered or moved in one look."""


class MessageRows:
    """Implements `flows.message_ports.Rows` on a database. Every method raises StorageError when it fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, id_: str) -> Message | None:
        """The message of that id."""
        async with self._database.read() as connection:
            row = (await connection.execute(select(messages).where(messages.c.id == id_))).first()
        return None if row is None else _message(row)

    async def listed(self, wanted: Wanted) -> list[Message]:
        """Newest first."""
        chosen = select(messages).where(*_chosen(wanted))
        if wanted.before:
            mark = select(messages.c.received).where(messages.c.id == wanted.before).scalar_subquery()
            chosen = chosen.where(
                or_(
                    messages.c.received < mark,
                    and_(messages.c.received == mark, messages.c.id < wanted.before),
                )
            )
        chosen = chosen.order_by(messages.c.received.desc(), messages.c.id.desc()).limit(wanted.limit)
        async with self._database.read() as connection:
            return [_message(row) for row in await connection.execute(chosen)]

    async def new(self, mailboxes: Collection[str] | None) -> int:
        """How many are new, in these mailboxes or in all."""
        wanted = Wanted(mailboxes, (MessageState.NEW.value,))
        async with self._database.read() as connection:
            counted = await connection.execute(
                select(func.count()).select_from(messages).where(*_chosen(wanted))
            )
        return int(counted.scalar_one())

    async def heard(self, id_: str, author: str, at: datetime) -> bool:
        """It was heard in the page. False when it was heard before."""
        async with self._database.write() as connection:
            done = await connection.execute(
                update(messages)
                .where(messages.c.id == id_, messages.c.state == MessageState.NEW.value)
                .values(
                    state=MessageState.HEARD.value,
                    heard=func.coalesce(messages.c.heard, at),
                    heard_by=author,
                    moving=_in_new_folder(),
                )
            )
        return done.rowcount == 1

    async def handled(self, id_: str, outcome: str, author: str, at: datetime) -> bool:
        """It is seen to. False when somebody said so before. What a phone deleted may be told of still."""
        untold = or_(messages.c.state != MessageState.HANDLED.value, messages.c.handled_by == "")
        async with self._database.write() as connection:
            done = await connection.execute(
                update(messages)
                .where(messages.c.id == id_, untold)
                .values(
                    state=MessageState.HANDLED.value,
                    heard=func.coalesce(messages.c.heard, at),
                    handled=func.coalesce(messages.c.handled, at),
                    handled_by=author,
                    outcome=outcome,
                    moving=_in_new_folder(),
                )
            )
        return done.rowcount == 1

    async def act(self, id_: str, act: Act, author: str, detail: str, at: datetime) -> None:
        """Keep what somebody did with it."""
        values = {"message_id": id_, "at": at, "author": author, "act": act.value, "detail": detail}
        async with self._database.write() as connection:
            await connection.execute(insert(message_acts).values(values))

    async def acts(self, id_: str) -> list[dict[str, Any]]:
        """Oldest first: at, author, act, detail."""
        wanted = select(message_acts).where(message_acts.c.message_id == id_).order_by(message_acts.c.id)
        async with self._database.read() as connection:
            rows = (await connection.execute(wanted.limit(500))).all()
        return [{"at": r.at, "author": r.author, "act": r.act, "detail": r.detail} for r in rows]

    async def waiting(self) -> list[Message]:
        """Those to be delivered into their mailboxes, oldest first."""
        return await self._some(messages.c.deposit == Deposit.WAITING.value)

    async def deposited(self, id_: str, deposit: Deposit, seconds: int, file: str) -> None:
        """What became of delivering it."""
        async with self._database.write() as connection:
            await connection.execute(
                update(messages)
                .where(messages.c.id == id_)
                .values(deposit=deposit.value, seconds=max(0, seconds), file=file)
            )

    async def moving(self) -> list[Message]:
        """Those that the spool has yet to follow."""
        return await self._some(messages.c.moving)

    async def moved(self, ids: Collection[str]) -> None:
        """The spool shows them where they belong."""
        if not ids:
            return
        async with self._database.write() as connection:
            await connection.execute(
                update(messages).where(messages.c.id.in_(list(ids))).values(moving=False)
            )

    async def _some(self, condition: ColumnElement[bool]) -> list[Message]:
        wanted = select(messages).where(condition).order_by(messages.c.received).limit(AT_ONCE)
        async with self._database.read() as connection:
            return [_message(row) for row in await connection.execute(wanted)]


def _in_new_folder() -> ColumnElement[bool]:
    return or_(*(messages.c.place.like(f"{folder}/%") for folder in NEW_FOLDERS))


def _chosen(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.mailboxes is not None:
        conditions.append(messages.c.mailbox.in_(list(wanted.mailboxes)[:MOST_MAILBOXES]))
    if wanted.states:
        conditions.append(messages.c.state.in_(list(wanted.states)))
    if wanted.text:
        conditions.append(containing(wanted.text, messages.c.caller, messages.c.name))
    return conditions


def _message(row: Row[Any]) -> Message:
    return Message(
        id=row.id,
        mailbox=row.mailbox,
        call=row.call_id or "",
        caller=row.caller,
        name=row.name,
        received=row.received,
        seconds=row.seconds,
        reason=row.reason,
        file=row.file,
        state=row.state,
        place=row.place,
        heard=row.heard,
        handled=row.handled,
        mended=row.mended,
        text=row.text,
        author=row.author,
        source=row.source,
        deposit=row.deposit,
        heard_by=row.heard_by,
        handled_by=row.handled_by,
        outcome=row.outcome,
    )
