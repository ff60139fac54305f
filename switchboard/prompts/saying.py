"""Speaks a text once, for one call: what an operator typed about a caller (A8).

The same reading and the same voices as for prompts. Nothing of the text reaches a command line; signs that
can't be read aloud are left out.
"""

from __future__ import annotations

import io
import wave
from pathlib import Path

import numpy as np
import soxr  # type: ignore[import-untyped]

from switchboard.errors import PromptError
from switchboard.prompts import audio
from switchboard.prompts.reading import lexicon_of, pieces
from switchboard.prompts.speech import Speech

TELEPHONE_RATE = 8000


class Sayer:
    """Speaks with `speech`, reading words of `prompts`/pronunciation.yaml first."""

    def __init__(self, speech: Speech, prompts: Path) -> None:
        self._speech = speech
        self._prompts = prompts

    def wav(self, text: str, language: str) -> bytes:
        """`text` as a WAV file of telephone quality, b"" when nothing in it can be spoken. Blocks. Raises
        PromptError when the voice fails."""
        said = pieces(text, language, lexicon_of(self._prompts))
        if not said:
            return b""
        parts = [(audio.prepare(self._speech.speak(piece)), piece.pause) for piece in said]
        samples = soxr.resample(audio.level(audio.join(parts)), audio.RATE, TELEPHONE_RATE)
        if not len(samples):
            raise PromptError(f"nothing was spoken of {text[:40]!r}")
        linear = np.clip(np.rint(samples * 32767), -32768, 32767).astype("<i2")
        made = io.BytesIO()
        with wave.open(made, "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(2)
            sound.setframerate(TELEPHONE_RATE)
            sound.writeframes(linear.tobytes())
        return made.getvalue()
