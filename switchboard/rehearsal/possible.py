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
from switchboard.rehearsal.parts import key_meaning
from switchboard.sentences import NOTHING, Sentence, Value, say, several

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
        self._dialable: dict[str, list[tuple[Sentence, Outcome]]] = {}
        self._spelled: dict[bool, list[tuple[Sentence, Outcome]]] = {}

    def after(self, moment: Moment) -> Iterator[tuple[Sentence, Outcome | None]]:
        """Each as a sentence, with its outcome; None: the call is over."""
        action: Action = moment.action
        match action:
            case Say():
                yield NOTHING, Said()
            case Wait():
                yield NOTHING, Waited()
            case Ask():
                yield from self._entries(action, moment.call)
            case Look(phones, desk):
                yield from self._desk() if desk else _lines(phones)
            case Dial() | DialOutside():
                yield say("ways.answered"), None
                yield say("ways.busy"), Dialled(DialResult.BUSY)
                yield say("ways.no_answer"), Dialled(DialResult.NO_ANSWER)
            case Screen():
                yield say("ways.takes"), None
                yield say("ways.passes_on"), ScreenEnded(Verdict.DEPUTY)
                yield say("ways.wants_message"), ScreenEnded(Verdict.MESSAGE)
                yield say("ways.declines"), ScreenEnded(Verdict.NONE)
            case Record():
                yield say("ways.speaks"), Recorded(SPOKEN_SECONDS)
                yield say("ways.says_nothing"), Recorded(0.0)
            case LookAtQueue():
                yield say("ways.agent_free"), QueueSeen(1, 0, 1, 1, 1)
                yield say("ways.agents_talk"), QueueSeen(1, 0, 1, 1, 0)
                yield say("ways.no_agent"), QueueSeen(1, 0)
            case Enqueue():
                yield say("ways.agent_answers"), None
                for why in (QueueExit.TIMED_OUT, QueueExit.NO_AGENT, QueueExit.FULL):
                    yield say(f"story.left.{why.value}"), LeftQueue(why)
            case TakeMessage():
                yield say("ways.recorded"), MessageTaken()
                yield say("ways.nothing_recorded"), MessageFailed()
            case CheckPin():
                for verdict in Pin:
                    yield say("ways.pin", verdict=say(f"story.pin.{verdict.value}")), PinChecked(verdict)
            case FindTicket():
                yield NOTHING, TicketFound(TICKET)
            case Connect() | Park() | Hangup():
                yield NOTHING, None
            case _:
                yield NOTHING, Done()

    def _desk(self) -> Iterator[tuple[Sentence, Outcome]]:
        if self._mode is not Mode.MANUAL:
            yield say("ways.automatic"), Seen(mode=Mode.AUTOMATIC)
        if self._mode is Mode.AUTOMATIC:
            return
        operators = self._rules.operators
        yield say("ways.manual_nobody"), Seen(mode=Mode.MANUAL)
        if not operators:
            return
        for label, state in (("free", PhoneState.IDLE), ("busy", PhoneState.BUSY)):
            seen = Seen(dict.fromkeys(operators, state), Mode.MANUAL, operators)
            yield say(f"ways.manual_{label}"), seen
        lost = Seen(dict.fromkeys(operators, PhoneState.UNREACHABLE), Mode.MANUAL, operators)
        yield say("ways.manual_unreachable"), lost

    def _entries(self, ask: Ask, call: Call) -> Iterator[tuple[Sentence, Outcome]]:
        rules = self._rules
        for key in ask.keys:
            meaning = rules.greeting_keys.get(key) if ask.expect is Expect.EXTENSION else None
            told = say("ways.key_means", key=key, meaning=key_meaning(meaning)) if meaning else None
            yield told or say("ways.key", key=key), Entered(key)
        if ask.expect is Expect.EXTENSION:
            if ask.keys not in self._dialable:
                self._dialable[ask.keys] = list(self._numbers(ask))
            yield from self._dialable[ask.keys]
            yield say("ways.unknown_number"), Entered(_nobody(rules))
        elif ask.expect is Expect.NAME:
            if call.inside not in self._spelled:
                self._spelled[call.inside] = list(self._names(call))
            yield from self._spelled[call.inside]
        elif ask.expect is Expect.NUMBER:
            yield say("ways.enters_number"), Entered("30")
        yield say("ways.silence"), Silent()

    def _numbers(self, ask: Ask) -> Iterator[tuple[Sentence, Outcome]]:
        """What can be dialled at such a question, told by kinds; each number that can be is reached."""
        for group in self._groups.values():
            dialable = [n for n in group if self._enterable(ask, n)]
            if dialable:
                self.dialled |= {f"extensions.{n}" for n in dialable}
                yield say("ways.dials", numbers=_numbers(tuple(dialable), self._rules)), Entered(dialable[0])

    def _names(self, call: Call) -> Iterator[tuple[Sentence, Outcome]]:
        rules = self._rules
        known = (e for e in rules.extensions.values() if _is_plain(e) and tellable(e, call.inside))
        for entry in islice(known, SPELT):
            words = (entry.name.en.split()[0], entry.name.en)
            spelled = (on_keypad(word) for word in words)
            found = next((d for d in spelled if 0 < len(find(rules, d, call.inside)) <= MANY), "")
            if found:
                yield say("ways.spells", keys=found), Entered(found)
                break
        yield say("ways.spells_nobody"), Entered("9" * 19)
        many = next((k for k in "23456789" if len(find(rules, k, call.inside)) > MANY), "")
        if many:
            yield say("ways.spells_little", keys=many), Entered(many)

    def _enterable(self, ask: Ask, number: str) -> bool:
        """Whether a caller can enter `number` here: no part of it is complete before, no key is meant."""
        if number in ask.keys or number in self._rules.greeting_keys:
            return False
        parts = (number[:i] for i in range(1, len(number)))
        return all(progress(ask, part, self._rules) is Progress.MORE for part in parts)


def _lines(phones: tuple[str, ...]) -> Iterator[tuple[Sentence, Outcome]]:
    if not phones:
        yield say("ways.nobody_to_ring"), Seen()
        return
    for label, state in (
        ("free", PhoneState.IDLE),
        ("busy", PhoneState.BUSY),
        ("not_reachable", PhoneState.UNREACHABLE),
    ):
        yield say(f"ways.{label}"), Seen(dict.fromkeys(phones, state))


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


def _numbers(group: tuple[str, ...], rules: Rules) -> Value:
    if len(group) == 1:
        entry = rules.extensions[group[0]]
        return say("story.who", number=group[0], zh=entry.name.zh, en=entry.name.en)
    shown = several(group[:6])
    return say("ways.alike", numbers=shown, count=len(group)) if len(group) > 6 else shown


def _nobody(rules: Rules) -> str:
    """A number of the longest length that no entry has."""
    length = rules.longest_number
    for n in range(10**length):
        number = str(10**length - 1 - n)
        if number not in rules.extensions and number != rules.main_number:
            return number
    return "0" * (length + 1)
