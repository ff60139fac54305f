"""A desk phone and the phone in the page, seen as one."""

from __future__ import annotations

from itertools import permutations

import pytest

from switchboard.dialplan import extension_of
from switchboard.domain.devices import together


@pytest.mark.parametrize(
    ("desk", "page", "one"),
    [
        ("NOT_INUSE", "INVALID", "NOT_INUSE"),
        ("UNAVAILABLE", "INVALID", "UNAVAILABLE"),
        ("UNAVAILABLE", "NOT_INUSE", "NOT_INUSE"),
        ("NOT_INUSE", "INUSE", "INUSE"),
        ("RINGING", "RINGING", "RINGING"),
        ("RINGING", "NOT_INUSE", "RINGING"),
        ("INUSE", "RINGING", "RINGINUSE"),
        ("ONHOLD", "RINGING", "RINGINUSE"),
        ("INUSE", "UNAVAILABLE", "INUSE"),
        ("NOT_INUSE", "something new", "NOT_INUSE"),
    ],
)
def test_two_devices_are_in_one_state(desk: str, page: str, one: str) -> None:
    """Whoever talks on either talks; whoever can be reached on either can be reached; whatever the order."""
    assert {together(order) for order in permutations((desk, page))} == {one}


def test_no_device_is_no_phone() -> None:
    """Nobody's phone is INVALID, Asterisk's own word for it."""
    assert together(()) == "INVALID"


def test_whose_phone_an_endpoint_is() -> None:
    """The page's is its owner's; a trunk whose name ends alike stays a trunk."""
    assert extension_of("8201") == extension_of("8201-web") == "8201"
    assert extension_of("trunk-8201-web") == "trunk-8201-web"
    assert extension_of("call-us") == "call-us"
    assert extension_of("") == ""
