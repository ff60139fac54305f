"""Recordings that replace a spoken phrase in one language only: callers of the other hear another voice."""

from __future__ import annotations

from pathlib import Path

from switchboard.domain.company import LANGUAGES
from switchboard.rules.problems import Problem, Severity, problem
from switchboard.sentences import several


def in_one_language(folder: Path) -> tuple[Problem, ...]:
    """A warning for each phrase recorded in `folder`/<language>/<key>.wav of one language but not another."""
    recorded = {language: _keys(folder / language) for language in LANGUAGES}
    every = set().union(*recorded.values())
    return tuple(
        _told(folder, key, [language for language in LANGUAGES if key not in recorded[language]])
        for key in sorted(every)
        if any(key not in keys for keys in recorded.values())
    )


def _keys(folder: Path) -> set[str]:
    try:
        return {path.stem for path in folder.glob("*.wav")}
    except OSError:
        return set()


def _told(folder: Path, key: str, missing: list[str]) -> Problem:
    return problem(
        Severity.WARNING,
        "recording-one-language",
        1,
        f"texts.{key}",
        key=key,
        there=several(language for language in LANGUAGES if language not in missing),
        missing=several(missing),
        files=several(f"{folder.name}/{language}/{key}.wav" for language in missing),
    )
