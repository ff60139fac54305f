"""Speech-like sounds for tests, made from a seed: syllables of a pitched voice between noises and pauses."""

from __future__ import annotations

import numpy as np

from switchboard.softphone.sound import RATE, Samples


def speech(seed: int, seconds: float = 2.0) -> Samples:
    """A sentence that no other seed makes."""
    random = np.random.default_rng(seed)
    out = [np.zeros(RATE // 50)]
    while sum(map(len, out)) < seconds * RATE:
        n = int(random.uniform(0.12, 0.25) * RATE)
        t = np.arange(n) / RATE
        pitch = 110 + 12 * np.sin(2 * np.pi * random.uniform(1, 3) * t)
        phase = 2 * np.pi * np.cumsum(pitch) / RATE
        formants = random.uniform([250, 800, 2200], [900, 2000, 3200])
        k = np.arange(1, 28)
        strength = sum(np.exp(-(((k * 110 - f) / 130) ** 2)) for f in formants) + 0.02
        voiced = (strength[:, None] * np.sin(k[:, None] * phase)).sum(axis=0)
        noise = random.normal(size=n) * random.uniform(0, 0.2)
        out.append((voiced + noise) * np.hanning(n))
        out.append(np.zeros(int(random.uniform(0, 0.04) * RATE)))
    sound = np.concatenate(out)[: int(seconds * RATE)]
    return (0.5 * sound / np.abs(sound).max()).astype(np.float32)


def ulaw(samples: Samples) -> bytes:
    """G.711 µ-law, as a line codes it."""
    s = (samples * 32767).astype(int)
    size = np.minimum(np.abs(s), 32635) + 132
    exponent = np.floor(np.log2(size)).astype(int) - 7
    code = np.where(s < 0, 0x80, 0) | exponent << 4 | size >> exponent + 3 & 15
    return bytes((~code & 0xFF).astype(np.uint8))
