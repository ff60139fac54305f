"""The live view of somebody who sees only what is theirs: what comes, what goes, what never shows.

The agent is 8101, a member of the queue 8600; 8102 is a colleague in neither.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest_asyncio

from switchboard.domain.call import Stage
from switchboard.domain.company import Queue
from switchboard.domain.whose import Own
from switchboard.flows.live_ports import Counts
from switchboard.flows.readers import Reader
from tests.flows.test_live import Scene, events

AGENT = Own("8101")
COLLEAGUE = Own("8102")


@pytest_asyncio.fixture
async def scene() -> AsyncIterator[Scene]:
    it = Scene()
    running = asyncio.create_task(it.live.run())
    await asyncio.sleep(0)
    yield it
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def told(reader: Reader) -> list[tuple[str, str]]:
    """Calls that a reader was told of, in order, as (event, id); a board's calls as `board`, one that goes on
    where the reader doesn't see it as `left`. A call that is told again while it is in view (what is known of
    its caller comes later) counts once."""
    found: list[tuple[str, str]] = []
    for name, data in await events(reader):
        if name == "board":
            found += [("board", call["id"]) for call in data["calls"]]
        elif name == "gone":
            found.append(("left" if data.get("elsewhere") else "gone", data["id"]))
        elif name == "call" and data["id"] not in _in_view(found):
            found.append((name, data["id"]))
    return found


def _in_view(found: list[tuple[str, str]]) -> set[str]:
    """Calls that were told and aren't gone."""
    last = {call: name for name, call in found}
    return {call for call, name in last.items() if name not in ("gone", "left")}


async def test_a_queues_caller_comes_and_goes_for_its_members(scene: Scene) -> None:
    """Told when they come into the queue, gone when an operator takes them out; nothing for a colleague."""
    agent, colleague, whole = scene.live.read(AGENT), scene.live.read(COLLEAGUE), scene.live.read()
    scene.channel("1.1", state="Up")
    scene.decided("1.1", Stage.GREETING)
    assert await told(agent) == []
    scene.decided("1.1", Stage.QUEUED, target="8600")
    assert await told(agent) == [("call", "1.1")]
    scene.decided("1.1", Stage.HELD, target="8600", held_by="8011")
    assert await told(agent) == [("left", "1.1")]
    scene.gone("1.1")
    assert await told(agent) == []
    assert await told(colleague) == []
    assert await told(whole) == [("call", "1.1"), ("gone", "1.1")]


async def test_a_call_of_ones_own_phone_is_seen_while_the_phone_is_in_it(scene: Scene) -> None:
    """From the first ring to its end: a ring that a colleague answers is over for them."""
    agent, colleague = scene.live.read(AGENT), scene.live.read(COLLEAGUE)
    scene.channel("1.1", state="Up")
    for unique, phone in (("1.2", "8101"), ("1.3", "8102")):
        scene.channel(unique, f"PJSIP/{phone}-{unique}", "Ringing", "1.1")
    assert ("call", "1.1") in await told(agent)
    scene.gone("1.2", "1.1")
    for unique, name in (("1.1", "PJSIP/trunk-provider-1.1"), ("1.3", "PJSIP/8102-1.3")):
        scene.joins(unique, name, "1.1")
    assert await told(agent) == [("left", "1.1")]
    assert (await told(colleague))[-1] == ("call", "1.1")


async def test_a_phone_that_leaves_without_a_trace_takes_the_view_along(scene: Scene) -> None:
    """The agent transfers and hangs up while another phone already talks: nothing that is told changes for
    the others, but for the agent the call is gone."""
    scene.channel("1.1", state="Up")
    for unique, phone in (("1.2", "8102"), ("1.3", "8101")):
        scene.channel(unique, f"PJSIP/{phone}-{unique}", "Up", "1.1")
    scene.joins("1.1", "PJSIP/trunk-provider-1.1", "1.1")
    await asyncio.sleep(0.25)
    scene.joins("1.2", "PJSIP/8102-1.2", "1.1")
    agent, whole = scene.live.read(AGENT), scene.live.read()
    assert await told(agent) == [("board", "1.1")]
    await events(whole)
    scene.gone("1.3", "1.1")
    assert await told(agent) == [("left", "1.1")]
    assert await events(whole) == []


async def test_the_picture_and_the_list_hold_only_what_is_theirs(scene: Scene) -> None:
    """Whoever connects later begins with their calls, and the API's list holds the same ones."""
    scene.channel("1.1", state="Up")
    scene.decided("1.1", Stage.QUEUED, target="8600")
    scene.channel("2.1", state="Up")
    scene.decided("2.1", Stage.GREETING)
    assert await told(scene.live.read(AGENT)) == [("board", "1.1")]
    assert [call["id"] for call in scene.live.calls(AGENT)] == ["1.1"]
    assert await told(scene.live.read(COLLEAGUE)) == []
    assert scene.live.calls(COLLEAGUE) == []
    assert len(scene.live.calls()) == 2


async def test_phones_and_mode_are_everybodys_and_the_companys_messages_are_not(scene: Scene) -> None:
    """Presence, mode and the PBX are told to all; the company's count of messages to who sees everything, to
    others that it changed: theirs may be among them."""
    await asyncio.sleep(0.25)
    agent = scene.live.read(AGENT)
    ((_, board),) = await events(agent)
    assert board["mode"]["mode"] == "manual"
    assert board["pbx"] == {"state": "down"}
    assert "messages" not in board
    scene.records.count = Counts(3, 2)
    scene.live.counts_changed()
    scene.tell("DeviceStateChange", Device="PJSIP/8201", State="NOT_INUSE")
    come = await events(agent)
    assert {"phone", "ticket"} <= {name for name, _ in come}
    assert [data for name, data in come if name == "messages"] == [{}]


async def test_who_sees_the_same_reads_the_same_bytes(scene: Scene) -> None:
    """Two pages of one agent; and a second one that comes later misses nothing and gets nothing twice."""
    first = scene.live.read(AGENT)
    await told(first)
    scene.channel("1.1", state="Up")
    scene.decided("1.1", Stage.QUEUED, target="8600")
    assert await told(first) == [("call", "1.1")]
    second = scene.live.read(AGENT)
    assert await told(second) == [("board", "1.1")]
    scene.decided("1.1", Stage.QUEUED, target="8600", language="en")
    both = [await first.get(1), await second.get(1)]
    assert both[0] == both[1]
    assert b'"language":"en"' in both[0]
    scene.gone("1.1")
    assert await told(first) == await told(second) == [("gone", "1.1")]


async def test_other_rules_make_other_members(scene: Scene) -> None:
    """Who joins a queue by the rules sees its callers without connecting again; who leaves it, no more."""
    agent, colleague = scene.live.read(AGENT), scene.live.read(COLLEAGUE)
    scene.channel("1.1", state="Up")
    scene.decided("1.1", Stage.QUEUED, target="8600")
    assert await told(agent) == [("call", "1.1")]
    queue = scene.company.extensions["8600"]
    assert isinstance(queue, Queue)
    changed = {**scene.company.extensions, "8600": replace(queue, members=("8102",))}
    scene.company = replace(scene.company, extensions=changed)
    assert await told(agent) == [("left", "1.1")]
    assert await told(colleague) == [("call", "1.1")]
    assert await told(scene.live.read(COLLEAGUE)) == [("board", "1.1")]


async def test_a_reader_who_left_costs_nothing(scene: Scene) -> None:
    """Their view is dropped with the next thing told; all readers count towards the limit."""
    agent, whole = scene.live.read(AGENT), scene.live.read()
    assert len(scene.live.readers) == 2
    agent.close()
    scene.channel("1.1", state="Up")
    scene.live.calls()
    assert scene.live._views._views == {}
    assert len(scene.live.readers) == 1
    assert (await told(whole))[-1] == ("call", "1.1")


async def test_a_thousand_calls_and_fifty_agents_cost_little(scene: Scene) -> None:
    """Each of fifty agents has a view of their own; a thousand changes are told in well under a second."""
    for n in range(50):
        scene.live.read(Own(f"9{n:03}"))
    agent = scene.live.read(AGENT)
    for n in range(1000):
        scene.channel(f"1.{n}", state="Up", caller=f"138{n:08}")
        scene.decided(f"1.{n}", Stage.QUEUED if n % 10 == 0 else Stage.GREETING, target="8600")
    clock = asyncio.get_running_loop().time
    began = clock()
    scene.live.calls()
    assert clock() - began < 2
    assert len(await told(agent)) == 100
