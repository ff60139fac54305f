"""Small Debians out of packages: for an engine of the tests' own, and for images that can't be pulled."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from switchboard.errors import PbxError
from switchboard.pbx import debian


class NoEngine(Exception):
    """There is none, and none can be started. Its text says why."""


def bootstrap(suite: str, packages: tuple[str, ...], target: Path, *options: str) -> None:
    """A small Debian with these packages: into a folder, or into a file named *.tar.

    Raises NoEngine when it can't be made.
    """
    try:
        debian.need_mmdebstrap(print)
    except PbxError as error:
        raise NoEngine(str(error)) from error
    dump = subprocess.run(["apt-config", "dump"], capture_output=True, text=True, timeout=60, check=True)
    how = [f"--aptopt={line.rstrip(';')}" for line in debian.host_options(dump.stdout)]
    made = subprocess.run(
        [
            "mmdebstrap",
            "--variant=minbase",
            f"--include={','.join(packages)}",
            *how,
            *options,
            suite,
            str(target),
        ],
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    if made.returncode:
        raise NoEngine(f"mmdebstrap made no {suite}: {made.stderr[-800:]}")
