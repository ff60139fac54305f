"""What may be dialled outside (A15): the patterns of the rules, read as Asterisk reads them.

The dialplan that phones stand in is rendered from the same patterns; this is for the calls that the company
makes itself, and for callers who are sent outside. Numbers are as they are dialled, without the prefix for an
outside line, where nothing else is said.
"""

from __future__ import annotations

import re
from functools import lru_cache

from switchboard.domain.company import Class, Person, Principal, Rules, Screened

CALL_BACK_CLASSES = (Class.LOCAL, Class.NATIONAL)
"""What the company dials because a caller asked it to. Never abroad: who is called there may earn by it."""

LONGEST = 20
"""Digits of an outside number at most."""

_LETTERS = {"X": "[0-9]", "Z": "[1-9]", "N": "[2-9]", ".": "[0-9]+", "!": "[0-9]*"}


def may_call_back(rules: Rules, number: str) -> bool:
    """Whether a caller may have `number` called: it fits a local or national pattern, an outside line takes
    it, and it is no emergency number."""
    return (
        0 < len(number) <= LONGEST
        and number.isascii()
        and number.isdecimal()
        and number not in rules.emergency
        and any(matches(p, number) for c in CALL_BACK_CLASSES for p in rules.outside_patterns.get(c, ()))
        and has_line(rules, number)
    )


def may_send(rules: Rules, by: str, number: str) -> bool:
    """Whether the phone `by` may send a caller to `number`, or ask there about one: where it may dial itself,
    on a line that takes the number. Executives' phones send nobody; nobody is sent to an emergency number."""
    person = rules.extensions.get(by)
    return (
        isinstance(person, Person)
        and not isinstance(person, Screened | Principal)
        and not is_emergency(rules, number)
        and may_dial(rules, person.outside, number)
        and has_line(rules, number)
    )


def outside_number(rules: Rules, dialled: str) -> str:
    """The number outside that a phone inside means by `dialled`, in which the prefix stands. "" for
    extensions, the main number, emergency numbers, and what nobody at all may dial."""
    number = dialled.removeprefix(rules.outside_prefix)
    with_prefix = number != dialled or not rules.outside_prefix
    known = dialled in rules.extensions or dialled == rules.main_number or is_emergency(rules, number)
    return number if with_prefix and not known and may_dial(rules, Class.INTERNATIONAL, number) else ""


def is_emergency(rules: Rules, dialled: str) -> bool:
    """Whether `dialled` is an emergency number, with the prefix or without."""
    return dialled in rules.emergency or dialled.removeprefix(rules.outside_prefix) in rules.emergency


def has_line(rules: Rules, number: str) -> bool:
    """Whether an outside line takes `number`."""
    return any(matches(p, number) for trunk in rules.trunks for p in trunk.outgoing)


def may_dial(rules: Rules, allowed: Class, number: str) -> bool:
    """Whether a phone of class `allowed` may dial `number` (without the prefix) outside."""
    classes = list(Class)
    within = classes[: classes.index(allowed) + 1]
    return (
        0 < len(number) <= LONGEST
        and number.isascii()
        and number.isdecimal()
        and any(matches(p, number) for c in within for p in rules.outside_patterns.get(c, ()))
    )


def matches(pattern: str, number: str) -> bool:
    """Whether `number` fits a dial pattern: `X` 0-9, `Z` 1-9, `N` 2-9, `[1-5]`, `.` one or more, `!` any."""
    return _compiled(pattern).fullmatch(number) is not None


@lru_cache(maxsize=1000)
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = re.findall(r"\[[^\]]*\]|.", pattern)
    return re.compile(
        "".join(p if p.startswith("[") else _LETTERS.get(p.upper(), re.escape(p)) for p in parts), re.ASCII
    )
