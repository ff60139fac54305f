"""Reading WAV files of any sampling rate, depth and number of channels.

The standard library's `wave` refuses WAVE_FORMAT_EXTENSIBLE and the unfinished length fields that
espeak-ng writes to a pipe; recordings come from anywhere.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from switchboard.errors import PromptError

if TYPE_CHECKING:
    import numpy as np

_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
LONGEST_SECONDS = 300
_RATES = (4000, 192000)


@dataclass(frozen=True, slots=True)
class Sound:
    """Mono samples from -1 to 1 at `rate` per second."""

    samples: np.ndarray
    rate: int

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate


def read_wav(data: bytes, what: str) -> Sound:
    """Decode PCM (8 to 32 bits) or float WAV; channels are mixed to one.

    `what` names the source in errors. Raises PromptError saying what isn't supported.
    """
    import numpy as np

    if len(data) < 12 or data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise PromptError(f"{what}: not a WAV file")
    header: tuple[int, int, int, int] | None = None
    position = 12
    while position + 8 <= len(data):
        name, length = data[position : position + 4], struct.unpack_from("<I", data, position + 4)[0]
        body = data[position + 8 : position + 8 + length]  # a length beyond the end means: to the end
        if name == b"fmt " and len(body) >= 16:
            kind, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", body)
            if kind == _EXTENSIBLE and len(body) >= 26:
                kind = struct.unpack_from("<H", body, 24)[0]
            header = (kind, channels, rate, bits)
        elif name == b"data":
            if header is None:
                raise PromptError(f"{what}: sound before its description; not a usable WAV file")
            return _decode(body, *header, what, np)
        position += 8 + length + (length & 1)
    raise PromptError(f"{what}: the WAV file holds no sound")


def _decode(body: bytes, kind: int, channels: int, rate: int, bits: int, what: str, np) -> Sound:
    if not 1 <= channels <= 8 or not _RATES[0] <= rate <= _RATES[1]:
        raise PromptError(f"{what}: {channels} channels at {rate} Hz; expected 1 or 2 at 8000 to 48000 Hz")
    width = bits // 8
    if (kind, bits) not in ((_PCM, 8), (_PCM, 16), (_PCM, 24), (_PCM, 32), (_FLOAT, 32), (_FLOAT, 64)):
        raise PromptError(
            f"{what}: WAV format {kind} with {bits} bits; expected PCM with 8, 16, 24 or 32 bits"
        )
    frame = width * channels
    body = body[: min(len(body) // frame, rate * LONGEST_SECONDS + 1) * frame]
    if len(body) // frame > rate * LONGEST_SECONDS:
        raise PromptError(f"{what}: longer than {LONGEST_SECONDS} s")
    if not body:
        raise PromptError(f"{what}: the WAV file holds no sound")
    if kind == _FLOAT:
        samples = np.frombuffer(body, f"<f{width}").astype(np.float64)
        samples = np.nan_to_num(samples, nan=0.0, posinf=1.0, neginf=-1.0)
    elif bits == 8:
        samples = (np.frombuffer(body, np.uint8).astype(np.float64) - 128) / 128
    elif bits == 24:
        raw = np.frombuffer(body, np.uint8).reshape(-1, 3).astype(np.int32)
        samples = ((raw[:, 0] << 8 | raw[:, 1] << 16 | raw[:, 2] << 24) >> 8) / float(1 << 23)
    else:
        samples = np.frombuffer(body, f"<i{width}").astype(np.float64) / float(1 << (bits - 1))
    return Sound(np.clip(samples.reshape(-1, channels).mean(axis=1), -1.0, 1.0), rate)
