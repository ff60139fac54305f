"""What `run` tells: on the terminal while there is one, and in a file; and the lock that makes it the one."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Self

from switchboard.errors import SwitchboardError
from switchboard.settings import Settings

LONGEST_LOG = 10_000_000
"""Bytes of a log before it is moved to `<name>.1`."""


class RunLog:
    """Prints each message and keeps it with its time. A closed terminal is no error."""

    def __init__(self, path: Path, log_to: str = "files") -> None:
        """`log_to` as in the settings: with `stdout` a message is printed as one JSON object."""
        self._path = path
        self._as_json = log_to == "stdout"

    def __enter__(self) -> Self:
        handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o640)
        self._file = os.fdopen(handle, "a", encoding="utf-8", buffering=1)
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __call__(self, text: str) -> None:
        with contextlib.suppress(OSError):
            print(self._in_json(text) if self._as_json else text, flush=True)
        self.note(text)

    def _in_json(self, text: str) -> str:
        now = datetime.now().astimezone().isoformat(timespec="milliseconds")
        return json.dumps({"event": text, "level": "info", "timestamp": now}, ensure_ascii=False)

    def note(self, text: str) -> None:
        """Keep it without printing."""
        now = datetime.now().astimezone().isoformat(timespec="seconds")
        with contextlib.suppress(OSError):  # a full disk stops no call
            self._file.write(f"{now} {text}\n")


@contextlib.contextmanager
def run_lock(settings: Settings) -> Iterator[None]:
    """Hold the data folder for this `run`. Raises SwitchboardError while another one lives."""
    handle = os.open(settings.run / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            other = os.pread(handle, 20, 0).decode("ascii", "replace").strip() or "?"
            raise SwitchboardError(
                f"a switchboard is already running on the data folder {settings.data_dir} (process {other}): "
                "stop it first, or give this one another SWITCHBOARD_DATA_DIR and other ports"
            ) from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)


def trim(log: Path, longest: int = LONGEST_LOG) -> None:
    """Keep a log that is being written from growing for ever: copy it to `<name>.1` and empty it.

    Its writers have it open for appending, so they go on at its new end.
    """
    with contextlib.suppress(OSError):
        if log.stat().st_size > longest:
            shutil.copyfile(log, log.with_name(log.name + ".1"))
            os.truncate(log, 0)
