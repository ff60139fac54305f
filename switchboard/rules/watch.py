"""Notices that the rules file was saved, and hands over what it holds, whole.

Editors save in many ways: in place, beside and renamed, emptied first and filled later. So the file's
fingerprint (times, size, inode) is polled, and its content is taken only once the fingerprint has kept
still for a while on both sides of reading it. Polling works on every file system, also where the kernel
tells nobody of changes (network folders, containers' mounts).
"""

from __future__ import annotations

import asyncio
import stat
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from switchboard.rules.problems import why_not
from switchboard.rules.reading import SIZE_LIMIT
from switchboard.sentences import Sentence, say

POLL_SECONDS = 0.3
STABLE_SECONDS = 0.2
READ_SECONDS = 5.0
"""A file that takes longer to read lies on a disk that is gone; it is tried again."""

T = TypeVar("T")

Fingerprint = tuple[int, int, int, int]
Fault = Sentence | str
"""Why a file can't be read."""


@dataclass(frozen=True, slots=True)
class Saved:
    """The file as it was saved; or, with `fault`, why it can't be read (`content` is empty then)."""

    content: bytes = b""
    fault: Fault = ""


async def watch(
    path: Path | str,
    known: bytes | None = None,
    poll_seconds: float = POLL_SECONDS,
    stable_seconds: float = STABLE_SECONDS,
) -> AsyncIterator[Saved]:
    """Yield each new content of the file at `path`, beginning with one that differs from `known`.

    A file saved without change yields nothing. One that vanishes or can't be read yields a fault, once.
    Never ends by itself and never raises, save for cancellation. While someone keeps writing it waits.
    """
    looked: Fingerprint | Fault | None = None
    last = Saved(known) if known is not None else None
    disk = _Disk(Path(path))
    try:
        while True:
            now = await disk.fingerprint()
            if now != looked:
                await asyncio.sleep(stable_seconds)
                if await disk.fingerprint() != now:
                    continue  # still being written
                saved = Saved(fault=now) if isinstance(now, Sentence | str) else await disk.read()
                if saved is None or await disk.fingerprint() != now:
                    continue
                looked = now
                if saved != last:
                    last = saved
                    yield saved
            await asyncio.sleep(poll_seconds)
    finally:
        disk.close()


class _Disk:
    """Looks at the file in a thread of its own, so that a disk that hangs holds up nothing else."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="rules-file")

    def close(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def fingerprint(self) -> Fingerprint | Fault:
        """What changes when the file does, or why there is none."""
        try:
            return await self._within_deadline(_fingerprint)
        except TimeoutError:
            return say("files.no_answer")
        except (OSError, ValueError) as error:
            return _reason(error)

    async def read(self) -> Saved | None:
        """The content; None when it is worth trying again at once."""
        try:
            return Saved(await self._within_deadline(_bytes))
        except (TimeoutError, FileNotFoundError):
            return None
        except (OSError, ValueError) as error:
            return Saved(fault=_reason(error))

    async def _within_deadline(self, look: Callable[[Path], T]) -> T:
        async with asyncio.timeout(READ_SECONDS):
            return await asyncio.get_running_loop().run_in_executor(self._thread, look, self._path)


def _fingerprint(path: Path) -> Fingerprint | Fault:
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        return say("files.no_file")
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(SIZE_LIMIT + 1)


def _reason(error: OSError | ValueError) -> Fault:
    reason = why_not(error)
    return reason if isinstance(reason, Sentence) else str(reason)
