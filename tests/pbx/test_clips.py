"""Callers' answers to the screening questions: only their words reach the executive."""

from __future__ import annotations

import math
import wave
from array import array
from pathlib import Path

import pytest

from switchboard.pbx.clips import CallClips, speech

RATE = 8000


def tone(seconds: float) -> array[int]:
    """Something said."""
    return array("h", (round(6000 * math.sin(i * 0.4)) for i in range(int(seconds * RATE))))


def hush(seconds: float) -> array[int]:
    """A quiet line: never quite nothing."""
    return array("h", (i % 7 for i in range(int(seconds * RATE))))


def write(path: Path, samples: array[int], channels: int = 1) -> None:
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(channels)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(samples.tobytes())


@pytest.fixture
def clips(tmp_path: Path) -> CallClips:
    return CallClips(tmp_path)


def test_the_pauses_before_and_after_an_answer_are_cut_off(clips: CallClips) -> None:
    """Two seconds of thinking, one of speech, two of silence: a good second is left."""
    path = Path(clips.place("1.1", 1) + ".wav")
    write(path, hush(2) + tone(1) + hush(2))
    assert clips.trim("1.1", 1) == pytest.approx(1.3, abs=0.05)
    with wave.open(str(path)) as sound:
        assert sound.getnframes() / RATE == pytest.approx(1.3, abs=0.05)
    assert clips.trim("1.1", 1) == pytest.approx(1.3, abs=0.05)  # again changes nothing
    assert [p.name for p in path.parent.iterdir()] == ["1.wav"]


def test_a_pause_within_an_answer_stays(clips: CallClips) -> None:
    """Only the ends are cut."""
    begin, end = speech(hush(1) + tone(0.5) + hush(1) + tone(0.5) + hush(1), RATE)
    assert (end - begin) / RATE == pytest.approx(2.3, abs=0.05)


def test_an_answer_without_speech_is_none(clips: CallClips) -> None:
    """Nothing was said: nothing is there to be played."""
    path = Path(clips.place("1.1", 2) + ".wav")
    write(path, hush(3))
    assert clips.trim("1.1", 2) == 0.0
    assert not path.exists()


@pytest.mark.parametrize("content", [b"", b"RIFF", b"\xff" * 100])
def test_what_is_no_recording_is_left_as_it_is(clips: CallClips, content: bytes) -> None:
    """A fault is told, and nothing is lost."""
    path = Path(clips.place("1.1", 3) + ".wav")
    path.write_bytes(content)
    with pytest.raises(OSError, match=r"3\.wav"):
        clips.trim("1.1", 3)
    assert path.read_bytes() == content
    with pytest.raises(OSError, match="No such file"):
        clips.trim("1.1", 4)


def test_a_call_without_a_proper_name_has_no_folder(clips: CallClips) -> None:
    """Ids come from Asterisk; nothing else becomes a path."""
    for call in ("", "../x", "a/b", ".hidden", "x" * 200):
        with pytest.raises(OSError, match="names no call"):
            clips.folder(call)
