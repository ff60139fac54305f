"""Asterisk's call records as a file: finds its lines, also after the file was rotated, and splits them.

Asterisk appends one line for each record and may be killed in the middle of one. A file is known by its first
line, which no other can have; so it stays the same file when it is renamed, or copied and emptied.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from switchboard.storage.journal import whole_lines
from switchboard.storage.records import Cdr, Unreadable

_BEGINNING = re.compile(rb'"[\w.:-]+","[\w.:-]+","\d+","')
"""linkedid, uniqueid, sequence. Inside a value it can't stand: quotes are doubled there."""

PACKED = (".gz", ".bz2", ".xz", ".zst")


@dataclass(frozen=True, slots=True)
class CdrLine:
    """One finished line. `cdr` is None when it is none; `why` tells."""

    start: int
    end: int
    raw: bytes
    cdr: Cdr | None
    why: str = ""


def files(current: Path) -> list[Path]:
    """The file and its rotated predecessors, oldest first. Packed ones are left alone."""
    found = [p for p in current.parent.glob(current.name + "*") if p.suffix not in PACKED]
    return sorted(found, key=_age)


def _age(path: Path) -> tuple[int, str]:
    try:
        return path.stat().st_mtime_ns, path.name
    except OSError:
        return 0, path.name


def read(path: Path, offset: int = 0) -> Iterator[CdrLine]:
    """Every finished line from byte `offset` on. Raises StorageError when the file can't be read."""
    for start, raw in whole_lines(path, offset):
        if not raw.strip():
            continue
        end = start + len(raw)
        try:
            yield CdrLine(start, end, raw, parse(raw))
        except Unreadable as error:
            whole = _after_torn(raw)
            cut = whole[0] if whole else len(raw)
            yield CdrLine(start, start + cut, raw[:cut], None, str(error))
            if whole:
                yield CdrLine(start + cut, end, raw[cut:], whole[1])


def _after_torn(raw: bytes) -> tuple[int, Cdr] | None:
    """A whole record behind a torn one: Asterisk writes on where it was killed, without a new line."""
    for begin in _BEGINNING.finditer(raw, 1):
        try:
            return begin.start(), parse(raw[begin.start() :])
        except Unreadable:
            continue
    return None


def parse(raw: bytes) -> Cdr:
    """One line as CSV_QUOTE() wrote it: every value in quotes, quotes inside doubled. Raises Unreadable."""
    try:
        rows = list(csv.reader([raw.decode("utf-8", "replace").rstrip("\r\n")], strict=True))
    except csv.Error as error:
        raise Unreadable(f"no CSV: {error}") from error
    if not rows:
        raise Unreadable("nothing in it")
    return Cdr.of(rows[0])
