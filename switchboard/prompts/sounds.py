"""Which sound file says a phrase: names decided by what is said and how, before anything is spoken.

A file's name ends in a hash of all that makes its sound, so an old rules version keeps its files, an
unchanged text is never built again, and `Sounds` knows every name without looking anything up. Only
`build.py` makes the files.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from switchboard.domain import prompt_keys
from switchboard.domain.company import LANGUAGES, Extension, Listing, Person, Rules
from switchboard.domain.phrases import Digits, Number, Phrase, Spoken, Text
from switchboard.prompts import recordings
from switchboard.prompts.asterisk_vocabulary import VOCABULARY
from switchboard.prompts.numbers import number_sounds
from switchboard.prompts.reading import Lexicon, lexicon_of
from switchboard.prompts.speech import Speech
from switchboard.prompts.texts import Texts, read
from switchboard.shipped import shipped

SHIPPED = shipped("prompts")
"""The texts that came with this version."""
FOLDER = "sb"
"""Where hashed sounds lie, below the folder of a language."""
SOUND_VERSION = "1"
"""Raised when reading or levelling changes: everything is spoken afresh then."""
LONGEST_NAME = 120
"""Characters of a name that are spoken."""
NAME_FORMATS = ("ulaw", "alaw", "g722")
"""Formats of names: there may be thousands, and G.722 serves every wideband call."""
_ZH_DIGITS = ("零", "幺", "二", "三", "四", "五", "六", "七", "八", "九", "星号", "井号")
_EN_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "star", "pound")
DIGIT_TEXTS = {
    "zh": dict(zip("0123456789*#", _ZH_DIGITS, strict=True)),
    "en": dict(zip("0123456789*#", _EN_DIGITS, strict=True)),
}
KEY_ONE = {"zh": "一", "en": "one"}
"""1 as a key to press; in a telephone number Chinese says 幺."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One sound to be made: `path` below the language's folder, without extension."""

    path: str
    language: str
    key: str
    text: str
    hash: str
    spelt_in_chinese: str = ""  # of a person's name: the Chinese one
    is_name: bool = False
    of_person: bool = False
    recording: Path | None = None


class Sounds:
    """Sound files and texts of one rules version, in every language.

    `folder` is Asterisk's sounds folder, `prompts` the folder of texts and recordings. Making one reads
    the text files (a few milliseconds); wrong ones raise PromptError.
    """

    def __init__(self, rules: Rules, prompts: Path, folder: Path, speech: Speech) -> None:
        self.rules = rules
        self.folder = folder
        self.prompts = prompts
        self.lexicon: Lexicon = lexicon_of(prompts)
        self._texts: Texts = read(prompts, SHIPPED)
        self.warnings: list[str] = self._texts.warnings  # what of rules and recordings can't be used
        self._speech = speech
        self.left = 0  # names of persons that `build` has left for later
        self._units: dict[tuple[str, str], Unit] = {}
        self._there: set[tuple[str, str]] = set()
        known = {*prompt_keys.ALL, *VOCABULARY, "key-1", "name-company", *_DIGIT_OF_KEY}
        self._recordings = recordings.find(prompts, known, self.warnings)

    def files(self, phrase: Phrase, language: str) -> list[str]:
        """Names for STREAM FILE, relative to the language's folder, in the order to be played.

        A name that isn't spoken yet (a large company's are made in the background), or can't be, is said
        as its number. Raises PromptError for an unknown key.
        """
        match phrase:
            case Text(key):
                return self._present(self.unit(key, language))
            case Spoken(""):
                return self._present(self.unit("name-company", language))
            case Spoken(number):
                if number in self.rules.extensions:
                    found = self._present(self.unit(f"name-{number}", language))
                    if found:
                        return found
                return self.files(Digits(number), language)
            case Digits("1"):
                return self._present(self.unit("key-1", language))
            case Digits(digits):
                said = (d for d in digits if d in DIGIT_TEXTS[language])
                return [f for d in said for f in self._present(self.unit(_digit_key(d), language))]

            case Number(value):
                return number_sounds(value, language)

    def text(self, phrase: Phrase, language: str) -> str:
        """What a person hears, for people who read."""
        match phrase:
            case Text(key):
                return self._texts.of(key, language, self.rules)
            case Spoken(""):
                return self.rules.company[language]
            case Spoken(number):
                entry = self.rules.extensions.get(number)
                return entry.name[language] if entry else number
            case Digits(digits):
                return digits
            case Number(value):
                return str(value)

    def seconds(self, name: str, language: str) -> float:
        """How long a sound of `files` lasts; 0 when it is missing."""
        try:
            return (self.folder / language / f"{name}.ulaw").stat().st_size / 8000  # µ-law: a byte a sample
        except OSError:
            return 0.0

    def unit(self, key: str, language: str) -> Unit:
        """The sound of `key`: a prompt, `name-<number>`, `name-company`, `digit-<d>` or `key-1`."""
        made = self._units.get((key, language))
        if made is None:
            made = self._units[key, language] = self._make(key, language)
        return made

    def units(self) -> Iterator[Unit]:
        """The sounds of every call: phrases, digits, names of the company, departments and queues."""
        yield from self._in_all(prompt_keys.ALL)
        yield from self._in_all(("key-1", *(_digit_key(d) for d in "0123456789*#")))
        groups = (f"name-{e.number}" for e in self._told() if not isinstance(e, Person))
        yield from self._in_all(("name-company", *groups))

    def people(self) -> Iterator[Unit]:
        """Names of persons; those that are never told are never spoken either."""
        yield from self._in_all(tuple(f"name-{e.number}" for e in self._told() if isinstance(e, Person)))

    def _told(self) -> Iterator[Extension]:
        return (e for e in self.rules.extensions.values() if e.listing is not Listing.UNLISTED)

    def asterisk_unit(self, name: str, language: str) -> Unit:
        """The sound Asterisk itself asks for as `name` ("vm-intro", "digits/5")."""
        text = self._texts.of(name, language, self.rules)
        return self._with_hash(name, language, text, path=name)

    def _in_all(self, keys: tuple[str, ...]) -> Iterator[Unit]:
        for key in keys:
            for language in LANGUAGES:
                yield self.unit(key, language)

    def _make(self, key: str, language: str) -> Unit:
        if key == "name-company":
            return self._with_hash(key, language, self.rules.company[language])
        if key.startswith("name-"):
            entry = self.rules.extensions[key.removeprefix("name-")]
            chinese = (entry.name.zh or " ") if isinstance(entry, Person) else ""
            return self._with_hash(key, language, entry.name[language], chinese)
        if key == "key-1":
            return self._with_hash(key, language, KEY_ONE[language])
        if key in _DIGIT_OF_KEY:
            return self._with_hash(key, language, DIGIT_TEXTS[language][_DIGIT_OF_KEY[key]])
        return self._with_hash(key, language, self._texts.of(key, language, self.rules))

    def _with_hash(self, key: str, language: str, text: str, chinese: str = "", path: str = "") -> Unit:
        is_name = key.startswith("name-")
        text = text[:LONGEST_NAME] if is_name else text
        safe = re.fullmatch(r"[0-9A-Za-z_/-]{1,64}", key) is not None
        recorded = self._recordings.get((language, key))
        if recorded:
            parts = ["recorded", recorded.hash]
        else:
            readings = "|".join(f"{w}={r}" for w, r in self.lexicon.items() if w in text)
            parts = ["spoken", text, chinese, readings, *self._voices]
        made = hashlib.sha256("\0".join([SOUND_VERSION, *parts]).encode("utf-8", "replace")).hexdigest()
        return Unit(
            path=path or f"{FOLDER}/{key if safe else 'name'}-{made[:8]}",
            language=language,
            key=key,
            text=text,
            hash=made,
            spelt_in_chinese=chinese[:LONGEST_NAME],
            is_name=is_name,
            of_person=bool(chinese),
            recording=recorded.path if recorded else None,
        )

    @cached_property
    def _voices(self) -> list[str]:
        return [self._speech.identity(language) for language in LANGUAGES]

    def _present(self, unit: Unit) -> list[str]:
        """The unit's file; without it the newest older one of the same key; without any, nothing.

        The file is missing when it is still being made, or when voices changed under a call whose rules
        are no longer in force.
        """
        mark = (unit.path, unit.language)
        if mark in self._there:
            return [unit.path]
        below = self.folder / unit.language
        if (below / f"{unit.path}.ulaw").exists():
            self._there.add(mark)
            return [unit.path]
        stem = re.compile(re.escape(unit.path.rpartition("-")[0].rpartition("/")[2]) + r"-[0-9a-f]{8}")
        older = [
            f for f in (below / FOLDER).glob(f"{unit.path.rpartition('-')[0].rpartition('/')[2]}-*.ulaw")
            if stem.fullmatch(f.stem)
        ]  # fmt: skip
        if older and not unit.is_name:
            return [f"{FOLDER}/{max(older, key=lambda f: f.stat().st_mtime).stem}"]
        return []


def _digit_key(digit: str) -> str:
    return {"*": "digit-star", "#": "digit-pound"}.get(digit, f"digit-{digit}")


_DIGIT_OF_KEY = {_digit_key(d): d for d in "0123456789*#"}
