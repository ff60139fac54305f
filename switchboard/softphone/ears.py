"""What a phone hears in its present or last call, while it hears it."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from switchboard.softphone.faults import NothingHappened, SoftphoneError
from switchboard.softphone.heard import Heard, Listener, Repertoire
from switchboard.softphone.hearing import Hearing

LOOK = 0.04
"""Seconds between looks at what has been heard."""


class Ears:
    """Listens to one call after another; recordings of the present one lie in `recordings`."""

    def __init__(self, recordings: Path, repertoire: Repertoire | None) -> None:
        self.repertoire = repertoire
        self.hearing = Hearing(recordings)
        self.in_call = False
        self._recordings = recordings
        self._listener = Listener(repertoire) if repertoire else None
        self._fed = 0
        self._calls = 0
        self._listening: asyncio.Task[None] | None = None

    def heard(self) -> list[Heard]:
        """The prompts heard in the present or last call, in order. Needs a repertoire."""
        if self._listener is None:
            raise SoftphoneError("this phone was started without a repertoire")
        self.hearing.poll()
        samples = self.hearing.samples
        self._listener.feed(samples[self._fed :])
        self._fed = len(samples)
        if not self.in_call:
            self._listener.finish()
        return self._listener.heard()

    async def hears(self, *names: str, timeout: float = 15, after: float = -1.0) -> Heard:
        """Wait until one of the prompts `names` begins to be heard later than `after` (timeline seconds)."""
        deadline = time.monotonic() + timeout
        while True:
            over = not self._listening
            heard = self.heard()
            for h in heard:
                if h.name in names and h.start > after:
                    return h
            if over or time.monotonic() > deadline:
                what = "the call ended" if over else f"{timeout:g} s passed"
                so_far = ", ".join(h.name for h in heard) or "nothing"
                raise NothingHappened(
                    f"{what} without {' or '.join(names)}; "
                    f"heard: {so_far}, in {self.hearing.seconds:.1f} s of sound"
                )
            await asyncio.sleep(0.15)

    async def heard_until(self, moment: float, timeout: float = 30) -> None:
        """Wait until `moment` of the call's timeline has been heard, or the call is over."""
        deadline = time.monotonic() + timeout
        while self._listening and self.hearing.seconds < moment + LOOK:
            if time.monotonic() > deadline:
                raise NothingHappened(f"{timeout:g} s passed before second {moment:.1f} was heard")
            await asyncio.sleep(LOOK)

    async def quiet(self, seconds: float = 1.0, timeout: float = 30) -> None:
        """Wait until nothing has been heard for `seconds`, having heard something."""
        deadline = time.monotonic() + timeout
        while self.hearing.quiet_seconds() < seconds:
            if time.monotonic() > deadline:
                raise NothingHappened(f"it was never quiet for {seconds:g} s within {timeout:g} s")
            if not self._listening:
                raise NothingHappened(f"the call ended before it was quiet for {seconds:g} s")
            await asyncio.sleep(LOOK)

    def listen_afresh(self) -> None:
        """A new call: put the recordings of the one before aside and listen."""
        self._calls += 1
        for old in self._recordings.glob("dump-*.wav"):
            old.rename(self._recordings / f"call-{self._calls - 1}-{old.name}.old")
        self.hearing = Hearing(self._recordings)
        self._listener = Listener(self.repertoire) if self.repertoire else None
        self._fed = 0
        self.stop_listening()
        self._listening = asyncio.create_task(self._listen(), name=f"listening in {self._recordings}")

    def stop_listening(self) -> None:
        """The call is over: nothing more will be heard."""
        if self._listening:
            self.hearing.poll()
            self._listening.cancel()
        self._listening = None

    async def _listen(self) -> None:
        while True:
            self.hearing.poll()
            await asyncio.sleep(LOOK)
