"""One live step on a line that is a fake: what is played, collected, kept and handed back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from switchboard.domain import prompt_keys as p
from switchboard.domain.actions import LookAtQueue, OrderAgent, OrderCallBack
from switchboard.domain.call import Call, Stage
from switchboard.domain.company import Desk as DeskRules
from switchboard.domain.company import FeatureCodes, Rules
from switchboard.domain.duty import DutyWord
from switchboard.domain.mode import Mode, Source
from switchboard.domain.outcomes import Pin, QueueSeen
from switchboard.domain.phrases import Digits, Number, Phrase, Spoken, Text
from switchboard.domain.queueing import rank
from switchboard.errors import AgiCommandFailed, CallerGone, StorageError
from switchboard.flows.acting import Services
from switchboard.flows.ports import DeskFacts
from switchboard.flows.step import Steps
from tests.company import company

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


class Sounds:
    """Phrases as readable names."""

    def files(self, phrase: Phrase, language: str) -> list[str]:
        match phrase:
            case Text(key):
                return [key]
            case Spoken(number):
                return [f"name-{number}"]
            case Digits(digits):
                return [f"digit-{d}" for d in digits]
            case Number(value):
                return [f"number-{value}"]

    def seconds(self, name: str, language: str) -> float:
        return 1.0

    def text(self, phrase: Phrase, language: str) -> str:
        return f"{language}:{self.files(phrase, language)[0]}"


@dataclass
class Book:
    """Rules in force, and older ones by version."""

    rules: Rules = field(default_factory=company)
    older: dict[str, Rules] = field(default_factory=dict)

    def in_force(self) -> tuple[Rules, Sounds]:
        return self.rules, Sounds()

    def version(self, version: str) -> tuple[Rules, Sounds]:
        return self.older.get(version, self.rules), Sounds()


@dataclass
class Kept:
    """A journal in memory; `full` makes it a disk without room."""

    records: list[Mapping[str, Any]] = field(default_factory=list)
    full: bool = False

    def append(self, record: Mapping[str, Any]) -> None:
        if self.full:
            raise StorageError("no space left on device")
        self.records.append(record)


@dataclass(frozen=True)
class Recording:
    """What a recording came to."""

    ended: str
    seconds: float


@dataclass
class Line:
    """A caller who presses the given digits, each when asked or (with !) during the nth sound."""

    presses: list[str] = field(default_factory=list)
    cut: dict[int, str] = field(default_factory=dict)  # nth sound -> digit that cuts it short
    states: dict[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] = ("", "arrived", "outside", "test", "8000")
    request: dict[str, str] = field(
        default_factory=lambda: {
            "agi_uniqueid": "1.1",
            "agi_callerid": "13800138000",
            "agi_calleridname": "Wang",
            "agi_language": "zh",
        }
    )
    id: str = "1.1"
    gone_after: int = 10_000
    played: list[str] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)
    answered: int = 0
    missing: str = ""
    recorded: list[str] = field(default_factory=list)
    switch_fired: bool = False

    async def answer(self) -> None:
        self.answered += 1

    async def stream_file(self, name: str, escape: str = "", *, seconds: float = 60) -> str:
        if len(self.played) >= self.gone_after:
            raise CallerGone("hung up")
        if name == self.missing:
            raise AgiCommandFailed("no such sound")
        self.played.append(name)
        return self.cut.get(len(self.played), "") if escape else ""

    async def wait_for_digit(self, seconds: float) -> str:
        return self.presses.pop(0) if self.presses else ""

    async def record_file(self, path: str, seconds: float, *, silence: int = 0) -> Recording:
        self.recorded.append(path)
        return Recording("timeout", 5.0)

    async def set_variable(self, name: str, value: str) -> None:
        self.variables[name] = value

    async def execute(self, application: str, *arguments: str) -> None:
        return None

    async def device_state(self, phone: str) -> str:
        return self.states.get(phone, "UNAVAILABLE")

    def next_session(self, outcome: str) -> Line:
        """The same caller when the dialplan steps again."""
        return Line(
            presses=self.presses,
            states=self.states,
            arguments=(self.variables["SB_STATE"], outcome, "outside", "test", "8000"),
            request=dict(self.request),
        )


@dataclass
class Desk:
    """The desk as it is now."""

    mode: Mode = Mode.AUTOMATIC
    operators: tuple[str, ...] = ()

    ordered: list[tuple[object, ...]] = field(default_factory=list)

    async def facts(self, call: str, rules: Rules) -> DeskFacts:
        return DeskFacts(self.mode, self.operators, 1)

    async def choose(self, mode: Mode | None, source: Source, author: str) -> None:
        self.ordered.append((mode, source, author))

    async def sign(
        self, extension: str, what: DutyWord, source: Source, until: datetime | None = None
    ) -> None:
        self.ordered.append((extension, what, source, until))


class Pins:
    """8101's PIN is 4711."""

    async def check(self, extension: str, entry: str) -> Pin:
        return Pin.RIGHT if (extension, entry) == ("8101", "4711") else Pin.WRONG


class Clips:
    """Answers lie in a folder of the call's own."""

    def __init__(self, spoken: float = 3.0) -> None:
        self.spoken = spoken

    def folder(self, call: str) -> str:
        return f"/clips/{call}"

    def place(self, call: str, clip: int) -> str:
        return f"/clips/{call}/{clip}"

    def trim(self, call: str, clip: int) -> float:
        return self.spoken


class Queues:
    """An agent is free."""

    async def seen(self, call: str, look: LookAtQueue) -> QueueSeen:
        return QueueSeen(1, 0, 1, 1, 1)


@dataclass
class Orders:
    """Agents' orders and promises to call back."""

    kept: list[object] = field(default_factory=list)

    async def order(self, order: OrderAgent) -> None:
        self.kept.append(order)

    async def promise(self, call: str, order: OrderCallBack, language: str) -> None:
        self.kept.append(order)


class NoOrders:
    """Nobody orders anything."""

    async def claim(self, call: str) -> None:
        return None

    async def carried_out(self, kept: object, outcome: str) -> None:
        raise AssertionError("nothing was ordered")

    def is_moving(self, call: str) -> bool:
        return False


async def ticket_of(call: str) -> str:
    return "1042"


def steps(
    kept: Kept | None = None, book: Book | None = None, desk: Desk | None = None, spoken: float = 3.0
) -> Steps:
    """The interpreter over fakes."""
    others = (Queues(), Orders(), Orders(), NoOrders())
    services = Services(desk or Desk(), Pins(), ticket_of, Clips(spoken), lambda: NOW, *others)
    return Steps(book or Book(), kept or Kept(), services)


async def test_a_dialled_extension_is_handed_back_to_the_dialplan_as_one_order() -> None:
    """Greeting, entry, 请稍等, a look; then the dialplan rings, and the finished mark is set last."""
    line = Line(presses=list("8202"), states={"8202": "NOT_INUSE"})
    await steps()(line)
    assert line.answered == 1
    assert line.played[0] == p.HELLO
    assert line.played[-1] == p.HOLD_ON
    assert line.variables["SB_VERB"] == "dial"
    assert line.variables["SB_PHONES"] == "8202w"
    assert list(line.variables)[-1] == "SB_DONE"
    assert Call.unpack(line.variables["SB_STATE"]).stage is Stage.RINGING


async def test_a_digit_during_the_announcement_cuts_it_short_and_counts() -> None:
    """The first digit comes in the second sound; nothing more is played before the rest arrives."""
    line = Line(presses=list("202"), cut={2: "8"}, states={"8202": "NOT_INUSE"})
    await steps()(line)
    assert line.played == [p.HELLO, p.OTHER_LANGUAGE, p.HOLD_ON]


async def test_the_next_step_goes_on_where_the_last_one_ended() -> None:
    """Busy: the phrase and the choice; key 1: the message, with its reason and mailbox."""
    first = Line(presses=list("8202"), states={"8202": "NOT_INUSE"})
    await steps()(first)
    second = first.next_session("dial:BUSY")
    second.presses = ["1"]
    await steps()(second)
    assert second.answered == 0
    assert second.played == [p.BUSY, p.CHOICE, p.LEAVE_MESSAGE]
    assert (second.variables["SB_MAILBOX"], second.variables["SB_REASON"]) == ("8202", "busy")


async def test_every_decision_is_kept_before_it_is_carried_out() -> None:
    """started, then a step for each action, with reason, line and what came of the one before."""
    kept = Kept()
    line = Line(presses=list("8202"), states={"8202": "NOT_INUSE"})
    await steps(kept)(line)
    assert [r["kind"] for r in kept.records] == ["started", *["step"] * 5]
    assert [r.get("action") for r in kept.records[1:]] == ["look", "ask", "say", "look", "dial"]
    assert [r["outcome"] for r in kept.records[1:]] == [
        "arrived",
        "seen automatic",
        "entered 8202",
        "said",
        "seen automatic 8202=idle",
    ]
    assert kept.records[2]["rule_line"] == 10
    assert kept.records[0]["rules"] == "1-test"


async def test_an_operator_is_rung_before_the_line_is_answered() -> None:
    """A4: in manual mode the caller hears it ring; nothing is said and nothing is answered."""
    line = Line(states={"8101": "NOT_INUSE"})
    await steps(desk=Desk(Mode.MANUAL, ("8101",)))(line)
    assert (line.answered, line.played) == (0, [])
    assert (line.variables["SB_PHONES"], line.variables["SB_SECONDS"]) == ("8101w", "15")


async def test_a_call_is_answered_once_when_there_is_something_to_say() -> None:
    """The operator didn't come: the automatic flow answers; later steps don't answer again."""
    first = Line(states={"8101": "NOT_INUSE"})
    await steps(desk=Desk(Mode.MANUAL, ("8101",)))(first)
    second = first.next_session("dial:NOANSWER")
    second.presses = list("8202")
    second.states = {"8202": "NOT_INUSE"}
    await steps(desk=Desk(Mode.MANUAL, ("8101",)))(second)
    assert second.answered == 1
    assert second.played[:2] == [p.DESK_SORRY, p.HELLO]
    third = second.next_session("dial:BUSY")
    await steps()(third)
    assert third.answered == 0


def code(dialled: str, presses: str = "") -> Line:
    """8101 dials a code on its own phone."""
    return Line(presses=list(presses), arguments=("", "arrived", "inside", "", dialled, "8101", ""))


OPERATORS = DeskRules(operators=("8101", "8102"))


async def test_an_operators_code_changes_the_mode_and_says_so() -> None:
    """*61: automatic, by 8101's phone, confirmed in words."""
    desk, line = Desk(), code("*61")
    await steps(book=Book(company(desk=OPERATORS)), desk=desk)(line)
    assert desk.ordered == [(Mode.AUTOMATIC, Source.PHONE, "8101")]
    assert line.played == [p.NOW_AUTOMATIC]


async def test_away_takes_the_minutes_from_the_keypad() -> None:
    """*62 20 #: away for twenty minutes, read back."""
    desk, line = Desk(), code("*62", "20#")
    await steps(book=Book(company(desk=OPERATORS)), desk=desk)(line)
    assert desk.ordered == [("8101", DutyWord.AWAY, Source.PHONE, NOW + timedelta(minutes=20))]
    assert line.played[0] == p.ASK_MINUTES
    assert line.played[1:] == [p.NOW_AWAY, "number-20", p.MINUTES]


async def test_a_pin_is_asked_where_the_rules_say_so_and_never_kept() -> None:
    """Wrong, then right; no record holds what was entered."""
    kept, desk, line = Kept(), Desk(), code("*60", "1234#4711#")
    rules = company(desk=OPERATORS, codes=FeatureCodes(ask_pin=("manual",)))
    await steps(kept, Book(rules), desk)(line)
    assert line.played == [p.ASK_PIN, p.PIN_WRONG, p.ASK_PIN, p.NOW_MANUAL]
    assert desk.ordered == [(Mode.MANUAL, Source.PHONE, "8101")]
    assert "4711" not in str(kept.records)
    assert "1234" not in str(kept.records)


async def test_who_is_no_operator_is_refused_and_nothing_is_ordered() -> None:
    """A16: 8201 may not work the desk."""
    desk = Desk()
    line = Line(arguments=("", "arrived", "inside", "", "*60", "8201", ""))
    await steps(book=Book(company(desk=OPERATORS)), desk=desk)(line)
    assert (desk.ordered, line.played, line.variables["SB_VERB"]) == ([], [p.NOT_ALLOWED], "refuse")


async def test_a_caller_for_the_general_manager_answers_three_questions() -> None:
    """A8: three recordings, then the executive's phones ring with the folder of the answers."""
    line = Line(presses=list("8801"))
    await steps()(line)
    assert line.recorded == ["/clips/1.1/1", "/clips/1.1/2", "/clips/1.1/3"]
    assert line.played[-5:] == [
        p.SCREEN_INTRO,
        p.SCREEN_NAME,
        p.SCREEN_ORGANISATION,
        p.SCREEN_PURPOSE,
        p.SCREEN_HOLD,
    ]
    assert (line.variables["SB_VERB"], line.variables["SB_PHONES"]) == ("screen", "8801")
    assert line.variables["SB_CLIPS"] == "/clips/1.1"


async def test_silence_after_a_question_is_asked_once_more_and_then_accepted() -> None:
    """Nobody is kept from the executive for being shy: the question is repeated once."""
    line = Line(presses=list("8801"))
    await steps(spoken=0.0)(line)
    assert line.played.count(p.SCREEN_NAME) == 2
    assert line.variables["SB_VERB"] == "screen"


async def test_a_complaint_is_in_the_journal_before_anything_is_said() -> None:
    """A11: a ticket whatever becomes of the call."""
    kept, line = Kept(), Line(presses=["7"])
    await steps(kept)(line)
    kinds = [(r["kind"], r.get("what", r.get("action"))) for r in kept.records]
    assert ("ticket", "complaint") in kinds
    assert kinds.index(("ticket", "complaint")) < kinds.index(("step", "enqueue"))
    assert line.variables["SB_PRIORITY"] == str(rank(5, int(NOW.timestamp())))


async def test_a_caller_who_hangs_up_leaves_a_closed_step_and_no_finished_mark() -> None:
    """A hang-up is a normal ending: kept as the outcome of the step under way."""
    kept = Kept()
    line = Line(gone_after=2)
    await steps(kept)(line)
    assert kept.records[-1]["outcome"] == "hung_up"
    assert "SB_DONE" not in line.variables


async def test_a_call_taken_by_the_dead_mans_switch_is_not_kept_as_hung_up() -> None:
    """We stalled, the caller is in the fallback: the record says so."""
    kept = Kept()
    await steps(kept)(Line(gone_after=1, switch_fired=True))
    assert kept.records[-1]["outcome"] == "lost_to_fallback"


async def test_a_missing_sound_is_left_out_and_the_rest_is_said() -> None:
    """One sound that can't be played must not cost the caller the sentence, or the call."""
    line = Line(presses=list("8202"), states={"8202": "NOT_INUSE"}, missing=p.HELLO)
    await steps()(line)
    assert line.played[0] == p.OTHER_LANGUAGE
    assert line.variables["SB_DONE"] == "1"


async def test_a_full_disk_loses_the_record_never_the_call() -> None:
    """The journal can't be written: the caller still gets through."""
    line = Line(presses=list("8202"), states={"8202": "NOT_INUSE"})
    await steps(Kept(full=True))(line)
    assert line.variables["SB_DONE"] == "1"


async def test_a_phone_that_is_not_registered_is_reported_as_a_fault() -> None:
    """A7: no answer to the caller, a fault in the record."""
    kept = Kept()
    await steps(kept)(Line(presses=[*"8202", "1"]))
    assert [(r["what"], r["about"]) for r in kept.records if r["kind"] == "fault"] == [
        ("phone not registered", "8202")
    ]


async def test_a_damaged_state_does_nothing_so_that_the_fallback_takes_the_call() -> None:
    """No mark, no sound: the dialplan goes on without us."""
    line = Line(arguments=("!!!", "dial:BUSY", "outside", "test", "8000"))
    await steps()(line)
    assert line.variables == {}
    assert line.played == []


async def test_the_call_keeps_the_rules_it_began_with() -> None:
    """D3: a version that is no longer in force still decides for its calls."""
    first = Line(presses=list("8202"), states={"8202": "NOT_INUSE"})
    await steps()(first)
    new = company(version="2-test", extensions={"8100": company().extensions["8100"]})
    second = first.next_session("dial:NOANSWER")
    second.presses = ["1"]
    await steps(book=Book(new, {"1-test": company()}))(second)
    assert second.variables["SB_MAILBOX"] == "8202"


async def test_the_channel_speaks_the_language_the_caller_chose() -> None:
    """Key 9: Asterisk's own words (mailbox, queue) follow."""
    line = Line(presses=["9"])
    await steps()(line)
    assert line.variables["CHANNEL(language)"] == "en"


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("13800138000", "13800138000"),
        ("+86 138-0013", "+861380013"),
        ("${SHELL(id)}&PJSIP/8801", "8801"),
        ("unknown", ""),
    ],
)
async def test_a_callers_number_is_digits_or_nothing(raw: str, clean: str) -> None:
    """Whatever a caller sends as a number, only digits enter the decision and the record."""
    kept = Kept()
    line = Line()
    line.request["agi_callerid"] = raw
    await steps(kept)(line)
    assert kept.records[0]["caller"] == clean
