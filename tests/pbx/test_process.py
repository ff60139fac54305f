"""Knowing a process for certain."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

from switchboard.pbx import process
from switchboard.pbx.process import Identity


def sleeper() -> subprocess.Popen[bytes]:
    return subprocess.Popen(["sleep", "60"])


def test_a_process_is_itself_until_it_ends() -> None:
    """Alive, then ended: also while it is a zombie that nobody has reaped."""
    with sleeper() as child:
        identity = Identity.of(child.pid)
        assert identity is not None
        assert identity.alive()
        while identity.arguments() in ((), ("",)):  # for a moment after it was started
            time.sleep(0.001)
        assert identity.arguments() == ("sleep", "60")
        identity.send(signal.SIGKILL)
        assert identity.ended_within(5)
        assert not identity.alive()
        assert Identity.of(child.pid) is None


def test_another_process_with_the_same_id_is_not_it() -> None:
    """A start time or a boot that differs makes it somebody else, who gets no signal of ours."""
    with sleeper() as child:
        identity = Identity.of(child.pid)
        assert identity is not None
        for other in (replace(identity, started=identity.started - 1), replace(identity, boot="before")):
            assert not other.alive()
            other.send(signal.SIGKILL)
            assert other.ended_within(0)
        assert child.poll() is None
        child.kill()


async def test_the_end_of_a_process_wakes_who_waits() -> None:
    """Waiting costs nothing and ends with the process."""
    with sleeper() as child:
        identity = Identity.of(child.pid)
        assert identity is not None
        waiting = asyncio.create_task(identity.ended())
        await asyncio.sleep(0)
        assert not waiting.done()
        child.kill()
        async with asyncio.timeout(5):
            await waiting
        await identity.ended()


def test_a_note_outlives_nothing_but_its_process(tmp_path: Path) -> None:
    """Written down and read back while it lives; None after its end, and for a damaged note."""
    note = tmp_path / "pbx.json"
    with sleeper() as child:
        identity = Identity.of(child.pid)
        assert identity is not None
        process.keep(note, identity, setup="abc")
        assert process.kept(note) == (identity, {"setup": "abc"})
        child.kill()
    assert process.kept(note) is None
    for damaged in ("", "[]", '{"pid": "x"}', '{"pid": 1}'):
        note.write_text(damaged)
        assert process.kept(note) is None
    assert process.kept(tmp_path / "absent") is None


def test_the_kernel_tells_who_listens_on_a_socket(tmp_path: Path) -> None:
    """The listener's process, not a word of what it says about itself; None when nobody does."""
    path = tmp_path / "s"
    assert process.listening_on(path) is None
    code = f"import socket; s = socket.socket(socket.AF_UNIX); s.bind({str(path)!r}); s.listen(); "
    code += "print(); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()
        found = process.listening_on(path)
        assert found is not None
        assert found.pid == child.pid
        child.kill()
    assert process.listening_on(path) is None


def test_a_name_with_brackets_and_spaces_confuses_nothing(tmp_path: Path) -> None:
    """/proc/PID/stat holds the program's name unescaped."""
    program = tmp_path / "a) R 1 (b"
    program.symlink_to("/bin/sleep")
    with subprocess.Popen([program, "60"]) as child:
        identity = Identity.of(child.pid)
        assert identity is not None
        assert identity.alive()
        child.kill()
