"""What the rehearsing commands share: the rules, what callers hear, and options that people can type."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, assert_never
from zoneinfo import ZoneInfo

import typer

if TYPE_CHECKING:
    from switchboard.domain.company import Rules
    from switchboard.rehearsal.story import Speak
    from switchboard.rules import Loaded
    from switchboard.sentences import Sentence
    from switchboard.settings import Settings


def load_rules(path: Path | None, settings: Settings, language: str) -> Loaded:
    """The rules at `path` or as set; exits with 1 telling every error, with 2 when there is no file."""
    from switchboard.rules import load

    loaded = load(path or settings.rules)
    if loaded.rules is None:
        for problem in loaded.errors:
            print(f"{loaded.name}:{problem.line}: {problem.words_in(language)}", file=sys.stderr)
        raise typer.Exit(1 if loaded.content else 2)
    return loaded


def rules_of(loaded: Loaded) -> Rules:
    """The rules of a file without errors."""
    assert loaded.rules is not None
    return loaded.rules


def speaker(rules: Rules, settings: Settings) -> Speak:
    """What a person hears of a phrase. Raises PromptError when texts are missing."""
    from switchboard.domain.phrases import Digits, Number, Phrase, Spoken, Text
    from switchboard.prompts.sounds import SHIPPED
    from switchboard.prompts.texts import read

    texts = read(settings.prompts_dir, SHIPPED)

    @cache
    def speak(phrase: Phrase, language: str) -> str:
        match phrase:
            case Text(key):
                return texts.of(key, language, rules)
            case Spoken(number):
                entry = rules.extensions.get(number)
                return rules.company[language] if not number else entry.name[language] if entry else number
            case Digits(digits):
                return digits
            case Number(value):
                return str(value)
        assert_never(phrase)

    return speak


def moment(text: str, zone: str) -> datetime:
    """`2026-11-23 10:00`, `10:00` (today) or ISO 8601; without offset the company's local time; "" is now."""
    local = ZoneInfo(zone)
    now = datetime.now(local)
    if not text:
        return now
    try:
        if len(text) <= 5 and ":" in text:
            hour, _, minute = text.partition(":")
            return now.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)
        at = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no time; expected 10:00 or 2026-11-23 10:00") from None
    return at if at.tzinfo else at.replace(tzinfo=local)


def numbers(given: Iterable[str] | None, rules: Rules, option: str) -> tuple[str, ...]:
    """Extensions, given one by one or with commas; unknown ones are a mistake of usage."""
    found = [n for part in given or () for n in part.replace(",", " ").split()]
    for number in found:
        if number not in rules.extensions:
            raise typer.BadParameter(f"the rules have no extension {number}", param_hint=option)
    return tuple(found)


def local(at: datetime, zone: str) -> Sentence:
    """A time for people, in the company's zone."""
    from switchboard.sentences import say

    there = at.astimezone(ZoneInfo(zone))
    return say("cli.at", day=say(f"cli.day.d{there.isoweekday()}"), date=f"{there:%Y-%m-%d %H:%M}")
