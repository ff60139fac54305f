"""Speaks what an operator typed for somebody, as voicemail plays it: who it is from, their number, the words.

One long sound of 8 kHz, since Asterisk's mailboxes keep WAV of that rate and nothing else.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from switchboard.domain import prompt_keys
from switchboard.domain.phrases import Text
from switchboard.domain.pinyin import HAN
from switchboard.errors import PromptError

if TYPE_CHECKING:
    from switchboard.prompts.sounds import Sounds
    from switchboard.prompts.speech import Speech

LONGEST_SECONDS = 290
"""Of sound; what is beyond is in the page only."""

TELEPHONE_RATE = 8000
_BETWEEN = 0.35


def dictate(name: str, number: str, text: str, sounds: Sounds, speech: Speech) -> bytes:
    """A WAV of the message. It is introduced in the language of its words: Chinese if any of them are.

    Takes some 10 ms for each few words. Raises PromptError when nothing can be spoken at all.
    """
    import numpy as np
    import soxr  # type: ignore[import-untyped]

    from switchboard.prompts import audio
    from switchboard.prompts.reading import pieces

    language = "zh" if HAN.search(text) or HAN.search(name) else "en"
    said = [sounds.text(Text(prompt_keys.TYPED_INTRO), language)]
    if name:
        said.append(f"{sounds.text(Text(prompt_keys.TYPED_CALLER), language)} {name}")
    if number:
        said.append(f"{sounds.text(Text(prompt_keys.TYPED_NUMBER), language)} {number}")
    said += text.splitlines()
    parts = []
    length = 0.0
    for sentence in said:
        for piece in pieces(sentence, language, sounds.lexicon):
            try:
                spoken = audio.prepare(speech.speak(piece))
            except PromptError:  # one word that no voice can say: the others are still worth hearing
                continue
            parts.append((spoken, piece.pause))
            length += len(spoken) / audio.RATE + piece.pause
        if parts:
            parts[-1] = (parts[-1][0], _BETWEEN)
        if length > LONGEST_SECONDS:
            break
    if not parts:
        raise PromptError("nothing of this message can be spoken")
    wide = audio.join(parts)[: int(LONGEST_SECONDS * audio.RATE)]
    narrow = soxr.resample(wide, audio.RATE, TELEPHONE_RATE)
    samples = np.clip(np.rint(narrow * 32767), -32768, 32767).astype("<i2").tobytes()
    form = struct.pack("<IHHIIHH", 16, 1, 1, TELEPHONE_RATE, TELEPHONE_RATE * 2, 2, 16)
    return (
        b"RIFF"
        + struct.pack("<I", 36 + len(samples))
        + b"WAVEfmt "
        + form
        + b"data"
        + struct.pack("<I", len(samples))
        + samples
    )
