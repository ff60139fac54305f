"""Putting sound files in place: each is there as a whole or not at all, and the PBX's user can read it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

FORMATS = ("ulaw", "alaw", "g722", "sln16")
"""In which a sound is stored: what phones use, and 16 kHz linear for everything else."""


def write(path: Path, content: bytes) -> None:
    """Replace `path` by `content` at once; readable by everybody, whatever the umask."""
    _folder(path.parent)
    new = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    try:
        new.write_bytes(content)
        new.chmod(0o644)
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def place(kept: Path, target: Path) -> None:
    """Make `target` a link to `kept`, or a copy where links can't be made."""
    _folder(target.parent)
    new = target.with_name(f".{target.name}.{os.getpid()}.{os.urandom(4).hex()}")
    try:
        try:
            os.link(kept, new)
        except OSError:
            shutil.copyfile(kept, new)
            new.chmod(0o644)
        new.replace(target)
    finally:
        new.unlink(missing_ok=True)


def _folder(path: Path) -> None:
    """Make a folder that others may enter; those that exist are left as they are."""
    if not path.is_dir():
        _folder(path.parent)
        path.mkdir(exist_ok=True)
        path.chmod(0o755)
