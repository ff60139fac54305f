"""A PBX that somebody else runs: in a container of its own, on the folders that we lay out for it.

What it reads is made by the same code as for an embedded one. This module only says where Asterisk's own
files are in that container (containers/pbx/Dockerfile makes it so), and leaves the mark by which the
container knows that its files are complete, and whether it was started with the setup that they hold.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from switchboard.errors import PbxError
from switchboard.pbx import files
from switchboard.pbx.program import Program, on_path
from switchboard.pbx.setup import fingerprint
from switchboard.settings import Settings

MODULES = Path("/usr/lib/asterisk/modules")
"""In the PBX's container, whatever its architecture: a link there."""
DATA = Path("/usr/share/asterisk")
ASTERISK = Program(("/usr/sbin/asterisk",))

MARK = "laid-out"
"""The file in `etc` that the PBX's container waits for: which setup the files hold, for which doors."""


def apart(settings: Settings) -> bool:
    """Whether the PBX has another network than we: then our addresses aren't its."""
    return settings.pbx_elsewhere and settings.ami_host not in ("127.0.0.1", "::1", "localhost")


def companions() -> dict[str, Program | None]:
    """The programs on our own side: those that speak and that call."""
    return {name: on_path(name) for name in ("espeak-ng", "baresip", "sipp")}


def lay_out_mark(settings: Settings) -> None:
    """Tell the PBX's container that all files are there. Raises PbxError when it can't be told.

    The first line is the setup: when it is another than the one it was started with, the container starts
    Asterisk anew as soon as no call is up. The second has the doors as the container knows them from its own
    settings: files made for others are of an earlier time, and it waits for new ones.
    """
    etc = settings.etc
    try:
        texts = [(etc / name).read_text("utf-8") for name in sorted(files.AT_START)]
        handle, new = tempfile.mkstemp(prefix=f".{MARK}.", dir=etc)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            os.fchmod(file.fileno(), files.MODE)
            file.write(f"{fingerprint(settings, texts)}\n{_doors(settings)}\n")
        Path(new).replace(etc / MARK)
    except OSError as error:
        raise PbxError(f"the PBX can't be told of its files: {error.strerror}: {error.filename}") from error


def _doors(settings: Settings) -> str:
    """Where the PBX listens; the entrypoint of its container puts the same together."""
    s = settings
    return f"{s.bind}:{s.sip_port} {s.ami_host}:{s.ami_port}"
