"""Whether the ports we are to listen on are free, told before anything starts, with setting and holder."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from switchboard.errors import PortTaken
from switchboard.settings import Settings, variable


@dataclass(frozen=True, slots=True)
class Door:
    """One address and port to be listened on. `setting` is the port's, `bind` the address's."""

    setting: str
    bind: str
    address: str
    port: int
    udp: bool = False


def pbx_doors(settings: Settings) -> tuple[Door, ...]:
    """What Asterisk listens on. A setting without a listener yet is not asked for."""
    s = settings
    return (
        Door("sip_port", "bind", s.bind, s.sip_port, udp=True),
        Door("sip_port", "bind", s.bind, s.sip_port),
        Door("wss_port", "bind", s.bind, s.wss_port),
        Door("ami_port", "ami_host", s.ami_host, s.ami_port),
    )


def controller_doors(settings: Settings) -> tuple[Door, ...]:
    """What the controller listens on."""
    s = settings
    return (
        Door("agi_port", "agi_host", s.agi_host, s.agi_port),
        Door("http_port", "http_bind", s.http_bind, s.http_port),
        Door("https_port", "http_bind", s.http_bind, s.https_port),
    )


def check(doors: tuple[Door, ...], *, unprivileged: bool = False) -> None:
    """Raise PortTaken naming every door that can't be opened.

    `unprivileged` doors are opened later by a user other than root: ports below 1024 are told too.
    """
    faults = [fault for door in doors if (fault := _fault(door, unprivileged))]
    if faults:
        raise PortTaken("\n".join(faults))


def _fault(door: Door, unprivileged: bool) -> str:
    kind, name = ("UDP" if door.udp else "TCP"), variable(door.setting)
    first_open = _first_unprivileged_port()
    if unprivileged and door.port < first_open:
        return (
            f"{kind} port {door.port} ({name}): the PBX runs without privileges, ports from {first_open} on"
        )
    try:
        found = socket.getaddrinfo(
            door.address, door.port, type=socket.SOCK_DGRAM if door.udp else socket.SOCK_STREAM
        )
    except OSError:
        return f"{variable(door.bind)}: the host {door.address!r} is not known"
    family, sort, protocol, _, address = found[0]
    with socket.socket(family, sort, protocol) as probe:
        try:
            if not door.udp:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            if not door.udp:
                probe.listen(1)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return (
                    f"{kind} port {door.port} is taken by {holder(door.port, udp=door.udp)}: "
                    f"free it, or set {name} to another port"
                )
            if error.errno == errno.EADDRNOTAVAIL:
                return f"{variable(door.bind)}: {door.address} is not an address of this machine"
            if error.errno == errno.EACCES:
                return f"{kind} port {door.port} ({name}): not allowed; use a port from {first_open} on"
            return f"{kind} port {door.port} ({name}): {error.strerror}"
    return ""


def holder(port: int, *, udp: bool = False) -> str:
    """Who listens there, as far as we may see: "process 812 (python3)" or "another program"."""
    inodes = set(_inodes(port, udp))
    for process in Path("/proc").glob("[0-9]*"):
        try:
            for handle in (process / "fd").iterdir():
                if handle.readlink().name.removeprefix("socket:[").rstrip("]") in inodes:
                    return f"process {process.name} ({_program(process)})"
        except OSError:
            continue
    return "another program"


def _program(process: Path) -> str:
    """The name of a process's program; for one started by a loader of its own, that program's."""
    words = (process / "cmdline").read_bytes().decode("utf-8", "replace").split("\0")
    if Path(words[0]).name.startswith("ld-linux") and words[1:2] == ["--library-path"]:
        words = words[3:]
    return Path(words[0]).name or (process / "comm").read_text().strip()


def udp_in_use(low: int, high: int) -> list[int]:
    """UDP ports from `low` to `high` that somebody on this machine has bound."""
    return sorted({port for port, _, _ in _sockets(("udp", "udp6")) if low <= port <= high})


def _inodes(port: int, udp: bool) -> Iterator[str]:
    """Inodes of the listening (TCP) or bound (UDP) sockets."""
    for found, state, inode in _sockets(("udp", "udp6") if udp else ("tcp", "tcp6")):
        if found == port and (udp or state == _LISTENING):
            yield inode


_LISTENING = "0A"


def _sockets(tables: tuple[str, ...]) -> Iterator[tuple[int, str, str]]:
    """(local port, state, inode) of each socket, from /proc/net, proc_net(5)."""
    for table in tables:
        try:
            lines = Path(f"/proc/net/{table}").read_text().splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            fields = line.split()
            yield int(fields[1].rpartition(":")[2], 16), fields[3], fields[9]


def _first_unprivileged_port() -> int:
    try:
        return int(Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text())
    except (OSError, ValueError):
        return 0 if os.geteuid() == 0 else 1024


def own_address(settings: Settings) -> str:
    """An address phones can reach us at: the bound one, else that of the way out, else loopback."""
    if settings.bind not in ("0.0.0.0", "::"):  # noqa: S104  compared, not bound
        return settings.bind
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # RFC 5737; connecting a datagram socket sends nothing
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"
