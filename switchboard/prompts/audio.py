"""From speech to the files Asterisk plays: trimmed, evenly loud, in every format a call may use.

Stored ready for the wire (µ-law, A-law, G.722) and as 16 kHz linear sound for everything else, so that
no call costs transcoding. Nothing here knows what is said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import G722  # type: ignore[import-not-found]
import numpy as np
import soxr  # type: ignore[import-untyped]

from switchboard.errors import PromptError
from switchboard.prompts.storing import FORMATS
from switchboard.prompts.wav import Sound

RATE = 16000
LOUDNESS_DB = -20.0
"""Root mean square of the parts where somebody speaks, relative to full scale."""
PEAK_DB = -3.0
"""Highest sample allowed; it wins over loudness. Room for resampling and for the codecs' errors."""
MARGIN_SECONDS = (0.03, 0.09)
"""Silence left before and after speech: quiet consonants begin and end below the threshold."""
_FRAME = RATE // 100
_THRESHOLD_DB = -42.0  # relative to the loudest 10 ms: softer is silence around speech
_FADES = (0.005, 0.02)


def prepare(sound: Sound) -> np.ndarray:
    """Speech as it is stored: 16 kHz, trimmed, levelled. Raises PromptError when it is silent."""
    samples = np.asarray(sound.samples, dtype=np.float64)
    if sound.rate != RATE:
        samples = soxr.resample(samples, sound.rate, RATE)
    return level(trim(samples - samples.mean() if len(samples) else samples))


def trim(samples: np.ndarray) -> np.ndarray:
    """Cut silence at both ends but for a margin, with fades too short to hear."""
    energy = _frame_energy(samples)
    if not len(energy) or energy.max() < 1e-8:
        raise PromptError("nothing but silence")
    loud = np.flatnonzero(energy > energy.max() * 10 ** (_THRESHOLD_DB / 10))
    before, after = (int(RATE * s) for s in MARGIN_SECONDS)
    start = max(0, loud[0] * _FRAME - before)
    end = min(len(samples), (loud[-1] + 1) * _FRAME + after)
    cut = samples[start:end].copy()
    head, tail = (min(int(RATE * s), len(cut) // 2) for s in _FADES)
    if head and tail:
        cut[:head] *= np.linspace(0, 1, head)
        cut[-tail:] *= np.linspace(1, 0, tail)
    missing = after - (len(samples) - (loud[-1] + 1) * _FRAME)
    return np.concatenate([cut, np.zeros(missing)]) if missing > 0 else cut


def level(samples: np.ndarray) -> np.ndarray:
    """Bring the speaking parts to LOUDNESS_DB, but no sample above PEAK_DB."""
    energy = _frame_energy(samples)
    speaking = energy[energy > energy.max() * 1e-3]
    gain = 10 ** (LOUDNESS_DB / 20) / np.sqrt(speaking.mean())
    gain = min(gain, 10 ** (PEAK_DB / 20) / np.abs(samples).max())
    return samples * gain


def join(parts: Sequence[tuple[np.ndarray, float]]) -> np.ndarray:
    """Prepared parts one after another, each followed by its pause in seconds, save the last."""
    result: list[np.ndarray] = []
    for i, (samples, pause) in enumerate(parts):
        result.append(samples)
        if i < len(parts) - 1:
            result.append(np.zeros(int(RATE * pause)))
    return np.concatenate(result)


def silence(seconds: float) -> np.ndarray:
    """Nothing, for so long."""
    return np.zeros(int(RATE * seconds))


def encode(samples: np.ndarray, formats: Sequence[str] = FORMATS) -> Mapping[str, bytes]:
    """16 kHz samples in each of `formats`, as the content of Asterisk's headerless files; µ-law last."""
    wide = _linear(samples)
    encoded: dict[str, bytes] = {}
    if "sln16" in formats:
        encoded["sln16"] = wide.astype("<i2").tobytes()
    if "g722" in formats:
        even = np.append(wide, np.int16(0)) if len(wide) % 2 else wide
        encoded["g722"] = bytes(G722.G722(RATE, 64000).encode(np.ascontiguousarray(even)))
    narrow = _linear(soxr.resample(samples, RATE, 8000)).astype(np.int32) + 32768
    if "alaw" in formats:
        encoded["alaw"] = _ALAW[narrow].tobytes()
    if "ulaw" in formats:
        encoded["ulaw"] = _ULAW[narrow].tobytes()
    return encoded


def _linear(samples: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(samples * 32767), -32768, 32767).astype(np.int16)


def _frame_energy(samples: np.ndarray) -> np.ndarray:
    whole = len(samples) // _FRAME
    if not whole:
        return np.array([np.mean(samples**2)]) if len(samples) else np.zeros(0)
    return np.mean(samples[: whole * _FRAME].reshape(whole, _FRAME) ** 2, axis=1)


def _ulaw_table() -> np.ndarray:
    """µ-law code of each 16-bit sample, ITU-T G.711: sign, 3 bits of exponent, 4 of mantissa, inverted."""
    value = np.arange(-32768, 32768)
    magnitude = np.minimum(np.abs(value), 32635) + 132
    exponent = np.floor(np.log2(magnitude)).astype(int) - 7
    mantissa = (magnitude >> (exponent + 3)) & 15
    return (~(np.where(value < 0, 128, 0) | exponent << 4 | mantissa) & 255).astype(np.uint8)


def _alaw_table() -> np.ndarray:
    """A-law code of each 16-bit sample, ITU-T G.711: as above, even bits inverted."""
    value = np.arange(-32768, 32768)
    magnitude = np.where(value < 0, -value - 1, value) >> 3  # 12 bits
    exponent = np.where(magnitude < 32, 0, np.floor(np.log2(np.maximum(magnitude, 1))).astype(int) - 4)
    mantissa = np.where(exponent == 0, magnitude >> 1, magnitude >> np.maximum(exponent, 1)) & 15
    return ((np.where(value < 0, 0, 128) | exponent << 4 | mantissa) ^ 0x55).astype(np.uint8)


_ULAW = _ulaw_table()
_ALAW = _alaw_table()
