"""`run`: makes everything ready, then keeps PBX and controller alive until it is told to stop.

The two are children in sessions of their own. Either may die and is started again; `run` itself may die
too: both go on, and the next `run` adopts the PBX and replaces the controller. SIGINT and SIGTERM stop
all of it; a hung-up terminal does not.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from switchboard.children import CONTROLLER_COMMAND, Child, ControllerChild, PbxChild
from switchboard.clock import check_clock
from switchboard.errors import SwitchboardError
from switchboard.pbx import elsewhere, ports
from switchboard.pbx.account import Account, account
from switchboard.pbx.folders import link_documentation, make_folders, remove_sockets
from switchboard.pbx.launch import Pbx
from switchboard.pbx.process import Identity
from switchboard.pbx.programs import Programs, obtain
from switchboard.runlog import RunLog, run_lock, trim
from switchboard.settings import Settings

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 15.0
HEALTHY_SECONDS = 10.0
"""A child that lived this long isn't failing at its start: it is started again after the first pause, however
often it died before."""
TRIM_SECONDS = 60.0
WATCH_SECONDS = 10.0
SILENT_SECONDS = 60.0
"""How long a controller may give no answer before it is ended. Long: the cure costs a restart."""

Prepare = Callable[[Settings, Programs, Callable[[str], None]], Awaitable[None]]
Announce = Callable[[Settings, Callable[[str], None]], None]


def run(
    settings: Settings,
    prepare: Prepare,
    announce: Announce,
    controller: tuple[str, ...] = CONTROLLER_COMMAND,
) -> None:
    """Run a whole switchboard until stopped. Raises SwitchboardError when it can't be started."""
    with _signals_from_the_start(), contextlib.suppress(_Stopped):
        os.umask(0o027)
        check_clock(os.environ, datetime.now().astimezone())
        owner = _owner(settings)
        make_folders(settings, owner)
        with run_lock(settings), RunLog(settings.logs / "run.log", settings.log_to) as say:
            try:
                _run(settings, owner, say, prepare, announce, controller)
            except SwitchboardError as error:
                say.note(str(error))
                raise


def _run(
    settings: Settings,
    owner: Account | None,
    say: RunLog,
    prepare: Prepare,
    announce: Announce,
    controller: tuple[str, ...],
) -> None:
    pbx = None if settings.pbx_elsewhere else PbxChild(settings, owner, say)
    if pbx is not None and pbx.adoptable() is None:
        ports.check(ports.pbx_doors(settings), unprivileged=owner is not None)
    programs = obtain(settings, say)
    link_documentation(settings, programs)
    if pbx is not None:
        asterisk = Pbx(settings, programs, owner)
        asterisk.reachable()  # said now, not after minutes of preparing
        pbx.ready(asterisk)
    child = ControllerChild(settings, say, controller)
    asyncio.run(_Supervisor(settings, programs, pbx, child, say).run(prepare, announce))


def _owner(settings: Settings) -> Account | None:
    """Whose the PBX's folders are. A PBX elsewhere runs under the number that we run under, never root's."""
    if not settings.pbx_elsewhere:
        return account(_print)
    if os.geteuid() == 0:
        raise SwitchboardError(
            "with SWITCHBOARD_PBX=elsewhere this must run as the user the PBX runs as, not as root"
        )
    return None


class _Stopped(Exception):
    """Not an error: a signal while everything is being prepared."""


@contextlib.contextmanager
def _signals_from_the_start() -> Iterator[None]:
    """SIGHUP means nothing to us; SIGTERM and SIGINT end the preparing, too."""

    def stop(number: int, frame: object) -> None:
        raise _Stopped

    before = {n: signal.getsignal(n) for n in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT)}
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _print(text: str) -> None:
    with contextlib.suppress(OSError):
        print(text, flush=True)


@dataclass
class _Supervisor:
    """`pbx` is None when somebody else runs it: then only the controller is ours to keep alive."""

    settings: Settings
    programs: Programs
    pbx: PbxChild | None
    controller: ControllerChild
    say: Callable[[str], None]
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    hurry: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, prepare: Prepare, announce: Announce) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._asked_to_stop)
        began = time.monotonic()
        up = False
        try:
            up = await self._unless_stopped(self._begin(prepare))
            if up:
                self.say(f"up after {time.monotonic() - began:.1f} s")
                announce(self.settings, self.say)
                async with asyncio.TaskGroup() as tasks:
                    for child in self._children():
                        tasks.create_task(self._keep(child))
                    tasks.create_task(self._watch_controller())
                    tasks.create_task(self._trim_logs())
        finally:
            if self.stopping.is_set():
                await self._end()
                self.say("stopped")
            elif not up:
                await self._give_up()
            # else a fault of our own: both children are left to their calls, and the next run takes over

    async def _begin(self, prepare: Prepare) -> None:
        await self.controller.end_leftover()
        ports.check(ports.controller_doors(self.settings))
        await prepare(self.settings, self.programs, self.say)
        if self.pbx is None:
            elsewhere.lay_out_mark(self.settings)
        else:
            await self.pbx.adopt()
        async with asyncio.TaskGroup() as tasks:
            for child in self._children():
                if child.identity is None:
                    tasks.create_task(child.start())

    def _children(self) -> list[Child]:
        return [self.controller] if self.pbx is None else [self.pbx, self.controller]

    def _asked_to_stop(self) -> None:
        if self.stopping.is_set():
            self.hurry.set()
        else:
            self.say("stopping")
            self.stopping.set()

    async def _unless_stopped(self, work: Awaitable[None]) -> bool:
        """Do `work`, or drop it when asked to stop. Returns whether it was done."""
        task = asyncio.ensure_future(work)
        stop = asyncio.ensure_future(self.stopping.wait())
        await asyncio.wait((task, stop), return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        if task.done():
            try:
                task.result()
            except* SwitchboardError as several:
                raise _first(several) from None
            return not self.stopping.is_set()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return False

    async def _keep(self, child: Child) -> None:
        """Start `child` again whenever it ends, with growing pauses, until asked to stop."""
        pause = FIRST_PAUSE_SECONDS
        while not self.stopping.is_set():
            began = time.monotonic()
            if child.identity is not None:
                await self._ended_or_stopping(child.identity)
                if self.stopping.is_set():
                    return
                if time.monotonic() - began > HEALTHY_SECONDS:
                    pause = FIRST_PAUSE_SECONDS
                self.say(f"{child.name} {child.how_it_ended()}; starting it again in {pause:.0f} s")
            await self._pause(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
            try:
                await self._unless_stopped(child.start())
            except SwitchboardError as error:
                self.say(f"{child.name} can't be started: {error}")

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.stopping.wait()

    async def _ended_or_stopping(self, identity: Identity) -> None:
        waits = [asyncio.ensure_future(identity.ended()), asyncio.ensure_future(self.stopping.wait())]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)

    async def _watch_controller(self) -> None:
        """End a controller that lives but has long been silent; `_keep` then starts another.

        Callers don't wait for this: within seconds the dialplan's dead-man's switch puts them on the
        fallback.
        """
        heard = time.monotonic()
        while not self.stopping.is_set():
            await self._pause(WATCH_SECONDS)
            identity = self.controller.identity
            if identity is None or not identity.alive() or await self.controller.answers():
                heard = time.monotonic()
            elif time.monotonic() - heard > SILENT_SECONDS:
                self.say(f"the controller has been silent for {SILENT_SECONDS:.0f} s")
                identity.send(signal.SIGKILL)
                heard = time.monotonic()

    async def _trim_logs(self) -> None:
        while not self.stopping.is_set():
            for name in ("pbx.log", "controller.log", "run.log"):
                trim(self.settings.logs / name)
            if self.pbx is not None:
                await self.pbx.trim_logs()
            await self._pause(TRIM_SECONDS)

    async def _end(self) -> None:
        """The PBX first: the controller sees its calls end and writes them down."""
        if self.pbx is not None:
            await self.pbx.stop(self.hurry)
        await self.controller.stop(self.hurry)
        remove_sockets(self.settings)

    async def _give_up(self) -> None:
        """Leave nothing of a start that failed; but a PBX of an earlier run may have calls."""
        await self.controller.stop(self.hurry)
        if self.pbx is None:
            return
        if self.pbx.adopted or (self.pbx.identity is None and self.pbx.adoptable()):
            self.say("the PBX of an earlier run is left running; the next run adopts it")
        else:
            await self.pbx.stop(self.hurry)


def _first(group: BaseExceptionGroup[SwitchboardError]) -> BaseException:
    inner = group.exceptions[0]
    return _first(inner) if isinstance(inner, BaseExceptionGroup) else inner
