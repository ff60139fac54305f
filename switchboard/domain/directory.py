"""Finding somebody while the operator types (B1): Chinese, pinyin whole or by initials, English, a number.

Unlike the search by telephone keypad (`domain.search`) this one reads letters and ranks what it finds. What
is typed is cut at spaces; an entry is found when every part fits something of it. Tones, capitals,
full-width letters and the writings of ü don't matter.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from heapq import nsmallest

from switchboard.domain.company import (
    Department,
    Extension,
    Listing,
    Person,
    Principal,
    Queue,
    Rules,
    Screened,
)
from switchboard.domain.pinyin import HAN, pinyin_of, read_han
from switchboard.domain.roles import Role

LONGEST_QUERY = 60
"""Characters looked at; nobody types more to find a colleague."""

MOST_PARTS = 5

SEES_UNLISTED = frozenset({Role.OPERATOR, Role.SUPERVISOR, Role.ADMINISTRATOR})
"""Roles to which unlisted entries are shown: they put calls through to them. Others find what is listed, and
what the company lists inside."""

_WHOLE, _BEGINS, _INITIALS, _WORD, _PINYIN, _WITHIN, _ABOUT = range(7)
"""How well a part of what was typed fits, best first."""

_NOT = 99


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the directory, ready to be searched. `readings` are the name's syllables, a tuple for each
    way to read it; `words` the words of the English name; `about` department and title, in all writings."""

    extension: Extension
    kind: str
    number: str
    zh: str
    words: tuple[str, ...]
    readings: tuple[tuple[str, ...], ...]
    about: str
    firsts: frozenset[str]  # first letters of words and syllables: what rules most entries out at once

    @property
    def unlisted(self) -> bool:
        return self.extension.listing is Listing.UNLISTED


def find(rules: Rules, typed: str, *, unlisted: bool, limit: int = 20) -> list[Entry]:
    """The entries that `typed` may mean, best first; without anything typed, all, in order of numbers."""
    parts = _folded(typed[:LONGEST_QUERY]).split()[:MOST_PARTS]
    shelf = _shelf(rules)
    ranked: list[tuple[int, int, str, Entry]] = []
    for entry in shelf.may_fit(max(parts, key=len)) if parts else shelf.entries:
        if entry.unlisted and not unlisted:
            continue
        worst = _fit_all(entry, parts)
        if worst < _NOT:
            ranked.append((worst, len(entry.zh), entry.number, entry))
    by_number = all(part.isdigit() for part in parts)  # nothing typed: in their order too
    best = nsmallest(limit, ranked, key=(lambda r: (r[0], r[2])) if by_number else (lambda r: r[:3]))
    return [entry for *_, entry in best]


def prepare(rules: Rules) -> None:
    """Work out now what the first search would wait for: about a second for 10,000 people. For a thread."""
    _shelf(rules)


def kind_of(entry: Extension) -> str:
    """What an entry is, in one word."""
    match entry:
        case Principal():
            return "principal"
        case Screened():
            return "screened"
        case Person():
            return "person"
        case Department():
            return "department"
        case Queue():
            return "queue"
    return "extension"


def department_of(rules: Rules, entry: Extension) -> Extension | None:
    """The department that somebody works in."""
    return rules.extensions.get(entry.department) if isinstance(entry, Person) else None


@dataclass(frozen=True)
class _Shelf:
    """All entries, and those that begin somewhere with a letter."""

    entries: tuple[Entry, ...]
    by_first: Mapping[str, tuple[Entry, ...]]

    def may_fit(self, part: str) -> Iterable[Entry]:
        """Entries that `part` may fit, none missing: by what is quick to look at."""
        if part[0].isdigit() or not part.isascii():
            return [e for e in self.entries if part in e.number or part in e.zh or part in e.about]
        found = {
            id(e): e for first in {part[0], part[0].replace("v", "u")} for e in self.by_first.get(first, ())
        }
        found |= {id(e): e for e in self.entries if part in e.about}
        return found.values()


@lru_cache(maxsize=4)
def _shelf(rules: Rules) -> _Shelf:
    entries = tuple(_entry(rules, extension) for extension in rules.extensions.values())
    by_first: dict[str, list[Entry]] = {}
    for entry in entries:
        for first in entry.firsts:
            by_first.setdefault(first, []).append(entry)
    return _Shelf(entries, {first: tuple(found) for first, found in by_first.items()})


def _entry(rules: Rules, extension: Extension) -> Entry:
    zh = _folded(extension.name.zh).replace(" ", "")
    words = tuple(_folded(extension.name.en).replace("-", " ").replace("'", "").split())
    about = [extension.name.en]
    department = department_of(rules, extension)
    if department is not None:
        about += [department.name.zh, department.name.en, "".join(pinyin_of(department.name.zh))]
    title = extension.title if isinstance(extension, Person) else None
    if title is not None:
        about += [title.zh, title.en]
    readings = _readings(extension.name.zh)
    return Entry(
        extension=extension,
        kind=kind_of(extension),
        number=extension.number,
        zh=zh,
        words=words,
        readings=readings,
        about=_folded("\n".join(about)),
        firsts=frozenset(each[0] for each in (*words, *(s for reading in readings for s in reading))),
    )


def _readings(name: str) -> tuple[tuple[str, ...], ...]:
    """Ways to read a name: as a person's (单 is Shan in front), and as its characters are read elsewhere."""
    as_person = tuple(s.replace("v", "u") for s in pinyin_of(name))
    plain = tuple(s.rstrip("12345").replace("v", "u") for s in read_han("".join(HAN.findall(name))))
    return tuple(dict.fromkeys(reading for reading in (as_person, plain) if reading))


def _folded(text: str) -> str:
    """One writing for all: half-width, lower case, without tones; ü as u."""
    wide = unicodedata.normalize("NFKD", text)
    bare = "".join(c for c in wide if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", bare).casefold()


def _fit_all(entry: Entry, parts: Sequence[str]) -> int:
    worst = _WHOLE
    for part in parts:
        fit = _fit(entry, part)
        if fit == _NOT:
            return _NOT
        worst = max(worst, fit)
    return worst


def _fit(entry: Entry, part: str) -> int:
    """How well one part fits an entry."""
    if entry.number.startswith(part) or entry.zh.startswith(part):
        return _WHOLE if part in (entry.number, entry.zh) else _BEGINS
    if part.isascii():
        letters = part.replace("v", "u")
        if letters[0] in entry.firsts or part[0] in entry.firsts:
            best = min(_fits(entry, part, letters), default=_NOT)
            if best < _NOT:
                return best
        if len(part) == 1:
            return _NOT
        if part in entry.number:
            return _WITHIN
    elif part in entry.zh:
        return _WITHIN
    return _ABOUT if part in entry.about else _NOT


def _fits(entry: Entry, part: str, letters: str) -> Iterator[int]:
    """How well a part fits the English words, and its letters (ü as u) each reading of a name."""
    for word in entry.words:
        if word.startswith(part):
            yield _WHOLE if word == part else _WORD
    for syllables in entry.readings:
        first = letters[0]
        for start, syllable in enumerate(syllables):
            if syllable[0] != first or not _spells(letters, syllables, start):
                continue
            if start:
                yield _PINYIN
            elif letters == "".join(syllables):
                yield _WHOLE
            elif len(letters) == len(syllables):
                yield _INITIALS
            else:
                yield _WORD
            break


def _spells(letters: str, syllables: Sequence[str], at: int) -> bool:
    """Whether `letters` are the beginnings of syllables in a row, each with one letter or more: z, zw,
    zhangw, zwei and zhangwei all spell 张伟."""
    if not letters:
        return True
    if at == len(syllables):
        return False
    syllable = syllables[at]
    most = 0
    while most < min(len(letters), len(syllable)) and letters[most] == syllable[most]:
        most += 1
    return any(_spells(letters[taken:], syllables, at + 1) for taken in range(most, 0, -1))
