"""The parts of the rules that calls can touch: what examples cover, and what no call ever reaches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from switchboard.domain import prompt_keys
from switchboard.domain.actions import Ask, Dial, Enqueue, Record, Say, Screen, TakeMessage
from switchboard.domain.company import Rules
from switchboard.domain.phrases import Text
from switchboard.rehearsal.interpreter import Moment

SAID_ELSEWHERE = frozenset(
    (
        prompt_keys.CALL_BACK_HELLO,
        prompt_keys.DIAL_NOW,
        prompt_keys.FALLBACK_DIAL,
        prompt_keys.NOT_ALLOWED,
        prompt_keys.NO_SUCH_NUMBER,
        prompt_keys.SCREEN_CALL,
        prompt_keys.SCREEN_MENU,
        prompt_keys.TROUBLE,
        prompt_keys.TYPED_CALLER,
        prompt_keys.TYPED_INTRO,
        prompt_keys.TYPED_NUMBER,
        "park-empty",
        "parked",
        "pickup-none",
    )
)
"""Prompts of the dialplan, or of accidents: no decision in a rehearsal leads to them."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the rules: its dotted path, its line, and what people call it."""

    path: str
    line: int
    title: str


def parts(rules: Rules) -> tuple[Part, ...]:
    """Every part that some call should touch, in the order of the file."""
    return tuple(sorted(_parts(rules), key=lambda part: (part.line, part.path)))


def _parts(rules: Rules) -> Iterator[Part]:
    yield Part("greeting", rules.line("greeting"), "the greeting")
    for pressed in rules.greeting.keys:
        meaning = pressed.extension or pressed.action.value
        yield Part(f"greeting.keys.{pressed.key}", pressed.line, f"key {pressed.key}: {meaning}")
    yield Part("unclear", rules.line("unclear"), f"unclear calls go to {rules.unclear}")
    if rules.operators:
        yield Part("operators", rules.line("operators"), "the operators' desk")
    for number, entry in rules.extensions.items():
        yield Part(f"extensions.{number}", entry.line, f"{number} {entry.name.zh} {entry.name.en}")
    for key in rules.texts:
        if key not in prompt_keys.ALL or key in SAID_ELSEWHERE:
            continue
        yield Part(f"texts.{key}", rules.line(f"texts.{key}"), f"the wording of {key}")


def touched(moments: Iterable[Moment]) -> set[str]:
    """Paths of the parts that these decisions used: their rules, whom they rang or recorded for, and what
    was said. A name that is merely spoken doesn't count."""
    found: set[str] = set()
    for moment in moments:
        path = moment.rule
        while path:
            found.add(path)
            path = path.rpartition(".")[0]
        found |= {f"extensions.{n}" for n in (moment.call.target, moment.call.via)}
        match moment.action:
            case Dial(phones) | Screen(phones):
                found |= {f"extensions.{n}" for n in phones}
            case Enqueue(queue):
                found |= {f"extensions.{n}" for n in (queue, moment.by)}
            case TakeMessage(mailbox):
                found.add(f"extensions.{mailbox}")
            case Say(phrases) | Ask(phrases) | Record(phrases):
                found |= {f"texts.{phrase.key}" for phrase in phrases if isinstance(phrase, Text)}
    return found


def untouched(rules: Rules, paths: set[str]) -> tuple[Part, ...]:
    """Parts that are not among `paths`."""
    return tuple(part for part in parts(rules) if part.path not in paths)
