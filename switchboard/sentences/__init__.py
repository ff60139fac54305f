"""What people read of rules and rehearsals, in both languages: a sentence is a key and what fills it.

Whoever finds something says which sentence it is and what stands in its gaps; it is put into words where
its reader's language is known. The words lie in `<feature>.<language>.yaml` beside this file, one file for
each language; a key is `<feature>.<key>`. A test holds both languages, and every use, against each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from switchboard.domain import reasons

LANGUAGES = ("zh", "en")
FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Sentence:
    """Something to say. `str()` is English: logs and records are kept in it."""

    key: str
    values: tuple[tuple[str, Value], ...] = ()

    def in_language(self, language: str) -> str:
        """The words, in zh or en. A key that nobody worded shows itself."""
        template = wordings(language).get(self.key)
        if template is None:
            return self.key
        return template.format(**{name: _worded(value, language) for name, value in self.values})

    def __str__(self) -> str:
        return self.in_language("en")


@dataclass(frozen=True, slots=True)
class Several:
    """A list within a sentence. `joined` is a key of `lists`: with what its parts are joined."""

    parts: tuple[Value, ...]
    joined: str = "comma"

    def in_language(self, language: str) -> str:
        """`a, b or c` in English, `a、b 或 c` in Chinese."""
        words = [str(_worded(part, language)) for part in self.parts]
        between = wordings(language)[f"lists.{self.joined}"]
        last = wordings(language).get(f"lists.{self.joined}_last", between)
        return last.join([between.join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)

    def __str__(self) -> str:
        return self.in_language("en")


@dataclass(frozen=True, slots=True)
class Reason:
    """A decision's reason within a sentence: kept in English, translated by `domain.reasons`."""

    text: str

    def in_language(self, language: str) -> str:
        """The reason, in zh or en."""
        return reasons.in_language(self.text, language)


Value = str | int | float | Sentence | Several | Reason
"""What may fill a gap. Texts are names, numbers and keys that are the same in every language."""


NOTHING = Sentence("nothing.said")
"""What there is nothing to say of: no words in any language."""


def say(key: str, /, **values: Value) -> Sentence:
    """The sentence `key`, its gaps filled with `values`."""
    return Sentence(key, tuple(values.items()))


def several(parts: Iterable[Value], joined: str = "comma") -> Several:
    """A list of names, or of sentences."""
    return Several(tuple(parts), joined)


def counted(key: str, count: int, /, **values: Value) -> Sentence:
    """The sentence `key`.one or `key`.many, with `count`."""
    return say(f"{key}.{'one' if count == 1 else 'many'}", count=count, **values)


def known(key: str) -> bool:
    """Whether there are words for `key`."""
    return key in wordings("en")


@cache
def wordings(language: str) -> Mapping[str, str]:
    """Every key's words in `language`, gaps as {name}; read once."""
    found: dict[str, str] = {}
    for path in sorted(FOLDER.glob(f"*.{language}.yaml")):
        _flatten(path.name.split(".")[0], YAML(typ="safe").load(path.read_text("utf-8")), found)
    return found


def _flatten(prefix: str, content: Mapping[str, Any], found: dict[str, str]) -> None:
    for key, value in content.items():
        if isinstance(value, Mapping):
            _flatten(f"{prefix}.{key}", value, found)
        else:
            found[f"{prefix}.{key}"] = str(value)


def _worded(value: Value, language: str) -> str | int | float:
    return value.in_language(language) if isinstance(value, Sentence | Several | Reason) else value
