"""Recordings that replace spoken prompts: prompts/recordings/<language>/<key>.wav.

Names of people are replaced likewise: `name-8201.wav`, `name-company.wav`; Asterisk's own sounds under
its names (`vm-intro.wav`, `digits/1.wav`). What can't be used is told, and spoken instead: a wrong file
never stops the switchboard.
"""

from __future__ import annotations

import hashlib
from collections.abc import Container, Mapping
from dataclasses import dataclass
from pathlib import Path

from switchboard.domain.company import LANGUAGES
from switchboard.errors import PromptError

FOLDER = "recordings"


@dataclass(frozen=True, slots=True)
class Recording:
    """A usable recording and the hash of its bytes."""

    path: Path
    hash: str


def find(prompts: Path, known: Container[str], warnings: list[str]) -> Mapping[tuple[str, str], Recording]:
    """The usable recordings below `prompts`, by language and key; `warnings` gets one line for each other.

    `known` are the keys there are; names of persons ("name-…") need not be among them.
    """
    found: dict[tuple[str, str], Recording] = {}
    for language in LANGUAGES:
        folder = prompts / FOLDER / language
        for path in sorted(folder.glob("**/*.[wW][aA][vV]")):
            key = path.relative_to(folder).with_suffix("").as_posix()
            if key not in known and not key.startswith("name-"):
                warnings.append(f"{path}: no prompt is called {key!r} (`switchboard prompts list` shows all)")
                continue
            try:
                found[language, key] = Recording(path, _checked(path))
            except (OSError, PromptError) as error:
                warnings.append(f"{error}; the spoken prompt is used instead")
    return found


def _checked(path: Path) -> str:
    from switchboard.prompts.audio import prepare
    from switchboard.prompts.wav import read_wav

    data = path.read_bytes()
    try:
        prepare(read_wav(data, str(path)))
    except PromptError as error:
        raise PromptError(str(error) if str(path) in str(error) else f"{path}: {error}") from error
    return hashlib.sha256(data).hexdigest()
