"""Where callers' answers to the screening questions are recorded: one folder for each call, in the spool.

The PBX writes and plays them, so the folder belongs to it, like the spool it is in.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

_ID = re.compile(r"[A-Za-z0-9._-]{1,150}", re.ASCII)
MODE = 0o2750


class CallClips:
    """Implements `flows.ports.Clips` below Asterisk's spool folder."""

    def __init__(self, spool: Path) -> None:
        self._top = spool / "clips"

    def folder(self, call: str) -> str:
        """The call's own folder."""
        if not _ID.fullmatch(call) or call.startswith("."):
            raise OSError(f"{call[:40]!r} names no call")
        return str(self._top / call)

    def place(self, call: str, clip: int) -> str:
        """Path of answer `clip` without its ending, in a folder that is there and the PBX's."""
        folder = Path(self.folder(call))
        owner = self._top.parent.stat()
        for path in (self._top, folder):
            try:
                path.mkdir(mode=0o700)
            except FileExistsError:
                continue
            handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                if os.geteuid() == 0:
                    os.fchown(handle, owner.st_uid, owner.st_gid)
                os.fchmod(handle, MODE)
            finally:
                os.close(handle)
        return str(folder / str(clip))
