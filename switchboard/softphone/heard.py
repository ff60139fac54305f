"""Which prompts were heard, recognised by their sound.

A prompt that Asterisk played arrives as the very samples of its file, but for the line's coding and gain. So
a prompt is heard where the recording correlates with the beginning of its file, and as far as every further
40 ms do too: a digit that cut it short shows in the fraction heard.

Two steps, for speed: beginnings are looked for at 2 kHz (FFT, all prompts together), and each find is
checked at 8 kHz, piece by piece. Where finds overlap, the one that explains more of the sound wins.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from switchboard.softphone import sound, tones
from switchboard.softphone.sound import RATE, Samples

FOLD = 4
"""The search runs at RATE / FOLD: voiced speech has its energy below 900 Hz."""

HEAD = 0.6
"""Seconds of a prompt's beginning that are searched for."""

CANDIDATE = 0.45
"""Correlation at 2 kHz that makes a place worth checking (a shift by half a sample costs much of it)."""

REACH = 24
"""Samples to either side of a candidate where the check looks for the exact place."""

PIECE = 320
"""Samples of a piece in the check, 40 ms."""

SAME = 0.8
"""Correlation at 8 kHz at which a piece counts as the prompt's. Copies reach 0.97 and more through both
kinds of G.711; other speech stays below 0.5 for all but single pieces."""

MISSES = 3
"""Pieces in a row that don't match: there the prompt ended."""

SHORTEST = 5
"""Matching pieces (0.2 s) needed, or all but one of a shorter prompt's."""

BESIDE = 640
"""Samples of silence that a beep has on either side, 80 ms."""

FAINT = 0.02
"""Pieces whose level is below this share of the prompt's loudest carry no evidence."""

BLOCKS = (4096, 16384)
"""Lengths of the transforms: 2 s at 2 kHz while listening live, 8 s for a whole recording."""

_TAPS = (np.sinc(np.arange(-24, 25) * 0.225) * np.hamming(49) * 0.225).astype(np.float32)


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


@dataclass(frozen=True, slots=True)
class Prompt:
    """A known sound: `samples` from its first audible one, which is `lead` samples into the file."""

    name: str
    samples: Samples
    lead: int
    alone: bool  # a pure tone: taken for a beep only between silences, or music would beep
    levels: NDArray[np.float32] = field(repr=False)  # of each PIECE


class Repertoire:
    """The prompts that can be recognised. Make it once; it holds their transforms."""

    def __init__(self, sounds: Iterable[tuple[str, Samples]]) -> None:
        self.prompts: list[Prompt] = [p for name, s in sounds if (p := _prompt(name, s)) is not None]
        self.head = int(HEAD * RATE) // FOLD
        heads = np.zeros((len(self.prompts), self.head), np.float32)
        self.lengths = np.zeros(len(self.prompts), np.int64)
        for i, p in enumerate(self.prompts):
            low = _low(p.samples[: self.head * FOLD])
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
        self._finds: dict[tuple[int, int], _Find] = {}

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
            find = _check(self._repertoire.prompts[key[0]], self._samples, key[1])
            if find is not None:
                self._finds[key] = find
            if len(self._samples) < key[1] + len(self._repertoire.prompts[key[0]].samples) + RATE:
                still_open.append(key)
        self._open = still_open
        return _choose(self._repertoire.prompts, self._finds)

    def _scan(self, until: int) -> None:
        if until <= self._scanned:
            return
        margin = len(_TAPS) // FOLD + 1
        begin = max(0, self._scanned - margin)
        low = _low(self._samples[begin * FOLD :])
        for index, place in self._repertoire.candidates(low, until - begin):
            if begin + place < self._scanned and begin > 0:
                continue
            exact = _exact(self._repertoire.prompts[index], self._samples, (begin + place) * FOLD)
            if exact is not None and (index, exact) not in self._finds:
                self._open.append((index, exact))
        self._open = sorted(set(self._open))
        self._scanned = until


def recognise(samples: Samples, repertoire: Repertoire) -> list[Heard]:
    """The prompts in a whole recording, in order."""
    listener = Listener(repertoire)
    listener.feed(samples)
    listener.finish()
    return listener.heard()


@dataclass(frozen=True, slots=True)
class _Find:
    place: int
    score: float  # matching pieces
    end: int  # samples of the prompt heard


def _prompt(name: str, samples: Samples) -> Prompt | None:
    loud = np.nonzero(np.abs(samples) > 0.01)[0]
    if not len(loud):
        return None
    lead = max(0, int(loud[0]) - 40)
    cut = np.ascontiguousarray(samples[lead : int(loud[-1]) + 40])
    whole = max(1, len(cut) // PIECE)
    padded = np.zeros(whole * PIECE, np.float32)
    padded[: min(len(cut), len(padded))] = cut[: len(padded)]
    levels = np.sqrt((_sharpened(padded).reshape(whole, PIECE) ** 2).mean(axis=1))
    alone = any(t.seconds * RATE > 0.7 * len(cut) for t in tones.find(cut))
    return Prompt(name, cut, lead, alone, levels)


def _sharpened(samples: Samples) -> Samples:
    """Without offset and with the highs raised: voices differ more there than at their pitch."""
    out = samples.copy()
    out[1:] -= np.float32(0.9) * samples[:-1]
    return out


def _low(samples: Samples) -> Samples:
    """The sound below 900 Hz, at 2 kHz."""
    if not len(samples):
        return samples
    return np.convolve(_sharpened(samples), _TAPS, "full")[len(_TAPS) // 2 :][: len(samples)][::FOLD].astype(
        np.float32
    )


def _exact(prompt: Prompt, samples: Samples, near: int) -> int | None:
    """The place within a few milliseconds of `near` where the prompt's beginning fits best."""
    first = max(0, near - REACH)
    part = _sharpened(samples[first : near + REACH + int(HEAD * RATE)])
    head = _sharpened(prompt.samples[: int(HEAD * RATE)])[: len(part) - 2 * REACH]
    if len(head) < PIECE:
        return None
    fit = np.correlate(part, head, "valid")[: 2 * REACH + 1]
    at = int(fit.argmax())
    power = float(np.dot(part[at : at + len(head)], part[at : at + len(head)]) * np.dot(head, head))
    return first + at if fit[at] > CANDIDATE * np.sqrt(max(power, 1e-12)) else None


def _check(prompt: Prompt, samples: Samples, place: int) -> _Find | None:
    """How far the sound at `place` is the prompt; None if it isn't."""
    part = samples[place : place + len(prompt.samples)]
    count = min(len(part) // PIECE, len(prompt.levels))
    if count == 0:
        return None
    ours = _sharpened(prompt.samples[: count * PIECE]).reshape(count, PIECE)
    theirs = _sharpened(part[: count * PIECE]).reshape(count, PIECE)
    power = np.sqrt((ours**2).sum(axis=1) * (theirs**2).sum(axis=1))
    ratio = (ours * theirs).sum(axis=1) / np.maximum(power, 1e-9)
    evidence = prompt.levels[:count] > FAINT * prompt.levels.max()
    score, misses, last = 0.0, 0, -1
    for i in range(count):
        if not evidence[i]:
            continue
        if ratio[i] >= SAME:
            score, misses, last = score + 1, 0, i
        else:
            misses += 1
            if misses >= MISSES:
                break
    total = int((prompt.levels > FAINT * prompt.levels.max()).sum())
    if score < min(SHORTEST, max(2, total - 1)):
        return None
    tried = int(evidence[: last + 1].sum())
    if score < 0.75 * tried:
        return None
    end = len(prompt.samples) if last >= len(prompt.levels) - 2 else (last + 1) * PIECE
    if prompt.alone and not _stands_alone(samples, place, end):
        return None
    return _Find(place, score, end)


def _stands_alone(samples: Samples, place: int, length: int) -> bool:
    """Whether what is heard at `place` has silence on both sides; False until enough is heard to tell."""
    before = samples[max(0, place - BESIDE) : max(0, place - BESIDE // 8)]
    after = samples[place + length + BESIDE // 8 :][:BESIDE]
    if len(after) < BESIDE // 2:
        return False
    loud = 0.1 * float(np.abs(samples[place : place + length]).max())
    return not np.any(np.abs(before) > loud) and not np.any(np.abs(after) > loud)


def _choose(prompts: Sequence[Prompt], finds: dict[tuple[int, int], _Find]) -> list[Heard]:
    """Of overlapping finds the one that explains most; of nearly equal ones that which was heard whole."""

    def worth(item: tuple[tuple[int, int], _Find]) -> tuple[float, float, int]:
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
