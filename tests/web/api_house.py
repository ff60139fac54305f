"""The API for tests: every flow is the real one over a real SQLite; what is missing is a PBX.

The board is the real board, told of channels by the test as the PBX would tell. Orders look for calls on
`lines`, which a test fills.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from switchboard.ami import Board, Gateway, Message
from switchboard.bootstrap.living import live as live_of
from switchboard.bootstrap.rules_room import RulesRoom
from switchboard.domain.company import Rules
from switchboard.domain.mode import Mode
from switchboard.domain.outcomes import PhoneState
from switchboard.domain.roles import Permission, Role
from switchboard.flows.callers import Callers
from switchboard.flows.desk import Desk
from switchboard.flows.enforcement import Enforcement, Fault
from switchboard.flows.live import Live
from switchboard.flows.messages import Messages
from switchboard.flows.orders import LineSeen, Orders
from switchboard.flows.page_phones import PagePhones
from switchboard.flows.placing import Placed, Placing
from switchboard.flows.rulebook import Book
from switchboard.flows.tickets import Tickets
from switchboard.pbx.secrets import Secrets
from switchboard.rules import load_text
from switchboard.rules.store import RulesStore
from switchboard.settings import SOURCE
from switchboard.storage import (
    CallerRows,
    CallRows,
    Database,
    Depositing,
    DeskRows,
    Follower,
    Journal,
    MessageRows,
    PlacedRows,
    TicketRows,
)
from switchboard.storage.orders import OrderRows
from tests.web.site import Clock, House, house

SAMPLE = (SOURCE / "routing_rules.yaml").read_bytes()


def told(kind: str, **headers: str) -> Message:
    """An event as the PBX sends it."""
    made = Message.from_line("\r\n".join([f"Event: {kind}", *(f"{k}: {v}" for k, v in headers.items())]))
    assert made is not None
    return made


class Lines:
    """Calls that orders find, by id."""

    def __init__(self) -> None:
        self.seen: dict[str, LineSeen] = {}
        self.moved: list[str] = []

    async def look(self, call: str, by: str) -> LineSeen | None:
        return self.seen.get(call)

    async def move(self, channel: str) -> bool:
        self.moved.append(channel)
        return True

    async def consult(self, channel: str, leg: str, target: str) -> bool:
        self.moved.append(channel)
        return True

    async def end_consultation(self, leg: str) -> None: ...

    async def phone(self, number: str) -> PhoneState:
        return PhoneState.IDLE


class Unspoken:
    """Nobody listens: what is typed needs no voice."""

    async def speak(self, call: str, typed: object, language: str) -> None: ...


class NoLamp:
    """No phone shows the mode."""

    async def show(self, mode: Mode) -> None: ...


class Boxes:
    """Mailboxes of a PBX that does what it is told."""

    async def open(self) -> Collection[str]:
        return ()

    async def move(self, mailbox: str, msg_id: str, folder: str, to: str) -> bool:
        return True

    async def refresh(self, mailbox: str) -> None: ...

    async def started(self) -> datetime:
        return datetime.now().astimezone() - timedelta(hours=1)


class Dialling:
    """A PBX that takes every call it is to place."""

    async def place(self, placed: Placed, shown: str) -> None: ...

    def phone(self, extension: str) -> str:
        return "idle"

    def live(self, call: str) -> bool:
        return False


@dataclass
class Switchboard:
    """What stands behind the API in one test."""

    folder: Path
    board: Board = field(default_factory=lambda: Board(Gateway("127.0.0.1", 1, "x", "y")))
    lines: Lines = field(default_factory=Lines)
    published: list[str] = field(default_factory=list)
    examples: list[Fault] = field(default_factory=list)  # what example calls object to

    def parts(self, database: Database, clock: Clock) -> Mapping[str, Any]:
        """The parts of a console over this switchboard."""
        self.database = database
        self.rules_file = self.folder / "routing_rules.yaml"
        self.rules_file.write_bytes(SAMPLE)
        self.store = RulesStore(self.folder / "rules")
        self.book = Book(lambda version: (self.store.get(version), None))  # type: ignore[arg-type, return-value]
        self.enforcement = Enforcement(
            self.store,
            self.book,
            _read,
            self._publish,
            lambda rules: self.examples,  # type: ignore[arg-type]
        )
        version = self.store.keep(SAMPLE, "the sample")
        self.store.put_in_force(version)
        self.enforcement.started(self.store.get(version), None)  # type: ignore[arg-type]
        self.desk = Desk(DeskRows(database), _NoCalls(), NoLamp(), self.rules, clock)
        self.orders = Orders(OrderRows(database), self.lines, self.desk, self.book, Unspoken(), clock)
        self.journal = Journal(self.folder / "journal")
        follower = Follower(
            database,
            journal=self.folder / "journal",
            cdr=self.folder / "calls.csv",
            spool=self.folder / "spool",
            kept=self.folder / "messages",
        )

        async def recorded(mailbox: str) -> None:
            await follower.catch_up()

        self.messages = Messages(
            MessageRows(database),
            Boxes(),
            Depositing(self.folder / "spool", self.folder / "messages"),
            lambda name, number, text: b"",
            self.journal,
            self.rules,
            clock,
            recorded,
        )
        self.tickets = Tickets(TicketRows(database), clock)
        self.callers = Callers(CallerRows(database), clock)
        self.live: Live = live_of(
            database,
            self.board,
            self.board._gateway,
            self.desk,
            self.enforcement,
            self.orders,
            self.messages,
            self.callers,
            self.tickets,
            clock,
        )
        return {
            "rules": self.rules,
            "desk": self.desk,
            "live": self.live,
            "calls": CallRows(database),
            "orders": self.orders,
            "tickets": self.tickets,
            "rules_room": RulesRoom(
                self.rules_file, self.store, self.enforcement, lambda rules: self.examples
            ),
            "status": self.status,
            "messages": self.messages,
            "callers": self.callers,
            "placing": Placing(PlacedRows(database), Dialling(), self.rules, clock),
            "page_phones": PagePhones(
                Secrets(self.folder / "secrets"), self._take_in, self.rules, self._everybody, clock
            ),
        }

    def rules(self) -> Rules:
        return self.book.in_force()[0]

    async def status(self) -> dict[str, Any]:
        """Everything is well."""
        return {
            "ready": True,
            "pbx": {"state": "up", "started": None, "version": "22"},
            "controller": {"version": "0", "started": "2026-11-20T09:00:00+00:00"},
            "python": "3.11",
            "database": "up",
            "rules": {"version": "1", "state": "in_force"},
            "calls": 0,
            "readers": 0,
            "phones": [],
            "trunks": [],
            "disk": {"free_bytes": 1, "total_bytes": 2},
        }

    def caller(self, unique: str, number: str, state: str = "Ring") -> None:
        """Somebody calls from outside."""
        self.board.apply(
            told(
                "Newchannel",
                Channel=f"PJSIP/trunk-provider-{unique}",
                ChannelStateDesc=state,
                CallerIDNum=number,
                Exten="8000",
                Uniqueid=unique,
                Linkedid=unique,
            )
        )

    def gone(self, unique: str) -> None:
        """They have hung up."""
        self.board.apply(told("Hangup", Channel="PJSIP/trunk-provider", Uniqueid=unique, Linkedid=unique))

    async def _publish(self, rules: Rules) -> None:
        self.published.append(rules.version)

    async def _take_in(self) -> None: ...

    async def _everybody(self) -> Collection[str]:
        return {person.number for person in self.rules().phones}


class _NoCalls:
    def live(self) -> Collection[str]:
        return ()

    def talking(self) -> Collection[str]:
        return ()


def _read(content: bytes) -> Rules:
    loaded = load_text(content, "the rules file")
    if loaded.rules is None:
        from switchboard.errors import RulesError

        raise RulesError("the rules have errors", loaded.errors)
    return loaded.rules


@dataclass
class Api:
    """A console with its API; `await api.get(…)` and the like ask with a token that may do everything."""

    house: House
    switchboard: Switchboard
    token: str

    async def ask(self, method: str, path: str, token: str | None = None, **more: Any) -> tuple[int, Any]:
        """Status and JSON of an answer."""
        headers = {"Authorization": f"Bearer {token or self.token}"} | more.pop("headers", {})
        answer = await self.house.client.request(method, f"/api/v1{path}", headers=headers, **more)
        text = await answer.text()
        return answer.status, await answer.json() if text else None

    async def get(self, path: str, **more: Any) -> Any:
        """The JSON of an answer that must be fine."""
        status, body = await self.ask("GET", path, **more)
        assert status == 200, (status, body)
        return body

    async def token_of(self, user: str, *scopes: Permission) -> str:
        """A token of a user; with every scope unless some are named."""
        return await self.house.users.add_token(user, "test", frozenset(scopes or Permission))


@asynccontextmanager
async def api_house(folder: Path, *, extension: str = "8011") -> AsyncIterator[Api]:
    """An API in `folder`, with the user `boss`, who has every role and `extension`."""
    behind = Switchboard(folder)
    async with house(folder, behind.parts) as it:
        await it.add("boss", *Role, extension=extension)
        token = await it.users.add_token("boss", "test", frozenset(Permission))
        running = asyncio.create_task(behind.live.run())
        try:
            yield Api(it, behind, token)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
