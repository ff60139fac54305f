"""What can happen after a step: every outcome that makes a difference to the engine, in words.

Persons whose entries differ in name and number only stand for each other; else a company of 10,000 would
have 10,000 equal ways.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from switchboard.domain.actions import (
    Action,
    Ask,
    CheckPin,
    Connect,
    Dial,
    DialOutside,
    Enqueue,
    Expect,
    FindTicket,
    Hangup,
    Look,
    LookAtQueue,
    Park,
    Record,
    Say,
    Screen,
    TakeMessage,
    Wait,
)
from switchboard.domain.call import Call
from switchboard.domain.company import Department, Extension, Person, Principal, Queue, Rules, Screened
from switchboard.domain.enquiry import MANY
from switchboard.domain.entry import Progress, progress
from switchboard.domain.mode import Mode
from switchboard.domain.outcomes import (
    Dialled,
    DialResult,
    Done,
    Entered,
    LeftQueue,
    MessageFailed,
    MessageTaken,
    Outcome,
    PhoneState,
    Pin,
    PinChecked,
    QueueExit,
    QueueSeen,
    Recorded,
    Said,
    ScreenEnded,
    Seen,
    Silent,
    TicketFound,
    Verdict,
    Waited,
)
from switchboard.domain.search import find, on_keypad, tellable
from switchboard.rehearsal.interpreter import SPOKEN_SECONDS, TICKET, Moment

SPELT = 20
"""People whose names are tried as an example of a search."""

APART = 40
"""Entries of one kind that are shown each on its own; more are shown by what distinguishes them."""


class Possibilities:
    """What can happen under `rules`, with `mode` in one mode of the desk only.

    `dialled` are the paths of all extensions that some question so far takes.
    """

    def __init__(self, rules: Rules, mode: Mode | None) -> None:
        self.dialled: set[str] = set()
        self._rules = rules
        self._mode = mode
        self._groups = dict(_groups(rules))
        self._dialable: dict[str, list[tuple[str, Outcome]]] = {}
        self._spelled: dict[bool, list[tuple[str, Outcome]]] = {}

    def after(self, moment: Moment) -> Iterator[tuple[str, Outcome | None]]:
        """Each in words, with its outcome; None: the call is over."""
        action: Action = moment.action
        match action:
            case Say():
                yield "", Said()
            case Wait():
                yield "", Waited()
            case Ask():
                yield from self._entries(action, moment.call)
            case Look(phones, desk):
                yield from self._desk() if desk else _lines(phones)
            case Dial() | DialOutside():
                yield "answered", None
                yield "busy", Dialled(DialResult.BUSY)
                yield "no answer", Dialled(DialResult.NO_ANSWER)
            case Screen():
                yield "takes the call", None
                yield "passes it on to the deputy", ScreenEnded(Verdict.DEPUTY)
                yield "wants a message", ScreenEnded(Verdict.MESSAGE)
                yield "declines, or nobody", ScreenEnded(Verdict.NONE)
            case Record():
                yield "speaks", Recorded(SPOKEN_SECONDS)
                yield "says nothing", Recorded(0.0)
            case LookAtQueue():
                yield "an agent is free", QueueSeen(1, 0, 1, 1, 1)
                yield "all agents talk", QueueSeen(1, 0, 1, 1, 0)
                yield "no agent is there", QueueSeen(1, 0)
            case Enqueue():
                yield "an agent answers", None
                for why in (QueueExit.TIMED_OUT, QueueExit.NO_AGENT, QueueExit.FULL):
                    yield why.value.replace("_", " "), LeftQueue(why)
            case TakeMessage():
                yield "recorded", MessageTaken()
                yield "nothing recorded", MessageFailed()
            case CheckPin():
                for verdict in Pin:
                    yield f"PIN {verdict.value}", PinChecked(verdict)
            case FindTicket():
                yield "", TicketFound(TICKET)
            case Connect() | Park() | Hangup():
                yield "", None
            case _:
                yield "", Done()

    def _desk(self) -> Iterator[tuple[str, Outcome]]:
        if self._mode is not Mode.MANUAL:
            yield "automatic mode", Seen(mode=Mode.AUTOMATIC)
        if self._mode is Mode.AUTOMATIC:
            return
        operators = self._rules.operators
        yield "manual mode, nobody at the desk", Seen(mode=Mode.MANUAL)
        if not operators:
            return
        for label, state in (("free", PhoneState.IDLE), ("busy", PhoneState.BUSY)):
            seen = Seen(dict.fromkeys(operators, state), Mode.MANUAL, operators)
            yield f"manual mode, operators {label}", seen
        lost = Seen(dict.fromkeys(operators, PhoneState.UNREACHABLE), Mode.MANUAL, operators)
        yield "manual mode, no operator can be reached", lost

    def _entries(self, ask: Ask, call: Call) -> Iterator[tuple[str, Outcome]]:
        rules = self._rules
        for key in ask.keys:
            meaning = rules.greeting_keys.get(key) if ask.expect is Expect.EXTENSION else None
            told = f" ({meaning.extension or meaning.action.value})" if meaning else ""
            yield f"presses {key}{told}", Entered(key)
        if ask.expect is Expect.EXTENSION:
            if ask.keys not in self._dialable:
                self._dialable[ask.keys] = list(self._numbers(ask))
            yield from self._dialable[ask.keys]
            yield "dials a number that is none", Entered(_nobody(rules))
        elif ask.expect is Expect.NAME:
            if call.inside not in self._spelled:
                self._spelled[call.inside] = list(self._names(call))
            yield from self._spelled[call.inside]
        elif ask.expect is Expect.NUMBER:
            yield "enters a number", Entered("30")
        yield "presses nothing", Silent()

    def _numbers(self, ask: Ask) -> Iterator[tuple[str, Outcome]]:
        """What can be dialled at such a question, told by kinds; each number that can be is reached."""
        for group in self._groups.values():
            dialable = [n for n in group if self._enterable(ask, n)]
            if dialable:
                self.dialled |= {f"extensions.{n}" for n in dialable}
                yield f"dials {_numbers(tuple(dialable), self._rules)}", Entered(dialable[0])

    def _names(self, call: Call) -> Iterator[tuple[str, Outcome]]:
        rules = self._rules
        known = (e for e in rules.extensions.values() if _is_plain(e) and tellable(e, call.inside))
        for entry in islice(known, SPELT):
            words = (entry.name.en.split()[0], entry.name.en)
            spelled = (on_keypad(word) for word in words)
            found = next((d for d in spelled if 0 < len(find(rules, d, call.inside)) <= MANY), "")
            if found:
                yield f"spells a name, e.g. {found}", Entered(found)
                break
        yield "spells what nobody is called", Entered("9" * 19)
        many = next((k for k in "23456789" if len(find(rules, k, call.inside)) > MANY), "")
        if many:
            yield f"spells too little, e.g. {many}", Entered(many)

    def _enterable(self, ask: Ask, number: str) -> bool:
        """Whether a caller can enter `number` here: no part of it is complete before, no key is meant."""
        if number in ask.keys or number in self._rules.greeting_keys:
            return False
        parts = (number[:i] for i in range(1, len(number)))
        return all(progress(ask, part, self._rules) is Progress.MORE for part in parts)


def _lines(phones: tuple[str, ...]) -> Iterator[tuple[str, Outcome]]:
    if not phones:
        yield "nobody to ring", Seen()
        return
    for label, state in (
        ("free", PhoneState.IDLE),
        ("busy", PhoneState.BUSY),
        ("not reachable", PhoneState.UNREACHABLE),
    ):
        yield label, Seen(dict.fromkeys(phones, state))


def _groups(rules: Rules) -> Iterator[tuple[str, tuple[str, ...]]]:
    """A representative, and the numbers it stands for."""
    found: dict[Any, list[str]] = {}
    special = sum(not _is_plain(e) for e in rules.extensions.values())
    for number, entry in rules.extensions.items():
        alone = not _is_plain(entry) and special <= APART
        found.setdefault(number if alone else _shape(entry), []).append(number)
    for numbers in found.values():
        yield numbers[0], tuple(numbers)


def _is_plain(entry: Extension) -> bool:
    return isinstance(entry, Person) and not isinstance(entry, Screened | Principal)


def _shape(entry: Extension) -> tuple[Any, ...]:
    """What distinguishes the ways to entries."""
    match entry:
        case Screened() | Principal():
            return (type(entry),)
        case Person():
            return (Person, entry.ring_seconds, entry.mailbox, entry.wait_when_busy, entry.call_waiting)
        case Department():
            return (Department, entry.ring, entry.ring_seconds, bool(entry.members))
        case Queue():
            return (Queue, bool(entry.members), entry.overflow, entry.call_back)
    return (type(entry),)


def _numbers(group: tuple[str, ...], rules: Rules) -> str:
    if len(group) == 1:
        entry = rules.extensions[group[0]]
        return f"{group[0]} {entry.name.zh} {entry.name.en}"
    shown = ", ".join(group[:6])
    return f"{shown} … ({len(group)} alike)" if len(group) > 6 else shown


def _nobody(rules: Rules) -> str:
    """A number of the longest length that no entry has."""
    length = rules.longest_number
    for n in range(10**length):
        number = str(10**length - 1 - n)
        if number not in rules.extensions and number != rules.main_number:
            return number
    return "0" * (length + 1)
