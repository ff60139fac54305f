"""Who answers for whom: departments, queues and their people, operators, what is announced."""

from __future__ import annotations

from switchboard.rules.checks.subject import Subject
from switchboard.rules.schema import DIRECTORY
from switchboard.rules.tree import Location

PERSON = ("people",)


def check(subject: Subject) -> None:
    """References among the directory's entries."""
    file = subject.file
    subject.refers(("unclear",), file.unclear, ("departments",))
    subject.refers(("general_head",), file.general_head, PERSON)
    if file.complaints is not None:
        subject.refers(("complaints",), file.complaints, ("queues", "departments"))
    _operators(subject)
    _lunch_turns(subject)
    _teams(subject)
    for number, person in [*file.people.items(), *file.executives.items()]:
        if person.department is not None:
            here = (subject.sections[number], number, "department")
            subject.refers(here, person.department, ("departments", "queues"))
    _greeting(subject)


def _listed(subject: Subject, location: Location, numbers: list[str], kinds: tuple[str, ...]) -> None:
    seen: set[str] = set()
    for i, number in enumerate(numbers):
        if number in seen:
            subject.error("listed-twice", (*location, i), what=number)
        elif subject.sections.get(number) not in kinds:
            subject.refers((*location, i), number, kinds)
        seen.add(number)


def _operators(subject: Subject) -> None:
    here: Location = ("operators", "people")
    _listed(subject, here, subject.file.operators.people, PERSON)
    if not subject.file.operators.people and subject.file.hours.weekly and not subject.damaged("operators"):
        subject.warning("no-operators", ("operators",))


def _lunch_turns(subject: Subject) -> None:
    """Only operators are rung at the desk, over lunch too."""
    lunch = subject.file.hours.lunch
    if lunch is None or subject.damaged("hours") or subject.damaged("operators"):
        return
    for i, turn in enumerate(lunch.turns):
        here: Location = ("hours", "lunch", "turns", i, "people")
        _listed(subject, here, turn.people, PERSON)
        for j, number in enumerate(turn.people):
            if subject.entry(number) is not None and number not in subject.file.operators.people:
                subject.error("not-operator", (*here, j), who=subject.name(number))


def _teams(subject: Subject) -> None:
    groups: dict[str, str] = {}
    for section in ("departments", "queues"):
        for number, team in getattr(subject.file, section).items():
            here: Location = (section, number)
            _listed(subject, (*here, "members"), team.members or [], PERSON)
            _listed(subject, (*here, "mailbox_openers"), team.mailbox_openers or [], ("people", "executives"))
            members = subject.members[number]
            if subject.lacks_members(number):
                subject.error("no-members", here, who=subject.name(number), number=number)
            if team.mailbox_openers == []:
                subject.error("no-openers", (*here, "mailbox_openers"), who=subject.name(number))
            for member in members:
                if section == "queues" and member in groups:
                    who, group = subject.name(member), subject.name(groups[member])
                    subject.warning("member-of-both", here, who=who, group=group)
                elif section == "departments":
                    groups.setdefault(member, number)


def _greeting(subject: Subject) -> None:
    announce = subject.file.greeting.announce or []
    here: Location = ("greeting", "announce")
    _listed(subject, here, announce, DIRECTORY)
    for i, number in enumerate(announce):
        entry = subject.entry(number)
        if entry is None:
            continue
        listing = entry.listing or subject.file.defaults.listing
        if listing != "listed":
            subject.error("not-listed", (*here, i), who=subject.name(number), listing=listing)
