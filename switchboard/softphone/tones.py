"""Tones in what was heard: is somebody whistling 440 Hz to us, does it ring, was there a beep?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from switchboard.softphone.sound import RATE, Samples

RINGBACK = 450.0
"""Hertz of the Chinese ringing tone, 1 s on and 4 s off (GB/T 3380)."""

FRAME = 320
"""Samples looked at together, 40 ms: tones 25 Hz apart can be told from one another."""

QUIET = 0.003
"""Root mean square below which a frame is silence (-50 dB)."""

PURE = 0.85
"""Share of a frame's energy that must lie at one frequency."""


@dataclass(frozen=True, slots=True)
class Tone:
    """A pure tone: `hertz` to within 15, from `start`, for `seconds`."""

    hertz: float
    start: float
    seconds: float

    @property
    def is_ringback(self) -> bool:
        """Does it ring at the other end?"""
        return abs(self.hertz - RINGBACK) < 20 and self.seconds >= 0.3

    @property
    def is_beep(self) -> bool:
        """Is it the short tone after which one speaks?"""
        return 0.08 <= self.seconds <= 1.0 and self.hertz >= 500


def share(samples: Samples, hertz: float) -> float:
    """How much of the sound's energy is a tone of `hertz` (0 to 1), over its loud frames; 0 for silence."""
    frames = _frames(samples)
    loud = frames[np.sqrt((frames**2).mean(axis=1)) > QUIET]
    if not len(loud):
        return 0.0
    t = np.arange(FRAME) / RATE
    wave = np.exp(-2j * np.pi * hertz * t)
    power = 2 * np.abs(loud @ wave) ** 2 / FRAME
    return float(min(1.0, power.sum() / (loud**2).sum()))


def find(samples: Samples) -> list[Tone]:
    """Every pure tone of 80 ms or longer, in order."""
    frames = _frames(samples)
    if not len(frames):
        return []
    windowed = frames * np.hanning(FRAME).astype(np.float32)
    spectrum = np.abs(np.fft.rfft(windowed, 4 * FRAME, axis=1)) ** 2
    peak = spectrum[:, 8:].argmax(axis=1) + 8  # below 50 Hz: hum and offset, no tone
    reach = np.clip(peak[:, None] + np.arange(-8, 9), 0, spectrum.shape[1] - 1)
    part = np.take_along_axis(spectrum, reach, axis=1).sum(axis=1) / np.maximum(spectrum.sum(axis=1), 1e-12)
    loud = np.sqrt((frames**2).mean(axis=1)) > QUIET
    hertz = peak * RATE / (4 * FRAME)
    tones: list[Tone] = []
    begin = None
    for i in range(len(frames) + 1):
        pure = i < len(frames) and loud[i] and part[i] > PURE
        if begin is not None and (not pure or abs(hertz[i] - hertz[begin]) > 15):
            if i - begin >= 2:
                level = float(np.median(hertz[begin:i]))
                tones.append(Tone(level, begin * FRAME / RATE, (i - begin) * FRAME / RATE))
            begin = None
        if begin is None and pure:
            begin = i
    return tones


def _frames(samples: Samples) -> Samples:
    whole = len(samples) // FRAME
    return samples[: whole * FRAME].reshape(whole, FRAME)
