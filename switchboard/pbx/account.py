"""Under whose name the PBX runs.

Asterisk meets the network and never runs as root: started by root it gets the system user
`switchboard`; started by anybody else it runs as that person.
"""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass

from switchboard.errors import PbxError

USER = "switchboard"


@dataclass(frozen=True, slots=True)
class Account:
    """The unprivileged user and group of the PBX, when root starts it."""

    uid: int
    gid: int


def account(progress: Callable[[str], None]) -> Account | None:
    """The PBX's account, made if needed; None when we are not root and the PBX runs as we do."""
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(USER)
    except KeyError:
        progress(f"making the system user {USER}, under whom the PBX runs (useradd)")
        _make_user()
        entry = pwd.getpwnam(USER)
    if entry.pw_uid == 0:
        raise PbxError(f"the user {USER} has root's number; the PBX must run without privileges")
    return Account(entry.pw_uid, entry.pw_gid)


def _make_user() -> None:
    command = ["useradd", "--system", "--no-create-home", "--home-dir", "/nonexistent"]
    command += ["--shell", "/usr/sbin/nologin"]
    try:
        grp.getgrnam(USER)
        command += ["--gid", USER]
    except KeyError:
        command += ["--user-group"]
    if not shutil.which("useradd"):
        raise PbxError(f"make a system user {USER} for the PBX to run under; there is no useradd here")
    done = subprocess.run([*command, USER], capture_output=True, text=True, timeout=60, check=False)
    if done.returncode not in (0, 9):  # 9: another run has just made it
        raise PbxError(f"`useradd {USER}` failed: {done.stderr.strip()}")
