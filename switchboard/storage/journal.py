"""The journal: what is about to be done, on disk before it is done.

A call can't wait for a database, and a database can be away. So each decision is first one line of JSON in
a plain file of the day, and `switchboard.storage.follower` carries the lines into the database afterwards.
A line is one `write` to a file opened for appending: once `append` returns, the kernel has it, and no
`kill -9` of ours takes it back. Only the loss of the machine's power can; `sync` narrows that window.

The format forgives: a line torn by a full disk or a dying process ends where the next record begins,
because whoever appends after a line without an end writes the missing newline first. An unfinished JSON
object never parses, so a torn line can't be mistaken for a record.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from switchboard.errors import StorageError

SUFFIX = ".jsonl"
READ_BYTES = 256 * 1024
"""How much of a file is read at once; a line longer than this is read whole all the same."""


class Journal:
    """Appends records to `<folder>/<UTC day>.jsonl`. One writer per process; not for several threads."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        self.folder = folder
        self._clock = clock
        self._day = -1
        self._fd = -1
        self._torn = False

    def append(self, record: Mapping[str, Any]) -> None:
        """Write one record, in tens of microseconds. Raises StorageError; the next append may succeed.

        After an error the record counts as not written: part of it may stand in the file as a torn line,
        which readers skip.
        """
        try:
            text = json.dumps(record, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        except (TypeError, ValueError) as error:
            raise StorageError(f"this can't be journalled: {error}") from error
        # A lone surrogate (undecodable byte from outside) becomes \udcXX, which JSON reads back.
        line = text.encode("utf-8", "backslashreplace") + b"\n"
        try:
            self._open()
            if self._torn:
                line = b"\n" + line
            written = os.write(self._fd, line)
        except OSError as error:
            raise StorageError(f"the journal in {self.folder} can't be written: {error.strerror}") from error
        self._torn = written < len(line)
        if self._torn:
            raise StorageError(f"the journal in {self.folder} can't be written: the disk is full")

    def close(self) -> None:
        """Let go of the file. `append` opens it again."""
        if self._fd >= 0:
            os.close(self._fd)
        self._fd, self._day = -1, -1

    def _open(self) -> None:
        """Have the file of today open, even when somebody removed it under us."""
        day = int(self._clock() // 86400)
        if day == self._day and os.fstat(self._fd).st_nlink:
            return
        self.close()
        self.folder.mkdir(parents=True, exist_ok=True)
        name = time.strftime("%Y-%m-%d", time.gmtime(day * 86400)) + SUFFIX
        # Callers' numbers are in it: for the owner and the group only.
        self._fd = os.open(self.folder / name, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)
        self._day = day
        size = os.fstat(self._fd).st_size
        self._torn = size > 0 and os.pread(self._fd, 1, size - 1) != b"\n"


@dataclass(frozen=True, slots=True)
class Line:
    """One finished line of a journal file. `record` is None when it can't be read as one."""

    start: int  # offsets in bytes
    end: int
    raw: bytes
    record: dict[str, Any] | None


def files(folder: Path) -> list[Path]:
    """The journal's files, oldest day first. An absent folder has none."""
    return sorted(folder.glob("*" + SUFFIX))


def read(path: Path, offset: int = 0) -> Iterator[Line]:
    """Every finished line of `path` from byte `offset` on; an unfinished last line is left for later.

    Blank lines are passed over silently. Raises StorageError when the file can't be read.
    """
    for start, raw in whole_lines(path, offset):
        if not raw.strip():
            continue
        try:
            record = json.loads(raw.decode("utf-8"))
        except (ValueError, RecursionError):
            record = None
        end = start + len(raw)
        yield Line(start, end, raw, record if isinstance(record, dict) else None)


def first_line_mark(path: Path) -> str | None:
    """A short hash of the first line, by which a file is known whatever its name; None while it has none.

    Raises StorageError.
    """
    try:
        with path.open("rb") as file:
            first = file.readline()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StorageError(f"{path} can't be read: {error.strerror}") from error
    return hashlib.sha256(first).hexdigest()[:24] if first.endswith(b"\n") else None


def whole_lines(path: Path, offset: int = 0) -> Iterator[tuple[int, bytes]]:
    """(offset, bytes with the newline) of each finished line from `offset` on. Raises StorageError."""
    rest = b""
    start = offset
    try:
        with path.open("rb") as file:
            file.seek(offset)
            while chunk := file.read(READ_BYTES):
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    yield start, line + b"\n"
                    start += len(line) + 1
    except FileNotFoundError:
        return
    except OSError as error:
        raise StorageError(f"{path} can't be read: {error.strerror}") from error
