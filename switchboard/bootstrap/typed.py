"""What an operator typed about a caller, spoken into the place of the caller's recorded answers (A8)."""

from __future__ import annotations

import asyncio

from switchboard.domain.order import Typed
from switchboard.errors import PromptError
from switchboard.pbx.clips import CallClips
from switchboard.prompts.saying import Sayer

SPEAK_SECONDS = 20.0
"""Deadline of all three answers: the operator waits for it, and so does the caller, in conversation."""


class TypedAnswers:
    """Implements `flows.orders.Speaking`."""

    def __init__(self, sayer: Sayer, clips: CallClips) -> None:
        self._sayer = sayer
        self._clips = clips

    async def speak(self, call: str, typed: Typed, language: str) -> None:
        """Put the three answers where the executive's phones play them from; one that says nothing is left
        out. Raises PromptError when none could be spoken or stored."""
        try:
            async with asyncio.timeout(SPEAK_SECONDS):
                spoken = await asyncio.to_thread(self._speak, call, typed, language)
        except TimeoutError as error:
            raise PromptError(f"not within {SPEAK_SECONDS:g} s") from error
        except OSError as error:
            raise PromptError(f"it can't be stored: {error}") from error
        if not spoken:
            raise PromptError("nothing in it can be said")

    def _speak(self, call: str, typed: Typed, language: str) -> int:
        answers = (typed.surname, typed.organisation, typed.purpose)
        sounds = [
            self._sayer.wav(text, language) for text in answers
        ]  # all of them before the first is stored
        for clip, sound in enumerate(sounds, start=1):
            self._clips.put(call, clip, sound)
        return sum(map(bool, sounds))
