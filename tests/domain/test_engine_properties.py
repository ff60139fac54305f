"""What holds for every call whatever callers, phones and queues do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from switchboard.domain import prompt_keys
from switchboard.domain.actions import Action, Ask, Dial, Enqueue, Hangup, Look, Say, TakeMessage
from switchboard.domain.call import Call
from switchboard.domain.company import Desk, Listing, Queue, Rules
from switchboard.domain.engine import STEPS, next_step
from switchboard.domain.mode import Mode
from switchboard.domain.outcomes import (
    Arrived,
    Dialled,
    DialResult,
    Done,
    Entered,
    Interrupted,
    LeftQueue,
    MessageFailed,
    MessageTaken,
    Outcome,
    PhoneState,
    Pin,
    PinChecked,
    QueueExit,
    QueueSeen,
    Recorded,
    Said,
    ScreenEnded,
    Seen,
    Silent,
    TicketFound,
    Verdict,
    Waited,
)
from switchboard.domain.phrases import Digits, Number, Spoken, Text
from tests.company import company

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
RULES = company(desk=Desk(operators=("8101", "8102")), complaints="8600")
NUMBERS = tuple(RULES.extensions)

entries = st.one_of(
    st.sampled_from((*NUMBERS, RULES.main_number, *"0123456789*", "99", "936454", "")),
    st.text("0123456789*", max_size=8),
)
outcomes: st.SearchStrategy[Outcome] = st.one_of(
    entries.map(Entered),
    st.builds(
        Seen,
        st.dictionaries(st.sampled_from(NUMBERS), st.sampled_from(PhoneState)),
        st.sampled_from(Mode),
        st.sampled_from([(), ("8101",), ("8101", "8102")]),
        st.integers(1, 3),
    ),
    st.sampled_from(DialResult).map(Dialled),
    st.sampled_from(QueueExit).map(LeftQueue),
    st.builds(QueueSeen, *[st.integers(0, 4)] * 5, st.integers(0, 500)),
    st.sampled_from([v for v in Verdict if v is not Verdict.ACCEPTED]).map(ScreenEnded),
    st.sampled_from(Pin).map(PinChecked),
    st.sampled_from([Recorded(0.0), Recorded(3.0), Done(), Done(False), TicketFound("7"), TicketFound("")]),
    st.sampled_from([Arrived(), Interrupted(), Said(), Silent(), Waited(), MessageTaken(), MessageFailed()]),
)
calls = st.builds(
    Call,
    id=st.just("1.1"),
    rules=st.just(RULES.version),
    inside=st.booleans(),
    language=st.sampled_from(["zh", "en"]),
    dialled=st.sampled_from(
        ["8000", "8801", "8899", "8201", "*60", "*62", "*64", "*50", "*57", "*558201", "*99"]
    ),
    asker=st.sampled_from(["", "8101", "8201"]),
    back=st.sampled_from(["", "8101", "8201"]),
)


def walk(call: Call, given_outcomes: Sequence[Outcome], rules: Rules = RULES) -> list[tuple[Call, Action]]:
    """The call's way: outcomes in turn, then silence, until it ends."""
    way: list[tuple[Call, Action]] = []
    pending = iter(given_outcomes)
    outcome: Outcome = Arrived()
    for _ in range(STEPS + 10):
        decision = next_step(call, outcome, rules, NOW)
        call = decision.call
        way.append((call, decision.action))
        if isinstance(decision.action, Hangup):
            return way
        outcome = next(pending, Silent())
    raise AssertionError(f"no end after {STEPS + 10} steps: {call}")


@given(calls, st.lists(outcomes, max_size=STEPS))
@settings(max_examples=300, deadline=None)
def test_any_outcomes_end_in_a_final_action(call: Call, given_outcomes: list[Outcome]) -> None:
    """Whatever happens, in whatever order, even nonsense: the call ends within the bound."""
    assert len(walk(call, given_outcomes)) <= STEPS + 3


@given(calls, st.lists(outcomes, max_size=40))
@settings(max_examples=300, deadline=None)
def test_nothing_is_said_rung_or_recorded_that_does_not_exist(
    call: Call, given_outcomes: list[Outcome]
) -> None:
    """Every prompt has a key we know; every number rung, queued for or recorded is in the rules."""
    for _, action in walk(call, given_outcomes):
        match action:
            case Say(phrases) | Ask(phrases):
                for phrase in phrases:
                    match phrase:
                        case Text(key):
                            assert key in prompt_keys.ALL
                        case Spoken(number):
                            assert number == "" or number in RULES.extensions
                        case Digits(digits):
                            assert digits.isdecimal()
                        case Number(value):
                            assert value > 0
            case Dial(phones) | Look(phones):
                assert all(n in RULES.extensions for n in phones)
            case Enqueue(queue):
                assert isinstance(RULES.extensions[queue], Queue)
            case TakeMessage(mailbox):
                assert mailbox in RULES.extensions


@given(calls, st.lists(outcomes, max_size=60))
@settings(max_examples=300, deadline=None)
def test_no_executive_is_rung_and_no_unlisted_name_is_told(call: Call, given_outcomes: list[Outcome]) -> None:
    """A6, A8, A9: not by any sequence of entries and outcomes."""
    hidden = {Listing.UNLISTED} if call.inside else {Listing.UNLISTED, Listing.INTERNAL}
    for _, action in walk(call, given_outcomes):
        if isinstance(action, Dial):
            assert not {"8801", "8899"} & set(action.phones)
        if isinstance(action, Say | Ask):
            told = {x.number for x in action.phrases if isinstance(x, Spoken)}
            told |= {x.digits for x in action.phrases if isinstance(x, Digits)}
            assert not any(RULES.extensions[n].listing in hidden for n in told if n in RULES.extensions)


@given(calls, st.lists(outcomes, max_size=40))
@settings(max_examples=200, deadline=None)
def test_a_call_survives_its_journey_through_the_channel_variable(
    call: Call, given_outcomes: list[Outcome]
) -> None:
    """Packed and read back after every step, a call is the same call."""
    for at, _ in walk(call, given_outcomes):
        assert Call.unpack(at.pack()) == at
