"""Whose a call is that is up: what an agent sees, and what is kept from them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from switchboard.domain.call import HELD_STAGES, Call, Stage
from switchboard.domain.live import Known, LiveCall, LiveState
from switchboard.domain.roles import PERMISSIONS, Permission, Role, covering, permissions_of
from switchboard.domain.whose import Own, queue_of, queues_of, theirs
from tests.company import company

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
AGENT = Own("8101")
QUEUES = frozenset({"8600"})
CALL = LiveCall("1.1", "139", Known(), False, "8000", LiveState.TALKING, AT, None, (), "", "", "zh", "", None)


@pytest.mark.parametrize(
    ("call", "seen"),
    [
        (replace(CALL), False),
        (replace(CALL, parties=frozenset({"8101", "8102"})), True),
        (replace(CALL, parties=frozenset({"8102"})), False),
        (replace(CALL, held_by="8101"), True),
        (replace(CALL, consult={"by": "8011", "target": "8101", "state": "ringing"}), True),
        (replace(CALL, consult={"by": "8011", "target": "8102", "state": "ringing"}), False),
        (replace(CALL, queue="8600", parties=frozenset({"8102"})), True),
        (replace(CALL, queue="8601"), False),
        (replace(CALL, number="8101"), False),
        (replace(CALL, target="8101"), False),
    ],
)
def test_an_agent_sees_their_phones_and_their_queues_calls(call: LiveCall, seen: bool) -> None:
    """Their phone's, what they keep, what they are asked about, their queue's; a number alone says nothing:
    anybody outside can show theirs."""
    assert theirs(AGENT, QUEUES, call) is seen


def test_without_an_extension_there_is_no_own_call() -> None:
    """A user nobody gave a phone isn't the owner of calls that nobody has."""
    assert not theirs(Own(""), QUEUES, replace(CALL, queue="8600", parties=frozenset({"8102"})))


@pytest.mark.parametrize("stage", Stage)
def test_a_caller_whom_an_operator_took_is_the_queues_no_more(stage: Stage) -> None:
    """In line for the queue they are its; held, parked or asked about by an operator they aren't."""
    call = Call(id="1.1", rules="1", target="8600", stage=stage)
    if stage in HELD_STAGES or stage in (Stage.DESK, Stage.RINGING, Stage.MESSAGE, Stage.GREETING):
        assert queue_of(call) == ""
    if stage in (Stage.QUEUE_LOOK, Stage.QUEUE_SAID, Stage.QUEUED, Stage.CALL_BACK_OFFER):
        assert queue_of(call) == "8600"


def test_queues_are_those_whose_member_one_is() -> None:
    """By the extension, in the rules in force."""
    assert queues_of(AGENT, company()) == {"8600"}
    assert queues_of(Own("8102"), company()) == frozenset()


def test_only_who_sees_everything_may_see_everything() -> None:
    """An agent's role gives its own view alone; whoever sees all sees their own too."""
    assert Permission.LIVE not in PERMISSIONS[Role.AGENT]
    assert Permission.LIVE in permissions_of({Role.AGENT, Role.OPERATOR})
    assert all(Permission.LIVE_OWN in given for given in PERMISSIONS.values() if Permission.LIVE in given)


def test_a_tokens_scope_covers_what_is_less() -> None:
    """`live` opens one's own view too, never the other way round."""
    assert covering({Permission.LIVE}) == {Permission.LIVE, Permission.LIVE_OWN}
    assert covering({Permission.LIVE_OWN}) == {Permission.LIVE_OWN}
