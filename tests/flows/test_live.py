"""The live view: put together from board, decisions and records; told once, together, to all readers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from switchboard.ami import Board, Gateway, Message
from switchboard.domain.call import Call, Stage
from switchboard.domain.company import Rules
from switchboard.domain.duty import Duty, DutyWord
from switchboard.domain.live import Known
from switchboard.domain.mode import Mode, ModeNow, Source
from switchboard.domain.order import Order, OrderKind
from switchboard.errors import PbxError, StorageError
from switchboard.flows.live import Live
from switchboard.flows.live_ports import Counts, Remembered
from switchboard.flows.orders import Kept, State
from switchboard.flows.readers import Reader
from tests.company import company

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@dataclass
class Records:
    """What is kept, as a test says."""

    callers: dict[str, Known] = field(default_factory=dict)
    calls: dict[str, Remembered] = field(default_factory=dict)
    count: Counts = field(default_factory=Counts)
    away: bool = False
    asked: list[set[str]] = field(default_factory=list)

    async def known(self, numbers: Collection[str]) -> Mapping[str, Known]:
        self._there()
        self.asked.append(set(numbers))
        return {n: self.callers.get(n, Known(earlier_calls=0, open_tickets=0)) for n in numbers}

    async def remembered(self, calls: Collection[str]) -> Mapping[str, Remembered]:
        self._there()
        return {c: self.calls[c] for c in calls if c in self.calls}

    async def counts(self) -> Counts:
        self._there()
        return self.count

    def _there(self) -> None:
        if self.away:
            raise StorageError("the database is away")


@dataclass
class Desk:
    """Who answers, as a test says."""

    now: ModeNow = field(default_factory=lambda: ModeNow(Mode.MANUAL, Source.SCHEDULE, "", None))
    words: dict[str, Duty] = field(default_factory=dict)

    async def mode(self) -> ModeNow:
        return self.now

    async def said(self) -> Mapping[str, Duty]:
        return self.words


class Clock:
    def __init__(self) -> None:
        self.now = AT

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Scene:
    """A live view and what is behind it."""

    records: Records = field(default_factory=Records)
    desk: Desk = field(default_factory=Desk)
    states: dict[str, str] = field(default_factory=dict)
    clock: Clock = field(default_factory=Clock)
    rules: dict[str, Any] = field(default_factory=lambda: {"version": "1", "state": "in_force", "errors": 0})
    pbx_answers: bool = True
    company: Rules = field(default_factory=company)

    def __post_init__(self) -> None:
        self.board = Board(Gateway("127.0.0.1", 1, "x", "y"), now=AT.timestamp)
        self.live = Live(
            self.board,
            self.desk,
            self.records,
            self.state_of,
            lambda: self.rules,
            self.clock,
            lambda: self.company,
        )

    async def state_of(self, channel: str) -> str:
        if not self.pbx_answers:
            raise PbxError("the link is down")
        return self.states.get(channel, "")

    def tell(self, kind: str, **headers: str) -> None:
        """The PBX tells something."""
        made = Message.from_line("\r\n".join([f"Event: {kind}", *(f"{k}: {v}" for k, v in headers.items())]))
        assert made is not None
        self.board.apply(made)

    def channel(
        self, unique: str, name: str = "", state: str = "Ring", linked: str = "", **more: str
    ) -> None:
        """A channel, new or in another state."""
        kind = more.pop("kind", "Newchannel")
        self.tell(
            kind,
            Channel=name or f"PJSIP/trunk-provider-{unique}",
            ChannelStateDesc=state,
            CallerIDNum=more.pop("caller", "13800000001"),
            CallerIDName=more.pop("caller_name", "<unknown>"),
            Exten=more.pop("exten", "8000"),
            Uniqueid=unique,
            Linkedid=linked or unique,
            **more,
        )

    def joins(self, unique: str, name: str, linked: str) -> None:
        """A channel enters the call's bridge."""
        self.channel(unique, name, "Up", linked, kind="BridgeEnter", BridgeUniqueid="b" + linked)

    def gone(self, unique: str, linked: str = "") -> None:
        self.tell("Hangup", Channel="x", Uniqueid=unique, Linkedid=linked or unique)

    def decided(self, call: str, stage: Stage, **more: Any) -> None:
        """The engine decided."""
        self.live.watch(
            Call(id=call, rules="1", caller="13800000001", stage=stage, **more), "say", "so it is"
        )


async def events(reader: Reader, patience: float = 0.3) -> list[tuple[str, Any]]:
    """What a reader gets until nothing more comes for a while."""
    text = b""
    while some := await reader.get(patience):
        text += some
    found = []
    for block in text.decode().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
        if "event" in lines:
            found.append((lines["event"], json.loads(lines["data"])))
    return found


@pytest_asyncio.fixture
async def scene() -> AsyncIterator[Scene]:
    it = Scene()
    running = asyncio.create_task(it.live.run())
    await asyncio.sleep(0)
    yield it
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


def state(scene: Scene, call: str = "1.1") -> str:
    scene.live.calls()
    found = scene.live.call(call)
    assert found is not None
    return str(found["state"])


async def test_a_reader_begins_with_everything(scene: Scene) -> None:
    """Calls, phones that can be reached, mode, counts, rules, the PBX and the time."""
    scene.channel("1.1")
    scene.tell("DeviceStateChange", Device="PJSIP/8201", State="NOT_INUSE")
    scene.tell("DeviceStateChange", Device="PJSIP/8202", State="UNAVAILABLE")
    await asyncio.sleep(0.25)
    ((name, board),) = await events(scene.live.read())
    assert name == "board"
    assert [c["id"] for c in board["calls"]] == ["1.1"]
    assert board["phones"] == {"8201": "idle"}
    assert board["mode"]["mode"] == "manual"
    assert (board["messages"], board["tickets"], board["pbx"]) == ({"new": 0}, {"open": 0}, {"state": "down"})
    assert board["rules"]["version"] == "1"
    assert board["at"].startswith("2026-11-20T")


async def test_what_changes_is_told_once_to_everybody(scene: Scene) -> None:
    """A call, its end, a phone; a call that looks as before is not told; all readers get the same bytes."""
    readers = [scene.live.read() for _ in range(3)]
    for reader in readers:
        await events(reader)
    scene.channel("1.1")
    scene.channel("1.1", kind="Newstate")
    scene.tell("DeviceStateChange", Device="PJSIP/8201", State="NOT_INUSE")
    told = [await reader.get(1) for reader in readers]
    assert told[0]
    assert all(some == told[0] for some in told)
    scene.gone("1.1")
    last = [e for e in await events(readers[0]) if e[0] == "gone"]
    assert last == [("gone", {"id": "1.1"})]


async def test_a_call_from_the_machine_to_the_desk_to_a_colleague(scene: Scene) -> None:
    """One word for each moment, and since when the caller waits for a person."""
    scene.channel("1.1", state="Up")
    scene.decided("1.1", Stage.GREETING)
    assert state(scene) == "automatic"
    scene.clock.now = AT + timedelta(seconds=5)
    scene.decided("1.1", Stage.DESK_LINE)
    assert state(scene) == "waiting"
    scene.clock.now = AT + timedelta(seconds=9)
    scene.decided("1.1", Stage.DESK_RINGING)
    scene.channel("1.2", "PJSIP/8011-2", "Ringing", "1.1")
    assert state(scene) == "ringing"
    call = scene.live.call("1.1")
    assert call is not None
    assert datetime.fromisoformat(call["waiting_since"]) == AT + timedelta(seconds=5)
    assert datetime.fromisoformat(call["since"]) == AT + timedelta(seconds=9)
    assert call["with"] == ["8011"]
    for unique, name in (("1.1", "PJSIP/trunk-provider-1.1"), ("1.2", "PJSIP/8011-2")):
        scene.joins(unique, name, "1.1")
    assert state(scene) == "talking"
    call = scene.live.call("1.1")
    assert call is not None
    assert (call["with"], call["waiting_since"]) == (["8011"], None)
    scene.channel("1.2", "PJSIP/8011-2", "Up", "1.1", kind="Hold")
    assert state(scene) == "held"
    call = scene.live.call("1.1")
    assert call is not None
    assert call["held_by"] == "8011"


@pytest.mark.parametrize(
    ("stage", "word"),
    [
        (Stage.QUEUED, "queued"),
        (Stage.SCREENING, "screening"),
        (Stage.HELD, "held"),
        (Stage.LISTING, "automatic"),
        (Stage.ARRIVED, "automatic"),
        (Stage.DESK, "waiting"),
    ],
)
async def test_the_word_for_a_stage(scene: Scene, stage: Stage, word: str) -> None:
    """As the engine stands, while nobody talks."""
    scene.channel("1.1", state="Up")
    scene.decided("1.1", stage, held_by="8011")
    assert state(scene) == word


async def test_a_consultation_follows_the_asked_phone(scene: Scene) -> None:
    """Who asks whom, and whether it rings or they talk."""
    scene.channel("1.1", state="Up")
    scene.decided("1.1", Stage.HELD, held_by="8011", consult="8201")
    reader = scene.live.read()
    await events(reader)
    found = []
    for word in ("RINGING", "INUSE"):
        scene.tell("DeviceStateChange", Device="PJSIP/8201", State=word)
        found += [e[1]["consult"] for e in await events(reader) if e[0] == "call"]
    assert found == [
        {"by": "8011", "target": "8201", "state": "ringing"},
        {"by": "8011", "target": "8201", "state": "talking"},
    ]
    assert state(scene) == "consulting"


async def test_a_consultation_in_the_callers_own_call(scene: Scene) -> None:
    """The operator's leg and the asked phones belong to the caller's call: whoever of a department it is."""
    scene.channel("1.1", state="Up")
    scene.channel("1.2", "PJSIP/8011-2", "Up", "1.1")
    scene.decided("1.1", Stage.HELD, held_by="8011", consult="8200")
    scene.channel("1.3", "PJSIP/8201-3", "Ringing", "1.1")
    (call,) = scene.live.calls()
    assert (call["state"], call["consult"]["state"]) == ("consulting", "ringing")
    for unique, name in (("1.2", "PJSIP/8011-2"), ("1.3", "PJSIP/8201-3")):
        scene.joins(unique, name, "1.1")
    (call,) = scene.live.calls()
    assert (call["state"], call["consult"]["state"], call["held_by"]) == ("consulting", "talking", "8011")
    assert call["with"] == []


async def test_who_calls_is_looked_up_together(scene: Scene) -> None:
    """A hundred callers: a few questions to the database; the row comes again with name and figures."""
    scene.records.callers["13800000001"] = Known("王芳", "星光", "valued", "慢慢说", 3, 1)
    reader = scene.live.read()
    for n in range(100):
        scene.channel(f"1.{n}", caller="13800000001" if n == 0 else f"138000001{n:02}")
    found = [e[1]["caller"] for e in await events(reader) if e[0] == "call" and e[1]["id"] == "1.0"]
    assert found[0]["earlier_calls"] is None
    assert found[-1] == {
        "number": "13800000001", "name": "王芳", "organisation": "星光", "grade": "valued",
        "notes": "慢慢说", "earlier_calls": 3, "open_tickets": 1,
    }  # fmt: skip
    assert len(scene.records.asked) <= 3


async def test_a_callers_own_name_is_shown_while_nobody_noted_one(scene: Scene) -> None:
    """As it came, markup and all, cut to a length: showing it safely is the page's business."""
    scene.channel("1.1", caller_name="<b>" + "x" * 200)
    call = scene.live.calls()[0]
    assert call["caller"]["name"].startswith("<b>xxx")
    assert len(call["caller"]["name"]) == 80


async def test_after_a_restart_calls_tell_their_own_state(scene: Scene) -> None:
    """The state that travels with each is fetched; last step and waiting time come from the records."""
    call = Call(id="1.1", rules="1", caller="13900000009", stage=Stage.DESK_LINE, target="8201")
    scene.states["PJSIP/trunk-provider-1.1"] = call.pack()
    joined = AT - timedelta(seconds=70)
    scene.records.calls["1.1"] = Remembered("wait", "everybody talks", AT - timedelta(seconds=9), joined)
    scene.channel("1.1", state="Up")
    scene.live._changed("all", "")
    await asyncio.sleep(0.2)
    (found,) = scene.live.calls()
    assert (found["state"], found["target"], found["step"]["reason"]) == (
        "waiting",
        "8201",
        "everybody talks",
    )
    assert datetime.fromisoformat(found["waiting_since"]) == joined
    assert datetime.fromisoformat(found["since"]) == AT - timedelta(seconds=9)
    assert found["caller"]["number"] == "13900000009"


async def test_a_pbx_that_does_not_answer_leaves_what_is_known(scene: Scene) -> None:
    """The call is shown as the board has it, and asked again with the next snapshot."""
    scene.pbx_answers = False
    scene.states["PJSIP/trunk-provider-1.1"] = Call(id="1.1", rules="1", stage=Stage.QUEUED).pack()
    scene.channel("1.1", state="Up")
    scene.live._changed("all", "")
    await asyncio.sleep(0.2)
    assert scene.live.calls()[0]["state"] == "automatic"
    scene.pbx_answers = True
    scene.live._changed("all", "")
    await asyncio.sleep(0.2)
    assert scene.live.calls()[0]["state"] == "queued"


async def test_without_the_database_calls_are_shown_all_the_same(scene: Scene) -> None:
    """Only what is kept of callers is missing, and comes when it is back."""
    scene.records.away = True
    scene.channel("1.1")
    await asyncio.sleep(0.2)
    assert scene.live.calls()[0]["caller"]["earlier_calls"] is None
    scene.records.away = False
    await asyncio.sleep(1.3)
    assert scene.live.calls()[0]["caller"]["earlier_calls"] == 0


async def test_orders_show_while_they_are_open_and_what_came_of_them(scene: Scene) -> None:
    """Placed, claimed, then the outcome."""
    scene.channel("1.1", state="Up")
    kept = Kept(7, "1.1", Order(OrderKind.HOLD, "8011"), "", "user:li", AT, State.PLACED, "")
    scene.live.ordered(kept)
    assert scene.live.calls()[0]["order"] == {"id": 7, "kind": "hold", "by": "8011"}
    scene.live.ordered(Kept(7, "1.1", kept.order, "", "user:li", AT, State.DONE, "held"))
    (call,) = scene.live.calls()
    assert call["order"] is None
    assert call["last"] == {"kind": "hold", "outcome": "held"}


async def test_mode_presence_and_counts_follow(scene: Scene) -> None:
    """An operator who is away shows so on an idle phone only; each thing is told when it changes."""
    scene.tell("DeviceStateChange", Device="PJSIP/8011", State="NOT_INUSE")
    reader = scene.live.read()
    await events(reader)
    scene.desk.words["8011"] = Duty("8011", DutyWord.AWAY, AT, AT + timedelta(minutes=5))
    scene.records.count = Counts(2, 1)
    scene.live.counts_changed()
    told = dict(await events(reader))
    assert told["phone"] == {"extension": "8011", "state": "away"}
    assert told["messages"] == {"new": 2}
    assert told["ticket"] == {"open": 1}
    assert [a["extension"] for a in told["mode"]["away"]] == ["8011"]
    assert scene.live.phone("8011") == "away"
    scene.tell("DeviceStateChange", Device="PJSIP/8011", State="INUSE")
    assert scene.live.phone("8011") == "busy"


async def test_a_reader_that_does_not_read_is_let_go(scene: Scene) -> None:
    """With nothing kept for it; the others go on."""
    slow, good = scene.live.read(), scene.live.read()
    slow._limit = 10_000
    await events(good)
    for n in range(100):
        scene.channel(f"1.{n}")
        scene.live.calls()
    assert slow.too_slow
    assert not slow._waiting
    assert len(scene.live.readers) == 1
    assert len([e for e in await events(good) if e[0] == "call"]) >= 100
    with pytest.raises(StopAsyncIteration):
        await slow.get(0.1)


async def test_a_thousand_calls_and_fifty_readers_cost_little(scene: Scene) -> None:
    """1,000 calls that change once, read by 50: well under a second of work."""
    readers = [scene.live.read() for _ in range(50)]
    for n in range(1000):
        scene.channel(f"1.{n}", caller=f"138{n:08}")
    scene.live.calls()
    await asyncio.sleep(0.3)
    for reader in readers:
        await reader.get(0.1)
    loop = asyncio.get_running_loop()
    began = loop.time()
    for n in range(1000):
        scene.channel(f"1.{n}", state="Up", kind="Newstate", caller=f"138{n:08}")
        if n % 100 == 0:
            await asyncio.sleep(0)
    scene.live.calls()
    took = loop.time() - began
    whole = scene.live.read()
    board = (await events(whole, 0.01))[0][1]
    assert len(board["calls"]) == 1000
    assert took < 1.0, took


async def test_calls_that_never_showed_are_forgotten(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Decisions about calls that the board never had don't pile up."""
    monkeypatch.setattr("switchboard.flows.live_calls.TOLD_EARLY", 50)
    for n in range(500):
        scene.decided(f"9.{n}", Stage.GREETING)
    assert len(scene.live._calls._told) <= 51


async def test_one_odd_call_does_not_darken_the_others(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """A state that can't be shown is left out, logged, and the rest is told."""
    scene.channel("1.1", state="Up")
    scene.decided("1.1", Stage.QUEUED, joined=10**30)
    scene.channel("1.2", state="Up")
    assert [c["id"] for c in scene.live.calls()] == ["1.2"]
    await asyncio.sleep(0.2)
    assert ("pbx", {"state": "down"}) not in await events(scene.live.read())
