"""No sequence of events connects an executive without a yes: theirs, or their secretary's (A8, A9)."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from switchboard.domain.actions import Action, Dial, Enqueue, Hangup, Record, Screen
from switchboard.domain.call import Call
from switchboard.domain.company import Desk, Trunk
from switchboard.domain.outcomes import (
    Arrived,
    Dialled,
    DialResult,
    Entered,
    Outcome,
    PhoneState,
    Recorded,
    Said,
    ScreenEnded,
    Seen,
    Silent,
    Verdict,
)
from tests.company import ENTRIES, company
from tests.domain.test_engine_properties import outcomes, walk

TRUSTED, KNOWN = "trusted", "1390000"

SCREENED = next(e for e in ENTRIES if e.number == "8801")
RULES = company(
    desk=Desk(operators=("8101", "8102")),
    complaints="8600",
    trunks=(Trunk(TRUSTED, {}, trusted=True), Trunk("open", {})),
    extensions={e.number: e for e in ENTRIES}
    | {"8801": replace(SCREENED, assistant="8102", also=("8101",), unscreened=(KNOWN,))},  # type: ignore[call-arg]
)
PROTECTED = {"8801", "8899"}

calls = st.builds(
    Call,
    id=st.just("1.1"),
    rules=st.just(RULES.version),
    inside=st.booleans(),
    caller=st.sampled_from(["", "13900001234", "13800000000"]),
    trunk=st.sampled_from(["", TRUSTED, "open"]),
    dialled=st.sampled_from(["8000", "8801", "8899", "8201", "8200", "8600", "*50", "*57", "*558801", "*60"]),
    asker=st.sampled_from(["", "8890", "8101", "8201", "8801", "8899"]),
    back=st.sampled_from(["", "8890", "8101", "8201", "8801", "8899"]),
)
wishes: st.SearchStrategy[Outcome] = st.one_of(
    st.sampled_from(["8801", "8899", "8201", "0", "1", "2", "3"]).map(Entered),
    st.sampled_from([Said(), Silent(), Recorded(2.0), Arrived()]),
    st.sampled_from(Verdict).map(ScreenEnded),
    st.sampled_from(DialResult).map(Dialled),
    st.just(Seen({n: PhoneState.IDLE for n in RULES.extensions})),
)


@given(calls, st.lists(st.one_of(outcomes, wishes), max_size=60))
@settings(max_examples=600, deadline=None)
def test_nobody_protected_is_connected_without_consent(call: Call, given_outcomes: list[Outcome]) -> None:
    """The chairman's phone rings for what his secretary herself dialled; the general manager's for known
    numbers by a trusted trunk; else only as a question, after three others."""
    asked: set[int] = set()
    for at, action in walk(call, given_outcomes, RULES):
        match action:
            case Dial(phones):
                if "8899" in phones:
                    assert (call.asker, call.dialled) == ("8890", "8899")
                if "8801" in phones:
                    assert call.trunk == TRUSTED
                    assert call.caller.startswith(KNOWN)
            case Record(clip=clip):
                asked.add(clip)
            case Screen(phones):
                assert set(phones) == {"8801", "8101"}
                assert asked == {1, 2, 3}
            case Enqueue(queue):
                assert queue not in PROTECTED
        assert at.target != "" or not isinstance(action, Screen)


@given(
    calls, st.lists(wishes, max_size=60), st.sampled_from([v for v in Verdict if v is not Verdict.ACCEPTED])
)
@settings(max_examples=300, deadline=None)
def test_every_refusal_is_one_to_the_caller(call: Call, before: list[Outcome], verdict: Verdict) -> None:
    """Message, none, absent: the same words follow. A yes ends what the engine has to say: they talked."""
    for i, (_, action) in enumerate(walk(call, before, RULES)):
        if not isinstance(action, Screen):
            continue
        given_until = [*before, *[Silent()] * i][:i]
        refused = _after(call, [*given_until, ScreenEnded(verdict)], i)
        if verdict is not Verdict.DEPUTY:
            assert refused == _after(call, [*given_until, ScreenEnded(Verdict.NONE)], i)
            assert not isinstance(refused, Dial | Screen)
        assert isinstance(_after(call, [*given_until, ScreenEnded(Verdict.ACCEPTED)], i), Hangup)


def _after(call: Call, given_outcomes: list[Outcome], i: int) -> Action:
    return walk(call, given_outcomes, RULES)[i + 1][1]
