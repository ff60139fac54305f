"""What the company itself may dial: never more than its rules for outside calls name (A15)."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from switchboard.domain.actions import OrderCallBack
from switchboard.domain.company import Class, Trunk
from switchboard.domain.permission import matches, may_call_back
from tests.company import company
from tests.domain.test_engine_properties import outcomes, walk
from tests.domain.test_queueing import with_queue

RULES = company(
    outside_patterns={
        Class.LOCAL: ("NXXXXXXX", "95XXX"),
        Class.NATIONAL: ("1[3-9]XXXXXXXXX", "0ZXXXXXXXXX"),
        Class.INTERNATIONAL: ("00Z.",),
    },
    trunks=(Trunk("provider", {}, host="192.0.2.1", outgoing=("1X.", "0Z.", "00.")),),
)


def test_patterns_read_as_asterisk_reads_them() -> None:
    """X, Z, N, sets and the two endings; nothing in a pattern is taken for more than it is."""
    assert matches("1[3-9]XXXXXXXXX", "13800138000")
    assert not matches("1[3-9]XXXXXXXXX", "12800138000")
    assert matches("00Z.", "0044")
    assert not matches("00Z.", "00")
    assert not matches("00Z.", "004")
    assert matches("95!", "95")
    assert not matches("NXXXXXXX", "18886666")
    assert not matches("1.", "1\n2")
    assert not matches("110", "1100")


def test_a_number_needs_a_pattern_and_a_line_that_takes_it() -> None:
    """Local by pattern, but no line carries it; abroad never, though a line would."""
    assert may_call_back(RULES, "13800138000")
    assert may_call_back(RULES, "02988886666")
    assert not may_call_back(RULES, "88886666")
    assert not may_call_back(RULES, "00447700900000")
    assert not may_call_back(company(), "13800138000")


@given(st.one_of(st.text(max_size=25), st.text("0123456789*#+", max_size=25)))
def test_nothing_but_digits_of_a_named_pattern_is_ever_allowed(number: str) -> None:
    """Whatever a caller's side sends or types."""
    if may_call_back(RULES, number):
        assert re.fullmatch(r"1[3-9][0-9]{9}|0[1-9][0-9]{9}", number, re.ASCII)
        assert number not in RULES.emergency


@given(st.text("0123456789+", max_size=14), st.lists(outcomes, max_size=60))
@settings(max_examples=300, deadline=None)
def test_no_sequence_of_events_orders_a_call_that_is_not_allowed(number: str, events: list[object]) -> None:
    """Callers of any number, whatever they press and whatever happens."""
    rules = with_queue(call_back=True)
    from switchboard.domain.call import Call

    call = Call(id="1.1", rules=rules.version, caller=number, dialled="8600")
    for _, action in walk(call, events, rules):  # type: ignore[arg-type]
        if isinstance(action, OrderCallBack):
            assert may_call_back(rules, action.number)
