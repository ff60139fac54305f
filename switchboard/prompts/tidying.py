"""Sounds that no rules in use need any more: names of people who left, texts that were worded anew.

Going back to older rules speaks theirs again (from the cache, mostly), so nothing is lost but disk space.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from switchboard.domain.company import LANGUAGES
from switchboard.prompts.sounds import FOLDER, Sounds

KEPT_DAYS = 30
"""Days that a sound nobody needs is kept: somebody may go back to the rules before."""


def remove_unused(used: Iterable[Sounds], folder: Path, before: float) -> int:
    """Remove sounds below `folder` that none of `used` names and that were put there before `before` (epoch
    seconds); how many files that were. Files under names that Asterisk has fixed stay.
    """
    needed = {(unit.language, unit.path) for s in used for unit in (*s.units(), *s.people())}
    removed = 0
    for language in LANGUAGES:
        place = folder / language / FOLDER
        if not place.is_dir():
            continue
        for file in place.iterdir():
            if (language, f"{FOLDER}/{file.stem}") in needed or file.name.startswith("."):
                continue
            # links share their contents' times with the cache; the change of status is when the link was made
            if file.lstat().st_ctime < before:
                file.unlink(missing_ok=True)
                removed += 1
    return removed
