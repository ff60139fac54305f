"""Sounds that aren't speech: beeps, silence, and music on hold. Made here, so nobody's licence applies."""

from __future__ import annotations

import numpy as np

from switchboard.prompts.audio import RATE

MUSIC_VERSION = "1"
MUSIC_SECONDS = 32


def tone(name: str) -> np.ndarray:
    """`beep` (before a recording), `beeperr` (something refused) or `silence/<seconds>`; 16 kHz."""
    if name == "beep":
        return _beep(880.0, 0.35)
    if name == "beeperr":
        return np.concatenate([_beep(440.0, 0.18), np.zeros(RATE // 20), _beep(350.0, 0.28)])
    kind, _, seconds = name.partition("/")
    assert kind == "silence", name
    return np.zeros(RATE * int(seconds))


def _beep(frequency: float, seconds: float) -> np.ndarray:
    time = np.arange(int(RATE * seconds)) / RATE
    edge = np.minimum(1, np.minimum(time, seconds - time) / 0.01)
    return 0.25 * np.sin(2 * np.pi * frequency * time) * edge


_CHORDS = ((57, 60, 64, 69), (53, 57, 60, 65), (48, 55, 60, 64), (55, 59, 62, 67)) * 2
"""MIDI notes of eight bars of 4 s: A minor, F, C, G, twice."""


def music() -> np.ndarray:
    """A quiet broken-chord loop of MUSIC_SECONDS, the same every time, that ends as it begins."""
    total = RATE * MUSIC_SECONDS
    result = np.zeros(total + 4 * RATE)
    bar = MUSIC_SECONDS // len(_CHORDS)
    for number, chord in enumerate(_CHORDS):
        start = number * bar
        for note in chord[:2]:
            _add(result, start, _pluck(note - 12, 3.5, 0.5))
        order = (0, 1, 2, 3, 2, 3, 1, 2) if number % 2 else (0, 2, 1, 3, 2, 1, 3, 2)
        for step, which in enumerate(order):
            _add(result, start + step * bar / 8, _pluck(chord[which] + 12, 1.6, 0.35))
    result[: 4 * RATE] += result[total:]  # what rings on after the end belongs to the beginning
    loop = result[:total]
    return loop * (10 ** (-26 / 20) / np.sqrt(np.mean(loop**2)))


def _pluck(note: int, seconds: float, strength: float) -> np.ndarray:
    time = np.arange(int(RATE * seconds)) / RATE
    frequency = 440 * 2 ** ((note - 69) / 12)
    wave = sum(
        np.sin(2 * np.pi * frequency * k * time) * np.exp(-time * (1.2 + k)) / k**1.5 for k in (1, 2, 3)
    )
    ending = np.minimum(1, (seconds - time) / 0.1)
    return strength * wave * np.minimum(1, time / 0.008) * ending


def _add(target: np.ndarray, at: float, sound: np.ndarray) -> None:
    start = int(at * RATE)
    target[start : start + len(sound)] += sound[: len(target) - start]
