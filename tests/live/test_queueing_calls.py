"""Queues with real phones (A11, A12): who goes ahead, what is told, agents by code, call-backs, accidents."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from typing import Any

import pytest
import pytest_asyncio

from switchboard.domain import prompt_keys as p
from switchboard.pbx import programs
from switchboard.softphone import Baresip, Closed, Incoming, NothingHappened
from tests.live.ear import asks_for, both_hear_each_other, hears, never_rings
from tests.live.house import House, shorter_rules
from tests.live.provider import AnsweringProvider

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="session")]

CHANGES = {
    "    longest_wait: 10 ": "    longest_wait: 90 ",
    "    announce: 30 ": "    announce: 3 ",
    "    wrap_up: 1 ": "    wrap_up: 0 ",
    "    overflow: message ": "    call_back: true\n    overflow: message ",
}


def rules(port: int) -> str:
    """Customer service told every 5 s, calling back; a provider that carries everything."""
    text = shorter_rules()
    for old, new in CHANGES.items():
        assert old in text, f"the sample rules no longer have {old!r}"
        text = text.replace(old, new)
    line = f'host: 127.0.0.1:{port}, username: provider, numbers: {{"02988886000": "8000"}}, outgoing: ["X."]'
    return text.replace("trunks:\n", f"trunks:\n  provider: {{{line}}}\n")


class Floor(House):
    """A switchboard with its provider, and callers that are hung up in the end."""

    provider: AnsweringProvider
    outside: list[Baresip]

    async def calls(self, number: str) -> Baresip:
        """A telephone outside with that number."""
        self.outside.append(await self.caller(number))
        return self.outside[-1]

    async def waits_in_queue(self, number: str, digits: str = "8600") -> Baresip:
        """A caller who has been told to wait."""
        one = await self.calls(number)
        await asks_for(one, digits)
        await hears(one, "zh/" + p.QUEUE_HOLD)
        return one


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def ground() -> AsyncIterator[Floor]:
    """The switchboard of these tests."""
    loop = asyncio.get_running_loop()
    transport, far = await loop.create_datagram_endpoint(AnsweringProvider, ("127.0.0.1", 0))
    it = Floor(rules(transport.get_extra_info("sockname")[1]))
    it.provider, it.outside = far, []
    await asyncio.to_thread(programs.obtain, it.settings, print, programs.FOR_TESTS)
    try:
        await asyncio.to_thread(it.start)
        yield it
    finally:
        for number in list(it.phones):
            await it.unplug(number)
        await asyncio.to_thread(it.stop)
        transport.close()


@pytest_asyncio.fixture(loop_scope="session")
async def floor(ground: Floor, request: pytest.FixtureRequest) -> AsyncIterator[Floor]:
    """The switchboard where nothing is going on, before and after."""
    await ground.no_channels()
    ground.provider.called.clear()
    request.node.callers = ground.outside
    request.node.funcargs["house"] = ground  # whose logs a failed test shows
    yield ground
    for one in [*ground.outside, *ground.phones.values()]:
        with suppress(Exception):
            await one.hangup()
    for one in ground.outside:
        await one.stop()
    ground.outside.clear()
    await ground.no_channels()


async def rung_for(agent: Baresip, number: str) -> None:
    """The agent's phone rings for this caller, showing the queue's name, and is answered."""
    ringing = await agent.expect(Incoming, 12)
    assert ringing.number == number
    assert ringing.name.startswith("客户服务中心"), ringing
    await agent.accept()


async def code(phone: Baresip, digits: str, prompt: str) -> None:
    """Dial a code and hear it confirmed."""
    await phone.dial(digits)
    await hears(phone, "zh/" + prompt)
    await phone.expect(Closed, 5)
    phone.forget()


async def test_callers_are_served_by_priority_and_then_as_they_came(floor: Floor) -> None:
    """One agent talks; two ordinary callers, a complaint and a valued caller come, in this order. All are out
    of the queue now and then to hear their place. Served: valued, complaint, first, second."""
    agent = await floor.phone("8601")
    talking = await floor.calls("13800000801")
    await asks_for(talking, "8600")
    await rung_for(agent, "13800000801")
    first = await floor.waits_in_queue("13800000802")
    await hears(first, "zh/" + p.LINE_PLACE)
    english = await floor.calls("13800000803")
    await asks_for(english, "9")
    await english.hears("en/" + p.HELLO)
    await english.press("8600")
    await hears(english, "en/" + p.LINE_PLACE, timeout=20)
    complaint = await floor.waits_in_queue("13800000804", "7")
    valued = await floor.waits_in_queue("13900000805")
    await hears(valued, "zh/" + p.LINE_PLACE)
    await asyncio.sleep(12)  # whoever was offered a call-back is back in the queue
    for now, then, number in (
        (talking, valued, "13900000805"),
        (valued, complaint, "13800000804"),
        (complaint, first, "13800000802"),
        (first, english, "13800000803"),
    ):
        agent.forget()
        await (agent if now is complaint else now).hangup()
        await rung_for(agent, number)
        assert then.in_call
    said = await told(floor, "13800000802")
    assert "1" in said[0]
    await english.hangup()
    ticket = next(t for t in floor.cli("tickets") if t["caller"] == "13800000804")
    await complaint.hears("zh/" + p.TICKET)
    assert (ticket["kind"], ticket["state"]) == ("complaint", "open")
    record = await floor.record("13800000804")
    assert record["outcome"] == "connected"
    assert record["connected_to"] == "8601"


async def told(floor: Floor, number: str) -> list[str]:
    """What a caller was told of the queue."""
    found = next(c for c in floor.cli("calls", "--limit", "20") if c["caller"] == number)
    return [s["detail"] for s in found["steps"] if s["action"] == "say" and "排队" in s["detail"]]


async def test_a_complaint_leaves_a_ticket_even_if_the_caller_hangs_up_at_once(floor: Floor) -> None:
    """Key 7, and gone."""
    outside = await floor.calls("13800000811")
    await asks_for(outside, "7")
    await outside.hears("zh/" + p.COMPLAINT_HOLD)
    await outside.hangup()

    def there() -> bool:
        return any(t["caller"] == "13800000811" for t in floor.cli("tickets"))

    await floor.until(there, "the ticket", 6)


async def test_agents_sign_out_and_pause_and_it_holds_through_a_restart_of_the_pbx(floor: Floor) -> None:
    """Signed out: nobody is there, the caller is told at once. Paused: still so after the PBX died."""
    agent = await floor.phone("8601")
    await code(agent, "*74", p.AGENT_OUT)
    outside = await floor.calls("13800000821")
    await asks_for(outside, "8600")
    await hears(outside, "zh/" + p.QUEUE_NONE)
    await never_rings(agent)
    await outside.hangup()
    await code(agent, "*73", p.AGENT_IN)
    await code(agent, "*75", p.AGENT_REASON)
    await code(agent, "*751", p.AGENT_PAUSED)
    stranger = await floor.phone("8201")
    await code(stranger, "*73", p.AGENT_NONE)
    assert "paused:lunch" in await floor.pbx.cli("queue show 8600")
    before = floor.pids()["pbx"]
    os.kill(before, signal.SIGKILL)
    await floor.until(lambda: floor.pids().get("pbx", before) not in (before, None), "a new PBX", 20)
    await floor.until(lambda: bool(floor.status().get("ready")), "ready again", 20)
    await eventually(lambda: shows(floor, "paused:lunch"), "paused again", 15)
    await floor.unplug("8601")
    agent = await floor.phone("8601")
    await code(agent, "*76", p.AGENT_UNPAUSED)
    assert "paused:lunch" not in await floor.pbx.cli("queue show 8600")


async def shows(floor: Floor, text: str) -> bool:
    return text in await floor.pbx.cli("queue show 8600")


async def eventually(happens: Callable[[], Awaitable[bool]], what: str, seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while not await happens():
            await asyncio.sleep(0.2)


async def asks_to_be_called_back(floor: Floor, number: str) -> None:
    """A caller who waits, takes the offer, and confirms the number."""
    patient = await floor.waits_in_queue(number)
    await hears(patient, "zh/" + p.CALL_BACK_OFFER, timeout=20)
    await patient.press("1")
    await hears(patient, "zh/" + p.CALL_BACK_CONFIRM)
    await patient.press("1")
    await hears(patient, "zh/" + p.CALL_BACK_KEPT)
    await patient.expect(Closed, 5)


async def test_a_caller_is_called_back_once_at_their_place_whatever_is_killed(floor: Floor) -> None:
    """The number is read back; the controller dies with the promise open; the agent is rung when it is the
    caller's turn, and then the caller, once."""
    agent = await floor.phone("8601")
    talking = await floor.calls("13800000831")
    await asks_for(talking, "8600")
    await rung_for(agent, "13800000831")
    next_one = await floor.waits_in_queue("13800000832")
    await asks_to_be_called_back(floor, "13800138000")
    floor.kill_controller()
    await floor.controller_back()
    await asyncio.sleep(4)  # callers whose step it was have been asked to hold on, and wait again
    for now, number in ((talking, "13800000832"), (next_one, "13800138000")):
        agent.forget()
        await now.hangup()
        await rung_for(agent, number)
    await floor.until(lambda: floor.provider.called == ["13800138000"], "the provider is called", 5)
    await asyncio.sleep(1)
    agent.forget()
    await agent.hangup()
    record = await floor.record("13800138000")
    outcomes: list[Any] = [
        c["outcome"] for c in floor.cli("calls", "--limit", "20") if c["caller"] == "13800138000"
    ]
    assert "queue_callback" in outcomes, record
    await asyncio.sleep(3)
    await never_rings(agent)
    assert floor.provider.called == ["13800138000"]


async def test_a_caller_in_the_queue_stays_there_without_a_controller_and_is_served(floor: Floor) -> None:
    """The controller is away for several steps of waiting: no greeting, no fallback; an agent who gets free
    takes the caller, and both talk. With the controller back, the record tells who it was."""
    agent = await floor.phone("8601")
    talking = await floor.calls("13800000841")
    await asks_for(talking, "8600")
    await rung_for(agent, "13800000841")
    waiting = await floor.waits_in_queue("13800000842")
    await eventually(lambda: shows(floor, "(wait: "), "the caller is in the queue", 20)
    assert floor.process is not None
    floor.process.send_signal(signal.SIGSTOP)  # so that nobody starts a controller again
    try:
        floor.kill_controller()
        await asyncio.sleep(15)
        agent.forget()
        await talking.hangup()
        await rung_for(agent, "13800000842")
        await both_hear_each_other(agent, waiting)
        since = max(h.start for h in waiting.heard() if h.name == "zh/" + p.QUEUE_HOLD)
        assert "zh/" + p.HELLO not in [h.name for h in waiting.heard() if h.start > since]
    finally:
        floor.process.send_signal(signal.SIGCONT)
        await floor.controller_back()
    await waiting.hangup()
    record = await floor.record("13800000842")
    assert (record["outcome"], record["connected_to"]) == ("connected", "8601")


async def test_a_controller_killed_as_it_claims_calls_back_once_or_not_at_all(floor: Floor) -> None:
    """SIGKILL as soon as the row says claimed: before, while, or just after the call is ordered. Either the
    agent is rung and the caller is called once, or nobody is and a person gets the ticket."""
    number = "13800138010"
    agent, talking = await floor.phone("8601"), await floor.calls("13800000851")
    await asks_for(talking, "8600")
    await rung_for(agent, "13800000851")
    ahead = await floor.waits_in_queue("13800000852")  # so that the wait is long enough for the offer
    await asks_to_be_called_back(floor, number)
    await ahead.hangup()
    killed = asyncio.create_task(asyncio.to_thread(kill_at_claim, floor, number))
    await asyncio.sleep(0.2)
    agent.forget()
    await talking.hangup()
    await killed
    with suppress(NothingHappened):
        await rung_for(agent, number)
        await floor.until(lambda: floor.provider.called == [number], "the provider is called", 5)
    agent.forget()
    await agent.hangup()
    await floor.controller_back()
    await floor.until(lambda: state_of(floor, number) in ("done", "ticket"), "the promise has its end", 40)
    await never_rings(agent)
    if state_of(floor, number) == "done":
        assert floor.provider.called == [number]
    else:
        assert floor.provider.called == []
        (ticket,) = [t for t in floor.cli("tickets") if t["caller"] == number]
        assert (ticket["kind"], ticket["state"]) == ("call_back", "open")


@contextmanager
def call_back_rows(floor: Floor) -> Iterator[Callable[[str], str]]:
    """Tells where the promise to call a number back stands."""
    with closing(sqlite3.connect(f"file:{floor.settings.data_dir}/switchboard.db?mode=ro", uri=True)) as db:
        query = "SELECT state FROM call_backs WHERE number = ?"
        yield lambda number: str(db.execute(query, (number,)).fetchone()[0])


def state_of(floor: Floor, number: str) -> str:
    """Where the promise to call `number` back stands now."""
    with call_back_rows(floor) as state:
        return state(number)


def kill_at_claim(floor: Floor, number: str) -> None:
    """SIGKILL the controller once the call-back's row says that it is being placed."""
    controller, deadline = floor.pids()["controller"], time.monotonic() + 20
    with call_back_rows(floor) as state:
        while state(number) == "waiting":
            assert time.monotonic() < deadline, "the call-back has not been claimed"
    os.kill(controller, signal.SIGKILL)


async def test_a_call_back_claimed_by_a_controller_that_died_is_never_placed(floor: Floor) -> None:
    """A row that says placed, of which neither channels nor records know: what a crash between claiming it
    and ordering the call leaves. The agent is free and the line is up, yet the next controller calls nobody,
    and a person gets one ticket with the number."""
    agent = await floor.phone("8601")
    with (
        closing(sqlite3.connect(floor.settings.data_dir / "switchboard.db", timeout=10)) as database,
        database,
    ):
        now = datetime.now(UTC)
        database.execute(
            "insert into call_backs (call_id, queue, number, language, priority, since, promised, claimed,"
            " state, why) values ('promised-1.1', '8600', '13800138001', 'zh', 0, ?, ?, ?, 'placed', '')",
            (int(now.timestamp()) - 60, str(now)[:26], str(now)[:26]),
        )
    floor.kill_controller()
    await floor.controller_back()

    def told() -> bool:
        tickets = [t for t in floor.cli("tickets") if t["caller"] == "13800138001"]
        return [(t["kind"], t["state"]) for t in tickets] == [("call_back", "open")]

    await floor.until(told, "a ticket for the call-back that nobody is sure of", 40)
    await asyncio.sleep(5)
    assert told(), "one ticket, not one each time somebody looks"
    assert floor.provider.called == []
    await never_rings(agent)
