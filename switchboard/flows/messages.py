"""Messages at the desk: heard, handled, forwarded and typed in the page, in step with the phones (A13).

The spool of the PBX says what a phone shows, so what is done in the page is done there too
(`flows.message_delivery`). A message that we put into a mailbox ourselves is journalled first and delivered
afterwards, under an id that is its own for ever, so that it arrives once whoever is killed in between.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Awaitable, Callable, Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

from switchboard.domain.actions import MessageReason
from switchboard.domain.callers import LONGEST_NAME, LONGEST_NUMBER
from switchboard.domain.company import Rules
from switchboard.domain.mailboxes import has_mailbox, may_open
from switchboard.flows.message_delivery import Delivery
from switchboard.flows.message_ports import (
    Act,
    Dictate,
    Mailboxes,
    Message,
    MessageRefused,
    Rows,
    Spool,
    Wanted,
)
from switchboard.flows.ports import Clock, Journal

LONGEST_TEXT = 1000
"""Characters of a typed message: some four minutes when it is read out."""

LONGEST_OUTCOME = 300


class Messages:
    """`run` keeps the spool in step. `recorded` follows the records up; `changed` is told of every change."""

    def __init__(
        self,
        rows: Rows,
        mailboxes: Mailboxes,
        spool: Spool,
        dictate: Dictate,
        journal: Journal,
        rules: Callable[[], Rules],
        now: Clock,
        recorded: Callable[[str], Awaitable[object]],
    ) -> None:
        self._rows = rows
        self._spool = spool
        self._journal = journal
        self._rules = rules
        self._now = now
        self._recorded = recorded
        self.changed: list[Callable[[], object]] = []
        self._delivery = Delivery(rows, mailboxes, spool, dictate, recorded, self._changed)

    async def find(self, id_: str) -> Message:
        """The message. Raises MessageRefused (unknown)."""
        message = await self._rows.find(id_)
        if message is None:
            raise MessageRefused("unknown", "there is no such message")
        return message

    def opens(self, message: Message, extension: str, author: str) -> bool:
        """Whether somebody may hear or read it: who may open its mailbox, and who wrote it."""
        mine = bool(message.text) and bool(author) and message.author == author and not message.source
        return mine or may_open(self._rules(), extension, message.mailbox)

    def owns(self, message: Message, extension: str) -> bool:
        """Whether its being heard by who asks counts: it is in a mailbox of theirs."""
        return may_open(self._rules(), extension, message.mailbox)

    async def listed(self, wanted: Wanted) -> list[Message]:
        """Newest first."""
        return await self._rows.listed(wanted)

    async def new(self, mailboxes: Collection[str] | None = None) -> int:
        """How many nobody has heard."""
        return await self._rows.new(mailboxes)

    async def acts(self, id_: str) -> list[dict[str, Any]]:
        """What was done with it, oldest first."""
        return await self._rows.acts(id_)

    async def shape(self, message: Message) -> list[int]:
        """For a picture of its sound: how loud each part is, 0 to 100. Raises StorageError."""
        return await asyncio.to_thread(self._spool.shape, message.file) if message.file else []

    async def listened(self, message: Message, author: str) -> None:
        """Somebody has its sound played."""
        await self._rows.act(message.id, Act.LISTENED, author, "", self._now())

    async def heard(self, message: Message, author: str) -> None:
        """Somebody has heard or read it: the lamp goes out, unless others are new."""
        at = self._now()
        if await self._rows.heard(message.id, author, at):
            await self._rows.act(message.id, Act.HEARD, author, "", at)
            self._changed()

    async def handled(self, message: Message, outcome: str, author: str) -> None:
        """It is seen to, with this outcome. Raises MessageRefused (empty, too_long, already)."""
        outcome = _line(outcome, LONGEST_OUTCOME)
        at = self._now()
        if not await self._rows.handled(message.id, outcome, author, at):
            raise MessageRefused("already", "somebody has handled it already")
        await self._rows.act(message.id, Act.HANDLED, author, outcome, at)
        self._changed()

    async def forward(self, message: Message, mailbox: str, author: str) -> str:
        """Put a copy into `mailbox`, once; its id. Raises MessageRefused."""
        self._check_mailbox(mailbox)
        mark = hashlib.sha256(f"{message.id} {mailbox}".encode()).hexdigest()[:7]
        id_ = f"{mailbox}-{int(message.received.timestamp())}-w{mark}"
        if mailbox == message.mailbox or await self._rows.find(id_) is not None:
            raise MessageRefused("already", f"the mailbox {mailbox} has it already")
        if not message.text and not message.file:
            raise MessageRefused("no_sound", "there is nothing to forward")
        copy = replace(message, id=id_, mailbox=mailbox, author=author, source=message.id)
        await self._keep(copy, self._now())
        await self._rows.act(message.id, Act.FORWARDED, author, mailbox, self._now())
        return id_

    async def typed(
        self, mailbox: str, caller: str, name: str, text: str, author: str, call: str = ""
    ) -> str:
        """Keep what the operator typed, for `mailbox` and whom the rules give a copy; its id there.

        Its owner is told as of any other: by the lamp, and by phone it is read out. Raises MessageRefused.
        """
        self._check_mailbox(mailbox)
        text = _text(text)
        number = _number(caller)
        at = self._now()
        mark = f"{int(at.timestamp())}-t{secrets.token_hex(4)[:7]}"
        ids = [f"{box}-{mark}" for box in (mailbox, *self._rules().copies_of(mailbox))]
        for id_ in ids:
            message = Message(
                id=id_,
                mailbox=id_.partition("-")[0],
                call=call,
                caller=number,
                name=_line(name, LONGEST_NAME, empty=True),
                received=at,
                seconds=0,
                reason=MessageReason.OPERATOR.value,
                file="",
                state="new",
                text=text,
                author=author,
            )
            await self._keep(message, at)
            await self._rows.act(id_, Act.TYPED, author, "", at)
        return ids[0]

    async def called_back(self, message: Message, author: str, number: str) -> None:
        """Somebody had the caller called."""
        await self._rows.act(message.id, Act.CALLED_BACK, author, number, self._now())
        self._changed()

    async def run(self) -> None:
        """Deliver and move until cancelled."""
        await self._delivery.run()

    async def look(self) -> None:
        """Deliver what waits; have the spool follow what was done in the page."""
        await self._delivery.look()

    async def _keep(self, message: Message, at: datetime) -> None:
        """On disk before anything is done; then in the database, and to be delivered."""
        self._journal.append(
            {
                "at": at.isoformat(),
                "kind": "message",
                "id": message.id,
                "mailbox": message.mailbox,
                "call": message.call,
                "caller": message.caller,
                "name": message.name,
                "received": message.received.isoformat(),
                "seconds": message.seconds,
                "reason": message.reason,
                "file": message.file,
                "text": message.text,
                "author": message.author,
                "source": message.source,
            }
        )
        await self._recorded("")
        self._changed()

    def _check_mailbox(self, mailbox: str) -> None:
        if not has_mailbox(self._rules(), mailbox):
            raise MessageRefused("unknown_mailbox", f"{mailbox[:40]!r} has no mailbox")

    def tell(self) -> None:
        """Something about messages is other than before: also what a phone did."""
        for tell in self.changed:
            tell()

    def _changed(self) -> None:
        self._delivery.wake()
        self.tell()


def _line(text: str, longest: int, *, empty: bool = False) -> str:
    """One line of text. Raises MessageRefused (empty, too_long)."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if not line and not empty:
        raise MessageRefused("empty", "some words are needed")
    if len(line) > longest:
        raise MessageRefused("too_long", f"at most {longest} characters")
    return line


def _text(text: str) -> str:
    """Lines of text. Raises MessageRefused (empty, too_long)."""
    lines = [_line(line, LONGEST_TEXT, empty=True) for line in text.splitlines()]
    whole = "\n".join(lines).strip()
    if not whole:
        raise MessageRefused("empty", "a message needs some words")
    if len(whole) > LONGEST_TEXT:
        raise MessageRefused("too_long", f"at most {LONGEST_TEXT} characters")
    return whole


def _number(number: str) -> str:
    """Digits, perhaps behind a +; "" for none. Raises MessageRefused (bad_number)."""
    bare = "".join(c for c in number if c not in " -()")
    digits = bare.removeprefix("+")
    if len(bare) > LONGEST_NUMBER or not (bare == "" or (digits.isascii() and digits.isdecimal())):
        raise MessageRefused("bad_number", "a number has digits, perhaps behind a +")
    return bare
