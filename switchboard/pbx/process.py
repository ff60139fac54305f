"""A process known for certain: by id, start time and boot, never by name.

The PBX outlives the `run` that started it, so the next `run` reads from a file which process it was and
must not take another one, that was given the same id since, for it. Waiting and signalling go through a
pidfd, which can't change its meaning under way and works for processes that aren't our children.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import select
import signal
import socket
import struct
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Identity:
    """Which process: `started` is in clock ticks after boot, field 22 of /proc/PID/stat, proc(5)."""

    pid: int
    started: int
    boot: str

    @classmethod
    def of(cls, pid: int) -> Identity | None:
        """The process with this id now; None if there is none, or only a zombie of it."""
        try:
            # the second field, the name in brackets, may hold spaces and brackets itself
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return None
        if fields[0] in "ZX":
            return None
        return cls(pid, int(fields[19]), _BOOT_ID.read_text().strip())

    def alive(self) -> bool:
        return Identity.of(self.pid) == self

    def arguments(self) -> tuple[str, ...]:
        """Its command line now, () when it has ended."""
        try:
            raw = Path(f"/proc/{self.pid}/cmdline").read_bytes()
        except OSError:
            return ()
        return tuple(raw.decode("utf-8", "replace").rstrip("\0").split("\0"))

    def send(self, number: signal.Signals) -> None:
        """Signal this very process; nothing happens if it has ended."""
        with contextlib.suppress(ProcessLookupError):
            handle = os.pidfd_open(self.pid)
            try:
                if self.alive():
                    signal.pidfd_send_signal(handle, number)
            finally:
                os.close(handle)

    async def ended(self) -> None:
        """Return when it has ended. A child of ours is reaped by whoever started it."""
        try:
            handle = os.pidfd_open(self.pid)
        except ProcessLookupError:
            return
        try:
            if not self.alive():
                return
            over = asyncio.Event()
            loop = asyncio.get_running_loop()
            loop.add_reader(handle, over.set)
            try:
                await over.wait()
            finally:
                loop.remove_reader(handle)
        finally:
            os.close(handle)

    def ended_within(self, seconds: float) -> bool:
        """The same, blocking, for at most `seconds`."""
        try:
            handle = os.pidfd_open(self.pid)
        except ProcessLookupError:
            return True
        try:
            return not self.alive() or bool(select.select([handle], [], [], seconds)[0])
        finally:
            os.close(handle)


def keep(path: Path, identity: Identity, **notes: str) -> None:
    """Write down who it is, with `notes` for whoever reads it, atomically."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    with os.fdopen(handle, "w") as file:
        json.dump({**asdict(identity), **notes}, file)
    Path(name).replace(path)


def kept(path: Path) -> tuple[Identity, dict[str, str]] | None:
    """The process written down in `path` and its notes, if it still lives; else None."""
    try:
        values = json.loads(path.read_text())
        identity = Identity(int(values.pop("pid")), int(values.pop("started")), str(values.pop("boot")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return (identity, {str(k): str(v) for k, v in values.items()}) if identity.alive() else None


def listening_on(path: Path) -> Identity | None:
    """The process that listens on a unix socket, as the kernel tells (SO_PEERCRED, unix(7))."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(2.0)
        try:
            connection.connect(os.fspath(path))
        except OSError:
            return None
        credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    pid = struct.unpack("3i", credentials)[0]
    return Identity.of(pid) if pid > 0 else None
