"""Parts of the rules that no call ever comes to, from whatever side (D4)."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime
from itertools import islice

from switchboard.domain.call import Call
from switchboard.domain.company import FeatureCodes, Queue, Rules
from switchboard.rehearsal.parts import Part
from switchboard.rehearsal.ways import explore
from switchboard.sentences import NOTHING


def unreachable(rules: Rules, call: Call, at: datetime) -> tuple[Part, ...]:
    """Parts of the rules that no call comes to: from outside as `call` does, by the numbers of trunks, from
    a phone inside, by a code or a transfer. () also when there are too many ways to be sure."""
    main = {rules.main_number: NOTHING}
    direct = {number for trunk in rules.trunks for number in trunk.numbers.values()}
    found = [explore(rules, call, at, main | dict.fromkeys(direct, NOTHING))]
    if not found[0].unreachable:
        return ()
    agents = (n for e in rules.extensions.values() if isinstance(e, Queue) for n in e.members)
    people = (p.number for p in rules.phones)
    insiders = (*rules.operators[:1], *islice(agents, 1), *islice(people, 1))
    for phone in dict.fromkeys(insiders):
        inside = replace(call, inside=True, caller=phone, asker=phone, trunk="")
        for one in (inside, replace(inside, back=phone)):
            found.append(explore(rules, one, at, main | dict.fromkeys(codes(rules), NOTHING)))
    if not all(ways.complete for ways in found):
        return ()
    lost = set.intersection(*({part.path for part in ways.unreachable} for ways in found))
    return tuple(part for part in found[0].unreachable if part.path in lost)


def codes(rules: Rules) -> list[str]:
    """Every code that is decided about, and with what may follow it."""
    without_us = (rules.codes.voicemail, rules.codes.park, rules.codes.fetch, rules.codes.pickup)
    codes = [code for code in _dialled(rules.codes) if code not in without_us]
    followed = [f"{rules.codes.to_message}{number}" for number in islice(rules.extensions, 1)]
    followed += [f"{rules.codes.pause}{n}" for n in range(1, 4)]
    return [*codes, *followed]


def _dialled(codes: FeatureCodes) -> list[str]:
    """What is dialled for each code."""
    return [value for f in fields(codes) if isinstance(value := getattr(codes, f.name), str)]
