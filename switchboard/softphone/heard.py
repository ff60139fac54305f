"""Which prompts were heard, recognised by their sound.

A prompt that Asterisk played arrives as the very samples of its file, but for the line's coding and gain. So
a prompt is heard where the recording correlates with the beginning of its file, and as far as every further
40 ms do too: a digit that cut it short shows in the fraction heard.

Two steps, for speed: beginnings are looked for at 2 kHz (FFT, all prompts together), and each find is
checked at 8 kHz, piece by piece. Where finds overlap, the one that explains more of the sound wins.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from switchboard.softphone import sound
from switchboard.softphone.matching import (
    CANDIDATE,
    FOLD,
    HEAD,
    MISSES,
    TAPS,
    Find,
    Prompt,
    check,
    exact,
    low_of,
    prompt_of,
)
from switchboard.softphone.sound import RATE, Samples

BLOCKS = (4096, 16384)
"""Lengths of the transforms: 2 s at 2 kHz while listening live, 8 s for a whole recording."""


@dataclass(frozen=True, slots=True)
class Heard:
    """`name` was heard from `start` for `seconds`; `fraction` of it (1 = to the end)."""

    name: str
    start: float
    seconds: float
    fraction: float

    @property
    def whole(self) -> bool:
        """Was it heard to the end?"""
        return self.fraction > 0.9


class Repertoire:
    """The prompts that can be recognised. Make it once; it holds their transforms."""

    def __init__(self, sounds: Iterable[tuple[str, Samples]]) -> None:
        self.prompts: list[Prompt] = [p for name, s in sounds if (p := prompt_of(name, s)) is not None]
        self.head = int(HEAD * RATE) // FOLD
        heads = np.zeros((len(self.prompts), self.head), np.float32)
        self.lengths = np.zeros(len(self.prompts), np.int64)
        for i, p in enumerate(self.prompts):
            low = low_of(p.samples[: self.head * FOLD])
            norm = float(np.sqrt((low**2).sum()))
            heads[i, : len(low)] = low / max(norm, 1e-9)
            self.lengths[i] = len(low)
        self._spectra = {n: np.conj(np.fft.rfft(heads, n, axis=1)).astype(np.complex64) for n in BLOCKS}

    @classmethod
    def of_files(cls, files: Iterable[tuple[str, Path]]) -> Repertoire:
        """A repertoire of (name, sound file)."""
        return cls((name, sound.read(path)) for name, path in files)

    def candidates(self, low: Samples, until: int) -> list[tuple[int, int]]:
        """(prompt, place) where `low` (2 kHz) may begin a prompt at a place below `until`."""
        found: list[tuple[int, int]] = []
        size = next((n for n in BLOCKS if n - self.head >= until), BLOCKS[-1])
        step = size - self.head
        for begin in range(0, max(until, 0), step):
            block = low[begin : begin + size]
            count = min(step, until - begin, len(block))
            padded = np.zeros(size, np.float32)
            padded[: len(block)] = block
            energy = np.concatenate([[0.0], np.cumsum(padded.astype(np.float64) ** 2)])
            spectrum = np.fft.rfft(padded).astype(np.complex64)
            for first in range(0, len(self.prompts), 32):
                rows = slice(first, first + 32)
                product = self._spectra[size][rows] * spectrum
                # Twice as many points: between two samples at 2 kHz a fitting place can look like none.
                match = 2 * np.fft.irfft(product, 2 * size, axis=1)[:, : 2 * count]
                match = np.maximum(match[:, ::2], match[:, 1::2])
                ends = np.minimum(np.arange(count)[None, :] + self.lengths[rows, None], size)
                power = energy[ends] - energy[:count][None, :]
                floor = self.lengths[rows, None] * 1e-7
                ratio = np.where(power > floor, match / np.sqrt(np.maximum(power, 1e-12)), 0.0)
                for row, place in zip(*np.nonzero(ratio > CANDIDATE), strict=True):
                    around = ratio[row, max(0, place - 4) : place + 5]
                    if ratio[row, place] >= around.max():
                        found.append((first + int(row), begin + int(place)))
        return found


class Listener:
    """Recognises while the sound comes in. `feed` sound, ask `heard()` at any time, `finish` at the end."""

    def __init__(self, repertoire: Repertoire) -> None:
        self._repertoire = repertoire
        self._samples = np.zeros(0, np.float32)
        self._scanned = 0  # places at 2 kHz already searched
        self._open: list[tuple[int, int]] = []  # (prompt, place at 8 kHz) that may still grow
        self._finds: dict[tuple[int, int], Find] = {}

    def feed(self, samples: Samples) -> None:
        """Take in what was heard next."""
        self._samples = np.concatenate([self._samples, samples])
        self._scan(len(self._samples) // FOLD - self._repertoire.head)

    def finish(self) -> None:
        """Nothing more will come: search the last moment too."""
        self._scan(len(self._samples) // FOLD)

    def heard(self) -> list[Heard]:
        """The prompts so far, in order. The last one may still be going on."""
        still_open = []
        for key in self._open:
            find = check(self._repertoire.prompts[key[0]], self._samples, key[1])
            if find is not None:
                self._finds[key] = find
            if len(self._samples) < key[1] + len(self._repertoire.prompts[key[0]].samples) + RATE:
                still_open.append(key)
        self._open = still_open
        return _choose(self._repertoire.prompts, self._finds)

    def _scan(self, until: int) -> None:
        if until <= self._scanned:
            return
        margin = len(TAPS) // FOLD + 1
        begin = max(0, self._scanned - margin)
        low = low_of(self._samples[begin * FOLD :])
        for index, place in self._repertoire.candidates(low, until - begin):
            if begin + place < self._scanned and begin > 0:
                continue
            at = exact(self._repertoire.prompts[index], self._samples, (begin + place) * FOLD)
            if at is not None and (index, at) not in self._finds:
                self._open.append((index, at))
        self._open = sorted(set(self._open))
        self._scanned = until


def recognise(samples: Samples, repertoire: Repertoire) -> list[Heard]:
    """The prompts in a whole recording, in order."""
    listener = Listener(repertoire)
    listener.feed(samples)
    listener.finish()
    return listener.heard()


def _choose(prompts: Sequence[Prompt], finds: dict[tuple[int, int], Find]) -> list[Heard]:
    """Of overlapping finds the one that explains most; of nearly equal ones that which was heard whole."""

    def worth(item: tuple[tuple[int, int], Find]) -> tuple[float, float, int]:
        (index, _), find = item
        fraction = find.end / len(prompts[index].samples)
        return (-find.score - (MISSES if fraction > 0.97 else 0), -fraction, index)

    taken: list[tuple[int, int]] = []
    chosen: list[Heard] = []
    for (index, _), find in sorted(finds.items(), key=worth):
        begin, end = find.place, find.place + find.end
        if any(min(end, e) - max(begin, b) > RATE // 20 for b, e in taken):
            continue
        taken.append((begin, end))
        prompt = prompts[index]
        chosen.append(Heard(prompt.name, begin / RATE, find.end / RATE, find.end / len(prompt.samples)))
    return sorted(chosen, key=lambda h: h.start)
