"""Queues as callers find them, agents kept and told, promises to call back kept at most once (A12)."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from switchboard.domain.actions import LookAtQueue, OrderAgent, OrderCallBack
from switchboard.domain.agents import OUT_REASON, AgentState, AgentWord
from switchboard.domain.company import Queue, Rules
from switchboard.domain.outcomes import QueueSeen
from switchboard.domain.queueing import rank
from switchboard.errors import AmiDisconnected, AmiTimeout, StorageError
from switchboard.flows import callback
from switchboard.flows.agents import Agents
from switchboard.flows.callback import CallBacks, Promise, State
from switchboard.flows.queues import Member, QueueNow, Queues
from tests.domain.test_queueing import with_queue

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
SINCE = int(NOW.timestamp())
MOBILE = "13800138000"


@dataclass
class Pbx:
    """Queue 8600 with one free agent; `down` plays a PBX that is away."""

    ranks: dict[str, int] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=lambda: {"8101": Member("8101", True, True)})
    up: set[str] = field(default_factory=set)
    down: bool = False
    paused: list[tuple[str, str, str]] = field(default_factory=list)

    async def queue(self, number: str) -> QueueNow:
        if self.down:
            raise AmiDisconnected("the PBX is away")
        return QueueNow(dict(self.ranks), tuple(self.members.values()))

    def waiting(self) -> Collection[str]:
        return self.up

    async def pause(self, queue: str, extension: str, reason: str) -> None:
        self.paused.append((queue, extension, reason))
        self.members[extension] = replace(self.members[extension], pause=reason)


async def handling(queue: str) -> int:
    return 120


def queues(pbx: Pbx) -> Queues:
    return Queues(pbx, handling, lambda: NOW, OUT_REASON, lambda queue: 10)


async def test_the_place_follows_from_who_waits_and_since_when() -> None:
    """Two before this one, one of them a valued caller who came later."""
    pbx = Pbx(ranks={"a": rank(0, SINCE - 60), "b": rank(10, SINCE + 5), "c": rank(0, SINCE + 5)})
    seen = await queues(pbx).seen("me", LookAtQueue("8600", 0, SINCE))
    assert seen == QueueSeen(place=3, waiting=3, present=1, agents=1, free=1, handling_seconds=120)


async def test_callers_who_listen_to_an_announcement_keep_their_place() -> None:
    """They looked a moment ago and are in no queue now; once they have gone they don't count."""
    pbx = Pbx(up={"a", "me"})
    view = queues(pbx)
    await view.seen("a", LookAtQueue("8600", 0, SINCE - 60))
    assert (await view.seen("me", LookAtQueue("8600", 0, SINCE))).place == 2
    pbx.ranks = {"a": rank(0, SINCE - 60)}
    assert (await view.seen("me", LookAtQueue("8600", 0, SINCE))).place == 2
    pbx.ranks, pbx.up = {}, {"me"}
    assert (await view.seen("me", LookAtQueue("8600", 0, SINCE))).place == 1


async def test_agents_who_signed_out_are_not_there_and_who_pauses_does_not_work() -> None:
    """One of each, one unreachable, one talking."""
    pbx = Pbx(
        members={
            "1": Member("1", True, True, OUT_REASON),
            "2": Member("2", True, True, "lunch"),
            "3": Member("3", False, False),
            "4": Member("4", True, False),
        }
    )
    seen = await queues(pbx).seen("me", LookAtQueue("8600"))
    assert (seen.present, seen.agents, seen.free) == (2, 1, 0)


async def test_an_agent_who_rests_after_a_conversation_is_not_free() -> None:
    """Ten seconds of wrap-up: one ended four seconds ago, one eleven, one never talked."""
    pbx = Pbx(
        members={
            "1": Member("1", True, True, talked=SINCE - 4),
            "2": Member("2", True, True, talked=SINCE - 11),
            "3": Member("3", True, True),
        }
    )
    seen = await queues(pbx).seen("me", LookAtQueue("8600"))
    assert (seen.agents, seen.free) == (3, 2)


async def test_without_the_pbx_nothing_is_known_and_nothing_is_raised() -> None:
    """A caller must not be lost for an announcement."""
    assert await queues(Pbx(down=True)).seen("me", LookAtQueue("8600")) == QueueSeen()


@dataclass
class AgentRows:
    """Words in memory."""

    said: dict[tuple[str, str], AgentState] = field(default_factory=dict)
    away: bool = False

    async def last_words(self) -> Collection[AgentState]:
        if self.away:
            raise StorageError("the database is away")
        return list(self.said.values())

    async def keep(self, states: Collection[AgentState], author: str) -> None:
        self.said |= {(s.extension, s.queue): s for s in states}


def agents(rows: AgentRows, pbx: Pbx) -> Agents:
    return Agents(rows, pbx, with_queue, lambda: NOW)


async def test_what_an_agent_said_is_kept_and_told_to_the_pbx() -> None:
    """Out, in, paused, going on: the last word rules; a PBX that forgot is told again."""
    rows, pbx = AgentRows(), Pbx()
    it = agents(rows, pbx)
    await it.order(OrderAgent("8101", AgentWord.PAUSE, ("8600",), "lunch"))
    assert pbx.paused == [("8600", "8101", "lunch")]
    pbx.members["8101"] = Member("8101", True, True)  # it restarted
    running = asyncio.create_task(it.run())
    async with asyncio.timeout(2):
        while len(pbx.paused) < 2:
            await asyncio.sleep(0.01)
    running.cancel()
    assert pbx.paused[1] == ("8600", "8101", "lunch")
    await it.order(OrderAgent("8101", AgentWord.UNPAUSE, ("8600",)))
    assert pbx.members["8101"].pause == ""


async def test_pausing_and_going_on_sign_nobody_in() -> None:
    """Who signed out stays out until they sign in."""
    rows, pbx = AgentRows(), Pbx()
    it = agents(rows, pbx)
    await it.order(OrderAgent("8101", AgentWord.OUT, ("8600",)))
    await it.order(OrderAgent("8101", AgentWord.PAUSE, ("8600",), "lunch"))
    await it.order(OrderAgent("8101", AgentWord.UNPAUSE, ("8600",)))
    assert pbx.members["8101"].pause == OUT_REASON
    await it.order(OrderAgent("8101", AgentWord.IN, ("8600",)))
    assert pbx.members["8101"].pause == ""


async def test_a_word_is_kept_though_the_pbx_is_away_but_not_without_a_database() -> None:
    """The first is told later; the second is said to the agent."""
    rows = AgentRows()
    await agents(rows, Pbx(down=True)).order(OrderAgent("8101", AgentWord.OUT, ("8600",)))
    assert rows.said[("8101", "8600")].word is AgentWord.OUT
    rows.away = True
    with pytest.raises(StorageError):
        await agents(rows, Pbx()).order(OrderAgent("8101", AgentWord.IN, ("8600",)))


@dataclass
class PromiseRows:
    """Promises in memory. `known`: what the records say of placed calls."""

    promises: dict[int, Promise] = field(default_factory=dict)
    states: dict[int, State] = field(default_factory=dict)
    why: dict[int, str] = field(default_factory=dict)
    known: dict[str, bool] = field(default_factory=dict)

    async def promise(self, call: str, order: OrderCallBack, language: str, at: datetime) -> None:
        if call not in [p.call for p in self.promises.values()]:
            id_ = len(self.promises) + 1
            self.promises[id_] = Promise(
                id_, call, order.queue, order.number, language, order.priority, order.since
            )
            self.states[id_] = State.WAITING

    async def in_state(self, *states: State) -> Collection[Promise]:
        return [p for id_, p in self.promises.items() if self.states[id_] in states]

    async def claim(self, id_: int, at: datetime) -> bool:
        mine = self.states[id_] is State.WAITING
        self.states[id_] = State.PLACED if mine else self.states[id_]
        return mine

    async def close(self, id_: int, state: State, why: str, at: datetime) -> bool:
        self.states[id_], self.why[id_] = state, why
        return True

    async def talked(self, channel: str) -> bool | None:
        return self.known.get(channel)


@dataclass
class Telephone:
    """Placed calls; `up` are channels; `fails`: the link drops before the answer."""

    placed: list[tuple[str, bool]] = field(default_factory=list)
    up: set[str] | None = field(default_factory=set)
    fails: bool = False

    async def call_back(self, promise: Promise, *, agent_first: bool, seconds: int) -> None:
        self.placed.append((promise.number, agent_first))
        if self.up is not None:
            self.up.add(promise.channel)
        if self.fails:
            raise AmiTimeout("no answer")

    def live(self) -> Collection[str] | None:
        return self.up


@dataclass
class World:
    """Call-backs over fakes; `again()` is the next controller."""

    rules: Rules = field(default_factory=lambda: with_queue(call_back=True))
    rows: PromiseRows = field(default_factory=PromiseRows)
    telephone: Telephone = field(default_factory=Telephone)
    seen: QueueSeen = field(default_factory=lambda: QueueSeen(1, 0, 1, 1, 1))
    journal: list[Mapping[str, Any]] = field(default_factory=list)
    time: datetime = NOW

    def __post_init__(self) -> None:
        self.again()

    def again(self) -> CallBacks:
        async def recorded() -> None:
            return None

        class Seen:
            async def seen(_, call: str, look: LookAtQueue) -> QueueSeen:
                return self.seen

        class Kept:
            def append(_, record: Mapping[str, Any]) -> None:
                self.journal.append(record)

        self.it = CallBacks(
            self.rows, self.telephone, Seen(), Kept(), lambda: self.rules, lambda: self.time, recorded
        )
        return self.it

    async def promise(self, number: str = MOBILE) -> None:
        await self.it.promise("1.1", OrderCallBack("8600", number, 0, SINCE), "zh")

    @property
    def tickets(self) -> list[object]:
        return [r["what"] for r in self.journal if r["kind"] == "ticket"]


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(callback, "SETTLE_SECONDS", 0.0)
    return World()


async def test_a_promise_is_placed_once_and_closed_when_they_talked(world: World) -> None:
    """Journal, order; looked at again and again; done."""
    await world.promise()
    await world.promise()
    for _ in range(3):
        await world.it.look()
    assert world.telephone.placed == [(MOBILE, True)]
    assert [r["kind"] for r in world.journal] == ["started", "step"]
    world.telephone.up, world.rows.known = set(), {"cb-1795428000-1": True}
    await world.it.look()
    assert (world.rows.states[1], world.tickets) == (State.DONE, [])


async def test_who_is_not_reached_gets_a_ticket_and_no_second_call(world: World) -> None:
    """The records know that nobody talked."""
    await world.promise()
    world.rows.known = {"cb-1795428000-1": False}
    await world.it.look()
    world.telephone.up = set()
    for _ in range(2):
        await world.it.look()
    assert (len(world.telephone.placed), world.rows.states[1], world.tickets) == (
        1,
        State.TICKET,
        ["call_back"],
    )


@pytest.mark.parametrize("answer", [True, False, None])
async def test_after_a_crash_channels_and_records_are_asked_and_nothing_is_placed_again(
    world: World, answer: bool | None
) -> None:
    """Claimed by a controller that died: called back, not reached, or a person sees to it."""
    await world.promise()
    world.telephone.fails = True
    await world.it.look()
    world.telephone.fails = False
    again = world.again()
    world.telephone.up = None  # the board isn't there yet: no judgement
    await again.look()
    assert world.rows.states[1] is State.PLACED
    world.telephone.up = set()
    if answer is not None:
        world.rows.known["cb-1795428000-1"] = answer
    await again.look()
    assert len(world.telephone.placed) == 1
    assert world.rows.states[1] is (State.DONE if answer else State.TICKET)
    assert len(world.tickets) == (0 if answer else 1)


async def test_two_controllers_place_one_call(world: World) -> None:
    """Whoever claims the row."""
    await world.promise()
    first, second = world.it, world.again()
    await asyncio.gather(first.look(), second.look())
    assert len(world.telephone.placed) == 1


async def test_nobody_is_called_before_an_agent_is_there(world: World) -> None:
    """Agent first: somebody must be there. In an hour it is a ticket."""
    world.seen = QueueSeen(1, 0, 0, 0, 0)
    await world.promise()
    await world.it.look()
    assert world.telephone.placed == []
    world.time = NOW + timedelta(hours=2)
    await world.it.look()
    assert (world.telephone.placed, world.tickets) == ([], ["call_back"])


async def test_caller_first_waits_for_the_callers_turn(world: World) -> None:
    """As many agents are free as the place says."""
    queue = world.rules.extensions["8600"]
    assert isinstance(queue, Queue)
    changed = {**world.rules.extensions, "8600": replace(queue, call_agent_first=False)}
    world.rules = replace(world.rules, extensions=changed)
    world.seen = QueueSeen(2, 1, 1, 1, 1)
    await world.promise()
    await world.it.look()
    assert world.telephone.placed == []
    world.seen = QueueSeen(1, 0, 1, 1, 1)
    await world.it.look()
    assert world.telephone.placed == [(MOBILE, False)]


async def test_what_the_rules_forbid_by_now_is_not_dialled(world: World) -> None:
    """Between promise and turn the rules changed; or somebody wrote the row."""
    await world.promise("00447700900000")
    await world.it.look()
    assert (world.telephone.placed, world.tickets) == ([], ["call_back"])
