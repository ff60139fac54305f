"""What is known of a message, and what work with messages needs from rows, mailboxes and the spool."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from switchboard.errors import StorageError, SwitchboardError

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
