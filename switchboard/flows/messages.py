"""Messages at the desk: heard, handled, forwarded and typed in the page, in step with the phones (A13).

The spool of the PBX says what a phone shows, so what is done in the page is done there too: at once where
possible, and otherwise as soon as it is. A mailbox that somebody has open on the phone is left alone until
they hang up: app_voicemail numbers its messages anew under them. A message that we put into a mailbox
ourselves is journalled first and delivered afterwards, under an id that is its own for ever, so that it
arrives once whoever is killed in between.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

import structlog

from switchboard.domain.actions import MessageReason
from switchboard.domain.callers import LONGEST_NAME, LONGEST_NUMBER
from switchboard.domain.company import Rules
from switchboard.domain.mailboxes import has_mailbox, may_open
from switchboard.errors import AmiRefused, PromptError, StorageError, SwitchboardError
from switchboard.flows.ports import Clock, Journal

log = structlog.get_logger()

LOOK_SECONDS = 2.0
"""How often is looked whether something is still to be delivered or moved."""

TRIES = 5
"""A message that AMI can't move so often in a row is left where it is."""

LONGEST_TEXT = 1000
"""Characters of a typed message: some four minutes when it is read out."""

LONGEST_OUTCOME = 300

NEW_FOLDERS = ("INBOX", "Urgent")
HEARD_FOLDER = "Old"


class Act(StrEnum):
    """What people do with a message; each is kept with its author."""

    TYPED = "typed"
    LISTENED = "listened"
    HEARD = "heard"
    HANDLED = "handled"
    FORWARDED = "forwarded"
    CALLED_BACK = "called_back"


class Deposit(StrEnum):
    """Where a message stands that we put into a mailbox ourselves; "" for those that callers leave."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"  # it can't be made audible: it is in the page only


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it is kept. `place` is <folder>/msgNNNN in the spool, "" when it isn't there."""

    id: str
    mailbox: str
    call: str
    caller: str
    name: str
    received: datetime
    seconds: int
    reason: str
    file: str
    state: str
    place: str = ""
    heard: datetime | None = None
    handled: datetime | None = None
    mended: bool = False
    text: str = ""
    author: str = ""
    source: str = ""
    deposit: str = ""
    heard_by: str = ""
    handled_by: str = ""
    outcome: str = ""

    @property
    def msg_id(self) -> str:
        """Asterisk's id of it."""
        return self.id.removeprefix(f"{self.mailbox}-")

    @property
    def folder(self) -> str:
        return self.place.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which messages to list. `mailboxes` None: of all. `before`: older than the message of that id."""

    mailboxes: Collection[str] | None = None
    states: Collection[str] = ()
    text: str = ""  # in caller's number or name
    before: str = ""
    limit: int = 50


class MessageRefused(SwitchboardError):
    """It can't be done. `code`: unknown | unknown_mailbox | not_allowed | empty | too_long | bad_number |
    already | no_sound."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class SoundLost(StorageError):
    """The file that was to be forwarded is gone."""


class Rows(Protocol):
    """What is kept (`switchboard.storage.MessageRows`). Every method may raise StorageError."""

    async def find(self, id_: str) -> Message | None: ...
    async def listed(self, wanted: Wanted) -> list[Message]: ...
    async def new(self, mailboxes: Collection[str] | None) -> int: ...
    async def heard(self, id_: str, author: str, at: datetime) -> bool: ...
    async def handled(self, id_: str, outcome: str, author: str, at: datetime) -> bool:
        """False when somebody has handled it already."""

    async def act(self, id_: str, act: Act, author: str, detail: str, at: datetime) -> None: ...
    async def acts(self, id_: str) -> list[dict[str, Any]]: ...
    async def waiting(self) -> list[Message]: ...
    async def deposited(self, id_: str, deposit: Deposit, seconds: int, file: str) -> None: ...
    async def moving(self) -> list[Message]: ...
    async def moved(self, ids: Collection[str]) -> None: ...


class Mailboxes(Protocol):
    """The PBX's mailboxes (`switchboard.ami.voicemail`). Every method raises SwitchboardError."""

    async def open(self) -> Collection[str]:
        """Mailboxes that somebody has open on a phone at this moment."""

    async def move(self, mailbox: str, msg_id: str, folder: str, to: str) -> bool:
        """Move a message, and light the lamps accordingly. False when it isn't there."""

    async def refresh(self, mailbox: str) -> None:
        """Count the mailbox anew and light the lamps accordingly."""

    async def started(self) -> datetime: ...


class Spool(Protocol):
    """The files of mailboxes (`switchboard.storage.Depositing`). Blocking. Raises StorageError."""

    def put(self, message: Message, sound: bytes | None, pbx_started: datetime) -> tuple[float, str]:
        """Make it a new message of its mailbox, unless it is; its seconds, and the file that is kept.

        `sound` None: that of its file.
        """

    def shape(self, file: str) -> list[int]:
        """How loud each part of a kept sound is, 0 to 100; [] when it can't be told."""


Dictate = Callable[[str, str, str], bytes]
"""(name, number, text) of a typed message → a WAV as voicemail plays it. Blocking. Raises PromptError."""


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
        self._mailboxes = mailboxes
        self._spool = spool
        self._dictate = dictate
        self._journal = journal
        self._rules = rules
        self._now = now
        self._recorded = recorded
        self._wake = asyncio.Event()
        self._not_moved: dict[str, int] = {}  # how often in a row
        self.changed: list[Callable[[], object]] = []

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
        """Deliver and move until cancelled. While the database or the PBX is away it waits."""
        trouble = ""
        while True:
            self._wake.clear()
            try:
                await self.look()
                trouble = ""
            except SwitchboardError as error:
                if str(error) != trouble:
                    trouble = str(error)
                    log.warning("messages_wait", error=trouble)
            try:
                await asyncio.wait_for(self._wake.wait(), LOOK_SECONDS)
            except TimeoutError:
                continue

    async def look(self) -> None:
        """Deliver what waits; have the spool follow what was done in the page."""
        for message in await self._rows.waiting():
            await self._deliver(message)
        moving = await self._rows.moving()
        await self._rows.moved([m.id for m in moving if m.folder not in NEW_FOLDERS])
        to_move = [m for m in moving if m.folder in NEW_FOLDERS]
        if not to_move:
            return
        opened = await self._mailboxes.open()
        for message in to_move:
            if message.mailbox not in opened:
                await self._move(message)

    async def _move(self, message: Message) -> None:
        """Out of the new ones, in the spool. What can't be moved again and again is left where it is."""
        try:
            there = await self._mailboxes.move(message.mailbox, message.msg_id, message.folder, HEARD_FOLDER)
        except AmiRefused as error:
            log.error("message_not_moved", message=message.id, error=str(error))
            there = False
        if there:
            self._not_moved.pop(message.id, None)
        else:  # moved or deleted by phone meanwhile, and the index will say where; or its text is damaged
            self._not_moved[message.id] = self._not_moved.get(message.id, 0) + 1
            if self._not_moved[message.id] >= TRIES:
                del self._not_moved[message.id]
                log.error("message_stays", message=message.id, folder=message.folder)
                await self._rows.moved([message.id])
        await self._recorded(message.mailbox)

    async def _deliver(self, message: Message) -> None:
        started = await self._mailboxes.started()
        try:
            sound = await asyncio.to_thread(self._sound, message)
            seconds, file = await asyncio.to_thread(self._spool.put, message, sound, started)
        except (PromptError, SoundLost) as error:
            log.error("message_not_audible", message=message.id, error=str(error))
            await self._rows.deposited(message.id, Deposit.FAILED, 0, "")
            return
        except StorageError as error:
            log.error("message_not_delivered", message=message.id, error=str(error))
            return
        await self._rows.deposited(message.id, Deposit.DONE, round(seconds), file)
        await self._mailboxes.refresh(message.mailbox)
        await self._recorded(message.mailbox)
        self._changed()

    def _sound(self, message: Message) -> bytes | None:
        """What is to be heard; None: what its file holds. Blocking."""
        if message.file:
            return None
        return self._dictate(message.name, message.caller, message.text)

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
        self._wake.set()
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
