"""A console with messages and callers, for tests: real rows and files, a PBX that does what it is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from switchboard.domain.company import Class, Rules
from switchboard.errors import AmiDisconnected
from switchboard.flows.callers import Callers
from switchboard.flows.message_ports import Wanted
from switchboard.flows.messages import Messages
from switchboard.flows.placing import Placed, Placing
from switchboard.storage import (
    CallerRows,
    CallRows,
    Database,
    Depositing,
    Follower,
    Journal,
    MessageRows,
    PlacedRows,
)
from tests.company import company, person
from tests.storage.conftest import follower_in
from tests.storage.mailbox import move, put, wav
from tests.web.site import Clock, House, house

RECEIVED = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)


def rules() -> Rules:
    """The small company, with two operators and numbers that may be dialled outside."""
    small = company()
    more = {
        "8011": person("8011", "周婷", "Zhou Ting", outside=Class.NATIONAL),
        "8012": person("8012", "吴磊", "Wu Lei"),
    }
    shared = replace(small.extensions["8100"], mailbox_openers=("8011",))  # type: ignore[call-arg]
    return replace(
        small,
        extensions={**small.extensions, **more, "8100": shared},
        outside_patterns={Class.LOCAL: ("[2-8]XXXXXXX",), Class.NATIONAL: ("1[3-9]XXXXXXXXX",)},
    )


@dataclass
class Mailboxes:
    """Moves what it is told to, as Asterisk would."""

    spool: Path
    away: bool = False
    opened: set[str] = field(default_factory=set)
    lamps: list[str] = field(default_factory=list)

    async def open(self) -> set[str]:
        return self.opened

    async def move(self, mailbox: str, msg_id: str, folder: str, to: str) -> bool:
        for text in sorted((self.spool / mailbox / folder).glob("*.txt")):
            if f"msg_id={msg_id}\n" in text.read_text():
                count = len(list((self.spool / mailbox / to).glob("*.txt")))
                move(self.spool, f"{mailbox}/{folder}/{text.stem}", f"{mailbox}/{to}/msg{count:04d}")
                self.lamps.append(mailbox)
                return True
        return False

    async def refresh(self, mailbox: str) -> None:
        self.lamps.append(mailbox)

    async def started(self) -> datetime:
        if self.away:
            raise AmiDisconnected("away")
        return RECEIVED - timedelta(days=1)


@dataclass
class Telephones:
    """Idle phones; calls placed are remembered."""

    states: dict[str, str] = field(default_factory=dict)
    placed: list[tuple[str, str, str]] = field(default_factory=list)
    up: set[str] = field(default_factory=set)

    async def place(self, placed: Placed, shown: str) -> None:
        self.placed.append((placed.extension, placed.number, shown))
        self.up.add(placed.call)

    def phone(self, extension: str) -> str:
        return self.states.get(extension, "idle")

    def live(self, call: str) -> bool:
        return call in self.up


@dataclass
class Work:
    """A console where messages are."""

    house: House
    follower: Follower
    mailboxes: Mailboxes
    telephones: Telephones

    async def leave(self, place: str, seconds: float = 3, **values: Any) -> str:
        """A message in the spool, known to the console; its id. `place`: 8100/INBOX/msg0000."""
        mailbox, _, name = place.partition("/")
        origin = int(RECEIVED.timestamp()) + int(name[-4:]) * 60
        put(
            self.follower.spool.folder,
            place,
            seconds,
            **{"origtime": origin, "msg_id": f"{origin}-0000{name[-4:]}", **values},
        )
        self.follower.poke(mailbox)
        await self.follower.catch_up()
        return (await self.house.parts.messages.listed(Wanted(mailboxes=[mailbox])))[0].id


@asynccontextmanager
async def work(folder: Path, **changes: Any) -> AsyncIterator[Work]:
    """A console in `folder` whose spool lies there too."""
    made: dict[str, Any] = {}

    def more(database: Database, clock: Clock) -> Mapping[str, Any]:
        follower = follower_in(folder, database)
        mailboxes, telephones = Mailboxes(follower.spool.folder), Telephones()

        async def recorded(mailbox: str) -> None:
            follower.poke(mailbox)
            await follower.catch_up()

        messages = Messages(
            MessageRows(database),
            mailboxes,
            Depositing(follower.spool.folder, folder / "messages"),
            lambda name, number, text: wav(2.0),
            Journal(folder / "journal"),
            rules,
            clock,
            recorded,
        )
        made.update(follower=follower, mailboxes=mailboxes, telephones=telephones)
        return {
            "messages": messages,
            "calls": CallRows(database),
            "callers": Callers(CallerRows(database), clock),
            "placing": Placing(PlacedRows(database), telephones, rules, clock),
            "rules": rules,
            **changes,
        }

    async with house(folder, more) as console:
        task = asyncio.create_task(console.parts.messages.run())
        try:
            yield Work(console, made["follower"], made["mailboxes"], made["telephones"])
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
