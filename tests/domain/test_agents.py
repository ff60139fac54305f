"""Agents' codes: who may use them, in which queues, for which reason (A12, A16)."""

from __future__ import annotations

from dataclasses import replace

from switchboard.domain import prompt_keys as p
from switchboard.domain.actions import Ask, CheckPin, Hangup, OrderAgent, Say
from switchboard.domain.agents import AgentState, AgentWord, queues_of, resting
from switchboard.domain.call import Call
from switchboard.domain.company import FeatureCodes, Name, Queue, Rules
from switchboard.domain.outcomes import Arrived, Done, Entered, Outcome, Pin, PinChecked, Said
from switchboard.domain.phrases import Text
from tests.company import company
from tests.domain.test_engine_properties import NOW, next_step


def firm(**changes: object) -> Rules:
    """Two queues: 8101 works in both, 8102 in one, the general manager is listed by mistake."""
    rules = company(**changes)
    service = replace(
        rules.extensions["8600"],
        members=("8101", "8102", "8801"),
        pause_reasons=("lunch", "training"),
    )
    second = Queue("8700", Name("售后", "After-Sales"), members=("8101",))
    return replace(rules, extensions={**rules.extensions, "8600": service, "8700": second})


def dials(code: str, asker: str, *outcomes: Outcome, rules: Rules | None = None) -> list[object]:
    """Actions that follow."""
    rules = rules or firm()
    call = Call(id="1.1", rules=rules.version, inside=True, dialled=code, asker=asker)
    done: list[object] = []
    for outcome in (Arrived(), *outcomes):
        decision = next_step(call, outcome, rules, NOW)
        call = decision.call
        done.append(decision.action)
    return done


def test_signing_in_and_out_is_for_one_queue_or_all_of_ones_own() -> None:
    """*73 alone, *748700; confirmed in words."""
    assert dials("*73", "8101")[0] == OrderAgent("8101", AgentWord.IN, ("8600", "8700"))
    assert dials("*748700", "8101")[0] == OrderAgent("8101", AgentWord.OUT, ("8700",))
    assert dials("*74", "8102", Done())[1] == Say((Text(p.AGENT_OUT),))


def test_pausing_has_a_reason_of_the_queues_list() -> None:
    """*751 is lunch; *75 alone is told to add a reason; *759 is no code."""
    assert dials("*751", "8102")[0] == OrderAgent("8102", AgentWord.PAUSE, ("8600",), "lunch")
    assert dials("*75", "8102")[0] == Say((Text(p.AGENT_REASON),))
    assert dials("*759", "8102")[0] == Say((Text(p.NO_SUCH_NUMBER),))
    assert dials("*76", "8102", Done())[1] == Say((Text(p.AGENT_UNPAUSED),))


def test_a_queue_without_reasons_is_paused_without_one() -> None:
    """And a number behind the code means nothing there."""
    rules = company()
    assert dials("*75", "8101", rules=rules)[0] == OrderAgent("8101", AgentWord.PAUSE, ("8600",))
    assert dials("*751", "8101", rules=rules)[0] == Say((Text(p.NO_SUCH_NUMBER),))


def test_nobody_else_is_an_agent() -> None:
    """A colleague, an executive listed by mistake, another queue, a caller sent there."""
    for code, who in (("*73", "8201"), ("*73", "8801"), ("*738700", "8102"), ("*73", "")):
        said, ended = dials(code, who, Said())
        assert said == Say((Text(p.AGENT_NONE),))
        assert ended == Hangup(refused=True)
    assert queues_of(firm(), "8801") == ()


def test_a_pin_is_asked_for_where_the_rules_want_it() -> None:
    """Before anything is ordered."""
    rules = firm(codes=FeatureCodes(ask_pin=("agent_in",)))
    asked, check, order = dials("*73", "8101", Entered("4711"), PinChecked(Pin.RIGHT), rules=rules)
    assert isinstance(asked, Ask)
    assert check == CheckPin("8101", "4711")
    assert order == OrderAgent("8101", AgentWord.IN, ("8600", "8700"))
    assert isinstance(dials("*74", "8101", rules=rules)[0], OrderAgent)


def test_what_could_not_be_kept_is_not_confirmed() -> None:
    """The database is away."""
    assert dials("*73", "8101", Done(False))[1] == Say((Text(p.TROUBLE),))


def test_who_rests_is_signed_out_or_paused_in_a_queue_that_is_still_theirs() -> None:
    """Words about queues one has left since mean nothing."""
    said = [
        AgentState("8101", "8600", AgentWord.PAUSE, "lunch"),
        AgentState("8101", "8700", AgentWord.IN),
        AgentState("8102", "8600", AgentWord.OUT),
        AgentState("8102", "8700", AgentWord.OUT),
    ]
    assert resting(said, firm()) == {("8600", "8101"): "lunch", ("8600", "8102"): "signed out"}
