"""All the ways a call can take: every key, every kind of entry, every outcome, and what no way leads to.

The engine is asked again and again with each outcome that makes a difference. States that are alike but for
the language or a count of waits are one, so that loops close and the whole is finite. Persons whose entries
differ in name and number only stand for each other; else a company of 10,000 would have 10,000 equal ways.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from itertools import islice
from typing import Any

from switchboard.domain.actions import (
    Action,
    Ask,
    CheckPin,
    Dial,
    Enqueue,
    Expect,
    FindTicket,
    Hangup,
    Look,
    LookAtQueue,
    Record,
    Say,
    Screen,
    TakeMessage,
    Wait,
)
from switchboard.domain.call import Call, Stage
from switchboard.domain.company import (
    Department,
    Extension,
    FeatureCodes,
    Person,
    Principal,
    Queue,
    Rules,
    Screened,
)
from switchboard.domain.engine import next_step
from switchboard.domain.enquiry import MANY
from switchboard.domain.entry import Progress, progress
from switchboard.domain.mode import Mode
from switchboard.domain.outcomes import (
    Arrived,
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
from switchboard.rehearsal.parts import Part, touched, untouched

MOST_NODES = 2000
"""Steps told at most; a sample company has about a hundred."""

SPELT = 20
"""People whose names are tried as an example of a search."""

APART = 40
"""Entries of one kind that are shown each on its own; more are shown by what distinguishes them."""


_FORGETS: Mapping[Stage, dict[str, Any]] = {
    Stage.SEARCH: {"rung": 0, "waits": 0, "page": 0, "via": ""},
    Stage.GREETING: {"rung": 0, "waits": 0, "page": 0, "via": ""},
    Stage.LISTING: {"rung": 0, "waits": 0, "page": 0, "via": ""},
    Stage.OTHER: {"target": "", "via": "", "why": None, "rung": 0, "waits": 0, "page": 0},
    Stage.GOODBYE: {"target": "", "via": "", "why": None, "tries": 0},
    Stage.ENDED: {"target": "", "via": "", "why": None, "tries": 0},
    Stage.SORRY: {"tries": 0, "rung": 0},
    Stage.MESSAGE_INTRO: {"tries": 0, "rung": 0, "via": "", "waits": 0, "page": 0},
    Stage.MESSAGE: {"tries": 0, "rung": 0, "via": "", "waits": 0, "page": 0},
}
"""What a call still remembers at a stage where it makes no difference any more. A stage that is missing
here is only told more often than need be."""


@dataclass(frozen=True, slots=True)
class Branch:
    """One thing that can happen after a step. `to` is the next node, None when the call ends with it.

    `first` marks the branch below which the next node is told in full; elsewhere it is only referred to.
    """

    label: str
    to: int | None
    first: bool = True
    ends: str = ""


@dataclass(frozen=True, slots=True)
class Node:
    """One step of some calls, and all that can follow."""

    n: int
    moment: Moment
    branches: tuple[Branch, ...] = ()


@dataclass(frozen=True, slots=True)
class Ways:
    """All ways from `roots`. `unreachable` are parts of the rules that none of them touches."""

    roots: tuple[Branch, ...]
    nodes: dict[int, Node]
    unreachable: tuple[Part, ...] = ()
    complete: bool = True


@dataclass
class _Found:
    """A node while it is being explored."""

    moment: Moment
    branches: list[tuple[str, Any]] = field(default_factory=list)  # label and key, or label and None


def unreachable(rules: Rules, call: Call, at: datetime) -> tuple[Part, ...]:
    """Parts of the rules that no call comes to: from outside as `call` does, by the numbers of trunks, from
    a phone inside, by a code or a transfer. () also when there are too many ways to be sure."""
    main = {rules.main_number: ""}
    direct = {number for trunk in rules.trunks for number in trunk.numbers.values()}
    found = [explore(rules, call, at, main | dict.fromkeys(direct, ""))]
    if not found[0].unreachable:
        return ()
    agents = (n for e in rules.extensions.values() if isinstance(e, Queue) for n in e.members)
    people = (p.number for p in rules.phones)
    insiders = (*rules.operators[:1], *islice(agents, 1), *islice(people, 1))
    for phone in dict.fromkeys(insiders):
        inside = replace(call, inside=True, caller=phone, asker=phone, trunk="")
        for one in (inside, replace(inside, back=phone)):
            found.append(explore(rules, one, at, main | dict.fromkeys(codes(rules), "")))
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


def explore(rules: Rules, call: Call, at: datetime, roots: dict[str, str], mode: Mode | None = None) -> Ways:
    """All ways of a call like `call` at `at`, for each of `roots` (number dialled -> what to call it).

    `mode` limits them to one mode of the desk.
    """
    return _Explorer(rules, at, mode).ways(call, roots)


class _Explorer:
    def __init__(self, rules: Rules, at: datetime, mode: Mode | None) -> None:
        self._rules = rules
        self._at = at
        self._mode = mode
        self._found: dict[Any, _Found] = {}
        self._paths: set[str] = set()
        self._complete = True
        self._groups = dict(_groups(rules))
        self._dialable: dict[str, list[tuple[str, Outcome]]] = {}
        self._spelled: dict[bool, list[tuple[str, Outcome]]] = {}

    def ways(self, call: Call, roots: dict[str, str]) -> Ways:
        open_: deque[Any] = deque()
        begun = []
        for dialled, label in roots.items():
            key = self._decide(replace(call, dialled=dialled), Arrived(), open_)
            begun.append((label, key))
        while open_:
            key = open_.popleft()
            found = self._found[key]
            if len(self._found) > MOST_NODES:
                self._complete = False
                continue
            self._branch(found, open_)
        return self._numbered(begun)

    def _decide(self, call: Call, outcome: Outcome, open_: deque[Any]) -> Any:
        """The node that follows, explored later if it is new; its key."""
        decision = next_step(replace(call, steps=0), outcome, self._rules, self._at)
        after = replace(
            decision.call,
            steps=0,
            waits=min(decision.call.waits, 1),
            told_place=min(decision.call.told_place, 1),
            told_minutes=min(decision.call.told_minutes, 1),
        )
        key = (_alike(after), decision.action)
        line = self._rules.line(decision.rule)
        moment = Moment(after, decision.action, decision.reason, decision.rule, line, None)
        self._paths |= touched([moment])
        if key not in self._found:
            self._found[key] = _Found(moment)
            open_.append(key)
        return key

    def _branch(self, found: _Found, open_: deque[Any]) -> None:
        """What can follow. Things that lead to the same step are told together."""
        together: dict[Any, list[str]] = {}
        for label, outcome in self._outcomes(found.moment):
            key = None if outcome is None else self._decide(found.moment.call, outcome, open_)
            together.setdefault(key, []).append(label)
        found.branches = [(_either(labels), key) for key, labels in together.items()]

    def _outcomes(self, moment: Moment) -> Iterator[tuple[str, Outcome | None]]:
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
            case Dial():
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
            case Hangup():
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
                self._paths |= {f"extensions.{n}" for n in dialable}
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

    def _numbered(self, begun: list[tuple[str, Any]]) -> Ways:
        """Numbers in reading order; each node is told in full where the shortest way reaches it."""
        owner: dict[Any, Any] = {key: None for _, key in begun}
        queue = deque(owner)
        while queue:
            key = queue.popleft()
            for i, (_, to) in enumerate(self._found[key].branches):
                if to is not None and to not in owner:
                    owner[to] = (key, i)
                    queue.append(to)
        numbers: dict[Any, int] = {}
        stack = [key for _, key in reversed(begun)]
        while stack:
            key = stack.pop()
            if key in numbers:
                continue
            numbers[key] = len(numbers) + 1
            branches = self._found[key].branches
            stack += [to for i, (_, to) in reversed(list(enumerate(branches))) if owner.get(to) == (key, i)]
        nodes = {}
        for key, n in numbers.items():
            told_here = tuple(
                Branch(label, None if to is None else numbers[to], owner.get(to) == (key, i))
                for i, (label, to) in enumerate(self._found[key].branches)
            )
            nodes[n] = Node(n, self._found[key].moment, told_here)
        told: set[Any] = set()
        roots = []
        for label, key in begun:
            roots.append(Branch(label, numbers[key], key not in told))
            told.add(key)
        lost = untouched(self._rules, self._paths) if self._complete else ()
        return Ways(tuple(roots), nodes, lost, self._complete)


def _alike(call: Call) -> Call:
    """The same for all calls that go on in the same way, whatever they speak."""
    return replace(call, language="", dialled="", **_FORGETS.get(call.stage, {}))


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


def _either(labels: list[str]) -> str:
    return " / ".join(dict.fromkeys(label for label in labels if label))
