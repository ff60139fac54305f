"""One program and how it is started: the host's own, or one of a Debian tree by that tree's loader."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from switchboard.errors import PbxError

_ASK_SECONDS = 20.0
"""How long a program may take to tell its version; long, for a cold disk."""


@dataclass(frozen=True)
class Program:
    """One program: start it as `[*argv, …arguments]` with `environment` added to the caller's own."""

    argv: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    root: Path | None = None  # the programs folder it comes from; None = the host's own

    def ask(self, *arguments: str) -> str:
        """What it prints for e.g. `-V`, "" when it can't be run. Blocks, at most 20 s."""
        try:
            done = subprocess.run(
                [*self.argv, *arguments],
                env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", **self.environment},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_ASK_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return ""
        return (done.stdout + done.stderr).decode("utf-8", "replace")


def on_path(name: str, extra: str = "") -> Program | None:
    found = shutil.which(name) or (shutil.which(name, path=extra) if extra else None)
    return Program((found,)) if found else None


def in_folder(root: Path, inside: str) -> Program | None:
    """A program of a Debian tree, by the tree's own loader and libraries."""
    if not (root / inside).is_file():
        return None
    folder = libraries(root)
    loader = next(iter(sorted(folder.glob("ld-linux*.so.*"))), None)
    if loader is None:
        return None
    argv = [str(loader), "--library-path", f"{folder}:{folder}/pulseaudio", str(root / inside)]
    if inside.endswith("/espeak-ng"):
        argv.append(f"--path={folder}")  # where its espeak-ng-data is
    # character conversions would otherwise be the host's, made for the host's libraries
    return Program(tuple(argv), {"GCONV_PATH": f"{folder}/gconv"}, root)


def libraries(root: Path) -> Path:
    """The multiarch library folder of a Debian tree, e.g. usr/lib/x86_64-linux-gnu."""
    folder = next(iter(sorted((root / "usr/lib").glob("*-linux-gnu*"))), None)
    if folder is None:
        raise PbxError(f"the programs folder {root} is damaged: delete it, and it is built again")
    return folder
