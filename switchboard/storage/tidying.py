"""What has been followed is put away: a disk must not fill up with what the database knows.

Journals and Asterisk's call records grow for ever. A file that is older than KEPT_DAYS and wholly in the
database is packed (`.gz`, a tenth of its size) and stays beside the others, so that nothing that was written
is lost: unpacked again it would be followed again. Asterisk's file is begun anew when it is long; Asterisk
opens it for each record, and the follower knows it by its first line, whatever its name.
"""

from __future__ import annotations

import asyncio
import gzip
import os
import shutil
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from switchboard.errors import StorageError
from switchboard.storage import cdr, journal
from switchboard.storage.database import Database
from switchboard.storage.follower import source_of
from switchboard.storage.tables import offsets

KEPT_DAYS = 30
"""Days that journals and call records stay as they are, for whoever looks into them with plain tools."""

LONGEST_CDR = 20_000_000
"""Bytes of Asterisk's call records, some 50,000 calls, before a new file is begun."""


async def put_away(database: Database, folder: Path, records: Path, now: datetime) -> list[Path]:
    """Pack journals in `folder` and predecessors of the call records `records` that are old and followed.

    Returns the packed files; one of 50 MB takes a second, in a thread. Raises StorageError.
    """
    oldest = now.timestamp() - KEPT_DAYS * 86400
    candidates = [(f"journal:{path.name}", path) for path in journal.files(folder)]
    candidates += [("cdr", path) for path in cdr.files(records) if path != records]
    packed = []
    for kind, path in candidates:
        if _modified(path) < oldest and await _is_followed(database, kind, path):
            packed.append(await asyncio.to_thread(_pack, path))
    return packed


def begin_anew(records: Path, now: datetime) -> Path | None:
    """Move the call records aside if they are long; where they are now. Raises StorageError."""
    try:
        if records.stat().st_size <= LONGEST_CDR:
            return None
        aside = records.with_name(f"{records.name}.{now.strftime('%Y-%m-%dT%H%M%S')}")
        records.rename(aside)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StorageError(f"{records} can't be moved aside: {error.strerror}") from error
    return aside


async def _is_followed(database: Database, kind: str, path: Path) -> bool:
    """Whether every byte of the file is in the database. An empty one has nothing to lose."""
    mark, size = await asyncio.to_thread(lambda: (journal.first_line_mark(path), path.stat().st_size))
    if mark is None:
        return size == 0
    async with database.read() as connection:
        known = await connection.execute(
            select(offsets.c.position).where(offsets.c.source == source_of(kind, mark))
        )
    return (known.scalar_one_or_none() or 0) >= size


def _pack(path: Path) -> Path:
    """Replace a file by its packed self. Killed in between, it is there unpacked, or both are."""
    target = path.with_name(f"{path.name}.gz")
    new = path.with_name(f".{path.name}.gz")
    try:
        about = path.stat()
        with path.open("rb") as source, new.open("wb") as raw:
            os.fchmod(raw.fileno(), about.st_mode & 0o777)
            with gzip.GzipFile(path.name, "wb", fileobj=raw, mtime=int(about.st_mtime)) as file:
                shutil.copyfileobj(source, file, 1 << 20)
            raw.flush()
            os.fsync(raw.fileno())
        os.utime(new, ns=(about.st_atime_ns, about.st_mtime_ns))
        new.replace(target)
        path.unlink()
    except OSError as error:
        new.unlink(missing_ok=True)
        raise StorageError(f"{path} can't be packed: {error.strerror}") from error
    return target


def _modified(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return float("inf")
