"""Tones: which, when, for how long."""

from __future__ import annotations

import numpy as np
import pytest

from switchboard.softphone import tones
from switchboard.softphone.sound import silence, tone
from tests.softphone.voices import speech


def test_a_tone_is_told_from_others_and_from_speech() -> None:
    """440 Hz is all of a 440 Hz tone, and next to nothing of 620 Hz, speech and silence."""
    assert tones.share(tone(440, 1), 440) > 0.95
    assert tones.share(tone(620, 1), 440) < 0.05
    assert tones.share(speech(1), 440) < 0.3
    assert tones.share(silence(1), 440) == 0


def test_ringback_is_known_by_its_pitch() -> None:
    """The Chinese ringing tone: 450 Hz, one second on, four off."""
    found = tones.find(np.concatenate([tone(450, 1), silence(4), tone(450, 1)]))
    assert [t.is_ringback for t in found] == [True, True]
    assert found[1].start == pytest.approx(5, abs=0.05)


def test_a_beep_is_short_and_high() -> None:
    """The tone after which one speaks is a beep, ringing is none, speech is neither."""
    sound = np.concatenate([speech(3), silence(0.2), tone(1000, 0.3), silence(1), tone(450, 1)])
    assert [t.is_beep for t in tones.find(sound)] == [True, False]
