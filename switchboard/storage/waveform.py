"""The shape of a recording, for a picture of it: how loud each part is."""

from __future__ import annotations

import sys
from array import array
from itertools import pairwise
from pathlib import Path

from switchboard.errors import StorageError
from switchboard.storage import wav

PARTS = 240
"""Bars of the picture: as many as fit a wide screen."""

LOUDEST = 100
_FULL_SCALE = 32768
_LARGEST_BYTES = 32_000_000


def shape(path: Path, parts: int = PARTS) -> list[int]:
    """The loudest moment of each part, 0 to 100 of full scale; [] when it holds no sound we can read.

    Blocking: some 20 ms for five minutes. Raises StorageError when the file can't be read.
    """
    found = wav.measure(path)
    if found is None or found.frame != 2 or not 0 < found.bytes <= _LARGEST_BYTES:
        return []
    try:
        with path.open("rb") as file:
            file.seek(wav.HEADER)
            samples = array("h", file.read(found.bytes // 2 * 2))
    except OSError as error:
        raise StorageError(f"{path} can't be read: {error.strerror}") from error
    if sys.byteorder == "big":
        samples.byteswap()
    count = min(parts, len(samples))
    edges = [len(samples) * i // count for i in range(count + 1)]
    loudest = (max(max(part), -min(part)) for a, b in pairwise(edges) if (part := samples[a:b]))
    return [min(LOUDEST, round(peak * LOUDEST / _FULL_SCALE)) for peak in loudest]
