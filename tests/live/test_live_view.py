"""The live view of a real switchboard, read as a page reads it: quick, the same for fifty readers, and whole
again after the PBX or the controller has died."""

from __future__ import annotations

import asyncio
import os
import signal
import statistics
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientError, ClientSession, TCPConnector

from switchboard.ami import Gateway, Message
from switchboard.ami.accounts import BOARD
from switchboard.domain import prompt_keys as p
from switchboard.softphone import Incoming
from tests.live.house import TRUNK, House, PhoneOf
from tests.live.test_mode_codes import choose
from tests.web.stream import Stream, stream

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="session")]

CALLS = 60
WITHIN_SECONDS = 0.2
"""From the PBX's event to the page."""

MEASUREMENTS = 3


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def token(telephones: House) -> AsyncIterator[str]:
    """A token of an operator, and automatic mode, so that calls come up by themselves."""
    cli = telephones.cli
    cli("user", "add", "watcher", "--role", "operator", "--role", "supervisor", "--extension", "8011")
    scopes = [word for scope in ("live", "order", "duty") for word in ("--scope", scope)]
    made = cli("user", "token", "add", "watcher", "test", *scopes)
    choose(telephones, "automatic", until_changed=True)
    yield str(made["token"])
    choose(telephones, "schedule")


@pytest_asyncio.fixture(loop_scope="session")
async def session() -> AsyncIterator[ClientSession]:
    async with ClientSession(connector=TCPConnector(limit=0)) as it:
        yield it


def url(house: House) -> str:
    return f"http://127.0.0.1:{house.settings.http_port}"


async def again(house: House, session: ClientSession, token: str, opened: AsyncExitStack) -> Stream:
    """The stream, once somebody serves it again."""
    deadline = time.monotonic() + 20
    while True:
        try:
            return await opened.enter_async_context(stream(session, url(house), token))
        except (ClientError, AssertionError):
            assert time.monotonic() < deadline, "nobody serves the stream again"
            await asyncio.sleep(0.2)


def figures(seconds: list[float]) -> tuple[float, float]:
    """Median and 99th of 100."""
    ordered = sorted(seconds)
    return statistics.median(ordered), ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]


async def ring_many(gateway: Gateway, count: int) -> None:
    """Calls from outside, a few at a time, each of two seconds in the greeting."""
    for n in range(count):
        await gateway.action(
            "Originate",
            Channel=f"Local/8000@from-trunk-{TRUNK}/n",
            Application="Wait",
            Data="2",
            CallerID=f"1380000{n:04}",
            Async="true",
        )
        await asyncio.sleep(0.1)


@dataclass(frozen=True)
class Measured:
    """Seconds from the PBX's own event, as another manager connection sees it, to each page."""

    appear: list[float]
    vanish: list[float]
    words: str


async def measured(switchboard: House, token: str, session: ClientSession) -> Measured:
    """Fifty pages read while calls come and go."""
    secret = switchboard.secrets.ami(BOARD.name)
    gateway = Gateway("127.0.0.1", switchboard.settings.ami_port, BOARD.name, secret)
    born: dict[str, float] = {}
    died: dict[str, float] = {}
    shown: list[dict[str, float]] = []
    gone: list[dict[str, float]] = []

    async def watch() -> None:
        async for event in gateway.subscribe("Newchannel", "Hangup", limit=20_000):
            if isinstance(event, Message) and event.text("Uniqueid") == event.text("Linkedid"):
                kind = born if event.text("Event") == "Newchannel" else died
                kind.setdefault(event.text("Uniqueid"), time.monotonic())

    async def read(ready: asyncio.Event) -> None:
        calls: dict[str, float] = {}
        ends: dict[str, float] = {}
        shown.append(calls)
        gone.append(ends)
        async with stream(session, url(switchboard), token) as page:
            await page.next()
            ready.set()
            while True:
                name, data = await page.next(60)
                if name == "call":
                    calls.setdefault(data["id"], time.monotonic())
                elif name == "gone":
                    ends.setdefault(data["id"], time.monotonic())

    await gateway.start()
    alone = _kib(switchboard.pids()["controller"], "VmRSS")
    tasks = [asyncio.create_task(watch())]
    try:
        readies = [asyncio.Event() for _ in range(50)]
        tasks += [asyncio.create_task(read(ready)) for ready in readies]
        for ready in readies:
            await asyncio.wait_for(ready.wait(), 10)
        controller = switchboard.pids()["controller"]
        before, opened = _cpu_seconds(controller), _kib(controller, "VmRSS")
        began = time.monotonic()
        await ring_many(gateway, CALLS)
        await switchboard.no_channels(20)
        await asyncio.sleep(1)
        share = (_cpu_seconds(controller) - before) / (time.monotonic() - began)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await gateway.stop()
    known = [call for call in born if all(call in calls for calls in shown)]
    assert len(known) >= CALLS
    appear = [calls[call] - born[call] for calls in shown for call in known]
    vanish = [ends[call] - died[call] for ends in gone for call in died if call in ends]
    after = _kib(controller, "VmRSS")
    words = (
        f"appear: median {figures(appear)[0] * 1000:.0f} ms, 99th {figures(appear)[1] * 1000:.0f} ms; "
        f"vanish: median {figures(vanish)[0] * 1000:.0f} ms, 99th {figures(vanish)[1] * 1000:.0f} ms; "
        f"controller {share:.0%} of a core; {alone / 1024:.0f} MiB without readers, {opened / 1024:.0f} "
        f"with 50, {after / 1024:.0f} after {CALLS} calls"
    )
    print(words)
    return Measured(appear, vanish, words)


@pytest.mark.measured
async def test_a_call_is_on_fifty_pages_within_a_fifth_of_a_second(
    switchboard: House, token: str, session: ClientSession
) -> None:
    """At the median always; for 99 of 100 in one of three measurements: whoever shares the machine takes its
    turns out of our time."""
    found = []
    for _ in range(MEASUREMENTS):
        found.append(await measured(switchboard, token, session))
        assert figures(found[-1].appear)[0] < WITHIN_SECONDS, found[-1].words
        if max(figures(found[-1].appear)[1], figures(found[-1].vanish)[1]) < WITHIN_SECONDS:
            return
    raise AssertionError("\n".join(one.words for one in found))


async def test_a_call_is_seen_from_the_greeting_to_the_conversation(
    switchboard: House, token: str, session: ClientSession, phone: PhoneOf, caller: PhoneOf
) -> None:
    """In the machine's hands, ringing, talking, gone; with whom, wanted whom, and the engine's reason."""
    person, outside = await phone("8201"), await caller("13800007001")
    async with stream(session, url(switchboard), token) as page:
        await page.next()

        def mine(state: str) -> Any:
            return lambda name, data: (
                name == "call" and data["caller"]["number"] == "13800007001" and data["state"] == state
            )

        await outside.dial("8000")
        heard = await page.until(mine("automatic"))
        assert not heard["inside"]
        await outside.hears("zh/" + p.HELLO)
        await outside.press("8201")
        ringing = await page.until(mine("ringing"), 20)
        assert (ringing["with"], ringing["target"]) == (["8201"], "8201")
        assert ringing["step"]["reason"]
        await person.expect(Incoming)
        await person.accept()
        talking = await page.until(mine("talking"))
        assert talking["with"] == ["8201"]
        await page.until(
            lambda name, data: name == "phone" and data == {"extension": "8201", "state": "busy"}
        )
        await outside.hangup()
        assert await page.until(lambda name, data: name == "gone") == {"id": talking["id"]}


async def test_a_consultation_ordered_by_a_program_is_seen_to_the_end(
    switchboard: House, token: str, session: ClientSession, phone: PhoneOf, caller: PhoneOf
) -> None:
    """Answered, asked about, connected: each by an order over HTTP, each to be seen on the stream."""
    operator, wanted, outside = await phone("8011"), await phone("8201"), await caller("13800007004")

    async def ask(path: str, **body: str) -> Any:
        headers = {"Authorization": f"Bearer {token}"}
        async with session.post(f"{url(switchboard)}/api/v1{path}", json=body, headers=headers) as answer:
            assert answer.status in (200, 202), await answer.text()
            return await answer.json()

    await ask("/duty", word="in")
    async with stream(session, url(switchboard), token) as page:
        await page.next()
        await outside.dial("8000")
        await outside.hears("zh/" + p.HELLO)
        call = (await page.until(lambda name, data: name == "call"))["id"]
        there = f"/calls/{call}/orders"

        async def shows(state: str, fits: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
            return await page.until(
                lambda name, data: name == "call" and data["state"] == state and fits(data), 10
            )

        await ask(there, kind="answer")
        await shows("ringing", lambda data: data["with"] == ["8011"])
        await operator.expect(Incoming)
        await operator.accept()
        await shows("talking", lambda data: data["with"] == ["8011"])
        await ask(there, kind="consult", target="8201")
        held = await shows("consulting", lambda data: data["consult"]["state"] == "ringing")
        assert (held["held_by"], held["with"], held["consult"]["target"]) == ("8011", [], "8201")
        await wanted.expect(Incoming)
        await wanted.accept()
        await shows("consulting", lambda data: data["consult"]["state"] == "talking")
        await ask(there, kind="connect")
        done = await shows("talking", lambda data: data["with"] == ["8201"])
        assert done["consult"] is None
        await outside.hangup()
        await page.until(lambda name, data: name == "gone" and data["id"] == call)
    await ask("/duty", word="out")


async def test_a_controller_that_died_in_mid_call_shows_the_call_again(
    switchboard: House, token: str, session: ClientSession, phone: PhoneOf, caller: PhoneOf
) -> None:
    """The next one reads each call's own state: a conversation, and somebody who listens to the greeting."""
    person, outside = await phone("8201"), await caller("13800007002")
    async with AsyncExitStack() as opened:
        await outside.dial("8000")
        await outside.hears("zh/" + p.HELLO)
        await outside.press("8201")
        await person.expect(Incoming, 20)
        await person.accept()
        await asyncio.sleep(0.5)
        switchboard.kill_controller()
        await switchboard.controller_back()
        page = await again(switchboard, session, token, opened)

        def whole(name: str, data: Any) -> bool:
            calls = data["calls"] if name == "board" else [data] if name == "call" else []
            return any(
                c["caller"]["number"] == "13800007002"
                and (c["state"], c["with"], c["target"]) == ("talking", ["8201"], "8201")
                and c["step"] is not None
                and c["language"] == "zh"
                for c in calls
            )

        await page.until(whole, 10)
        await outside.hangup()
        await page.until(lambda name, data: name == "gone")


async def test_a_pbx_that_dies_is_told_and_its_calls_are_gone(
    switchboard: House, token: str, session: ClientSession, caller: PhoneOf
) -> None:
    """On the same stream: down, the calls gone, up again."""
    outside = await caller("13800007003")
    async with stream(session, url(switchboard), token) as page:
        await page.next()
        await outside.dial("8000")
        call = await page.until(lambda name, data: name == "call")
        os.kill(switchboard.pids()["pbx"], signal.SIGKILL)
        await page.until(lambda name, data: name == "pbx" and data["state"] == "down", 10)
        await page.until(lambda name, data: name == "pbx" and data["state"] == "up", 30)
        if not any(n == "gone" for n, _ in page.seen):
            assert await page.until(lambda name, data: name == "gone") == {"id": call["id"]}
    await switchboard.controller_back()


def _cpu_seconds(pid: int) -> float:
    """Processor time of a process so far (proc(5))."""
    with open(f"/proc/{pid}/stat") as file:
        parts = file.read().rpartition(")")[2].split()
    return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")


def _kib(pid: int, what: str) -> int:
    with open(f"/proc/{pid}/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith(what))
