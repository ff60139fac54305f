"""The desk at work: mode, duty, lamp, line (A1, A2, A16)."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from switchboard.domain.calendar import Calendar, Hours
from switchboard.domain.company import Desk as DeskRules
from switchboard.domain.company import Rules
from switchboard.domain.duty import Duty, DutyWord
from switchboard.domain.mode import Choice, Mode, Source
from switchboard.errors import AmiDisconnected, StorageError
from switchboard.flows.desk import Desk
from tests.company import company

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
RULES = company(
    desk=DeskRules(operators=("8101", "8102")), calendar=Calendar(hours=(Hours((1, 2, 3, 4, 5), 540, 1080),))
)


@dataclass
class Rows:
    """Rows in memory; `away` plays a database that can't be reached."""

    choices: list[Choice] = field(default_factory=list)
    said: dict[str, Duty] = field(default_factory=dict)
    line: list[str] = field(default_factory=list)
    away: bool = False

    async def last_choice(self) -> Choice | None:
        if self.away:
            raise StorageError("the database is away")
        return self.choices[-1] if self.choices else None

    async def keep_choice(self, choice: Choice) -> None:
        self.choices.append(choice)

    async def duty(self) -> dict[str, Duty]:
        return dict(self.said)

    async def keep_duty(self, word: Duty, source: Source, author: str) -> None:
        self.said[word.extension] = word

    async def place(self, call: str, at: datetime, served: Collection[str], live: Collection[str]) -> int:
        if call not in self.line:
            self.line.append(call)
        return 1 + len([c for c in self.line[: self.line.index(call)] if c in live and c not in served])


@dataclass
class Calls:
    up: set[str] = field(default_factory=set)
    served: set[str] = field(default_factory=set)

    def live(self) -> set[str]:
        return self.up

    def talking(self) -> set[str]:
        return self.served


@dataclass
class Lamp:
    """What phones see; `down` plays a PBX that is away."""

    shown: list[Mode] = field(default_factory=list)
    down: bool = False

    async def show(self, mode: Mode) -> None:
        if self.down:
            raise AmiDisconnected("the PBX is away")
        self.shown.append(mode)


@dataclass
class World:
    """A desk over fakes, and a clock that tests turn."""

    rows: Rows = field(default_factory=Rows)
    calls: Calls = field(default_factory=Calls)
    lamp: Lamp = field(default_factory=Lamp)
    time: datetime = MONDAY
    rules: Rules = field(default_factory=lambda: RULES)

    def __post_init__(self) -> None:
        self.desk = Desk(self.rows, self.calls, self.lamp, lambda: self.rules, lambda: self.time)


@pytest.fixture
def world() -> World:
    return World()


async def test_the_last_explicit_choice_rules_and_is_kept(world: World) -> None:
    """Automatic by 8011's phone: source and author are known, and the row is there for the next start."""
    now = await world.desk.choose(Mode.AUTOMATIC, Source.PHONE, "8101")
    assert (now.mode, now.source, now.author) == (Mode.AUTOMATIC, Source.PHONE, "8101")
    again = World(rows=world.rows)
    assert (await again.desk.mode()).mode is Mode.AUTOMATIC


async def test_signing_in_changes_who_rings_and_not_the_mode(world: World) -> None:
    """A2."""
    await world.desk.choose(Mode.AUTOMATIC, Source.COMMAND, "root")
    await world.desk.sign("8101", DutyWord.IN, Source.PHONE)
    assert (await world.desk.mode()).mode is Mode.AUTOMATIC
    assert await world.desk.operators() == ("8101",)


async def test_away_is_one_operators_and_the_last_one_turns_the_company_automatic(world: World) -> None:
    """Two are in: one away changes nothing; both away: automatic until the first is back."""
    for extension in ("8101", "8102"):
        await world.desk.sign(extension, DutyWord.IN, Source.PHONE)
    await world.desk.sign("8101", DutyWord.AWAY, Source.PHONE, MONDAY + timedelta(minutes=30))
    assert (await world.desk.mode()).mode is Mode.MANUAL
    await world.desk.sign("8102", DutyWord.AWAY, Source.PHONE, MONDAY + timedelta(minutes=10))
    now = await world.desk.mode()
    assert (now.mode, now.source, now.until) == (
        Mode.AUTOMATIC,
        Source.OPERATORS,
        MONDAY + timedelta(minutes=10),
    )
    world.time = MONDAY + timedelta(minutes=10)
    assert (await world.desk.mode()).mode is Mode.MANUAL
    assert await world.desk.operators() == ("8102",)


async def test_coming_back_ends_what_the_last_ones_going_had_chosen(world: World) -> None:
    """Signed in again: the schedule rules as before."""
    await world.desk.sign("8101", DutyWord.IN, Source.PHONE)
    await world.desk.sign("8101", DutyWord.OUT, Source.PHONE)
    assert (await world.desk.mode()).mode is Mode.AUTOMATIC
    await world.desk.sign("8101", DutyWord.IN, Source.PHONE)
    assert (await world.desk.mode()).mode is Mode.MANUAL


async def test_an_explicit_choice_outlasts_coming_back(world: World) -> None:
    """Automatic was wanted: somebody's return doesn't undo it."""
    await world.desk.choose(Mode.AUTOMATIC, Source.PHONE, "8102")
    await world.desk.sign("8101", DutyWord.IN, Source.PHONE)
    assert (await world.desk.mode()).mode is Mode.AUTOMATIC


async def test_the_place_in_line_counts_those_before_who_still_wait(world: World) -> None:
    """Served and gone callers don't count."""
    for extension in ("8101", "8102"):
        await world.desk.sign(extension, DutyWord.IN, Source.PHONE)
    world.calls.up = {"a", "b", "c"}
    assert [(await world.desk.facts(c, RULES)).place for c in "abc"] == [1, 2, 3]
    world.calls.served = {"a"}
    world.calls.up = {"a", "c"}
    assert (await world.desk.facts("c", RULES)).place == 1


async def test_without_a_database_the_schedule_rules_and_every_operator_may_ring(world: World) -> None:
    """A caller must not wait for a disk."""
    world.rows.away = True
    facts = await world.desk.facts("a", RULES)
    assert (facts.mode, facts.operators, facts.place) == (Mode.MANUAL, ("8101", "8102"), 1)


async def test_calls_go_by_what_was_read_a_moment_ago(world: World) -> None:
    """A call that comes just after a choice doesn't ask the database for the mode; the choice holds."""
    await world.desk.choose(Mode.AUTOMATIC, Source.PHONE, "8101")
    world.rows.away = True
    assert (await world.desk.facts("a", RULES)).mode is Mode.AUTOMATIC


async def test_the_lamp_follows_every_change_and_is_told_again_by_a_new_pbx(world: World) -> None:
    """By choice, by schedule, after a restart, and once the PBX is back."""
    keeping = asyncio.create_task(world.desk.run())

    async def shown(*modes: Mode) -> None:
        async with asyncio.timeout(3):
            while world.lamp.shown != list(modes):
                await asyncio.sleep(0.01)

    try:
        await shown(Mode.MANUAL)
        await world.desk.choose(Mode.AUTOMATIC, Source.PHONE, "8101", minutes=5)
        await shown(Mode.MANUAL, Mode.AUTOMATIC)
        world.time += timedelta(minutes=6)  # the clock goes on by itself
        await shown(Mode.MANUAL, Mode.AUTOMATIC, Mode.MANUAL)
        world.desk.forget_lamp()
        await shown(Mode.MANUAL, Mode.AUTOMATIC, Mode.MANUAL, Mode.MANUAL)
        world.lamp.down = True
        await world.desk.choose(Mode.AUTOMATIC, Source.PHONE, "8101")
        await asyncio.sleep(0.05)
        world.lamp.down = False
        world.desk.forget_lamp()
        await shown(*[Mode.MANUAL, Mode.AUTOMATIC, Mode.MANUAL, Mode.MANUAL, Mode.AUTOMATIC])
    finally:
        keeping.cancel()


async def test_rules_without_operators_still_have_a_mode(world: World) -> None:
    """Nobody may be an operator: manual mode by schedule finds nobody, and calls go on automatically."""
    world.rules = replace(RULES, desk=DeskRules())
    assert (await world.desk.facts("a", world.rules)).operators == ()
