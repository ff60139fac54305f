"""Where callers' answers to the screening questions are recorded: one folder for each call, in the spool.

The PBX writes and plays them, so the folder belongs to it, like the spool it is in. What comes before and
after the words is cut off, so that the executive hears the caller and not the caller's pauses.
"""

from __future__ import annotations

import os
import re
import wave
from array import array
from contextlib import suppress
from pathlib import Path

_ID = re.compile(r"[A-Za-z0-9._-]{1,150}", re.ASCII)
MODE = 0o2750

FRAME_SECONDS = 0.02
LOUD = 256
"""Mean size of a frame's samples (of 32,767) that counts as speech: Asterisk's own threshold
(dsp.conf: silencethreshold)."""

MARGIN_SECONDS = 0.15
"""Kept on both sides: words begin and end softly."""


class CallClips:
    """Implements `flows.ports.Clips` below Asterisk's spool folder."""

    def __init__(self, spool: Path) -> None:
        self._top = spool / "clips"

    def folder(self, call: str) -> str:
        """The call's own folder."""
        if not _ID.fullmatch(call) or call.startswith("."):
            raise OSError(f"{call[:40]!r} names no call")
        return str(self._top / call)

    def place(self, call: str, clip: int) -> str:
        """Path of answer `clip` without its ending, in a folder that is there and the PBX's."""
        folder = Path(self.folder(call))
        owner = self._top.parent.stat()
        for path in (self._top, folder):
            try:
                path.mkdir(mode=0o700)
            except FileExistsError:
                continue
            handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                if os.geteuid() == 0:
                    os.fchown(handle, owner.st_uid, owner.st_gid)
                os.fchmod(handle, MODE)
            finally:
                os.close(handle)
        return str(folder / str(clip))

    def put(self, call: str, clip: int, sound: bytes) -> None:
        """Store `sound`, a whole WAV file, as answer `clip`; b"" removes it. Raises OSError."""
        path = Path(self.place(call, clip) + ".wav")
        if not sound:
            path.unlink(missing_ok=True)
            return
        owner, fresh = path.parent.stat(), path.with_suffix(".put")
        fresh.unlink(missing_ok=True)
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o640)
        with os.fdopen(handle, "wb") as file:
            if os.geteuid() == 0:
                os.fchown(handle, owner.st_uid, owner.st_gid)
            file.write(sound)
        fresh.replace(path)

    def trim(self, call: str, clip: int) -> float:
        """Cut off silence; seconds that are left. An answer without speech is removed: 0.0.

        Raises OSError when it can't be read or written; it is as it was then.
        """
        path = Path(self.folder(call)) / f"{clip}.wav"
        try:
            with path.open("rb") as file, wave.open(file, "rb") as sound:
                rate, samples = sound.getframerate(), array("h", sound.readframes(sound.getnframes()))
                if (sound.getnchannels(), sound.getsampwidth()) != (1, 2):
                    raise OSError(f"{path} is not what the PBX records")
        except (wave.Error, EOFError, ValueError) as error:
            raise OSError(f"{path} is no recording: {error}") from error
        begin, end = speech(samples, rate)
        if end == 0:
            path.unlink()
            return 0.0
        if (begin, end) != (0, len(samples)):
            _replace(path, samples[begin:end], rate)
        return (end - begin) / rate


def speech(samples: array[int], rate: int) -> tuple[int, int]:
    """Where speech begins and ends, margins included; (0, 0) without any."""
    frame = max(1, round(rate * FRAME_SECONDS))
    loud = [
        i
        for i in range(0, len(samples), frame)
        if sum(map(abs, samples[i : i + frame])) >= LOUD * len(samples[i : i + frame])
    ]
    if not loud:
        return 0, 0
    margin = round(rate * MARGIN_SECONDS)
    return max(0, loud[0] - margin), min(len(samples), loud[-1] + frame + margin)


def _replace(path: Path, samples: array[int], rate: int) -> None:
    """Put other sound into `path` at once, under the same owner."""
    owner, fresh = path.stat(), path.with_suffix(".cut")
    with suppress(FileNotFoundError):
        fresh.unlink()
    handle = os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o640)
    with os.fdopen(handle, "wb") as file, wave.open(file, "wb") as sound:
        if os.geteuid() == 0:
            os.fchown(handle, owner.st_uid, owner.st_gid)
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(samples.tobytes())
    fresh.replace(path)
