"""The two children of `run`: how each is started, adopted, judged and stopped."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from switchboard import control
from switchboard.errors import PbxError, SwitchboardError
from switchboard.pbx import ports, process
from switchboard.pbx.account import Account
from switchboard.pbx.launch import Pbx
from switchboard.pbx.process import Identity
from switchboard.pbx.setup import fingerprint
from switchboard.runlog import LONGEST_LOG
from switchboard.settings import Settings

CONTROLLER_COMMAND = (sys.executable, "-m", "switchboard", "controller")
CONTROLLER_UP_SECONDS = 30.0
CONTROLLER_END_SECONDS = 8.0


class Child(Protocol):
    """What the supervisor keeps alive. `identity` is None until it was started or adopted."""

    name: str
    identity: Identity | None

    async def start(self) -> None:
        """Start it and return when it is up. Raises SwitchboardError when it isn't coming up."""

    async def stop(self, hurry: asyncio.Event) -> None:
        """Stop it cleanly, within limits; at once when `hurry` is set."""

    def how_it_ended(self) -> str:
        """Words for the log, after it has ended."""


class PbxChild:
    """Asterisk. It outlives a `run` that dies, and the next one adopts it."""

    name = "the PBX"

    def __init__(self, settings: Settings, owner: Account | None, say: Callable[[str], None]) -> None:
        self.identity: Identity | None = None
        self.adopted = False
        self._settings = settings
        self._owner = owner
        self._say = say
        self._pbx: Pbx | None = None
        self._started: subprocess.Popen[bytes] | None = None

    @property
    def _file(self) -> Path:
        return self._settings.run / "pbx.json"

    def adoptable(self) -> Identity | None:
        """A living Asterisk of this data folder: as written down, else whoever holds its socket."""
        configuration = str(self._settings.etc / "asterisk.conf")
        noted = process.kept(self._file)
        for identity in (noted[0] if noted else None, self._on_socket()):
            if identity is not None and configuration in identity.arguments():
                return identity
        return None

    def _on_socket(self) -> Identity | None:
        return process.listening_on(self._settings.asterisk_run / "asterisk.ctl")

    def ready(self, pbx: Pbx) -> None:
        """Tell it how Asterisk is run, once the programs are known."""
        self._pbx = pbx

    async def adopt(self) -> None:
        """Take over a PBX that outlived an earlier run, unless it is deaf or was set up otherwise."""
        assert self._pbx is not None
        found = self.adoptable()
        if found is None:
            return
        self.identity, self.adopted = found, True
        noted = process.kept(self._file)
        try:
            await self._pbx.booted(found, seconds=10)
            if noted and noted[1].get("setup") != self._setup():
                raise PbxError("it was started with other settings")
            await self._pbx.cli("core reload", seconds=20)
        except PbxError as error:
            self._say(f"the PBX of an earlier run can't be adopted ({error}): starting it afresh")
            await self.stop(asyncio.Event())
            self.identity, self.adopted = None, False
            return
        process.keep(self._file, found, setup=self._setup())
        self._say(f"adopted the running PBX (process {found.pid}, {await self._pbx.calls()} channels)")

    async def start(self) -> None:
        assert self._pbx is not None
        self.identity, self.adopted = None, False
        ports.check(ports.pbx_doors(self._settings), unprivileged=self._owner is not None)
        began = time.monotonic()
        self._started = self._pbx.start()
        self.identity = Identity.of(self._started.pid)
        if self.identity is None:
            raise PbxError(f"Asterisk ended at once, see {self._pbx.output}")
        process.keep(self._file, self.identity, setup=self._setup())
        try:
            await self._pbx.booted(self.identity)
        except PbxError:
            if self.identity.alive():
                await self.stop(asyncio.Event())
            raise
        self._say(f"the PBX is up (process {self.identity.pid}, {time.monotonic() - began:.1f} s)")

    async def trim_logs(self) -> None:
        """Keep Asterisk's own logs from growing for ever."""
        if self._pbx is not None:
            with contextlib.suppress(PbxError, OSError):
                await self._pbx.trim_logs(LONGEST_LOG)

    async def stop(self, hurry: asyncio.Event) -> None:
        if self.identity is not None and self._pbx is not None:
            await self._pbx.stop(self.identity, self._say, hurry)
            self.how_it_ended()
            self._file.unlink(missing_ok=True)

    def how_it_ended(self) -> str:
        return _how(self._started, self.identity)

    def _setup(self) -> str:
        """What Asterisk reads only when it starts; a PBX with another setup can't be adopted."""
        assert self._pbx is not None
        return fingerprint(self._settings, self._pbx.command())


class ControllerChild:
    """`switchboard controller`. One that outlived its `run` goes on serving calls until it is replaced."""

    name = "the controller"

    def __init__(
        self, settings: Settings, say: Callable[[str], None], command: tuple[str, ...] = CONTROLLER_COMMAND
    ) -> None:
        self.identity: Identity | None = None
        self._settings = settings
        self._say = say
        self._command = command
        self._started: subprocess.Popen[bytes] | None = None

    @property
    def _file(self) -> Path:
        return self._settings.run / "controller.json"

    @property
    def _output(self) -> Path:
        return self._settings.logs / "controller.log"

    async def end_leftover(self) -> None:
        """Stop the controller of a run that died."""
        noted = process.kept(self._file)
        if noted and " ".join(noted[0].arguments()) == noted[1].get("command"):
            self._say(f"stopping the controller of an earlier run (process {noted[0].pid})")
            self.identity = noted[0]
            await self.stop(asyncio.Event())
            self.identity = None

    async def start(self) -> None:
        self.identity = None
        began = time.monotonic()
        self._settings.control_socket.unlink(missing_ok=True)
        self._started = self._spawn()
        self.identity = Identity.of(self._started.pid)
        if self.identity is not None:
            process.keep(self._file, self.identity, command=" ".join(self._command))
        while self.identity is not None and self.identity.alive():
            if await self.answers():
                self._say(
                    f"the controller is up (process {self.identity.pid}, {time.monotonic() - began:.1f} s)"
                )
                return
            if time.monotonic() - began > CONTROLLER_UP_SECONDS:
                await self.stop(asyncio.Event())
                raise SwitchboardError(
                    f"it gives no answer after {CONTROLLER_UP_SECONDS:.0f} s: {self._output}"
                )
            await asyncio.sleep(0.05)
        how = self.how_it_ended()
        self.identity = None
        raise SwitchboardError(f"the controller {how} while starting. {self._last_words()}")

    async def answers(self) -> bool:
        """Whether it answers on its socket, within a few seconds."""
        try:
            await asyncio.to_thread(control.ask, self._settings.control_socket, "/status")
        except control.NotRunning:
            return False
        return True

    def _spawn(self) -> subprocess.Popen[bytes]:
        if self._settings.log_to == "stdout":
            return self._spawn_with(None)
        output = os.open(self._output, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o640)
        try:
            return self._spawn_with(output)
        finally:
            os.close(output)

    def _spawn_with(self, output: int | None) -> subprocess.Popen[bytes]:
        """Start it, its output to that file; None: to ours."""
        return subprocess.Popen(
            self._command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            umask=0o027,
            env={**os.environ, **self._settings.environment()},
        )

    async def stop(self, hurry: asyncio.Event) -> None:
        if self.identity is None:
            return
        for number, seconds in ((signal.SIGTERM, CONTROLLER_END_SECONDS), (signal.SIGKILL, 3.0)):
            if self.identity.alive():
                self.identity.send(number)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(1.0 if hurry.is_set() else seconds):
                        await self.identity.ended()
        self.how_it_ended()
        self._file.unlink(missing_ok=True)

    def how_it_ended(self) -> str:
        return _how(self._started, self.identity)

    def _last_words(self) -> str:
        if self._settings.log_to == "stdout":
            return "What it said stands above"
        with contextlib.suppress(OSError):
            lines = self._output.read_text(errors="replace").strip().splitlines()
            return f"{self._output} says: {lines[-1].strip()}" if lines else f"See {self._output}"
        return ""


def _how(started: subprocess.Popen[bytes] | None, identity: Identity | None) -> str:
    """Reap a child of ours and tell how it ended; an adopted process doesn't leave its exit code to us."""
    if started is None or identity is None or started.pid != identity.pid:
        return "ended"
    try:
        code = started.wait(timeout=2)
    except subprocess.TimeoutExpired:
        return "ended"
    if code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return f"ended with code {code}"
