"""What is said to a caller, before anybody decides how it sounds.

A phrase is one of four: a text by its key (`prompts/<language>.yaml`, or replaced in the rules), a
name from the rules, digits read one by one, or a number. `switchboard.prompts` turns phrases into sound
files; the rehearsal turns them into text.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """A prompt by its key, e.g. `greeting-hello`."""

    key: str


@dataclass(frozen=True, slots=True)
class Spoken:
    """The name of an extension, or of the company (`number` = "")."""

    number: str


@dataclass(frozen=True, slots=True)
class Digits:
    """Digits read one by one, as a telephone number is."""

    digits: str


@dataclass(frozen=True, slots=True)
class Number:
    """A number read as a number: a place in a line, minutes."""

    value: int


Phrase = Text | Spoken | Digits | Number
