"""The parts of the rules that calls can touch: what examples cover, and what no call ever reaches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from switchboard.domain import prompt_keys
from switchboard.domain.actions import Ask, Dial, Enqueue, Record, Say, Screen, TakeMessage
from switchboard.domain.company import MenuKey, Rules
from switchboard.domain.phrases import Text
from switchboard.rehearsal.interpreter import Moment
from switchboard.sentences import Sentence, Value, say

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
    title: Sentence


def parts(rules: Rules) -> tuple[Part, ...]:
    """Every part that some call should touch, in the order of the file."""
    return tuple(sorted(_parts(rules), key=lambda part: (part.line, part.path)))


def _parts(rules: Rules) -> Iterator[Part]:
    yield Part("greeting", rules.line("greeting"), say("ways.part.greeting"))
    for pressed in rules.greeting.keys:
        title = say("ways.part.key", key=pressed.key, meaning=key_meaning(pressed))
        yield Part(f"greeting.keys.{pressed.key}", pressed.line, title)
    yield Part("unclear", rules.line("unclear"), say("ways.part.unclear", number=rules.unclear))
    if rules.operators:
        yield Part("operators", rules.line("operators"), say("ways.part.operators"))
    for number, entry in rules.extensions.items():
        who = say("story.who", number=number, zh=entry.name.zh, en=entry.name.en)
        yield Part(f"extensions.{number}", entry.line, who)
    for key in rules.texts:
        if key not in prompt_keys.ALL or key in SAID_ELSEWHERE:
            continue
        yield Part(f"texts.{key}", rules.line(f"texts.{key}"), say("ways.part.text", key=key))


def key_meaning(pressed: MenuKey) -> Value:
    """What a key of the greeting does: an extension, or a word for it."""
    return pressed.extension or say(f"ways.meaning.{pressed.action.value}")


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
