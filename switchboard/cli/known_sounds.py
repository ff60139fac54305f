"""Every sound the switchboard can play, with its text: what `call` listens for and prints."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from switchboard import prompts
from switchboard.domain.company import LANGUAGES, Rules
from switchboard.errors import PromptError
from switchboard.pbx import programs
from switchboard.prompts.asterisk_vocabulary import VOCABULARY
from switchboard.settings import Settings

BEEP = "beep"
"""Name of the tone after which one speaks."""


@dataclass(frozen=True, slots=True)
class KnownSound:
    """`name` is "<language>/<key>", or BEEP; `text` what a person hears."""

    name: str
    text: str
    file: Path


def known_sounds(rules: Rules, settings: Settings, of_asterisk: tuple[str, ...]) -> list[KnownSound]:
    """The sounds that exist, our own first: of two that sound alike, ours is meant.

    `of_asterisk` are beginnings of names among Asterisk's own: ("vm-",) or ("",) for all.
    """
    found = programs.find(settings)
    espeak = found.espeak.argv if found and found.espeak else ("espeak-ng",)
    speech = prompts.choose(espeak, settings.piper_models, settings.speaking_rate)
    sounds = prompts.Sounds(rules, settings.prompts_dir, settings.sounds, speech)
    return [known for known in _all(sounds, settings, of_asterisk) if known.file.exists()]


def _all(sounds: prompts.Sounds, settings: Settings, of_asterisk: tuple[str, ...]) -> Iterator[KnownSound]:
    for unit in (*sounds.units(), *sounds.people()):
        yield KnownSound(
            f"{unit.language}/{unit.key}", unit.text, settings.sounds / unit.language / f"{unit.path}.ulaw"
        )
    yield KnownSound(BEEP, "", settings.sounds / LANGUAGES[0] / "beep.ulaw")
    for name in (n for n in VOCABULARY if n.startswith(of_asterisk)):
        for language in LANGUAGES:
            try:
                text = sounds.asterisk_unit(name, language).text
            except PromptError:
                continue
            yield KnownSound(f"{language}/{name}", text, settings.sounds / language / f"{name}.ulaw")
