"""Sound as numbers: reading and writing the few formats that telephones and prompts use.

Samples are float32 between -1 and 1, one channel. numpy is needed: imported by who listens or speaks,
never by the call path.
"""

from __future__ import annotations

import struct
import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from switchboard.softphone.faults import SoftphoneError

Samples = NDArray[np.float32]

RATE = 8000
"""Samples a second on a telephone line (G.711)."""

READABLE = (".ulaw", ".alaw", ".sln", ".sln16", ".wav")


def _ulaw_table() -> Samples:
    code = ~np.arange(256, dtype=np.uint8)
    exponent = ((code >> 4) & 7).astype(np.int32)
    mantissa = (code & 15).astype(np.int32)
    size = ((mantissa << 3) + 0x84 << exponent) - 0x84
    return (np.where(code & 0x80, -size, size) / 32768).astype(np.float32)


def _alaw_table() -> Samples:
    code = np.arange(256, dtype=np.uint8) ^ 0x55
    exponent = ((code >> 4) & 7).astype(np.int32)
    mantissa = (code & 15).astype(np.int32)
    size = np.where(
        exponent == 0, (mantissa << 4) + 8, ((mantissa << 4) + 0x108) << np.maximum(exponent - 1, 0)
    )
    return (np.where(code & 0x80, size, -size) / 32768).astype(np.float32)


ULAW = _ulaw_table()
ALAW = _alaw_table()
"""G.711 decoding tables: the sample for each of the 256 codes."""


def read(path: Path) -> Samples:
    """The sound of `path` at RATE. Raises SoftphoneError when the format is none of READABLE."""
    data = path.read_bytes()
    match path.suffix:
        case ".ulaw":
            return ULAW[np.frombuffer(data, np.uint8)]
        case ".alaw":
            return ALAW[np.frombuffer(data, np.uint8)]
        case ".sln":
            return linear(data)
        case ".sln16":
            return halved(linear(data))
        case ".wav":
            with wave.open(str(path)) as w:
                if w.getsampwidth() != 2 or w.getnchannels() != 1 or w.getframerate() not in (RATE, 2 * RATE):
                    raise SoftphoneError(f"{path}: a WAV of 16 bits, one channel, 8 or 16 kHz is expected")
                samples = linear(w.readframes(w.getnframes()))
                return samples if w.getframerate() == RATE else halved(samples)
    raise SoftphoneError(f"{path}: sound of this kind can't be read, only {', '.join(READABLE)}")


def linear(data: bytes) -> Samples:
    """16-bit little-endian samples as floats; an odd byte at the end is left out."""
    return (np.frombuffer(data[: len(data) & ~1], "<i2") / np.float32(32768)).astype(np.float32)


def halved(samples: Samples) -> Samples:
    """Half the sample rate, without folding the upper band onto the lower."""
    n = np.arange(-31, 32)
    taps = (np.sinc(n / 2) * np.hamming(63) / 2).astype(np.float32)
    return np.convolve(samples, taps, "same")[::2].astype(np.float32)


def resampled(samples: NDArray[np.float64] | Samples, rate: int) -> Samples:
    """Sound of another sample rate, at RATE."""
    import soxr  # type: ignore[import-untyped]

    return np.asarray(soxr.resample(samples, rate, RATE), np.float32)


def write(path: Path, samples: Samples, silence: float = 0.0) -> None:
    """Write a WAV (16 bit, RATE) with `silence` seconds after the sound, as a hole: it takes no disk."""
    data = (np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes()
    size = len(data) + 2 * int(silence * RATE)
    with path.open("wb") as f:
        f.write(struct.pack("<4sI4s", b"RIFF", 36 + size, b"WAVE"))
        f.write(struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, RATE, 2 * RATE, 2, 16))
        f.write(struct.pack("<4sI", b"data", size))
        f.write(data)
        f.truncate(44 + size)


def tone(hertz: float, seconds: float, level: float = 0.3) -> Samples:
    """A steady tone."""
    t = np.arange(int(seconds * RATE)) / RATE
    return (level * np.sin(2 * np.pi * hertz * t)).astype(np.float32)


def silence(seconds: float) -> Samples:
    """Nothing, for so long."""
    return np.zeros(int(seconds * RATE), np.float32)
