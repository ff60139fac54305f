"""Whether the sound at one place is a known prompt, and how much of it.

Compared in pieces of 40 ms, without offset and with the highs raised, where voices differ most.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from switchboard.softphone import tones
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

TAPS = (np.sinc(np.arange(-24, 25) * 0.225) * np.hamming(49) * 0.225).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Prompt:
    """A known sound: `samples` from its first audible one, which is `lead` samples into the file."""

    name: str
    samples: Samples
    lead: int
    alone: bool  # a pure tone: taken for a beep only between silences, or music would beep
    levels: NDArray[np.float32] = field(repr=False)  # of each PIECE


@dataclass(frozen=True, slots=True)
class Find:
    """A prompt found at `place`: `score` pieces match, `end` samples of it were heard."""

    place: int
    score: float
    end: int


def prompt_of(name: str, samples: Samples) -> Prompt | None:
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


def low_of(samples: Samples) -> Samples:
    """The sound below 900 Hz, at 2 kHz."""
    if not len(samples):
        return samples
    return np.convolve(_sharpened(samples), TAPS, "full")[len(TAPS) // 2 :][: len(samples)][::FOLD].astype(
        np.float32
    )


def exact(prompt: Prompt, samples: Samples, near: int) -> int | None:
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


def check(prompt: Prompt, samples: Samples, place: int) -> Find | None:
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
    return Find(place, score, end)


def _stands_alone(samples: Samples, place: int, length: int) -> bool:
    """Whether what is heard at `place` has silence on both sides; False until enough is heard to tell."""
    before = samples[max(0, place - BESIDE) : max(0, place - BESIDE // 8)]
    after = samples[place + length + BESIDE // 8 :][:BESIDE]
    if len(after) < BESIDE // 2:
        return False
    loud = 0.1 * float(np.abs(samples[place : place + length]).max())
    return not np.any(np.abs(before) > loud) and not np.any(np.abs(after) > loud)
