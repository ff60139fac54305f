"""The doctor's examination: each check looks at one thing and says how to mend it. Nothing is changed."""

from __future__ import annotations

import os
import shutil
import socket
import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from switchboard import control
from switchboard.certificates import Certificates
from switchboard.errors import PortTaken, SwitchboardError
from switchboard.pbx import debian, ports, process, programs
from switchboard.pbx.account import USER
from switchboard.pbx.launch import private_mounts_allowed
from switchboard.settings import Settings

LITTLE_SPACE, TOO_LITTLE_SPACE = 2_000_000_000, 200_000_000  # bytes
OLD_PROGRAMS_DAYS = 90
CERTIFICATE_DAYS = 30


@dataclass(frozen=True, slots=True)
class Finding:
    """One check's result. `state` is ok, warning or fault; `mend` is "" when there is nothing to do."""

    name: str
    state: str
    found: str
    mend: str = ""


def examine(settings: Settings) -> list[Finding]:
    """Every check, in the order in which one would mend."""
    findings = []
    for check in CHECKS:
        try:
            findings.append(check(settings))
        except (OSError, SwitchboardError) as error:
            name = check.__name__.strip("_").replace("_", " ")
            findings.append(Finding(name, "fault", str(error), "see the message"))
    return findings


def _python(_: Settings) -> Finding:
    return Finding("python", "ok", ".".join(map(str, sys.version_info[:3])))


def _asterisk(settings: Settings) -> Finding:
    found = programs.find(settings)
    if found is not None and settings.pbx_elsewhere:
        return Finding("asterisk", "ok", found.version)
    if found is not None:
        place = found.root or Path(found.asterisk.argv[0])
        if found.root and debian.age_days(found.root) > OLD_PROGRAMS_DAYS:
            return Finding(
                "asterisk",
                "warning",
                f"{found.version}, fetched {debian.age_days(found.root):.0f} days ago: {place}",
                f"for newer packages delete {place} while the switchboard is stopped; it is made again",
            )
        return Finding("asterisk", "ok", f"{found.version} in {place}")
    if shutil.which("apt-get") is None:
        return Finding(
            "asterisk", "fault", "none of version 22 or newer", "install Asterisk 22, espeak-ng and baresip"
        )
    if os.geteuid() != 0 and shutil.which("mmdebstrap") is None:
        return Finding(
            "asterisk",
            "fault",
            "none of version 22 or newer, and mmdebstrap to make one is missing",
            "sudo apt-get install mmdebstrap debian-archive-keyring, then make run",
        )
    return Finding("asterisk", "warning", "none of version 22 or newer yet", "make run makes it, in a minute")


def _other_programs(settings: Settings) -> Finding:
    missing = [m for m in programs.missing(programs.find(settings)) if m != "asterisk"]
    if missing:
        mend = "build the image anew" if settings.pbx_elsewhere else "make run makes them, in a minute"
        return Finding("other programs", "warning", f"missing: {', '.join(missing)}", mend)
    return Finding("other programs", "ok", "espeak-ng (prompts), baresip (switchboard call)")


def _user(settings: Settings) -> Finding:
    if os.geteuid() != 0:
        return Finding("user", "ok", "the PBX runs as you do")
    closed = [
        str(a)
        for folder in (settings.data_dir, settings.programs)
        for a in (folder, *folder.parents)
        if a.exists() and not a.stat().st_mode & stat.S_IXOTH and a != settings.data_dir
    ]
    if closed and not private_mounts_allowed():
        return Finding(
            "user",
            "fault",
            f"the PBX's user {USER} can't enter {closed[0]}, and private mounts are forbidden here",
            "set SWITCHBOARD_DATA_DIR and SWITCHBOARD_CACHE_DIR to folders that others may enter",
        )
    return Finding("user", "ok", f"the PBX runs as {USER}, not as root")


def _data_folder(settings: Settings) -> Finding:
    place = settings.data_dir
    while not place.exists():
        place = place.parent
    if not os.access(place, os.W_OK | os.X_OK):
        return Finding(
            "data folder", "fault", f"{place} can't be written", "be its owner, or set SWITCHBOARD_DATA_DIR"
        )
    free = shutil.disk_usage(place).free
    found = f"{settings.data_dir}, {free / 1e9:.1f} GB free"
    if free < TOO_LITTLE_SPACE:
        return Finding("data folder", "fault", found, "make room: messages and call records need it")
    return Finding("data folder", "warning" if free < LITTLE_SPACE else "ok", found)


def _secrets(settings: Settings) -> Finding:
    if not settings.secrets.is_dir():
        return Finding("secrets", "ok", "none yet; the first run makes them")
    open_ones = [p for p in (settings.secrets, *settings.secrets.iterdir()) if p.stat().st_mode & 0o077]
    if open_ones:
        return Finding(
            "secrets", "fault", f"{open_ones[0]} can be read by others", f"chmod -R go= {settings.secrets}"
        )
    return Finding("secrets", "ok", f"{settings.secrets}, for their owner only")


def _rules(settings: Settings) -> Finding:
    from switchboard import rules

    loaded = rules.load(settings.rules)
    errors, all_of_them = len(loaded.errors), len(loaded.problems)
    if errors:
        return Finding(
            "rules", "fault", f"{settings.rules}: {errors} errors", f"switchboard check {settings.rules}"
        )
    if all_of_them:
        return Finding(
            "rules",
            "warning",
            f"{settings.rules}: {all_of_them} warnings",
            f"switchboard check {settings.rules}",
        )
    return Finding("rules", "ok", str(settings.rules))


def _host_name(_: Settings) -> Finding:
    name = socket.gethostname()
    try:
        socket.getaddrinfo(name, None)
    except OSError:
        return Finding(
            "host name",
            "warning",
            f"{name} has no address: programs that ask for it wait for seconds",
            f"add a line to /etc/hosts: 127.0.1.1 {name}",
        )
    return Finding("host name", "ok", name)


def _certificate(settings: Settings) -> Finding:
    certificates = Certificates.of(settings)
    until = certificates.until()
    if until is None:
        if certificates.given:
            return Finding("certificate", "fault", f"{certificates.chain} can't be read", "give a PEM file")
        return Finding("certificate", "ok", "none yet; the first run makes it")
    certificates.context()  # raises when certificate and key don't fit
    days = (until - datetime.now(UTC)).days
    found = f"{certificates.chain}, good for {days} days more"
    if days < CERTIFICATE_DAYS and certificates.given:
        mend = "put a new certificate there: it is taken up within an hour"
        return Finding("certificate", "warning" if days >= 0 else "fault", found, mend)
    return Finding("certificate", "ok", found)


def _running(settings: Settings) -> Finding:
    if settings.pbx_elsewhere:
        return _running_apart(settings)
    pbx = process.listening_on(settings.asterisk_run / "asterisk.ctl")
    try:
        control.ask(settings.control_socket, "/status")
    except control.NotRunning:
        if pbx:
            return Finding(
                "running", "fault", f"the PBX runs (process {pbx.pid}) without a controller", "make run"
            )
        return Finding("running", "ok", "not at the moment; make run starts it")
    if pbx is None:
        return Finding(
            "running", "fault", "the controller runs without a PBX", f"see {settings.logs}/pbx.log"
        )
    return Finding("running", "ok", f"controller and PBX (process {pbx.pid})")


def _running_apart(settings: Settings) -> Finding:
    """The PBX runs elsewhere: whether it is there is the controller's to say."""
    try:
        pbx = control.ask(settings.control_socket, "/status")["pbx"]
    except control.NotRunning:
        return Finding("running", "fault", "no controller answers here", "see this container's log")
    if pbx != "up":
        address = f"{settings.ami_host}:{settings.ami_port}"
        return Finding("running", "fault", f"no PBX answers on {address}", "see the PBX container's log")
    return Finding("running", "ok", "controller, and a PBX elsewhere")


def _ports(settings: Settings) -> Finding:
    if settings.pbx_elsewhere:
        return Finding("ports", "ok", "the containers' own")
    if process.listening_on(settings.asterisk_run / "asterisk.ctl"):
        return Finding("ports", "ok", "in use by this switchboard")
    try:
        ports.check(ports.pbx_doors(settings), unprivileged=os.geteuid() == 0)
        ports.check(ports.controller_doors(settings))
    except PortTaken as error:
        return Finding("ports", "fault", str(error), "free the port, or set another one")
    return Finding("ports", "ok", "free")


def _sound_ports(settings: Settings) -> Finding:
    low, high = settings.rtp_ports
    if not settings.pbx_elsewhere and not process.listening_on(settings.asterisk_run / "asterisk.ctl"):
        taken = ports.udp_in_use(low, high)
        if taken:
            return Finding(
                "sound ports",
                "warning",
                f"{len(taken)} UDP ports of {low}-{high} are in use by other programs",
                "if another switchboard runs here, set SWITCHBOARD_RTP_PORTS to another range",
            )
    return Finding("sound ports", "ok", f"{low}-{high}, for about {(high - low + 1) // 4} calls at once")


CHECKS: tuple[Callable[[Settings], Finding], ...] = (
    _python,
    _asterisk,
    _other_programs,
    _user,
    _data_folder,
    _secrets,
    _rules,
    _certificate,
    _host_name,
    _ports,
    _sound_ports,
    _running,
)
