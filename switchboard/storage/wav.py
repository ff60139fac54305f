"""A WAV header that says how long the sound is, for recordings whose writer died before it could."""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from pathlib import Path

from switchboard.errors import StorageError

HEADER = 44
"""Asterisk writes RIFF, one `fmt ` of 16 bytes, `data` (formats/format_wav.c, write_header)."""


@dataclass(frozen=True, slots=True)
class Sound:
    """What a recording holds, whatever its header says."""

    rate: int  # samples a second
    frame: int  # bytes of one sample of all channels
    bytes: int  # of sound, whole frames only

    @property
    def seconds(self) -> float:
        """Length of the sound."""
        return self.bytes / (self.rate * self.frame)


def measure(path: Path) -> Sound | None:
    """The sound in `path` by its size; None when it is no WAV of Asterisk's kind. Raises StorageError."""
    try:
        with path.open("rb") as file:
            header = file.read(HEADER)
            size = os.fstat(file.fileno()).st_size
    except OSError as error:
        raise StorageError(f"{path} can't be read: {error.strerror}") from error
    if (
        len(header) < HEADER
        or header[:4] != b"RIFF"
        or header[8:16] != b"WAVEfmt "
        or header[36:40] != b"data"
    ):
        return None
    length, kind, _, rate, _, frame, _ = struct.unpack("<IHHIIHH", header[16:36])
    if length != 16 or kind != 1 or not rate or not frame:
        return None
    return Sound(rate, frame, (size - HEADER) // frame * frame)


def mend(path: Path) -> Sound | None:
    """Write the true lengths into the header, and cut off half a sample; None when it is no such file.

    May be done again at any time. Raises StorageError.
    """
    sound = measure(path)
    if sound is None:
        return None
    try:
        before = path.stat()
        with path.open("r+b") as file:
            file.seek(4)
            file.write(struct.pack("<I", HEADER - 8 + sound.bytes))
            file.seek(40)
            file.write(struct.pack("<I", sound.bytes))
            file.truncate(HEADER + sound.bytes)
            file.flush()
            os.fsync(file.fileno())
        # Its age says that nobody is recording it any more: that stays true.
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    except OSError as error:
        raise StorageError(f"{path} can't be mended: {error.strerror}") from error
    return sound
