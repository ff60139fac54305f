"""What number outside somebody means who types one: as it stands on a card, or as their phone dials it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from switchboard.domain.callers import key_of
from switchboard.domain.company import Rules
from switchboard.domain.permission import may_send, outside_number

_NUMBER = re.compile(r"\+?[0-9(][0-9 ()./-]{1,40}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Meant:
    """A number outside: `number` as it is known, `dialled` as phones inside dial it; `allowed`: the phone of
    whoever typed it may send a caller there."""

    number: str
    dialled: str
    allowed: bool


def meant(rules: Rules, typed: str, by: str) -> tuple[Meant, ...]:
    """What `typed` may mean for the phone `by`: +86 138 0013 8000 or 13800138000 as written, or 913800138000
    with the prefix. What is allowed comes alone; extensions and emergency numbers are none."""
    if not _NUMBER.fullmatch(typed.strip()):
        return ()
    written = [typed.strip()]
    if rules.outside_prefix and written[0].startswith(rules.outside_prefix):
        written.append(written[0].removeprefix(rules.outside_prefix))
    found = []
    for dialled in dict.fromkeys(rules.outside_prefix + key_of(one) for one in written):
        if number := outside_number(rules, dialled):
            found.append(Meant(number, dialled, may_send(rules, by, number)))
    return tuple(one for one in found if one.allowed) or tuple(found)
