"""What is said to a caller, before anybody decides how it sounds.

A phrase is one of three: a text by its key (`prompts/<language>.yaml`, or replaced in the rules), a
name from the rules, or digits read one by one. `switchboard.prompts` turns phrases into sound files;
the rehearsal turns them into text.
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


Phrase = Text | Spoken | Digits
