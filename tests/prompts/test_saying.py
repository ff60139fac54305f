"""What an operator typed, spoken for one call: hostile text is harmless, a voice that fails is told (A8)."""

from __future__ import annotations

import io
import stat
import wave
from pathlib import Path

import numpy as np
import pytest

from switchboard.bootstrap.typed import TypedAnswers
from switchboard.domain.order import Typed
from switchboard.errors import PromptError
from switchboard.pbx.clips import CallClips
from switchboard.prompts.reading import Piece
from switchboard.prompts.saying import Sayer
from switchboard.prompts.wav import Sound
from switchboard.settings import SOURCE

HOSTILE = (
    "--help; rm -rf /",
    "$(reboot) `id` ${HOME}",
    "[[h@l'oU]] <speak><break time='9999s'/></speak>",
    "../../etc/passwd\x00\r\nAction: Originate",
    "王\u202e先生\u2066 %s %n",
    "🎉" * 40,
    "9" * 160,
    "a" * 160,
)


class Voice:
    """Whistles, and remembers what it was given."""

    def __init__(self, fails: bool = False) -> None:
        self.given: list[Piece] = []
        self.fails = fails

    def identity(self, language: str) -> str:
        return "whistle"

    def speak(self, piece: Piece) -> Sound:
        if self.fails:
            raise PromptError("hoarse")
        self.given.append(piece)
        return Sound(np.sin(np.arange(8000) / 3) * 0.5, 16000)


def sayer(voice: Voice) -> Sayer:
    return Sayer(voice, SOURCE / "prompts")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_is_typed_only_letters_and_digits_are_spoken(text: str, language: str) -> None:
    """Telephone quality, one channel; nothing to say is no sound at all."""
    voice = Voice()
    made = sayer(voice).wav(text, language)
    for piece in voice.given:
        assert not set(piece.pinyin) & set("<>$`[]/\\;\x00\r\n")
        assert not set(piece.text) & set("<>$`[]/\\\x00\r\n\u202e\u2066")
    if not made:
        assert not voice.given
        return
    with wave.open(io.BytesIO(made)) as sound:
        assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, 8000)
        assert sound.getnframes() > 1000


@pytest.fixture
def clips(tmp_path: Path) -> CallClips:
    return CallClips(tmp_path)


async def test_answers_are_put_where_the_recorded_ones_would_be(clips: CallClips, tmp_path: Path) -> None:
    """Each in its place, readable for the PBX's group only; one that says nothing takes an old one away."""
    answers = TypedAnswers(sayer(Voice()), clips)
    await answers.speak("1.1", Typed("王", "Acme", "合同"), "zh")
    folder = tmp_path / "clips" / "1.1"
    assert sorted(p.name for p in folder.iterdir()) == ["1.wav", "2.wav", "3.wav"]
    assert stat.S_IMODE((folder / "1.wav").stat().st_mode) == 0o640
    await answers.speak("1.1", Typed("王", "", "合同"), "zh")
    assert sorted(p.name for p in folder.iterdir()) == ["1.wav", "3.wav"]


async def test_a_voice_that_fails_leaves_everything_as_it_was(clips: CallClips, tmp_path: Path) -> None:
    """The refusal says why; a call that names a path, or a disk without room, is one too."""
    voice = Voice()
    answers = TypedAnswers(sayer(voice), clips)
    await answers.speak("1.1", Typed("王", "", ""), "zh")
    before = (tmp_path / "clips" / "1.1" / "1.wav").read_bytes()
    voice.fails = True
    with pytest.raises(PromptError, match="hoarse"):
        await answers.speak("1.1", Typed("李", "x", "y"), "zh")
    assert (tmp_path / "clips" / "1.1" / "1.wav").read_bytes() == before
    voice.fails = False
    with pytest.raises(PromptError, match="nothing in it"):
        await answers.speak("2.2", Typed("🎉", "", "..."), "zh")
    with pytest.raises(PromptError, match="stored"):
        await answers.speak("../../etc", Typed("王", "", ""), "zh")
