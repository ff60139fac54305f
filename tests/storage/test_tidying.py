"""What the database knows is put away after a month, and nothing else is (C1)."""

from __future__ import annotations

import gzip
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from switchboard.errors import StorageError
from switchboard.storage import open_database, tidying
from switchboard.storage.tidying import KEPT_DAYS, begin_anew, put_away
from tests.storage.conftest import CALL, Desk, cdr, follower_in, started, step

NOW = datetime.now(UTC)
OLD = (NOW - timedelta(days=KEPT_DAYS + 1)).timestamp()


def aged(path: Path, at: float = OLD) -> Path:
    os.utime(path, (at, at))
    return path


def journal_of(desk: Desk) -> Path:
    (path,) = desk.journal.folder.glob("*.jsonl")
    return path


async def test_an_old_followed_journal_is_packed_and_nothing_of_it_is_lost(desk: Desk) -> None:
    """The same bytes, unpacked; nobody else may read them either; the records stay as they were."""
    desk.journal.append(started())
    desk.journal.append(step(1, "ask", "arrived"))
    before = await desk.calls()
    path = aged(journal_of(desk))
    written, mode = path.read_bytes(), path.stat().st_mode
    assert await put_away(desk.database, desk.journal.folder, desk.cdr, NOW) == [Path(f"{path}.gz")]
    assert not path.exists()
    packed = Path(f"{path}.gz")
    assert gzip.decompress(packed.read_bytes()) == written
    assert packed.stat().st_mode == mode
    assert await desk.calls() == before
    assert await put_away(desk.database, desk.journal.folder, desk.cdr, NOW) == []


async def test_what_is_not_followed_yet_stays_however_old(desk: Desk) -> None:
    """The database was away for a month: the files wait for it."""
    desk.journal.append(started())
    await desk.calls()
    desk.journal.append(step(1, "ask", "arrived"))
    path = aged(journal_of(desk))
    assert await put_away(desk.database, desk.journal.folder, desk.cdr, NOW) == []
    assert path.exists()
    with path.open("ab") as file:
        file.write(b'{"torn":')
    await desk.calls()
    aged(path)
    assert await put_away(desk.database, desk.journal.folder, desk.cdr, NOW) == []  # its end isn't known


async def test_what_is_young_stays(desk: Desk) -> None:
    """A month is for whoever looks into it with plain tools."""
    desk.journal.append(started())
    await desk.calls()
    path = aged(journal_of(desk), OLD + 2 * 86400)
    assert await put_away(desk.database, desk.journal.folder, desk.cdr, NOW) == []
    assert path.exists()


async def test_a_packed_journal_can_be_followed_into_a_new_database(desk: Desk, tmp_path: Path) -> None:
    """Unpacked, it tells the same calls."""
    desk.journal.append(started())
    desk.journal.append(step(1, "ask", "arrived"))
    before = await desk.calls()
    path = aged(journal_of(desk))
    await put_away(desk.database, desk.journal.folder, desk.cdr, NOW)
    again = tmp_path / "again"
    (again / "journal").mkdir(parents=True)
    (again / "journal" / path.name).write_bytes(gzip.decompress(Path(f"{path}.gz").read_bytes()))
    fresh = await open_database(f"sqlite:///{again}/fresh.db")
    try:
        follower = follower_in(again, fresh)
        assert await Desk(again, desk.journal, fresh, follower).calls() == before
    finally:
        await fresh.close()


async def test_long_call_records_are_begun_anew_without_losing_a_line(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Moved aside with a line that nobody has followed; Asterisk writes a new file; both are followed, and
    the old one is packed a month later."""
    monkeypatch.setattr(tidying, "LONGEST_CDR", 100)
    desk.journal.append(started())
    desk.write_cdr(cdr())
    aside = begin_anew(desk.cdr, NOW)
    assert aside is not None
    assert begin_anew(desk.cdr, NOW) is None  # there is none now
    desk.write_cdr(cdr(linkedid="x-2.1", uniqueid="x-2.1"))
    calls = {call["id"]: call for call in await desk.calls()}
    assert calls[CALL]["ended"] is not None
    assert "x-2.1" in calls
    assert await put_away(desk.database, desk.journal.folder, desk.cdr, NOW) == []
    aged(aside)
    aged(desk.cdr)
    assert await put_away(desk.database, desk.journal.folder, desk.cdr, NOW) == [Path(f"{aside}.gz")]
    assert {call["id"] for call in await desk.calls()} == calls.keys()


async def test_short_call_records_are_left_alone(desk: Desk) -> None:
    """Whatever their age."""
    desk.write_cdr(cdr())
    assert begin_anew(desk.cdr, NOW) is None


async def test_a_disk_that_is_full_takes_nothing_away(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Packing fails: the file is there as before, and nothing half done."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    desk.journal.append(started())
    await desk.calls()
    path = aged(journal_of(desk))
    monkeypatch.setattr(tidying.shutil, "copyfileobj", full)
    with pytest.raises(StorageError, match="No space left"):
        await put_away(desk.database, desk.journal.folder, desk.cdr, NOW)
    assert [p.name for p in desk.journal.folder.iterdir()] == [path.name]
