"""What one rules file changes against another, in words an administrator uses.

Both are compared as the schema sees them, so comments, order of keys and spelled-out defaults are no
change. A file with mistakes is compared as far as it can be read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from switchboard.rules.problems import shown
from switchboard.rules.reading import read
from switchboard.rules.salvage import salvage
from switchboard.rules.schema import DIRECTORY
from switchboard.sentences import Sentence, say, several

VALUE_SHOWN = 120
"""Characters of a value at most."""


class Kind(StrEnum):
    """What happened to something."""

    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"  # an entry now stands in another section
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `path` is dotted, without the section for entries that moved; `name` is the entry's."""

    kind: Kind
    path: str
    said: Sentence
    name: str = ""

    @property
    def words(self) -> str:
        """What happened, in English."""
        return str(self.said)

    def as_json(self, language: str = "en") -> dict[str, str]:
        """The keys of `switchboard rules diff --json`."""
        words = self.said.in_language(language)
        return {"kind": self.kind.value, "path": self.path, "name": self.name, "words": words}


def differences(before: bytes | str, after: bytes | str) -> tuple[Change, ...]:
    """Everything `after` changes against `before`; people and teams first, then the rest."""
    old, new = _written(before), _written(after)
    return (*_directory(old, new), *_settings(old, new))


def _written(content: bytes | str) -> dict[str, Any]:
    root, _ = read(content)
    if root is None:
        return {}
    return salvage(root).file.model_dump(by_alias=True, exclude_none=True)


def _directory(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    before, after = _entries(old), _entries(new)
    names = {**{n: _name(e) for n, (_, e) in before.items()}, **{n: _name(e) for n, (_, e) in after.items()}}
    for number, (section, _) in after.items():
        if number not in before:
            name = names[number]
            said = say("changes.added", number=number, name=name, section=section)
            yield Change(Kind.ADDED, f"{section}.{number}", said, name)
    for number, (section, _) in before.items():
        if number not in after:
            name = names[number]
            said = say("changes.removed", number=number, name=name, section=section)
            yield Change(Kind.REMOVED, f"{section}.{number}", said, name)
    for number, (section, entry) in after.items():
        if number not in before:
            continue
        earlier_section, earlier = before[number]
        name = names[number]
        if earlier_section != section:
            said = say("changes.moved", number=number, name=name, earlier=earlier_section, section=section)
            yield Change(Kind.MOVED, f"{section}.{number}", said, name)
        for path, what in _within(earlier, entry, f"{section}.{number}"):
            inside = path.removeprefix(f"{section}.{number}.")
            said = say("changes.of", number=number, name=name, path=inside, what=what)
            yield Change(Kind.CHANGED, path, said, name)


def _settings(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    rest = [{key: value for key, value in file.items() if key not in DIRECTORY} for file in (old, new)]
    for path, what in _within(rest[0], rest[1], ""):
        yield Change(Kind.CHANGED, path, say("changes.setting", path=path, what=what))


def _entries(file: Mapping[str, Any]) -> dict[str, tuple[str, Mapping[str, Any]]]:
    return {number: (section, e) for section in DIRECTORY for number, e in file.get(section, {}).items()}


def _name(entry: Mapping[str, Any]) -> str:
    return shown(entry.get("name", {}).get("zh", "?"), 24)


def _within(old: Any, new: Any, path: str) -> Iterator[tuple[str, Sentence]]:
    """(dotted path, what happened) of everything that differs at or below `path`."""
    if old == new:
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping) and not _is_value(old) and not _is_value(new):
        for key in dict.fromkeys([*old, *new]):
            yield from _within(old.get(key), new.get(key), f"{path}.{key}" if path else str(key))
    elif isinstance(old, list) and isinstance(new, list):
        yield path, _list(old, new)
    elif old is None:
        yield path, say("changes.now", new=_value(new))
    elif new is None:
        yield path, say("changes.gone", old=_value(old))
    else:
        yield path, say("changes.other", old=_value(old), new=_value(new))


def _list(old: Sequence[Any], new: Sequence[Any]) -> Sentence:
    gone = [_value(item) for item in old if item not in new]
    come = [_value(item) for item in new if item not in old]
    if not gone and not come:
        return say("changes.order", items=several(map(_value, new)))
    return say("changes.list", items=several([f"− {item}" for item in gone] + [f"+ {item}" for item in come]))


def _is_value(value: Mapping[str, Any]) -> bool:
    """Whether the keys only make sense together: names, spans of time."""
    return set(value) <= {"zh", "en"} or "from" in value


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        if {"days", "from", "to"} <= set(value):
            return f"{value['days']} {value['from']}–{value['to']}"
        if set(value) <= {"zh", "en"}:
            return shown(" / ".join(value.values()), VALUE_SHOWN)
        inside = ", ".join(f"{key}: {_value(item)}" for key, item in value.items() if item not in ([], {}))
        return shown(f"{{{inside}}}", VALUE_SHOWN)
    if isinstance(value, list):
        return shown(f"[{', '.join(map(_value, value))}]", VALUE_SHOWN)
    return shown(value if isinstance(value, str) else str(value), VALUE_SHOWN)
