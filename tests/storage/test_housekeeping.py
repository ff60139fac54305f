"""Housekeeping does all that can be done, each part whatever becomes of the other."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from switchboard.bootstrap.tidying import Housekeeping
from switchboard.domain.company import Rules
from switchboard.errors import StorageError
from switchboard.prompts import Sounds
from switchboard.prompts.sounds import Unit
from tests.company import company
from tests.storage.conftest import Desk, started

LATER = datetime.now(UTC) + timedelta(days=40)
"""By then what is written now is old."""


@dataclass
class Needed:
    """The sounds of rules that say one thing."""

    path: str

    def units(self) -> Iterator[Unit]:
        yield Unit(self.path, "zh", "hold-on", "请稍等", "1a")

    def people(self) -> Iterator[Unit]:
        yield from ()


def keeping(desk: Desk, sounds: Path, in_use: Any, lock: asyncio.Lock | None = None) -> Housekeeping:
    def spoken(rules: Rules) -> Sounds:
        return cast(Sounds, Needed("sb/hold-on-1a"))

    return Housekeeping(
        desk.database,
        desk.journal.folder,
        desk.cdr,
        sounds,
        spoken,
        in_use,
        lock or asyncio.Lock(),
        lambda: LATER,
    )


def with_sounds(folder: Path) -> Path:
    """One sound that is needed, one that isn't."""
    place = folder / "sounds" / "zh" / "sb"
    place.mkdir(parents=True)
    for name in ("hold-on-1a.ulaw", "name-8201-2b.ulaw"):
        (place / name).touch()
    return folder / "sounds"


async def one() -> list[Rules]:
    return [company()]


async def test_old_files_are_packed_and_unused_sounds_go(desk: Desk, tmp_path: Path) -> None:
    """Forty days on, in one go."""
    desk.journal.append(started())
    await desk.calls()
    sounds = with_sounds(tmp_path)
    await keeping(desk, sounds, one).once()
    assert [p.suffix for p in desk.journal.folder.iterdir()] == [".gz"]
    assert os.listdir(sounds / "zh" / "sb") == ["hold-on-1a.ulaw"]


async def test_when_nobody_can_say_what_is_in_use_no_sound_goes_and_files_are_packed(
    desk: Desk, tmp_path: Path
) -> None:
    """The database fails for one question: nothing is guessed, the rest is done."""

    async def fails() -> list[Rules]:
        raise StorageError("the database can't be read")

    desk.journal.append(started())
    await desk.calls()
    sounds = with_sounds(tmp_path)
    await keeping(desk, sounds, fails).once()
    assert [p.suffix for p in desk.journal.folder.iterdir()] == [".gz"]
    assert len(os.listdir(sounds / "zh" / "sb")) == 2


async def test_no_sound_goes_while_rules_are_being_put_in_force(desk: Desk, tmp_path: Path) -> None:
    """They may be rules that come back, and count on sounds that are there."""
    sounds, publishing = with_sounds(tmp_path), asyncio.Lock()
    async with publishing:
        task = asyncio.create_task(keeping(desk, sounds, one, publishing).once())
        done, _ = await asyncio.wait([task], timeout=0.3)
        assert not done
        assert len(os.listdir(sounds / "zh" / "sb")) == 2
    await task
    assert len(os.listdir(sounds / "zh" / "sb")) == 1
