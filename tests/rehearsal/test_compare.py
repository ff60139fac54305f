"""Recorded calls through two versions of the rules."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given, settings

from switchboard.domain.company import Department, Greeting, Rules
from switchboard.domain.mode import Mode
from switchboard.domain.outcomes import Outcome
from switchboard.flows.wording import outcome_word
from switchboard.rehearsal import Answer, Situation, rehearse
from switchboard.rehearsal.compare import compare
from switchboard.rehearsal.recorded import RecordedCall, replay
from tests.company import company
from tests.rehearsal.supposed import as_recorded, rehearsed
from tests.rehearsal.test_interpreter import situations


def with_entries(*entries: Any) -> Rules:
    """The small company with some entries changed."""
    return replace(company(), extensions={**company().extensions, **{e.number: e for e in entries}})


def person(number: str, **changes: Any) -> Any:
    """An entry of the small company, changed."""
    return replace(company().extensions[number], **changes)


def _word(outcome: Outcome | None) -> str:
    return "" if outcome is None else outcome_word(outcome)


def recorded(*presses: str, **more: Any) -> RecordedCall:
    """A call that went so."""
    return RecordedCall.of(as_recorded(rehearsed(*presses, **more)))


@given(situations.filter(lambda s: not s.dialled.startswith("*")))
@settings(max_examples=200, deadline=None)
def test_a_recorded_call_is_replayed_exactly_under_its_own_rules(situation: Situation) -> None:
    """Every action is the one that was recorded, whatever happened on the way."""
    way = rehearse(company(), situation).moments
    again = replay(company(), RecordedCall.of(as_recorded(rehearse(company(), situation))))
    assert [m.action for m in again] == [m.action for m in way]
    assert [_word(m.outcome) for m in again] == [_word(m.outcome) for m in way]


def test_the_same_rules_change_nothing() -> None:
    """Nothing is told of calls that would go as they went."""
    found = compare(company(), company(version="2"), [recorded("8201"), recorded("8600")])
    assert (found.calls, found.changed, found.reworded) == (2, 0, 0)


def test_calls_that_part_at_the_same_place_are_one_cause() -> None:
    """8201 rings for 10 s only: three calls, one cause, with lines and ends."""
    calls = [recorded("8201"), recorded("8201", "1", phones={"8201": Answer.NO_ANSWER}), recorded("8202")]
    new = with_entries(person("8201", ring_seconds=10, line=41))
    found = compare(company(), new, [*calls, recorded("8201")])
    (cause,) = found.causes
    assert (found.calls, found.changed, len(cause.changes)) == (4, 3, 3)
    assert (str(cause.before.does), str(cause.after.does)) == (
        "rings 8201 张伟 Zhang Wei for 25 s",
        "rings 8201 张伟 Zhang Wei for 10 s",
    )
    assert cause.after.line == 41
    assert [str(c.ends_before).partition(" 8201")[0] for c in cause.changes] == [
        "talks with",
        "a message for",
        "talks with",
    ]


def test_an_extension_that_is_gone() -> None:
    """Who dialled it would hear that the number is none; what the caller would do then nobody knows."""
    left = {n: e for n, e in company().extensions.items() if n != "701"}
    found = compare(company(), replace(company(), extensions=left), [recorded("701")])
    (cause,) = found.causes
    assert cause.after.reason == "701 is no number of ours"
    assert "record can't answer" in str(cause.changes[0].ends_after)


def test_known_facts_serve_where_the_ways_have_parted() -> None:
    """8202 was seen busy while 8200 rang in turn; if all of them rang at once, 8202 would still be busy."""
    call = recorded("8200", phones={"8201": Answer.NO_ANSWER, "8202": Answer.BUSY})
    new = with_entries(Department("8200", company().extensions["8200"].name, members=("8202", "8203")))
    (cause,) = compare(company(), new, [call]).causes
    assert str(cause.after.does).startswith("looks at 8202") or "8203" in str(cause.after.does)
    assert "8202" not in str(cause.changes[0].ends_after)


def test_other_words_alone_are_counted_apart() -> None:
    """A department more in the announcement changes what all hear and where nobody ends."""
    new = company(greeting=Greeting(announced=("8100",), keys=company().greeting.keys))
    found = compare(company(), new, [recorded("8201"), recorded("8202")])
    assert (found.changed, found.reworded) == (0, 2)


def test_the_desk_is_replayed_from_its_looks() -> None:
    """Operators and the line are in the record: a call in manual mode is replayed whole."""
    call = recorded(
        "8201",
        mode=Mode.MANUAL,
        operators=("8101", "8102"),
        phones={"8101": Answer.NO_ANSWER, "8102": Answer.NO_ANSWER},
    )
    assert compare(company(), company(version="2"), [call]).changed == 0
    new = replace(company(), desk=replace(company().desk, rings=2))
    (cause,) = compare(company(), new, [call]).causes
    assert cause.after.reason == "rings 8101, 8102 for 2 rings"


def test_a_call_that_was_left_in_the_middle_ends_there() -> None:
    """The caller hung up at a question: no version knows more, and none is told to differ."""
    row = as_recorded(rehearsed("8202", "1", phones={"8202": Answer.BUSY}))
    row["steps"] = row["steps"][:5]
    row["steps"][-1]["outcome"] = "hung_up"
    call = RecordedCall.of(row)
    assert len(replay(company(), call)) == 5
    assert compare(company(), with_entries(person("8203", ring_seconds=5)), [call]).changed == 0


def test_words_of_another_version_end_the_replay() -> None:
    """A record that this version can't read stops there instead of being guessed at."""
    row = as_recorded(rehearsed("8201", "1", phones={"8201": Answer.NO_ANSWER}))
    row["steps"][4]["outcome"] = "teleported"
    assert len(replay(company(), RecordedCall.of(row))) == 5


def test_only_what_came_before_a_transfer_is_replayed() -> None:
    """A transferred caller begins anew under the same id; the second beginning isn't the first's."""
    row = as_recorded(rehearsed("8201"))
    row["steps"] += row["steps"]
    assert len(RecordedCall.of(row).steps) == len(rehearsed("8201").moments)
