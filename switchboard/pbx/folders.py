"""The data folder's folders, each open to whom it must be and to nobody else.

The PBX reads etc and share and writes spool, run, log and db; secrets, journal and rules are the
controller's alone. What root does in folders the PBX may write follows no links: whoever took over the
PBX could have laid them.
"""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

from switchboard.errors import PbxError
from switchboard.pbx.account import Account
from switchboard.pbx.programs import Programs
from switchboard.settings import Settings


def make_folders(settings: Settings, owner: Account | None) -> None:
    """Make all of them, or put right what is there. `owner` is None when the PBX runs as we do.

    Files made later in a folder of the PBX get its group (set-group-ID): 0640 is then enough for it to
    read them. Raises PbxError naming the folder that can't be made.
    """
    s = settings
    try:
        if not s.data_dir.exists():
            s.data_dir.mkdir(parents=True)
            _make(s.data_dir, owner, 0o750)
        for folder in (s.secrets, s.journal, s.rules_kept, s.run):
            _make(folder, None, 0o700)
        for folder in (s.data_dir / "asterisk", s.logs):
            _make(folder, owner, 0o750)
        for folder in (s.etc, s.asterisk_share, s.sounds):
            _make(folder, owner, 0o2750)
        for folder in (s.spool, s.asterisk_log, s.asterisk_db):
            _make(folder, owner, 0o2750, writes=True)
        _make(s.asterisk_log / "cdr-custom", owner, 0o2750, writes=True)
        _make(s.spool / "voicemail", owner, 0o2750, writes=True)
        _make_for_sockets(s.asterisk_run, owner, 0o2750, writes=True)
        _make_for_sockets(s.control_socket.parent, None, 0o700)
    except OSError as error:
        whose = f" (it must belong to user {os.geteuid()})" if isinstance(error, PermissionError) else ""
        raise PbxError(
            f"the data folder can't be made ready: {error.strerror}: {error.filename or s.data_dir}{whose}"
        ) from error


def link_documentation(settings: Settings, programs: Programs) -> None:
    """Asterisk looks for its own documentation in its data folder and does not start without it."""
    place, target = settings.asterisk_share / "documentation", programs.documentation
    if not (place.is_symlink() and place.readlink() == target):
        place.unlink(missing_ok=True)
        place.symlink_to(target)


def remove_sockets(settings: Settings) -> None:
    """After a clean stop: nothing of a deep data folder stays in /tmp."""
    for folder in (settings.asterisk_run, settings.control_socket.parent):
        if not folder.is_relative_to(settings.data_dir):
            shutil.rmtree(folder, ignore_errors=True)


def _make(folder: Path, owner: Account | None, mode: int, *, writes: bool = False) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        if owner is not None:
            os.fchown(handle, owner.uid if writes else 0, owner.gid)
        # without an owner everything is ours alone, and the group bits say nothing
        os.fchmod(handle, mode if owner is not None else mode & 0o777)
    finally:
        os.close(handle)


def _make_for_sockets(folder: Path, owner: Account | None, mode: int, *, writes: bool = False) -> None:
    """Sockets of a deep data folder lie in /tmp: there somebody else may have been first."""
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    ours = {os.geteuid()} | ({owner.uid} if owner else set())
    if not stat.S_ISDIR(status.st_mode) or status.st_uid not in ours:
        raise PbxError(f"{folder} belongs to somebody else: remove it, or use another SWITCHBOARD_DATA_DIR")
    _make(folder, owner, mode, writes=writes)
