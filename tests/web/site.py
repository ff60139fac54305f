"""A console for tests: the real application over a real SQLite, with a clock that can be moved."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import ClientResponse, CookieJar
from aiohttp.test_utils import TestClient, TestServer

from switchboard.domain.mode import Mode, ModeNow, Source
from switchboard.domain.roles import Role
from switchboard.flows.accounts import Accounts
from switchboard.flows.figures import Figures, Standing
from switchboard.flows.passwords import Hasher
from switchboard.flows.users import Users
from switchboard.storage import AuditRows, Database, UserRows, open_database
from switchboard.web import Parts, Site, build_app
from tests.company import company

PASSWORD = "plum-rain-42-lantern"


class Clock:
    """The time, as it is told to."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **time: float) -> None:
        """Let time pass: pass_by(minutes=5)."""
        self.now += timedelta(**time)


class Desk:
    """Manual mode until told otherwise."""

    def __init__(self) -> None:
        self.now = ModeNow(Mode.MANUAL, Source.SCHEDULE, "", None)

    async def mode(self) -> ModeNow:
        return self.now


class Fine:
    """Nothing is wrong, one call is up."""

    def __init__(self) -> None:
        self.wrong: dict[str, str] = {}

    async def faults(self) -> dict[str, str]:
        return self.wrong

    async def standing(self) -> Standing:
        return Standing(
            manual=True,
            pbx_linked=True,
            board_fresh=True,
            rules_pending=False,
            calls={"talking": 1},
            phones={"idle": 2, "busy": 1},
            queues={"8600": 3},
            ended={"connected": 7, "message": 2},
            readers=4,
        )


class Absent:
    """A part that a test hasn't given: any use of it fails by name."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, what: str) -> Any:
        raise AssertionError(f"this test's console has no {self._name} (asked for .{what})")


@dataclass
class House:
    """A console under test. `client` keeps cookies like a browser."""

    client: TestClient[Any, Any]
    database: Database
    users: Users
    parts: Parts
    clock: Clock

    async def add(self, user: str, *roles: Role, password: str = PASSWORD, **more: Any) -> None:
        """A user with a password of their own."""
        await self.users.add(user, frozenset(roles), password=password, must_change=False, **more)

    async def csrf(self, path: str = "/sign-in") -> str:
        """The token in the page's form."""
        page = await (await self.client.get(path)).text()
        found = re.search(r'name="csrf" value="([0-9a-f]+)"', page)
        assert found, page
        return found[1]

    async def try_to_sign_in(self, user: str, password: str = PASSWORD, **more: Any) -> ClientResponse:
        """The form, filled in and sent."""
        form = {"csrf": await self.csrf(), "user": user, "password": password} | more
        return await self.client.post("/sign-in", data=form, allow_redirects=False)

    async def sign_in(self, user: str, password: str = PASSWORD) -> str:
        """Signed in; the token that changes must carry."""
        answer = await self.try_to_sign_in(user, password)
        assert answer.status == 303, await answer.text()
        return await self.csrf("/account")

    async def audited(self) -> list[str]:
        """Actions in the audit, oldest first."""
        return [row["action"] for row in reversed(await self.parts.audit.rows(1000))]

    def another_browser(self) -> TestClient[Any, Any]:
        """A client with cookies of its own, for the same server."""
        return TestClient(self.client.server, cookie_jar=CookieJar(unsafe=True))


@asynccontextmanager
async def house(
    folder: Path, more: Callable[[Database, Clock], Mapping[str, Any]] | None = None, **changes: Any
) -> AsyncIterator[House]:
    """A console in `folder`. `changes` replace fields of its Parts, and so does what `more` makes of the
    open database; a part that nobody gives can't be used."""
    database = await open_database(f"sqlite:///{folder}/db.sqlite")
    clock = Clock()
    rows, hasher = UserRows(database), Hasher(memory_kib=64)
    given: dict[str, Any] = dict(
        site=Site(frozenset({"switchboard.test"}), 8080, 8443, 8089, "0.0.0"),
        key=b"k" * 32,
        accounts=Accounts(rows, hasher, clock),
        audit=AuditRows(database),
        rules=company,
        desk=Desk(),
        now=clock,
        figures=Figures(),
        health=Fine(),
        users=Users(rows, hasher, clock),
    )
    given |= (more(database, clock) if more else {}) | changes
    parts = Parts(**{f.name: Absent(f.name) for f in fields(Parts)} | given)
    client = TestClient(TestServer(build_app(parts)), cookie_jar=CookieJar(unsafe=True))
    await client.start_server()
    try:
        yield House(client, database, Users(rows, hasher, clock), parts, clock)
    finally:
        await client.close()
        await database.close()
