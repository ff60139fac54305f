"""A real SIP phone, driven from here: Debian's baresip, without a sound card.

It registers, rings, answers, talks and presses keys as a desk phone does; what it hears is kept and can be
recognised. Used by `switchboard call` and by the live tests. Each phone has a folder and ports of its own.
"""

from __future__ import annotations

import asyncio
import shutil
import socket
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from switchboard.priority import sound_first
from switchboard.softphone import configuration, events, ports, sound
from switchboard.softphone.configuration import Account
from switchboard.softphone.control import Control
from switchboard.softphone.ears import Ears
from switchboard.softphone.events import Closed, Established, Event, Incoming, Lamp, Registered, Ringing
from switchboard.softphone.faults import NothingHappened, SoftphoneError
from switchboard.softphone.heard import Repertoire
from switchboard.softphone.program import Program, find
from switchboard.softphone.sound import Samples

E = TypeVar("E", bound=Event)

KEY_GAP = 0.3
"""Seconds from key to key. Faster, and baresip merges neighbours into one RFC 4733 event."""

CLOSE_SECONDS = 1.0
"""How long a hang-up waits for the call's end."""

PATIENCE = 300.0
"""Seconds of silence a phone can send after what it says: baresip hangs up at the end of its sound file."""


class Baresip(Ears):
    """One phone. `start` it, use it as a context manager, or `stop` it."""

    def __init__(
        self, account: Account, program: Program, folder: Path, repertoire: Repertoire | None
    ) -> None:
        super().__init__(folder / configuration.RECORDINGS, repertoire)
        self.account = account
        self.folder = folder
        self.events: list[Event] = []
        self.lamp = Lamp(False)
        self.ringing = False
        self.port = 0  # where it can be called without a registration
        self._program = program
        self._process: asyncio.subprocess.Process | None = None
        self._control = Control(self._on_event, self._on_lost)
        self._news = asyncio.Event()
        self._read = 0
        self._said = 0
        self._lost = False
        self._claim: socket.socket | None = None

    @classmethod
    async def start(
        cls,
        account: Account,
        *,
        program: Program | None = None,
        repertoire: Repertoire | None = None,
        saying: Samples | None = None,
        folder: Path | None = None,
    ) -> Self:
        """A running phone, registered if the account registers. Raises SoftphoneError.

        `saying` is what it says from the moment a call is up; otherwise it is silent until `say`.
        """
        home = Path(tempfile.mkdtemp(prefix="phone-", dir=folder))
        phone = cls(account, program or find(), home, repertoire)
        try:
            await phone._launch(sound.silence(0) if saying is None else saying)
            if account.registers:
                await phone.registered()
        except BaseException:
            await phone.stop()
            raise
        return phone

    @property
    def pid(self) -> int:
        """Process id, 0 when not running."""
        return self._process.pid if self._process and self._process.returncode is None else 0

    # what a person does with a phone

    async def dial(self, number: str) -> None:
        """Call `number` (or a whole sip: address). Returns at once; see `established`."""
        self._new_call()
        escaped = number.replace("%", "%25").replace("#", "%23").replace(" ", "%20")
        uri = number if ":" in number else f"sip:{escaped}@{self.account.server}:{self.account.port}"
        await self._control.command("dial", uri)

    async def accept(self) -> Established:
        """Lift the receiver of the ringing phone."""
        await self._control.command("accept")
        return await self.expect(Established, 5)

    async def reject(self) -> None:
        """Refuse the ringing call: 486 Busy Here."""
        await self._control.command("hangup")

    async def hangup(self) -> None:
        """End the call, if there is one, and see its end: what follows is another call's."""
        if self.in_call or self.ringing or self._listening:
            before = len(self.events)
            with suppress(SoftphoneError):
                await self._control.command("hangup")
            await self._closed_since(before)
        self.stop_listening()

    async def _closed_since(self, before: int) -> None:
        """Wait for an end among the events from `before` on; not long, a call that never got out has none."""
        deadline = time.monotonic() + CLOSE_SECONDS
        while not any(isinstance(e, Closed) for e in self.events[before:]) and not self._lost:
            self._news.clear()
            if (left := deadline - time.monotonic()) <= 0:
                return
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), left)

    async def press(self, digits: str, gap: float = KEY_GAP) -> None:
        """Press keys, one after another (RFC 4733 events)."""
        for i, digit in enumerate(digits):
            if i:
                await asyncio.sleep(gap)
            await self._control.command("sndcode", digit)

    async def say(self, what: Samples | Path, patience: float = PATIENCE) -> float:
        """Speak into the call from now on, then silence; returns how many seconds the sound has."""
        samples = sound.read(what) if isinstance(what, Path) else what
        name = self._source(samples, patience)
        await self._control.command("ausrc", f"aufile,{name}")
        return len(samples) / sound.RATE

    async def hold(self) -> None:
        """Put the other side on hold."""
        await self._control.command("hold")

    # what happens to it

    async def expect(self, kind: type[E], timeout: float = 10, where: Callable[[E], bool] | None = None) -> E:
        """The next event of `kind`, waiting up to `timeout` seconds; events before it are passed over."""
        deadline = time.monotonic() + timeout
        while True:
            for at in range(self._read, len(self.events)):
                event = self.events[at]
                if isinstance(event, kind) and (where is None or where(event)):
                    self._read = at + 1
                    return event
            self._news.clear()
            left = deadline - time.monotonic()
            if left <= 0 or self._lost:
                seen = ", ".join(str(e) for e in self.events[-5:]) or "nothing"
                what = "the phone's program ended" if self._lost else f"{timeout:g} s passed"
                raise NothingHappened(
                    f"phone {self.account.user}: {what} without {kind.__name__}; last events: {seen}"
                )
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), left)

    async def registered(self, timeout: float = 10) -> None:
        """Wait until the account is registered. Raises SoftphoneError with the server's refusal."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            if any(isinstance(e, Registered) and not e.ok for e in self.events):
                raise SoftphoneError(f"phone {self.account.user} was refused registration: {self.events[-1]}")
            if await self.is_registered():
                return
            await asyncio.sleep(0.1)
        raise NothingHappened(f"phone {self.account.user} is not registered after {timeout:g} s")

    async def is_registered(self) -> bool:
        """Is it registered at this moment?"""
        return "OK" in await self._control.command("reginfo")

    @property
    def fresh(self) -> list[Event]:
        """Events that no `expect` has passed yet."""
        return self.events[self._read :]

    def forget(self) -> None:
        """Pass over every event so far: `expect` waits for new ones."""
        self._read = len(self.events)

    async def stop(self) -> None:
        """Hang up, unregister, end the program (by its pid) and remove its folder."""
        self.stop_listening()
        if self._process and self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.terminate()
            try:
                await asyncio.wait_for(self._process.wait(), 3)
            except TimeoutError:
                with suppress(ProcessLookupError):
                    self._process.kill()
                await self._process.wait()
        await self._control.close()
        if self._claim:
            self._claim.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def _launch(self, saying: Samples) -> None:
        (self.folder / configuration.RECORDINGS).mkdir()
        (self.folder / "accounts").touch()
        address = ports.towards(self.account.server)
        chosen, self._claim = ports.claim(address)
        self.port = chosen.sip
        source = self._source(saying, PATIENCE)
        (self.folder / "config").write_text(
            configuration.config(self._program.modules, chosen, source, address)
        )
        leash = shutil.which("setpriv")  # so that no phone outlives us, however we end
        with (self.folder / "baresip.log").open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                *((leash, "--pdeathsig", "TERM") if leash else ()),
                *self._program.command,
                "-f",
                ".",
                cwd=self.folder,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,
            )
        sound_first(self._process.pid)
        deadline = time.monotonic() + 10
        while True:
            try:
                await self._control.connect(ports.LOOPBACK, chosen.control)
                break
            except OSError:
                if self._process.returncode is not None or time.monotonic() > deadline:
                    raise SoftphoneError(f"baresip did not start:\n{self.log()[-2000:]}") from None
                await asyncio.sleep(0.05)
        # Not by the accounts file: registered within its first millisecond, baresip 1.0's module for the
        # lamp subscribes for ever.
        await self._control.command("uanew", self.account.line())

    def log(self) -> str:
        """What baresip wrote so far."""
        try:
            return (self.folder / "baresip.log").read_text("utf-8", "replace")
        except OSError:
            return ""

    def _source(self, samples: Samples, patience: float) -> str:
        self._said += 1
        name = f"say-{self._said}.wav"
        sound.write(self.folder / name, samples, patience)
        (self.folder / f"say-{self._said - 2}.wav").unlink(missing_ok=True)
        return name

    def _new_call(self) -> None:
        self._read = len(self.events)
        self.listen_afresh()

    def _on_event(self, message: Mapping[str, object]) -> None:
        event = events.read(message)
        if event is None:
            return
        match event:
            case Incoming():
                self._new_call()
                self.ringing = True
            case Ringing():
                pass
            case Established():
                self.in_call, self.ringing = True, False
            case Closed():
                self.in_call = self.ringing = False
                self.stop_listening()
            case Lamp():
                self.lamp = event
        self.events.append(event)
        self._news.set()

    def _on_lost(self) -> None:
        self._lost = True
        self._news.set()
