"""Who may dial more outside than the company's default: each such permission is meant twice, or told."""

from __future__ import annotations

from switchboard.rules.checks.lines import CLASSES
from switchboard.rules.checks.subject import Subject
from switchboard.rules.tree import Location
from switchboard.sentences import several

TOLD_ONE_BY_ONE = 20
"""Beyond that many, one warning names the first and counts the others."""

NAMED = 8

PEOPLE = ("people", "executives")


def check(subject: Subject) -> None:
    """`outside.wider` names those who are meant."""
    expected = subject.file.outside.wider
    for i, number in enumerate(expected):
        if subject.sections.get(number) not in PEOPLE:
            subject.refers(("outside", "wider", i), number, PEOPLE)
    if subject.damaged("outside") or subject.damaged("defaults"):
        return
    default = subject.file.defaults.outside
    meant = set(expected)
    wider: list[tuple[str, Location, str]] = []
    for section in PEOPLE:
        for number, person in getattr(subject.file, section).items():
            if person.outside and _rank(person.outside) > _rank(default) and number not in meant:
                wider.append((number, (section, number, "outside"), person.outside))
    if len(wider) <= TOLD_ONE_BY_ONE:
        for number, here, most in wider:
            subject.warning(
                "wider-than-default.one",
                here,
                who=subject.name(number),
                most=most,
                default=default,
                number=number,
            )
    else:
        named = several(subject.name(number) for number, _, _ in wider[:NAMED])
        subject.warning(
            "wider-than-default.many", wider[0][1], count=len(wider), default=default, named=named
        )


def _rank(kind: str) -> int:
    return ("none", *CLASSES).index(kind)
