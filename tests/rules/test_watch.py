"""A saved file is noticed, whole, however the editor saves it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading

import pytest

from switchboard.rules import watch as watching
from switchboard.rules.watch import Saved, watch

POLL, STABLE = 0.01, 0.03


@pytest.fixture
async def changes(tmp_path):
    """The file, and a queue of what the watch yields about it."""
    path = tmp_path / "rules.yaml"
    path.write_bytes(b"one")
    found: asyncio.Queue[Saved] = asyncio.Queue()

    async def run():
        async for saved in watch(path, b"one", POLL, STABLE):
            found.put_nowait(saved)

    task = asyncio.create_task(run())
    yield path, found
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def following(found: asyncio.Queue[Saved]) -> Saved:
    async with asyncio.timeout(5):
        return await found.get()


async def quiet(found: asyncio.Queue[Saved]) -> bool:
    await asyncio.sleep(STABLE * 3 + POLL * 3)
    return found.empty()


async def test_what_is_known_already_is_not_told(changes):
    """The content the switchboard started with is no change."""
    _, found = changes
    assert await quiet(found)


async def test_a_file_written_in_place_is_noticed(changes):
    """As `echo >` and many editors do."""
    path, found = changes
    path.write_bytes(b"two")
    assert await following(found) == Saved(b"two")
    assert await quiet(found)


async def test_a_file_renamed_into_place_is_noticed(changes):
    """As vim and most editors do; even with the old file's time and size."""
    path, found = changes
    before = path.stat()
    beside = path.with_name("beside")
    beside.write_bytes(b"two")
    os.utime(beside, ns=(before.st_atime_ns, before.st_mtime_ns))
    beside.replace(path)
    assert await following(found) == Saved(b"two")


async def test_a_file_saved_unchanged_is_no_change(changes):
    """Only what it says counts."""
    path, found = changes
    path.touch()
    assert await quiet(found)
    path.write_bytes(b"one")
    assert await quiet(found)


async def test_a_half_written_file_is_waited_for(changes):
    """Emptied first, then filled in pieces: told once, whole."""
    path, found = changes
    with path.open("wb") as file:
        for piece in (b"t", b"w", b"o", b"!"):
            file.write(piece)
            file.flush()
            await asyncio.sleep(STABLE / 3)
    assert await following(found) == Saved(b"two!")
    assert await quiet(found)


async def test_a_vanished_file_is_a_fault_and_its_return_a_change(changes):
    """Told once each."""
    path, found = changes
    path.unlink()
    assert str((await following(found)).fault) == "no such file or directory"
    assert await quiet(found)
    path.write_bytes(b"one")
    assert await following(found) == Saved(b"one")


async def test_a_folder_in_its_place_is_a_fault(changes):
    """Nothing a path can turn into ends the watch."""
    path, found = changes
    path.unlink()
    path.mkdir()
    seen = await following(found)
    while str(seen.fault) != "not a file":
        seen = await following(found)
    path.rmdir()
    path.write_bytes(b"three")
    while seen.fault:
        seen = await following(found)
    assert seen == Saved(b"three")


async def test_a_disk_that_hangs_is_a_fault_and_the_watch_goes_on(tmp_path, monkeypatch):
    """A network folder that is gone holds up the watch for its deadline only, and nothing else at all."""
    path = tmp_path / "rules.yaml"
    path.write_bytes(b"one")
    back = threading.Event()
    looked = watching._fingerprint

    def hanging(path):
        back.wait(5)
        return looked(path)

    monkeypatch.setattr(watching, "_fingerprint", hanging)
    monkeypatch.setattr(watching, "READ_SECONDS", 0.02)
    changes = watch(path, None, POLL, STABLE)
    async with asyncio.timeout(5):
        assert str((await anext(changes)).fault) == "the disk doesn't answer"
        back.set()
        assert await anext(changes) == Saved(b"one")
    await changes.aclose()
