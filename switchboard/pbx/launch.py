"""Starts Asterisk, speaks to it on its own console socket, and stops it.

It runs in a session of its own with its output in a file, so that neither a closed terminal nor the
death of who started it touches a call.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from switchboard.errors import PbxError
from switchboard.pbx import view
from switchboard.pbx.account import Account
from switchboard.pbx.process import Identity
from switchboard.pbx.programs import Programs
from switchboard.priority import sound_first
from switchboard.settings import Settings

CLI_SECONDS = 5.0
BOOT_SECONDS = 60.0
EXIT_SECONDS = 10.0
ROTATED = ("messages.log", "security.log", "queue_log")
"""Logs that Asterisk writes itself, and begins anew when told to (logger.conf.j2)."""


@dataclass(frozen=True)
class Pbx:
    """What it takes to run the PBX of one data folder. `owner` is None when we aren't root."""

    settings: Settings
    programs: Programs
    owner: Account | None

    @property
    def configuration(self) -> Path:
        return self.settings.etc / "asterisk.conf"

    @property
    def output(self) -> Path:
        return self.settings.logs / "pbx.log"

    def command(self) -> list[str]:
        """The command line, without what confines it."""
        return [*self.programs.asterisk.argv, "-f", "-n", "-C", str(self.configuration)]

    def needs(self) -> list[view.Need]:
        """Every folder Asterisk reads or writes."""
        s = self.settings
        needs = [view.Need(f, writes=True) for f in (s.spool, s.asterisk_run, s.asterisk_log, s.asterisk_db)]
        needs += [view.Need(s.etc), view.Need(s.asterisk_share)]
        return needs + ([view.Need(self.programs.root)] if self.programs.root else [])

    def reachable(self) -> dict[Path, list[view.Need]]:
        """What must be covered for Asterisk to reach its folders (`view.covers`).

        Raises PbxError when something must and this machine doesn't allow it.
        """
        closed = view.covers(self.needs(), self.owner) if self.owner else {}
        if closed and not private_mounts_allowed():
            folders = ", ".join(str(f) for f in closed)
            raise PbxError(
                f"the PBX runs as user `switchboard`, who can't enter {folders}, and this machine allows no "
                "private mounts to help with that: set SWITCHBOARD_DATA_DIR and SWITCHBOARD_CACHE_DIR to "
                "folders elsewhere (for example in /var/lib and /var/cache)"
            )
        return closed

    def confined_command(self) -> list[str]:
        """The command line as the unprivileged user; the process id stays the same throughout."""
        command = self.command()
        if self.owner is None:
            return command
        who = ["setpriv", f"--reuid={self.owner.uid}", f"--regid={self.owner.gid}", "--clear-groups"]
        command = [*who, "--no-new-privs", "--inh-caps=-all", "--bounding-set=-all", "--", *command]
        closed = self.reachable()
        if not closed:
            return command
        stage = Path(tempfile.mkdtemp(prefix="switchboard-", dir="/tmp"))
        script = ["sh", "-c", view.SCRIPT, "switchboard-view", *view.arguments(closed, stage)]
        return ["unshare", "--mount", "--", *script, *command]

    def start(self) -> subprocess.Popen[bytes]:
        """Start Asterisk. It is up when `booted` returns."""
        (self.settings.asterisk_run / "asterisk.ctl").unlink(missing_ok=True)
        output = os.open(self.output, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o640)
        try:
            process = subprocess.Popen(
                self.confined_command(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd="/",
                start_new_session=True,
                umask=0o027,
                env=self._environment(),
            )
        finally:
            os.close(output)
        sound_first(process.pid)
        return process

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "LANG": "C.UTF-8",
            "HOME": "/",
            **({"TZ": os.environ["TZ"]} if "TZ" in os.environ else {}),
            **self.programs.asterisk.environment,
        }

    async def cli(self, command: str, seconds: float = CLI_SECONDS) -> str:
        """What the PBX's console answers. PbxError when it can't be reached or is silent too long."""
        process = await asyncio.create_subprocess_exec(
            *self.programs.asterisk.argv,
            *("-C", str(self.configuration), "-rx", command),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env=self._environment(),
            cwd="/",
        )
        try:
            async with asyncio.timeout(seconds):
                said, _ = await process.communicate()
        except TimeoutError as error:
            raise PbxError(f"the PBX's console doesn't answer `{command}` within {seconds:.0f} s") from error
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        text = said.decode("utf-8", "replace").strip()
        if process.returncode != 0:
            raise PbxError(f"the PBX's console can't be reached: {text[-300:]}")
        return text

    async def booted(self, process: Identity, seconds: float = BOOT_SECONDS) -> None:
        """Return once every module is loaded. PbxError with its last words when it ends or hangs."""
        deadline = time.monotonic() + seconds
        while process.alive():
            with contextlib.suppress(PbxError):
                if "fully booted" in await self.cli("core waitfullybooted", seconds=10):
                    return
            if time.monotonic() > deadline:
                raise PbxError(
                    f"Asterisk (process {process.pid}) is not up after {seconds:.0f} s: {self.output}"
                )
            await asyncio.sleep(0.1)
        raise PbxError(f"Asterisk ended while starting. {self._last_words()}")

    async def calls(self) -> int:
        """How many channels are up; 0 when it can't be asked."""
        try:
            first = (await self.cli("core show channels count")).split()
            return int(first[0]) if first and first[0].isdigit() else 0
        except PbxError:
            return 0

    async def trim_logs(self, longest: int) -> None:
        """Have Asterisk begin new files when one has more than `longest` bytes; keep two old ones of each."""
        logs = [self.settings.asterisk_log / name for name in ROTATED]
        if any(log.exists() and log.stat().st_size > longest for log in logs):
            await self.cli("logger rotate")
            for log in logs:
                for number in range(2, 100):
                    log.with_name(f"{log.name}.{number}").unlink(missing_ok=True)

    async def stop(self, process: Identity, progress: Callable[[str], None], hurry: asyncio.Event) -> None:
        """Let calls end for a while (not when `hurry` is set), end the rest, and see the process gone."""
        calls, patience = await self.calls(), self.settings.stop_seconds
        if calls and not hurry.is_set():
            progress(f"calls are under way ({calls} channels): waiting up to {patience} s for them")
            with contextlib.suppress(PbxError):
                await self.cli("core stop gracefully", seconds=2)
            await _first_of(process.ended(), hurry.wait(), seconds=patience)
        if process.alive():
            try:
                await self.cli("core stop now", seconds=3)
            except PbxError:  # still starting, or deaf
                process.send(signal.SIGTERM)
            await _first_of(process.ended(), seconds=EXIT_SECONDS)
        for number in (signal.SIGTERM, signal.SIGKILL):
            if process.alive():
                process.send(number)
                await _first_of(process.ended(), seconds=3)

    def _last_words(self) -> str:
        try:
            lines = self.output.read_text(errors="replace").strip().splitlines()
        except OSError:
            lines = []
        faults = [line for line in lines[-200:] if "ERROR" in line or "rror:" in line or "mount:" in line]
        words = faults[-3:] or lines[-3:]
        return f"{self.output} says: " + " / ".join(w.strip() for w in words)


def private_mounts_allowed() -> bool:
    """Whether this root may make a mount namespace (containers often forbid it)."""
    check = ["unshare", "--mount", "--", "mount", "-t", "tmpfs", "tmpfs", "/proc"]
    try:
        return subprocess.run(check, capture_output=True, timeout=10, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


async def _first_of(*waits, seconds: float) -> None:  # type: ignore[no-untyped-def]
    tasks = [asyncio.ensure_future(w) for w in waits]
    try:
        await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
