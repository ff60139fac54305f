"""Locks a mailbox folder as app_voicemail does, so that both never write there together.

Asterisk knows two ways (main/app.c, `lockmode` in asterisk.conf): a file `.lock` that must not exist yet, or
flock() on a file `lock`. We take both and need not know which is in use. The first outlives a killed PBX and
would keep its mailbox shut for good: one that is older than the PBX is removed.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from switchboard.errors import StorageError

WAIT_SECONDS = 2.0


@contextmanager
def locked(folder: Path, pbx_started: float) -> Iterator[None]:
    """Hold the lock of `folder`; `pbx_started` is epoch seconds. Raises StorageError when it isn't free."""
    until = time.monotonic() + WAIT_SECONDS
    try:
        with _by_existence(folder, pbx_started, until), _by_flock(folder, until):
            yield
    except OSError as error:
        raise StorageError(f"{folder} can't be locked: {error.strerror}") from error


@contextmanager
def _by_existence(folder: Path, pbx_started: float, until: float) -> Iterator[None]:
    lock = folder / ".lock"
    with suppress(FileNotFoundError):
        if lock.stat().st_mtime < pbx_started:
            lock.unlink()
    while True:
        try:
            os.close(_owned(lock, folder))
            break
        except FileExistsError:
            if time.monotonic() > until:
                raise StorageError(f"{folder} is locked") from None
            time.sleep(0.01)
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)


@contextmanager
def _by_flock(folder: Path, until: float) -> Iterator[None]:
    lock = folder / "lock"
    while True:
        try:
            fd = _owned(lock, folder)
        except FileExistsError:
            fd = os.open(lock, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(fd).st_nlink:  # else it was let go, and its file with it, while we opened it
                break
        except BlockingIOError:
            if time.monotonic() > until:
                os.close(fd)
                raise StorageError(f"{folder} is locked") from None
            time.sleep(0.01)
        os.close(fd)
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)
        os.close(fd)


def _owned(path: Path, folder: Path) -> int:
    """A new file that belongs to whom the folder belongs: the PBX must be able to open it."""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    if os.geteuid() == 0:
        owner = folder.stat()
        os.fchown(fd, owner.st_uid, owner.st_gid)
    return fd
