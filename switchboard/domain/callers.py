"""Who calls, by their number: one key for every way a number is written, and what the desk notes of it (B6).

A trunk shows +8613800001111, another 008613800001111 or 013800001111; it is one person. Numbers are read as
a telephone in China reads them; what is no such number is its own key.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

LONGEST_NUMBER = 32
LONGEST_NAME = 80
LONGEST_NOTES = 2000

_MOBILE = re.compile(r"1[3-9][0-9]{9}", re.ASCII)


class Grade(StrEnum):
    """What the desk should know of a caller at a glance."""

    ORDINARY = "ordinary"
    VALUED = "valued"
    KEY = "key"  # the few whom everybody at the desk knows
    NUISANCE = "nuisance"


@dataclass(frozen=True, slots=True)
class CallerNote:
    """What is noted of one caller. `number` is the key."""

    number: str
    name: str = ""
    organisation: str = ""
    grade: Grade = Grade.ORDINARY
    notes: str = ""


def key_of(number: str) -> str:
    """One key for all the ways `number` may be shown: national form, "00…" for abroad; "" for none.

    Emergency-length and inside numbers are their own keys.
    """
    digits = "".join(c for c in number[:LONGEST_NUMBER] if c in "0123456789")
    if number.lstrip().startswith("+") and digits:
        return _national(digits.removeprefix("86")) if digits.startswith("86") else f"00{digits}"
    if digits.startswith("0086"):
        return _national(digits[4:])
    if digits.startswith("86") and _MOBILE.fullmatch(digits[2:]):
        return digits[2:]
    if digits.startswith("0") and _MOBILE.fullmatch(digits[1:]):
        return digits[1:]
    return digits


def _national(rest: str) -> str:
    """Behind +86: a mobile number as it is, anything else with the 0 of its area code."""
    if _MOBILE.fullmatch(rest) or not rest or rest.startswith("0"):
        return rest
    return f"0{rest}"


def writings(key: str) -> tuple[str, ...]:
    """Every way in which a trunk may show the number with this key, the key among them."""
    if key.startswith("00"):
        return key, f"+{key[2:]}"
    if _MOBILE.fullmatch(key):
        return key, f"0{key}", f"86{key}", f"+86{key}", f"0086{key}"
    if key.startswith("0"):
        return key, f"+86{key[1:]}", f"0086{key[1:]}"
    return (key,)
