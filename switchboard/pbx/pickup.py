"""Who may pick up whose ringing phone: people of one department, one queue, or the operators' desk.

Executives are in no group: their phones are rung for who was let through, and for nobody else.
"""

from __future__ import annotations

from switchboard.domain.company import Department, Person, Principal, Queue, Rules, Screened
from switchboard.pbx import text
from switchboard.pbx.text import Plain

MOST = 100
"""Phones looked at when somebody picks up without saying whom; a larger group is picked up by number."""


def groups(rules: Rules) -> dict[str, Plain]:
    """Phone → its groups, joined by &, as context `pickup-groups` gives them."""
    found: dict[str, list[str]] = {}
    for group, members in _members(rules).items():
        for number in members:
            found.setdefault(number, []).append(group)
    return {number: Plain("&".join(map(text.number, of))) for number, of in found.items()}


def marks(rules: Rules) -> dict[str, Plain]:
    """Group → its phones as Pickup() wants them."""
    return {
        group: Plain("&".join(f"{text.number(n)}@PICKUPMARK" for n in members[:MOST]))
        for group, members in _members(rules).items()
    }


def _members(rules: Rules) -> dict[str, tuple[str, ...]]:
    teams = {e.number: e.members for e in rules.extensions.values() if isinstance(e, Department | Queue)}
    teams[rules.main_number] = rules.operators
    belong = {
        number: tuple(p.number for p in rules.phones if p.department == number and p.number not in members)
        for number, members in teams.items()
    }
    found = {g: tuple(n for n in (*m, *belong[g]) if _common(rules, n)) for g, m in teams.items()}
    return {group: members for group, members in found.items() if members}


def _common(rules: Rules, number: str) -> bool:
    person = rules.extensions.get(number)
    return isinstance(person, Person) and not isinstance(person, Screened | Principal)
