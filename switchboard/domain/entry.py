"""When an entry on the keypad is complete, and what it means.

Extensions have different lengths, keys stand beside them, and nobody should wait for a pause that is
not needed. Both interpreters collect digits by these functions.
"""

from __future__ import annotations

from enum import Enum

from switchboard.domain.actions import Ask, Expect
from switchboard.domain.company import Rules

LONGEST_NUMBER = 12
"""Digits of a PIN or a count at most."""

LONGEST_NAME = 20
"""Keypad letters of a name at most; more digits are not collected."""


class Progress(Enum):
    """What to do after a digit."""

    MORE = "more"  # wait for another digit, or for a pause
    DONE = "done"  # act on it now


def progress(ask: Ask, digits: str, rules: Rules) -> Progress:
    """Whether `digits` (at least one, without #) need no further digit.

    A number that is none of ours is collected to the longest length in use, so that the rest of it
    doesn't answer the next question.
    """
    if ask.expect is Expect.KEY:
        return Progress.DONE
    if ask.expect is Expect.NUMBER:
        return Progress.DONE if len(digits) >= LONGEST_NUMBER else Progress.MORE
    if ask.expect is Expect.NAME:
        done = (len(digits) == 1 and digits in ask.keys) or len(digits) >= LONGEST_NAME
        return Progress.DONE if done else Progress.MORE
    if digits in rules.number_prefixes:
        return Progress.MORE
    known = digits in rules.extensions or digits == rules.main_number or digits in tuple(ask.keys)
    return Progress.DONE if known or len(digits) >= rules.longest_number else Progress.MORE
