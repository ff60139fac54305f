"""One caller, however their number is shown; whose mailbox it is; what a phone may dial (B6, A13, A15)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.domain.callers import LONGEST_NUMBER, key_of, writings
from switchboard.domain.company import Class
from switchboard.domain.mailboxes import has_mailbox, may_open, opened_by
from switchboard.domain.permission import may_dial
from tests.company import ENTRIES, company, person


@pytest.mark.parametrize(
    ("shown", "key"),
    [
        ("+8613800001111", "13800001111"),
        ("008613800001111", "13800001111"),
        ("8613800001111", "13800001111"),
        ("013800001111", "13800001111"),
        ("+86 138-0000-1111", "13800001111"),
        ("+862162150000", "02162150000"),
        ("02162150000", "02162150000"),
        ("62150000", "62150000"),
        ("+491711234567", "00491711234567"),
        ("00491711234567", "00491711234567"),
        ("110", "110"),
        ("8201", "8201"),
        ("Anonymous", ""),
        ("", ""),
        ("+", ""),
        ("+86", ""),
    ],
)
def test_a_number_has_one_key_however_it_is_shown(shown: str, key: str) -> None:
    """With and without country code, area code's zero, dashes; a withheld number has none."""
    assert key_of(shown) == key


@given(st.from_regex(r"\+?[0-9]{3,20}", fullmatch=True))
def test_every_writing_of_a_number_leads_to_its_key(number: str) -> None:
    """A key is its own key, and so are all its writings."""
    key = key_of(number)
    assert key_of(key) == key
    assert {key_of(way) for way in writings(key)} == {key}


@given(st.text(max_size=200))
def test_no_text_becomes_more_than_digits(text: str) -> None:
    """Whatever a caller sends for a number, its key is digits, and not many."""
    key = key_of(text)
    assert key == "" or (key.isascii() and key.isdecimal())
    assert len(key) <= LONGEST_NUMBER + 2


def test_a_mailbox_is_its_owners_and_its_openers() -> None:
    """Nobody else's: no operator, no principal's secretary, nobody without an extension."""
    shared = replace(ENTRIES[0], mailbox_openers=("8101",))  # type: ignore[call-arg]
    rules = company(extensions={e.number: e for e in (shared, *ENTRIES[1:])})
    assert may_open(rules, "8201", "8201")
    assert may_open(rules, "8101", "8100")
    for extension, mailbox in (("8201", "8202"), ("8890", "8899"), ("8102", "8100"), ("", "8201"), ("", "")):
        assert not may_open(rules, extension, mailbox)
    assert opened_by(rules, "8101") == ("8101", "8100")
    assert opened_by(rules, "") == ()


def test_who_has_no_mailbox_opens_none() -> None:
    """Their messages go elsewhere, and what a number that isn't in the rules has is nobody's."""
    rules = company(extensions={"555": person("555", "前台", "Reception", mailbox=False)})
    assert not may_open(rules, "555", "555")
    assert not has_mailbox(rules, "555")
    assert not has_mailbox(rules, "9999")


def test_a_phone_dials_what_its_class_and_those_before_it_allow() -> None:
    """A local phone no mobile, nobody abroad but who may, nothing that is no number."""
    rules = company(
        outside_patterns={
            Class.LOCAL: ("[2-8]XXXXXXX",),
            Class.NATIONAL: ("1[3-9]XXXXXXXXX",),
            Class.INTERNATIONAL: ("00X.",),
        }
    )
    allowed = {
        kind: [n for n in ("62150000", "13800001111", "0044123456") if may_dial(rules, kind, n)]
        for kind in Class
    }
    assert [len(allowed[kind]) for kind in Class] == [0, 1, 2, 3]
    for odd in ("", "6215000a", "62150000\n", "６２１５００００", "+44123456", "1" * 40):
        assert not may_dial(rules, Class.INTERNATIONAL, odd)
