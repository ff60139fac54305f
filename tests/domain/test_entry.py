"""When an entry is complete: extensions of different lengths, keys beside them."""

from __future__ import annotations

import pytest

from switchboard.domain.actions import Ask, Expect
from switchboard.domain.entry import LONGEST_NAME, Progress, progress
from tests.company import company

RULES = company()


@pytest.mark.parametrize(
    ("digits", "expected"),
    [
        ("8", Progress.MORE),
        ("820", Progress.MORE),
        ("8201", Progress.DONE),
        ("701", Progress.DONE),  # three digits are enough where nothing longer begins so
        ("70", Progress.MORE),
        ("7", Progress.MORE),  # a key, but 701 begins so: wait for a pause
        ("9", Progress.DONE),  # a key alone
        ("5", Progress.MORE),  # nothing begins so: let the caller finish, then say so
        ("5555", Progress.DONE),
        ("8000", Progress.DONE),
    ],
)
def test_an_extension_is_complete_as_soon_as_nothing_longer_can_be_meant(
    digits: str, expected: Progress
) -> None:
    """No waiting for a pause that is not needed, no rest of a number that answers the next question."""
    assert progress(Ask((), Expect.EXTENSION, "790"), digits, RULES) is expected


def test_a_choice_is_one_key() -> None:
    """Any key ends the entry, right or wrong."""
    assert progress(Ask((), Expect.KEY, "12"), "5", RULES) is Progress.DONE


def test_a_name_goes_on_until_a_pause_but_its_keys_act_at_once() -> None:
    """1 asks for the list at once; letters may go on, up to a bound."""
    ask = Ask((), Expect.NAME, "10*")
    assert progress(ask, "1", RULES) is Progress.DONE
    assert progress(ask, "9", RULES) is Progress.MORE
    assert progress(ask, "9" * LONGEST_NAME, RULES) is Progress.DONE
