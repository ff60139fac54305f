"""What a phone hears, as one growing timeline.

The softphone writes a sample for each one that arrives. A PBX that waits for a digit sends none, so lengths
in that file mislead. The timeline puts silence where nothing came: a second on it is a second of the call.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from switchboard.softphone import tones
from switchboard.softphone.sound import RATE, Samples

HEADER = 44
"""Bytes ahead of the samples in a WAV that libsndfile is still writing."""

GAP = 0.8
"""Seconds without arrivals that count as silence, not as late packets of a busy machine: a wrong silence in
the middle of a prompt would tear it in two."""

CHUNK = RATE // 25


class Hearing:
    """The sound of one call as it comes in. `poll` reads what is new; nothing else touches the disk."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._folder = folder
        self._clock = clock
        self._buffer = np.zeros(RATE * 60, np.float32)
        self._length = 0
        self._read: dict[Path, int] = {}
        self._began = 0.0
        self._arrived = 0.0
        self._loud = 0.0

    @property
    def samples(self) -> Samples:
        """The timeline so far."""
        return self._buffer[: self._length]

    @property
    def seconds(self) -> float:
        """Length of the timeline: the time until the last sound that came."""
        return self._length / RATE

    @property
    def began(self) -> float:
        """When the first sound came, by the clock; 0 if none did."""
        return self._began

    def poll(self) -> Samples:
        """Take in what arrived since the last time, and return it (with silence for gaps)."""
        before = self._length
        for path in sorted(self._folder.glob("*-dec.wav")):
            done = self._read.get(path, HEADER)
            try:
                with path.open("rb") as f:
                    f.seek(done)
                    data = f.read()
            except FileNotFoundError:
                continue
            data = data[: len(data) & ~1]
            if data:
                self._read[path] = done + len(data)
                self._take((np.frombuffer(data, "<i2") / np.float32(32768)).astype(np.float32))
        if self._began and self._clock() - self._arrived > GAP:
            self._fill_until(self._clock() - GAP)
        return self._buffer[before : self._length]

    def quiet_seconds(self) -> float:
        """For how long nothing louder than line noise has come, by the clock; 0 before any sound came."""
        return self._clock() - self._loud if self._loud else 0.0

    def _take(self, new: Samples) -> None:
        now = self._clock()
        if not self._began:
            self._began = now - len(new) / RATE
        elif now - self._arrived > GAP:
            self._fill_until(now - len(new) / RATE)
        self._arrived = now
        self._append(new)
        for at in range(len(new), 0, -CHUNK):
            piece = new[max(0, at - CHUNK) : at]
            if float(np.sqrt((piece**2).mean())) > tones.QUIET:
                self._loud = now - (len(new) - at) / RATE
                break

    def _fill_until(self, moment: float) -> None:
        missing = int((moment - self._began) * RATE) - self._length
        if missing > 0:
            self._append(np.zeros(missing, np.float32))

    def _append(self, new: Samples) -> None:
        need = self._length + len(new)
        if need > len(self._buffer):
            self._buffer = np.concatenate([self._buffer, np.zeros(max(need, len(self._buffer)), np.float32)])
        self._buffer[self._length : need] = new
        self._length = need
