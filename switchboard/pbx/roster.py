"""What Asterisk must know of the company: phones, mailboxes, queues, and whom to ring for whom.

Where a rule of A8 or A9 and a list contradict each other, the rule wins here: an executive listed as a
member of a group or a queue is left out, since nothing may ring their phone unasked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar

from switchboard.dialplan import Context
from switchboard.domain.company import (
    Class,
    Department,
    Extension,
    Person,
    Principal,
    Queue,
    RingOrder,
    Rules,
    Screened,
)
from switchboard.errors import PbxError
from switchboard.pbx import text
from switchboard.pbx.text import Plain

T = TypeVar("T", bound=Extension)


class Secrets(Protocol):
    def phone(self, number: str) -> str: ...
    def pin(self, number: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Phone:
    """A SIP account. `mailboxes` light its lamp."""

    number: str
    name: Plain
    language: str
    context: str
    secret: str
    mailboxes: Plain


@dataclass(frozen=True, slots=True)
class Mailbox:
    number: str
    pin: str
    name: Plain
    language: str


@dataclass(frozen=True, slots=True)
class SharedBox:
    number: str
    openers: Plain  # alternatives of a regular expression


@dataclass(frozen=True, slots=True)
class Entry:
    """One extension: the routine of context `reach` and what it is given."""

    number: str
    routine: str
    arguments: Plain


@dataclass(frozen=True, slots=True)
class ClassOf:
    """One class of phones: its context, and the context of what it may dial outside ("" for nothing)."""

    context: str
    outside: str
    below: str
    patterns: tuple[str, ...]


def phone_context(person: Person) -> str:
    """The context that a person's phone stands in."""
    return Context.FROM_PHONE if person.outside is Class.NONE else f"{Context.FROM_PHONE}-{person.outside}"


def phones(rules: Rules, retired: Iterable[Rules], secrets: Secrets) -> Iterator[Phone]:
    """Every person's account, then those that only earlier versions have."""
    opened: dict[str, list[str]] = {}
    for shared in _shared(rules):
        for opener in shared.mailbox_openers:
            opened.setdefault(opener, []).append(shared.number)
    for person in rules.phones:
        boxes = ([person.number] if person.mailbox else []) + opened.get(person.number, [])
        yield _phone(rules, person, phone_context(person), boxes, secrets)
    for person in _gone(rules, retired, Person):
        yield _phone(rules, person, Context.RETIRED, (), secrets)


def _phone(rules: Rules, person: Person, context: str, boxes: Iterable[str], secrets: Secrets) -> Phone:
    return Phone(
        number=person.number,
        name=text.conf(person.name[rules.default_language]),
        language=person.language,
        context=context,
        secret=secrets.phone(person.number),
        mailboxes=Plain(",".join(f"{text.number(box)}@sb" for box in boxes)),
    )


def _gone(rules: Rules, retired: Iterable[Rules], kind: type[T]) -> Iterator[T]:
    """Entries of one kind that are in earlier versions only, newest version first wins."""
    seen = {n for n, e in rules.extensions.items() if isinstance(e, kind)}
    for version in retired:
        for number, entry in version.extensions.items():
            if number not in seen and isinstance(entry, kind):
                seen.add(number)
                yield entry


def _shared(rules: Rules) -> Iterator[Department | Queue]:
    return (e for e in rules.extensions.values() if isinstance(e, Department | Queue))


def mailboxes(rules: Rules, retired: Iterable[Rules], secrets: Secrets) -> Iterator[Mailbox]:
    """Boxes of persons, departments and queues; those of earlier versions stay readable."""
    for entry in (*rules.extensions.values(), *_gone(rules, retired, Extension)):
        if isinstance(entry, Person) and not entry.mailbox:
            continue
        yield Mailbox(
            number=entry.number,
            pin=secrets.pin(entry.number),
            name=text.conf(entry.name[rules.default_language]),
            language=entry.language if isinstance(entry, Person) else rules.default_language,
        )


def shared_boxes(rules: Rules) -> Iterator[SharedBox]:
    """Departments' and queues' boxes, and whose phones may open them."""
    for entry in _shared(rules):
        openers = [text.number(o) for o in entry.mailbox_openers]
        yield SharedBox(entry.number, Plain("|".join(openers) or "nobody"))


def queues(rules: Rules, retired: Iterable[Rules]) -> Iterator[Queue]:
    """Queues with the members that may be rung; a retired one keeps its callers but has no members."""
    for entry in rules.extensions.values():
        if isinstance(entry, Queue):
            yield _with_members(entry, _ringable(rules, entry.members))
    for entry in _gone(rules, retired, Queue):
        yield _with_members(entry, ())


def _with_members(queue: Queue, members: tuple[str, ...]) -> Queue:
    return replace(queue, members=members)


def _ringable(rules: Rules, numbers: Iterable[str]) -> tuple[str, ...]:
    """Those whose phones may be rung without asking anybody."""
    people = ((n, rules.extensions.get(n)) for n in numbers)
    return tuple(n for n, p in people if isinstance(p, Person) and not isinstance(p, Screened | Principal))


def members(rules: Rules, numbers: Iterable[str]) -> Plain:
    """Numbers as context `reach` wants them: joined by &, `w` behind those with call waiting."""
    return Plain("&".join(member(rules, n) for n in _ringable(rules, numbers)))


def member(rules: Rules, number: str) -> Plain:
    """One number as context `reach` wants it."""
    person = rules.extensions[number]
    waiting = isinstance(person, Person) and person.call_waiting
    return Plain(text.number(number) + ("w" if waiting else ""))


def general(rules: Rules) -> dict[str, Any]:
    """Where unclear calls go (A10), as arguments of `reach`."""
    desk = rules.extensions.get(rules.unclear)
    if isinstance(desk, Department):
        order = "turn" if desk.ring is RingOrder.IN_TURN else "ring"
        return {
            "general_order": order,
            "general_members": members(rules, desk.members),
            "general_seconds": desk.ring_seconds,
        }
    seconds = desk.ring_seconds if isinstance(desk, Person) else 25
    return {
        "general_order": "ring",
        "general_members": members(rules, [rules.unclear]),
        "general_seconds": seconds,
    }


def directory(rules: Rules) -> Iterator[Entry]:
    """Every extension with its way without the controller."""
    desk = general(rules)
    for entry in rules.extensions.values():
        routine, *arguments = _way(rules, entry, desk)
        yield Entry(entry.number, routine, Plain(",".join(arguments)))


def _way(rules: Rules, entry: Extension, desk: Mapping[str, Any]) -> tuple[str, ...]:
    number = text.number(entry.number)
    match entry:
        case Principal():
            secretary = rules.extensions.get(entry.secretary)
            if not isinstance(secretary, Person) or isinstance(secretary, Screened | Principal):
                return "principal", number, number, str(entry.ring_seconds), "", "", "", ""
            return (
                "principal",
                number,
                member(rules, number),
                str(entry.ring_seconds),
                text.number(secretary.number),
                member(rules, secretary.number),
                str(secretary.ring_seconds),
                "".join(rules.copies_of(number)),
            )
        case Screened():
            return (
                "screened",
                number,
                member(rules, number),
                str(entry.ring_seconds),
                "|".join(text.number(o) for o in rules.operators) or "nobody",
                desk["general_members"],
                str(desk["general_seconds"]),
                desk["general_order"],
            )
        case Person():
            box = text.number(rules.mailbox_of(number))
            return "person", number, member(rules, number), str(entry.ring_seconds), box
        case Department():
            order = "turn" if entry.ring is RingOrder.IN_TURN else "ring"
            return "department", number, members(rules, entry.members), str(entry.ring_seconds), order
        case Queue():
            return "queue", number, str(entry.longest_wait_seconds)
        case _:
            raise PbxError(f"extension {number} is of a kind the dialplan doesn't know")


def classes(rules: Rules) -> Iterator[ClassOf]:
    """Classes from the least to the most; each may dial what those before it may."""
    yield ClassOf(Context.FROM_PHONE, "", "", ())
    below = ""
    for kind in (Class.LOCAL, Class.NATIONAL, Class.INTERNATIONAL):
        outside = f"{Context.OUTSIDE}-{kind}"
        patterns = tuple(rules.outside_patterns.get(kind, ()))
        yield ClassOf(f"{Context.FROM_PHONE}-{kind}", outside, below, patterns)
        below = outside
