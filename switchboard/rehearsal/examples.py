"""Example calls: what an administrator expects of the rules, run as tests before they go live (D4).

An example says what is given (who calls, when, who is busy), what the caller does, and what must come of
it. `switchboard.rules.examples` reads them from a file; nothing here knows files, but each expectation
remembers its line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from switchboard.domain.actions import Ask, Record, Say
from switchboard.domain.company import Rules
from switchboard.domain.mode import Mode, mode_at
from switchboard.domain.phrases import Text
from switchboard.rehearsal.interpreter import Rehearsal, rehearse
from switchboard.rehearsal.situation import Answer, Situation
from switchboard.rehearsal.story import Ending, EndKind, Speak, ending, message_reason, rung, said_with_starts
from switchboard.sentences import Sentence, say, several

HANGUP = "hangup"
"""What `ends_at` says of a call that comes to neither a conversation nor a message."""

REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Expected:
    """What must come of a call. None: not asked about.

    `hears` and `never_hears` are keys of prompts or parts of what is said; `hears` in this order, other
    words between. `rings` are all phones that ring, in this order (of those that ring together, any);
    a queue's number stands for its agents. `ends_at` is an extension that the caller talks with (a person,
    or the department or queue that was wanted), `hangup` or `refused`.
    """

    hears: tuple[str, ...] = ()
    never_hears: tuple[str, ...] = ()
    rings: tuple[str, ...] | None = None
    never_rings: tuple[str, ...] = ()
    ends_at: str | None = None
    message_for: str | None = None
    because: str | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """One example call. `lines`: line of each thing it says, e.g. "then.rings"; "" is its own.

    `at` without a zone is the company's local time. `mode` None follows the schedule at `at`; `operators`
    None are all who may be.
    """

    name: str
    at: datetime
    then: Expected
    caller: str = ""
    dials: str = ""
    trunk: str = ""
    inside: bool = False
    language: str = ""
    mode: Mode | None = None
    operators: tuple[str, ...] | None = None
    phones: Mapping[str, Answer] = field(default_factory=dict)
    others: Answer = Answer.ANSWERS
    presses: tuple[str, ...] = ()
    speaks: bool = True
    knows_pin: bool = True
    lines: Mapping[str, int] = field(default_factory=dict)

    def line(self, what: str = "") -> int:
        """The line of `what`, or of the example."""
        return self.lines.get(what, self.lines.get("", 0))


@dataclass(frozen=True, slots=True)
class Failure:
    """Something came otherwise than an example expects."""

    what: str  # e.g. "then.rings"
    line: int
    expected: Sentence
    happened: Sentence


@dataclass(frozen=True, slots=True)
class Run:
    """An example that was run."""

    example: Example
    rehearsal: Rehearsal
    failures: tuple[Failure, ...]


def situation_of(example: Example, rules: Rules) -> Situation:
    """What `example` supposes, under `rules`."""
    at = example.at if example.at.tzinfo else example.at.replace(tzinfo=ZoneInfo(rules.time_zone))
    return Situation(
        at=at,
        caller=example.caller,
        dialled=example.dials,
        trunk=example.trunk,
        inside=example.inside,
        language=example.language,
        presses=example.presses,
        phones=example.phones,
        others=example.others,
        mode=example.mode or mode_at(rules.calendar, None, at).mode,
        operators=rules.operators if example.operators is None else example.operators,
        speaks=example.speaks,
        knows_pin=example.knows_pin,
    )


def run(rules: Rules, example: Example, speak: Speak) -> Run:
    """Rehearse one example."""
    rehearsal = rehearse(rules, situation_of(example, rules))
    return Run(example, rehearsal, tuple(_judge(rules, example, rehearsal, speak)))


def failures(rules: Rules, examples: Iterable[Example], speak: Speak) -> list[Sentence]:
    """A sentence for every expectation that `rules` don't meet; [] when all is as expected."""
    return [
        say(
            "examples.unmet",
            name=example.name,
            line=failure.line,
            expected=failure.expected,
            happened=failure.happened,
        )
        for example in examples
        for failure in run(rules, example, speak).failures
    ]


def _judge(rules: Rules, example: Example, rehearsal: Rehearsal, speak: Speak) -> Iterator[Failure]:
    then, end = example.then, ending(rehearsal)
    yield from _strangers(rules, example)
    yield from _heard(example, rehearsal, speak)
    groups = rung(rehearsal)
    if then.rings is not None and not _rang_so(then.rings, groups):
        yield Failure("then.rings", example.line("then.rings"), _ringing(then.rings), _groups(groups))
    for number in then.never_rings:
        if any(number in group for group in groups):
            line = example.line("then.never_rings")
            expected = say("examples.never_rings", number=number)
            yield Failure("then.never_rings", line, expected, _groups(groups))
    if then.ends_at is not None and not _ends_so(then.ends_at, end):
        yield Failure("then.ends_at", example.line("then.ends_at"), _place(then.ends_at), _end(end))
    if then.message_for is not None and (end.kind, end.number) != (EndKind.MESSAGE, then.message_for):
        line = example.line("then.message_for")
        yield Failure("then.message_for", line, say("examples.message", number=then.message_for), _end(end))
    if then.because is not None and (end.reason is None or end.reason.value != then.because):
        line = example.line("then.because")
        yield Failure(
            "then.because", line, say("examples.because", why=message_reason(then.because)), _end(end)
        )
    if rehearsal.unused:
        line = example.line("when.presses")
        happened = say("examples.not_asked", entries=several(rehearsal.unused), end=_end(end))
        yield Failure("when.presses", line, say("examples.all_asked"), happened)


def _strangers(rules: Rules, example: Example) -> Iterator[Failure]:
    """Numbers that the example supposes something about and the rules don't have."""
    supposed = [("given", n) for n in (*example.phones, *(example.operators or ()))]
    expected = [("then.rings", n) for n in example.then.rings or ()]
    expected += [("then.never_rings", n) for n in example.then.never_rings]
    if example.then.message_for:
        expected.append(("then.message_for", example.then.message_for))
    for what, number in (*supposed, *expected):
        if number not in rules.extensions:
            expected_one = say("examples.extension", number=number)
            yield Failure(what, example.line(what), expected_one, say("examples.no_extension"))


@dataclass(frozen=True, slots=True)
class _Saying:
    """What was said without a pause: the text, and where in it each prompt begins."""

    text: str
    prompts: tuple[tuple[str, int], ...]

    def find(self, wanted: str, begin: int) -> int:
        """Where a prompt or a part of the text ends that begins at `begin` or later; -1: nowhere."""
        for key, start in self.prompts:
            if key == wanted and start >= begin:
                return start + 1
        at = self.text.lower().find(wanted.lower(), begin)
        return at if at < 0 else at + len(wanted)


def _heard(example: Example, rehearsal: Rehearsal, speak: Speak) -> Iterator[Failure]:
    then = example.then
    if not then.hears and not then.never_hears:
        return
    sayings = list(_sayings(rehearsal, speak))
    i = begin = 0
    for wanted in then.hears:
        here, first = i, begin
        while i < len(sayings) and (end := sayings[i].find(wanted, begin)) < 0:
            i, begin = i + 1, 0
        if i == len(sayings):
            heard = " / ".join(s.text[first if s is sayings[here] else 0 :] for s in sayings[here:])
            line = example.line("then.hears")
            happened = say("examples.heard", text=heard) if heard else say("examples.heard_nothing")
            yield Failure("then.hears", line, say("examples.hears", what=wanted), happened)
            break
        begin = end
    for unwanted in then.never_hears:
        for saying in sayings:
            if saying.find(unwanted, 0) >= 0:
                line = example.line("then.never_hears")
                expected = say("examples.never_hears", what=unwanted)
                yield Failure("then.never_hears", line, expected, say("examples.heard", text=saying.text))
                break


def _sayings(rehearsal: Rehearsal, speak: Speak) -> Iterator[_Saying]:
    for moment in rehearsal.moments:
        if isinstance(moment.action, Say | Ask | Record):
            text, starts = said_with_starts(moment.action, moment.call.language, speak)
            phrases = zip(moment.action.phrases, starts, strict=True)
            yield _Saying(text, tuple((p.key, start) for p, start in phrases if isinstance(p, Text)))


def _rang_so(expected: tuple[str, ...], groups: tuple[tuple[str, ...], ...]) -> bool:
    left = list(expected)
    for group in groups:
        together, left = left[: len(group)], left[len(group) :]
        if sorted(together) != sorted(group):
            return False
    return not left


def _ends_so(place: str, end: Ending) -> bool:
    if place == HANGUP:
        return end.kind is EndKind.HANGUP
    if place == REFUSED:
        return end.kind is EndKind.REFUSED
    return end.kind is EndKind.TALKS and place in (end.number, end.wanted)


def _place(place: str) -> Sentence:
    if place in (HANGUP, REFUSED):
        return say(f"examples.{place}")
    return say("examples.talks", number=place)


def _end(end: Ending) -> Sentence:
    match end.kind:
        case EndKind.TALKS if end.wanted != end.number:
            return say("examples.talks_for", number=end.number, wanted=end.wanted)
        case EndKind.TALKS:
            return say("examples.talks", number=end.number)
        case EndKind.MESSAGE if end.reason:
            why = message_reason(end.reason.value)
            return say("examples.message_because", number=end.number, why=why)
        case EndKind.MESSAGE:
            return say("examples.message", number=end.number)
        case EndKind.REFUSED:
            return say("examples.refused")
        case _:
            return say("examples.hangup")


def _ringing(numbers: tuple[str, ...]) -> Sentence:
    if not numbers:
        return say("examples.rings_nobody")
    return say("examples.rings", numbers=several(numbers))


def _groups(groups: tuple[tuple[str, ...], ...]) -> Sentence:
    if not groups:
        return say("examples.rings_nobody")
    return say("examples.rings", numbers=several((several(group, "plus") for group in groups), "then"))
