"""What operators type is read out in the mailbox: in its own language, as a WAV that Asterisk plays."""

from __future__ import annotations

import io
import wave

import pytest

from switchboard.errors import PromptError
from switchboard.prompts import Sounds, dictate
from switchboard.prompts.dictation import LONGEST_SECONDS
from switchboard.prompts.reading import Piece
from switchboard.prompts.wav import Sound
from switchboard.shipped import shipped
from tests.company import company


class Voice:
    """Speaks everything as a quarter of a second of tone, and remembers what it was given."""

    def __init__(self, dumb: bool = False) -> None:
        self.said: list[Piece] = []
        self.dumb = dumb

    def identity(self, language: str) -> str:
        return "a voice"

    def speak(self, piece: Piece) -> Sound:
        import numpy as np

        if self.dumb:
            raise PromptError("no voice")
        self.said.append(piece)
        return Sound(np.sin(np.arange(4000) / 5) * 0.5, 16000)


def spoken(voice: Voice, tmp_path, name: str = "", number: str = "", text: str = "") -> wave.Wave_read:
    sounds = Sounds(company(), shipped("prompts"), tmp_path, voice)
    return wave.open(io.BytesIO(dictate(name, number, text, sounds, voice)))


def test_name_number_and_words_are_read_in_order(tmp_path) -> None:
    """Introduced in Chinese, the number digit by digit, then the words; telephone sound."""
    voice = Voice()
    sound = spoken(voice, tmp_path, "王小明", "13800001111", "请回电。\nMonday, please.")
    assert (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) == (8000, 1, 2)
    assert sound.getnframes() > 8000
    whole = " ".join(piece.text for piece in voice.said)
    places = [whole.index(part) for part in ("话务员", "王小明", "请回电", "Monday")]
    assert places == sorted(places)


def test_english_words_are_introduced_in_english(tmp_path) -> None:
    """No Chinese before an English message."""
    voice = Voice()
    spoken(voice, tmp_path, "Ann Lee", "", "Please call back")
    assert {piece.language for piece in voice.said} == {"en"}


@pytest.mark.parametrize(
    "text", ["😀😀😀", "[[kill]] <speak>x</speak> --stdin", "${SHELL(id)}\n`id`", "。。。"]
)
def test_odd_words_still_make_a_message(tmp_path, text: str) -> None:
    """What no voice can say is left out; the introduction is heard in any case."""
    assert spoken(Voice(), tmp_path, text=text).getnframes() > 0


def test_a_message_never_grows_beyond_what_a_mailbox_takes(tmp_path) -> None:
    """The rest is in the page."""
    sound = spoken(Voice(), tmp_path, text="好。" * 1000)
    assert sound.getnframes() / 8000 <= LONGEST_SECONDS


def test_without_a_voice_it_is_said_so(tmp_path) -> None:
    """Then the message is in the page only."""
    with pytest.raises(PromptError):
        spoken(Voice(dumb=True), tmp_path, text="你好")
