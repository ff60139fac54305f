"""Values: what a caller sends stays a value."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.agi import values
from switchboard.errors import AgiCommandFailed


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Wang Fang", "Wang Fang"),
        ("王芳 😀", "王芳 😀"),
        ("a\r\nb\0c\x7fd", "abcd"),
        ("\u202egnaW\u200f\u2066", "gnaW"),
        ("x" * 4096, "x" * 256),
        ('"; DROP ${X} &PJSIP/8899', '"; DROP ${X} &PJSIP/8899'),
        ("line\u2028par\u2029", "linepar"),
        ("👩\u200d👩", "👩\u200d👩"),
    ],
)
def test_clean_takes_controls_away_and_nothing_else(sent: str, kept: str) -> None:
    """Names stay readable; what can move the cursor, the line or the direction is gone."""
    assert values.clean(sent) == kept


@given(st.text())
def test_clean_is_short_and_without_controls(sent: str) -> None:
    """For any text."""
    kept = values.clean(sent)
    assert len(kept) <= values.NAME_LIMIT
    assert not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in kept)


@pytest.mark.parametrize(
    "name", ["SB_STATE", "CALLERID(num)", "TIMEOUT(absolute)", "DEVICE_STATE(PJSIP/8201)"]
)
def test_variable_names(name: str) -> None:
    """Variables and functions with plain arguments."""
    assert values.variable_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "a b",
        "X}${SHELL(id)}",
        "SHELL(${X})",
        'A"B',
        "A(B",
        "A)B(",
        "A(b\\c)",
        "A\n",
        "变量",
        "A(x)\n",
        "1A",
    ],
)
def test_what_is_no_variable_name(name: str) -> None:
    """A name that could end the expression it stands in."""
    with pytest.raises(AgiCommandFailed):
        values.variable_name(name)


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "http://x/y", "a b", "a&b", "", "a|b", "${X}", "a\n", "a;b"]
)
def test_what_is_no_sound(name: str) -> None:
    """Neither upwards nor out of the house, nor two at once."""
    with pytest.raises(AgiCommandFailed):
        values.sound_name(name)


@pytest.mark.parametrize("phone", ["8201&PJSIP/8899", "8201/sip:x", "", "8201@x", "82 01", "8201\n", "${X}"])
def test_what_is_no_phone(phone: str) -> None:
    """A number that would ring another phone."""
    with pytest.raises(AgiCommandFailed):
        values.phone_name(phone)


@pytest.mark.parametrize("text", ["a,b", 'a"b', "a\\b", "(a", "a)b(", "${X}", "$[1]", "a)"])
def test_an_application_argument_can_not_become_two(text: str) -> None:
    """Applications split at commas, quotes and parentheses."""
    with pytest.raises(AgiCommandFailed):
        values.app_argument(text)


@pytest.mark.parametrize("text", ["", "PJSIP/8201", "U(sub^8201)", "L(60000,30000)", "S(5)g", "汉字 $5 {x}"])
def test_application_arguments(text: str) -> None:
    """Options with balanced parentheses pass as they are."""
    assert values.app_argument(text) == text
