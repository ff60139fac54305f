"""Sound first: a process that carries speech is scheduled before others, and so are its threads."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from switchboard.priority import SOUND, sound_first

WAITS_WITH_A_THREAD = """
import sys, threading, time
sys.stdin.readline()
threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
print("begun", flush=True)
time.sleep(60)
"""


@pytest.fixture
def process() -> Iterator[subprocess.Popen[str]]:
    """A process that begins a thread once it is told to."""
    with subprocess.Popen(
        [sys.executable, "-c", WAITS_WITH_A_THREAD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as it:
        yield it
        it.kill()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root raises priorities")
def test_threads_begun_later_and_the_session_come_first_too(process: subprocess.Popen[str]) -> None:
    """The kernel keeps a niceness for each thread, and one for a session."""
    assert sound_first(process.pid)
    assert process.stdin is not None
    assert process.stdout is not None
    print(file=process.stdin, flush=True)
    process.stdout.readline()
    threads = [int(name) for name in os.listdir(f"/proc/{process.pid}/task")]
    assert len(threads) == 2
    assert {os.getpriority(os.PRIO_PROCESS, thread) for thread in threads} == {SOUND}
    group = Path(f"/proc/{process.pid}/autogroup")
    if group.exists():
        assert group.read_text().split()[-1] == str(SOUND)


def test_where_it_is_not_permitted_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    """An ordinary user's switchboard runs with the priority it has."""

    def refuse(*_: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "setpriority", refuse)
    assert not sound_first(os.getpid())
