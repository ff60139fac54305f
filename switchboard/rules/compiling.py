"""From the file people write to the values decisions read. Only for files without errors."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from switchboard.domain.calendar import Calendar
from switchboard.domain.company import (
    Class,
    Department,
    Desk,
    Extension,
    FeatureCodes,
    Greeting,
    KeyAction,
    Listing,
    MenuKey,
    Name,
    Overflow,
    OverflowKind,
    Person,
    Principal,
    Queue,
    RingOrder,
    Rules,
    Screened,
    Trunk,
    Valued,
)
from switchboard.rules import schema, timetable
from switchboard.rules.checks import Subject
from switchboard.rules.schema import DIRECTORY
from switchboard.rules.tree import lines

_ACTIONS = {
    "language": KeyAction.LANGUAGE,
    "enquiry": KeyAction.ENQUIRY,
    "complaint": KeyAction.COMPLAINT,
}


def compile_rules(subject: Subject, version: str) -> Rules:
    """The `Rules` that a checked file describes."""
    file = subject.file
    at = lines(subject.root)
    calendar = timetable.calendar(subject)
    extensions = _directory(subject, calendar, at)
    return Rules(
        version=version,
        company=_name(file.company),
        main_number=file.main_number,
        extensions=MappingProxyType(extensions),
        greeting=_greeting(file, extensions, at),
        unclear=file.unclear,
        general_head=file.general_head,
        complaints=file.complaints or "",
        desk=Desk(
            operators=tuple(file.operators.people),
            ring=RingOrder(file.operators.ring),
            rings=file.operators.rings,
            line_seconds=file.operators.longest_wait,
            hold_seconds=file.operators.longest_hold,
            line=at.get("operators", 0),
        ),
        default_language=file.language,
        time_zone=file.time_zone,
        calendar=calendar,
        trunks=tuple(_trunk(name, trunk, at) for name, trunk in file.trunks.items()),
        codes=FeatureCodes(**{**file.codes.model_dump(), "ask_pin": tuple(file.codes.ask_pin)}),
        emergency=tuple(dict.fromkeys(file.outside.emergency)),
        outside_patterns=MappingProxyType({Class(c): tuple(p) for c, p in file.outside.classes.items()}),
        outside_prefix=file.outside.prefix,
        mail_from=file.messages.mail_from or "",
        ring_cycle_seconds=float(file.operators.ring_cycle),
        choice_tries=file.messages.choice_tries,
        message_seconds=file.messages.longest,
        texts=MappingProxyType({key: Name(w.zh, w.en) for key, w in file.texts.items()}),
        lines=MappingProxyType(at),
    )


def _directory(subject: Subject, calendar: Calendar, at: dict[str, int]) -> dict[str, Extension]:
    """Every entry, in the order of the file."""
    file = subject.file
    found: dict[str, Extension] = {}
    for number, person in file.people.items():
        found[number] = Person(**_person(number, person, file, at[f"people.{number}"]))
    for number, executive in file.executives.items():
        found[number] = _executive(number, executive, subject, calendar, at)
    for number, department in file.departments.items():
        members = tuple(subject.members[number])
        found[number] = Department(
            number=number,
            name=_name(department.name),
            listing=Listing(department.listing),
            line=at[f"departments.{number}"],
            members=members,
            ring=RingOrder(department.ring),
            ring_seconds=department.ring_for or file.defaults.ring_for,
            mailbox_openers=_openers(department, members),
        )
    for number, queue in file.queues.items():
        found[number] = _queue(number, queue, subject, at[f"queues.{number}"])
    order = {s: i for i, s in enumerate(sorted(DIRECTORY, key=lambda s: at.get(s, 0)))}
    return dict(sorted(found.items(), key=lambda e: (order[subject.sections[e[0]]], e[1].line)))


def _executive(
    number: str, executive: schema.Executive, subject: Subject, calendar: Calendar, at: dict[str, int]
) -> Screened | Principal:
    values = _person(number, executive, subject.file, at[f"executives.{number}"])
    if executive.secretary is not None:
        copied = executive.copy_to_secretary is not False
        return Principal(**values, secretary=executive.secretary, copy_to_secretary=copied)
    screening = executive.screening or schema.Screening.empty()
    hours = screening.hours
    location = ("executives", number, "screening", "hours")
    return Screened(
        **values,
        deputy=screening.deputy or "",
        assistant=screening.assistant or "",
        also=tuple(screening.also),
        unscreened=tuple(screening.unscreened),
        hours=None if hours is None else timetable.own_hours(subject, calendar, location, hours),
    )


def _queue(number: str, queue: schema.Queue, subject: Subject, line: int) -> Queue:
    members = tuple(subject.members[number])
    overflow = Overflow()
    if queue.overflow != "message":
        overflow = Overflow(OverflowKind.EXTENSION, queue.overflow)
    return Queue(
        number=number,
        name=_name(queue.name),
        listing=Listing(queue.listing),
        line=line,
        members=members,
        strategy=queue.strategy,
        ring_seconds=queue.ring_for,
        wrap_up_seconds=queue.wrap_up,
        longest_wait_seconds=queue.longest_wait,
        size=queue.size,
        announce_seconds=queue.announce,
        valued=tuple(
            Valued(tuple(v.numbers), v.priority, subject.line(("queues", number, "valued", i)))
            for i, v in enumerate(queue.valued)
        ),
        overflow=overflow,
        call_back=queue.call_back,
        call_agent_first=queue.call_first == "agent",
        pause_reasons=tuple(queue.pause_reasons),
        mailbox_openers=_openers(queue, members),
    )


def _person(number: str, person: schema.Person, file: schema.RulesFile, line: int) -> dict[str, Any]:
    defaults = file.defaults
    return {
        "number": number,
        "name": _name(person.name),
        "listing": Listing(person.listing or defaults.listing),
        "line": line,
        "department": person.department or "",
        "title": _name(person.title) if person.title else None,
        "outside": Class(person.outside or defaults.outside),
        "ring_seconds": person.ring_for or defaults.ring_for,
        "mailbox": person.mailbox,
        "email": person.email or "",
        "language": person.language or defaults.language or file.language,
        "call_waiting": person.call_waiting,
        "wait_when_busy": person.wait_when_busy,
    }


def _greeting(file: schema.RulesFile, extensions: dict[str, Extension], at: dict[str, int]) -> Greeting:
    announced = file.greeting.announce
    if announced is None:
        announced = [
            n
            for n, e in extensions.items()
            if isinstance(e, Department | Queue) and e.listing is Listing.LISTED
        ]
    keys = []
    for key, meaning in file.greeting.keys.items():
        action = _ACTIONS.get(meaning, KeyAction.EXTENSION)
        extension = {KeyAction.COMPLAINT: file.complaints or "", KeyAction.EXTENSION: meaning}.get(action, "")
        keys.append(MenuKey(key, action, extension, at[f"greeting.keys.{key}"]))
    return Greeting(
        announced=tuple(announced),
        keys=tuple(keys),
        tries=file.greeting.tries,
        silence_seconds=float(file.greeting.silence),
        digit_seconds=float(file.greeting.between_digits),
        line=at.get("greeting", 0),
    )


def _trunk(name: str, trunk: schema.Trunk, at: dict[str, int]) -> Trunk:
    return Trunk(
        name=name,
        numbers=MappingProxyType(dict(trunk.numbers)),
        addresses=tuple(trunk.addresses),
        username=trunk.username or "",
        register=trunk.register_ or "",
        host=trunk.host or "",
        trusted=trunk.trusted,
        outgoing=tuple(trunk.outgoing),
        line=at[f"trunks.{name}"],
    )


def _openers(team: schema.Team, members: tuple[str, ...]) -> tuple[str, ...]:
    return members if team.mailbox_openers is None else tuple(team.mailbox_openers)


def _name(name: schema.Named) -> Name:
    return Name(name.zh, name.en)
