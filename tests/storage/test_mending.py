"""A message cut off by a dying PBX is heard all the same."""

from __future__ import annotations

import fcntl
import os
import threading
import time
import wave
from datetime import UTC, datetime, timedelta

import pytest

from switchboard.domain.actions import MessageReason
from switchboard.errors import StorageError
from switchboard.storage import inbox, mailbox_lock, mailboxes, mending
from switchboard.storage.mailbox_lock import locked
from switchboard.storage.mending import Sender, deliver, find, reunite
from switchboard.storage.voicemail import read_note
from tests.storage.conftest import CALL, started, step
from tests.storage.mailbox import cut_off, put, text, wav

SENDER = Sender(CALL, "13800001111", 'Wang "the\nKnife" \\', MessageReason.BUSY)


def sound_of(path) -> tuple[float, int]:
    """Seconds and rate that the header says."""
    with wave.open(str(path)) as file:
        return file.getnframes() / file.getframerate(), file.getframerate()


def now() -> float:
    return time.time()


@pytest.mark.parametrize("rate", [8000, 16000])
def test_a_cut_off_message_is_made_whole_and_delivered(tmp_path, rate):
    """Header, text, next number in the INBOX; nothing stays behind in tmp/."""
    put(tmp_path, "8201/INBOX/msg0000")
    path = cut_off(tmp_path, "8201", 4.1)
    path.with_suffix(".wav").write_bytes(wav(4.1, finished=False, rate=rate) + b"\1")
    os.utime(path.with_suffix(".wav"), (now() - 30, now() - 30))
    (deposit,) = find(tmp_path, now() - 10)
    note_path = deliver(deposit, SENDER, now() - 10)
    assert note_path == tmp_path / "8201/INBOX/msg0001.txt"
    assert sound_of(note_path.with_suffix(".wav")) == (4.1, rate)
    assert list(path.parent.iterdir()) == []
    note = read_note(note_path.read_bytes())
    assert (note.caller, note.name, note.seconds) == ("13800001111", 'Wang "the Knife" \\', 4)
    assert (note.reason, note.call_id, note.mended) == ("busy", CALL, True)
    assert abs(note.received.timestamp() - (now() - 60)) < 2
    assert {p.name for p in (tmp_path / "8201/INBOX").iterdir()} == {
        f"msg{n:04d}.{e}" for n in (0, 1) for e in ("txt", "wav")
    }


def test_a_mailbox_that_had_no_inbox_gets_one(tmp_path):
    """The first message of a mailbox may be the one that was cut off."""
    cut_off(tmp_path, "8201", 3)
    (deposit,) = find(tmp_path, now() - 10)
    assert deliver(deposit, Sender(), now() - 10).exists()


def test_a_recording_under_way_is_left_alone(tmp_path):
    """It began after the PBX did; or before, but is being written still."""
    cut_off(tmp_path, "8201", 3, ago=60)
    assert list(find(tmp_path, now() - 100)) == []
    cut_off(tmp_path, "8202", 60, ago=60)
    assert [d.mailbox for d in find(tmp_path, now())] == ["8201"]


def test_what_holds_no_sound_is_removed(tmp_path):
    """The PBX died at the tone."""
    path = cut_off(tmp_path, "8201", 0)
    assert list(find(tmp_path, now() - 10)) == []
    assert list(path.parent.iterdir()) == []


def test_a_text_that_was_complete_stays_as_it_is(tmp_path):
    """The PBX died between closing the text and moving the two."""
    cut_off(tmp_path, "8201", 3, words=text(callerid="139"))
    (deposit,) = find(tmp_path, now() - 10)
    assert deliver(deposit, SENDER, now() - 10).read_text() == text(callerid="139")


def test_a_text_without_its_end_gets_one(tmp_path):
    """What app_voicemail knew is better than what we know."""
    cut_off(tmp_path, "8201", 3, words=text(callerid="139", flag=None, duration=None))
    (deposit,) = find(tmp_path, now() - 10)
    assert deliver(deposit, SENDER, now() - 10).read_text() == text(callerid="139")


def test_a_sound_that_was_moved_before_its_text_gets_it(tmp_path):
    """The PBX died between the two renames; the next message would have taken the sound's place."""
    path = cut_off(tmp_path, "8201", 3, words=text())
    inbox = tmp_path / "8201/INBOX"
    inbox.mkdir()
    path.with_suffix(".wav").rename(inbox / "msg0000.wav")
    assert reunite(tmp_path, now() - 10) == ["8201"]
    assert (inbox / "msg0000.txt").read_text() == text()
    assert reunite(tmp_path, now() - 10) == []


@pytest.mark.parametrize("step_before_death", ["link", "rename", "remove"])
def test_killed_while_mending_it_goes_on_where_it_was(tmp_path, monkeypatch, step_before_death):
    """Delivered once, whenever we die."""
    cut_off(tmp_path, "8201", 3)
    (deposit,) = find(tmp_path, now() - 10)

    class Killed(BaseException):
        pass

    def die(*_):
        raise Killed

    with monkeypatch.context() as context:
        if step_before_death == "link":
            context.setattr(inbox, "locked", die)
        elif step_before_death == "rename":
            context.setattr(mending.Path, "rename", die)
        else:
            context.setattr(mending, "_remove", die)
        with pytest.raises(Killed):
            deliver(deposit, SENDER, now() - 10)
    for again in list(find(tmp_path, now() - 10)):
        deliver(again, SENDER, now() - 10)
    assert {p.name for p in (tmp_path / "8201/INBOX").iterdir()} == {"msg0000.txt", "msg0000.wav"}
    assert list((tmp_path / "8201/tmp").iterdir()) == []


async def test_the_call_that_left_it_is_found(desk, monkeypatch):
    """Asterisk's text is empty until the end; the journal knows who was sent to which mailbox, and why."""
    monkeypatch.setattr(mailboxes, "GONE_SECONDS", 0.0)
    began = datetime.now(UTC) - timedelta(seconds=60)
    for call, mailbox, before in (("a", "8202", 1), ("b", "8201", 1), ("c", "8201", 9)):
        when = began - timedelta(seconds=before)
        desk.journal.append(started(call, at=when.isoformat(), caller=f"138{before}", name=call))
        desk.journal.append(
            step(1, "message", "busy", call, at=when.isoformat(), detail=f"{mailbox} no_answer")
        )
    cut_off(desk.spool, "8201", 5)
    assert await desk.follower.pbx_started(datetime.now(UTC) - timedelta(seconds=20)) == ["8201"]
    (message,) = await desk.messages()
    assert (message["call"], message["caller"], message["name"]) == ("b", "1381", "b")
    assert (message["reason"], message["mended"], message["seconds"]) == ("no_answer", True, 5)
    outcomes = {c["id"]: c["outcome"] for c in await desk.calls()}
    assert outcomes == {"a": "failed", "b": "message", "c": "failed"}


async def test_a_message_of_nobody_known_is_delivered_too(desk):
    """One left in the fallback: its record died with the PBX."""
    cut_off(desk.spool, "8100", 5)
    assert await desk.follower.pbx_started(datetime.now(UTC) - timedelta(seconds=20)) == ["8100"]
    (message,) = await desk.messages()
    assert (message["caller"], message["reason"], message["call"]) == ("", "fallback", None)


async def test_one_that_cannot_be_delivered_stays_for_the_next_time(desk, monkeypatch):
    """And holds up no other."""
    monkeypatch.setattr(mailbox_lock, "WAIT_SECONDS", 0.05)
    for mailbox in ("8201", "8202"):
        cut_off(desk.spool, mailbox, 5)
    inbox = desk.spool / "8201/INBOX"
    inbox.mkdir()
    (inbox / ".lock").touch()
    pbx_started = datetime.now(UTC) - timedelta(seconds=20)
    assert await desk.follower.pbx_started(pbx_started) == ["8202"]
    (inbox / ".lock").unlink()
    assert await desk.follower.pbx_started(pbx_started) == ["8201"]


def test_a_lock_of_a_dead_pbx_is_removed(tmp_path):
    """app_voicemail would refuse every message for this mailbox."""
    inbox = tmp_path / "8201/INBOX"
    inbox.mkdir(parents=True)
    for name in (".lock", ".lock-0000beef"):
        (inbox / name).touch()
        os.utime(inbox / name, (now() - 60, now() - 60))
    mending.unlock_after_crash(tmp_path, now() - 10)
    assert list(inbox.iterdir()) == []


@pytest.mark.parametrize("kind", ["file", "flock"])
def test_the_lock_is_respected_in_both_of_asterisks_ways(tmp_path, monkeypatch, kind):
    """While app_voicemail holds it we wait; and it waits for us."""
    monkeypatch.setattr(mailbox_lock, "WAIT_SECONDS", 0.05)
    if kind == "file":
        (tmp_path / ".lock").touch()
    else:
        fd = os.open(tmp_path / "lock", os.O_WRONLY | os.O_CREAT, 0o600)
        fcntl.flock(fd, fcntl.LOCK_EX)
    with pytest.raises(StorageError, match="is locked"), locked(tmp_path, now() - 10):
        pass
    if kind == "file":
        (tmp_path / ".lock").unlink()
    else:
        threading.Timer(0.1, os.close, [fd]).start()
        monkeypatch.setattr(mailbox_lock, "WAIT_SECONDS", 5)
    with locked(tmp_path, now() - 10):
        assert (tmp_path / ".lock").exists()
        other = os.open(tmp_path / "lock", os.O_WRONLY)
        with pytest.raises(BlockingIOError):
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.close(other)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="giving files away needs root")
def test_the_pbxs_user_owns_what_is_delivered(tmp_path):
    """It must be able to read, move and delete it."""
    path = cut_off(tmp_path, "8201", 3)
    for each in (tmp_path / "8201", path.parent):
        os.chown(each, 65534, 65534)
    (deposit,) = find(tmp_path, now() - 10)
    note = deliver(deposit, Sender(), now() - 10)
    for each in (note, note.with_suffix(".wav"), note.parent):
        assert (each.stat().st_uid, each.stat().st_gid) == (65534, 65534)
