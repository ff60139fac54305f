"""Prompts are recognised by their sound: all that were played, in order, and no others."""

from __future__ import annotations

import time

import numpy as np
import pytest

from switchboard.softphone import sound
from switchboard.softphone.heard import Listener, Repertoire, recognise
from switchboard.softphone.sound import RATE, Samples, silence
from tests.softphone.voices import speech, ulaw

COUNT = 100


@pytest.fixture(scope="module")
def prompts() -> dict[str, Samples]:
    return {f"p{i}": speech(i, 0.5 + (i % 7) * 0.5) for i in range(COUNT)}


@pytest.fixture(scope="module")
def repertoire(prompts: dict[str, Samples]) -> Repertoire:
    return Repertoire(prompts.items())


def names(samples: Samples, repertoire: Repertoire) -> list[str]:
    return [h.name for h in recognise(samples, repertoire)]


def through_a_line(samples: Samples, gain: float = 0.4) -> Samples:
    """Coded, fainter, with an offset and a little noise."""
    coded = sound.ULAW[np.frombuffer(ulaw(samples * gain), np.uint8)]
    noise = np.random.default_rng(1).normal(size=len(coded)) * 0.0005
    return (coded + 0.003 + noise).astype(np.float32)


def test_prompts_are_heard_in_order(prompts: dict[str, Samples], repertoire: Repertoire) -> None:
    """Back to back or with pauses, each prompt is heard once, to its end, where it was."""
    played = ["p5", "p0", "p7", "p13", "p5"]
    parts = [silence(0.331)]
    starts = []
    for name in played:
        starts.append(sum(map(len, parts)) / RATE)
        parts += [prompts[name], silence(0.02)]
    heard = recognise(through_a_line(np.concatenate(parts)), repertoire)
    assert [h.name for h in heard] == played
    assert all(h.whole for h in heard)
    assert [h.start for h in heard] == pytest.approx(starts, abs=0.06)


def test_a_prompt_that_was_not_played_is_not_heard(repertoire: Repertoire) -> None:
    """Thirty seconds of the same voice saying other things match nothing."""
    others = np.concatenate([speech(1000 + i, 3.0) for i in range(10)])
    assert names(through_a_line(others, 1.0), repertoire) == []


def test_tones_noise_and_silence_are_no_prompts(repertoire: Repertoire) -> None:
    """Ringing, hiss and nothing at all match nothing."""
    noise = np.random.default_rng(2).normal(size=5 * RATE).astype(np.float32) * 0.1
    assert names(np.concatenate([sound.tone(450, 3), silence(2), noise]), repertoire) == []


def test_a_prompt_cut_short_tells_how_much_was_heard(
    prompts: dict[str, Samples], repertoire: Repertoire
) -> None:
    """A digit cut the prompt after a second: the fraction says so."""
    heard = recognise(np.concatenate([prompts["p6"][:RATE], silence(3), prompts["p1"]]), repertoire)
    assert [h.name for h in heard] == ["p6", "p1"]
    assert heard[0].fraction == pytest.approx(1 / 3.5, abs=0.05)
    assert not heard[0].whole


def test_a_prompt_is_heard_while_it_is_still_going_on(
    prompts: dict[str, Samples], repertoire: Repertoire
) -> None:
    """Live, a prompt is recognised within a second of its beginning."""
    listener = Listener(repertoire)
    stream = np.concatenate([silence(0.5), prompts["p6"], prompts["p4"]])
    first = None
    for at in range(0, len(stream), 1600):
        listener.feed(stream[at : at + 1600])
        if first is None and any(h.name == "p6" for h in listener.heard()):
            first = (at + 1600) / RATE
    listener.finish()
    assert first is not None
    assert first <= 1.6
    assert [(h.name, h.whole) for h in listener.heard()] == [("p6", True), ("p4", True)]


def test_a_prompt_that_begins_like_another_is_told_apart() -> None:
    """The same first word, different ends: the one that explains more of the sound is named."""
    word, ends = speech(1, 0.8), [speech(2, 1.0), speech(3, 1.0)]
    both = Repertoire((f"end{i}", np.concatenate([word, end])) for i, end in enumerate(ends))
    for i, end in enumerate(ends):
        assert names(np.concatenate([silence(0.2), word, end, silence(1)]), both) == [f"end{i}"]


def test_recognition_is_fast(prompts: dict[str, Samples], repertoire: Repertoire) -> None:
    """Half a minute against a hundred prompts takes well under two seconds of work."""
    call = through_a_line(np.concatenate([prompts[f"p{i}"] for i in range(15)]))[: 30 * RATE]
    began = time.process_time()
    recognise(call, repertoire)
    assert time.process_time() - began < 2


def test_a_beep_is_heard_between_silences_and_not_in_music() -> None:
    """Music on hold has notes of the beep's pitch; a beep stands alone."""
    beep = Repertoire([("beep", sound.tone(880, 0.35))])
    note = sound.tone(880, 2.0) * np.linspace(1, 0.3, 2 * RATE, dtype=np.float32)
    music = np.concatenate([sound.tone(660, 1), note, sound.tone(440, 1)])
    assert names(np.concatenate([silence(1), music]), beep) == []
    assert names(np.concatenate([speech(5, 1), silence(0.1), sound.tone(880, 0.35), silence(1)]), beep) == [
        "beep"
    ]
