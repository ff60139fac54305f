"""The index of messages keeps in step with the mailboxes, and nothing recorded is ever lost."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.storage import mailboxes, spool, voicemail
from switchboard.storage.voicemail import read_caller, read_note
from tests.storage.conftest import CALL, START, cdr, started, step
from tests.storage.mailbox import move, put, text

CONTRACT = ["id", "mailbox", "caller", "received", "seconds", "reason", "file", "state"]


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """A missed message counts as deleted at the second look, without the wait."""
    monkeypatch.setattr(mailboxes, "GONE_SECONDS", 0.0)


async def test_a_message_is_indexed_with_what_the_contract_asks_for(desk):
    """Who, for whom, when, why, how long, where."""
    put(desk.spool, "8201/INBOX/msg0000")
    (message,) = await desk.messages()
    assert set(CONTRACT) <= set(message)
    assert (message["id"], message["mailbox"]) == ("8201-1795360288-00000000", "8201")
    assert (message["caller"], message["name"]) == ("13800001111", "王小明")
    assert (message["seconds"], message["reason"], message["state"]) == (3, "busy", "new")
    assert datetime.fromisoformat(message["received"]) == START
    assert Path(message["file"]).stat().st_size > 48000


async def test_a_message_decides_what_became_of_its_call(desk):
    """Also when the dialplan's word for it is missing."""
    desk.journal.append(started())
    desk.journal.append(step(1, "message", "busy", detail="8201 busy"))
    desk.write_cdr(cdr())
    assert (await desk.calls())[0]["outcome"] == "abandoned"
    put(desk.spool, "8201/INBOX/msg0000")
    (call,) = await desk.calls()
    assert (call["outcome"], call["steps"][-1]["outcome"]) == ("message", "recorded")


async def test_hearing_it_by_phone_is_followed(desk):
    """Heard messages move to Old; moved back to INBOX, one counts as new again."""
    put(desk.spool, "8201/INBOX/msg0000")
    await desk.messages()
    move(desk.spool, "8201/INBOX/msg0000", "8201/Old/msg0000")
    (message,) = await desk.messages()
    assert message["state"] == "heard"
    assert message["heard"]
    move(desk.spool, "8201/Old/msg0000", "8201/INBOX/msg0003")
    assert (await desk.messages())[0]["state"] == "new"


async def test_deleted_by_phone_the_row_and_the_sound_stay(desk):
    """Nothing recorded is ever lost."""
    note = put(desk.spool, "8201/INBOX/msg0000")
    (before,) = await desk.messages()
    sound = note.with_suffix(".wav").read_bytes()
    note.unlink()
    note.with_suffix(".wav").unlink()
    await desk.messages()
    (message,) = await desk.messages()
    assert (message["state"], message["id"]) == ("handled", before["id"])
    assert message["handled"]
    assert Path(message["file"]).read_bytes() == sound


async def test_a_message_missed_for_a_moment_is_not_handled(desk, monkeypatch):
    """While app_voicemail renumbers, a message may be seen nowhere."""
    monkeypatch.setattr(mailboxes, "GONE_SECONDS", 60.0)
    put(desk.spool, "8201/INBOX/msg0001")
    await desk.messages()
    aside = desk.folder / "aside"
    (desk.spool / "8201/INBOX/msg0001.txt").rename(aside)
    assert (await desk.messages())[0]["state"] == "new"
    aside.rename(desk.spool / "8201/INBOX/msg0000.txt")
    (desk.spool / "8201/INBOX/msg0001.wav").rename(desk.spool / "8201/INBOX/msg0000.wav")
    assert (await desk.messages())[0]["state"] == "new"


async def test_a_message_seen_in_two_folders_is_one(desk):
    """app_voicemail moves by copying and deleting: where it goes to counts."""
    put(desk.spool, "8201/INBOX/msg0000")
    put(desk.spool, "8201/Old/msg0004")
    (message,) = await desk.messages()
    assert message["state"] == "heard"


async def test_the_same_message_in_two_mailboxes_is_two(desk):
    """A copy carries the same msg_id; each of its owners hears and deletes their own."""
    put(desk.spool, "8201/INBOX/msg0000")
    put(desk.spool, "8202/INBOX/msg0000")
    assert len(await desk.messages()) == 2


async def test_handled_is_final(desk):
    """Whoever dealt with it, a copy still lying in a mailbox doesn't make it new."""
    note = put(desk.spool, "8201/INBOX/msg0000")
    await desk.messages()
    words = note.read_text()
    note.unlink()
    await desk.messages()
    await desk.messages()
    note.write_text(words)
    assert (await desk.messages())[0]["state"] == "handled"


async def test_left_while_the_controller_was_down_it_is_indexed_afterwards(desk):
    """The fallback's messages name their reason and call too."""
    put(desk.spool, "8100/INBOX/msg0000", category=f"fallback/{CALL}", callerid="13900000000")
    desk.write_cdr(cdr(ending="dialled=8000;caller=13900000000;verb=message;status=SUCCESS;fallback=1"))
    (message,) = await desk.messages()
    assert (message["reason"], message["call"], message["caller"]) == ("fallback", CALL, "13900000000")


async def test_a_recording_under_way_is_no_message(desk):
    """tmp/ is app_voicemail's own; a text without sound, or the other way round, isn't ready."""
    put(desk.spool, "8201/tmp/msg0000")
    put(desk.spool, "8201/INBOX/msg0000").unlink()
    put(desk.spool, "8201/INBOX/msg0001").with_suffix(".wav").unlink()
    put(desk.spool, "8201/INBOX/msg0002", origtime=None)
    (desk.spool / "8201/greet.wav").write_bytes(b"")
    assert await desk.messages() == []


async def test_strange_files_harm_nothing(desk):
    """Folders with names that are no mailbox's, a text of megabytes, a link out of the spool."""
    put(desk.spool, "bad name;$(x)/INBOX/msg0000")
    put(desk.spool, "8201/INBOX/msg0000", junk="x" * 2_000_000)
    (desk.spool / "8202").symlink_to("/etc")
    put(desk.spool, "8203/INBOX/msg0000")
    (desk.spool / "8203" / "Old").symlink_to("/etc")
    assert {m["mailbox"] for m in await desk.messages()} == {"8201", "8203"}


async def test_a_disk_that_takes_no_copy_does_not_hide_the_message(desk, monkeypatch):
    """It's indexed where it lies, and kept as soon as that works."""
    keep = mailboxes.keep

    def full(found, folder):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(mailboxes, "keep", full)
    put(desk.spool, "8201/INBOX/msg0000")
    (message,) = await desk.messages()
    assert message["file"].endswith("8201/INBOX/msg0000.wav")
    monkeypatch.setattr(mailboxes, "keep", keep)
    (message,) = await desk.messages()
    assert Path(message["file"]).parent == desk.folder / "messages"


async def test_without_hard_links_the_sound_is_copied(desk, monkeypatch):
    """The spool may be a volume of its own."""

    def other_volume(source, target):
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(voicemail.os, "link", other_volume)
    put(desk.spool, "8201/INBOX/msg0000")
    (message,) = await desk.messages()
    assert Path(message["file"]).stat().st_nlink == 1


async def test_ten_thousand_mailboxes_are_looked_at_cheaply(desk, monkeypatch):
    """A look costs milliseconds, a change is found within a round, and at once in a mailbox that is named."""
    for n in range(10_000):
        (desk.spool / f"{n:05d}" / "INBOX").mkdir(parents=True)
    monkeypatch.setattr(spool, "SETTLED_SECONDS", -1.0)
    rounds = 10_000 // spool.PER_LOOK
    for _ in range(rounds):
        for mailbox, marks in desk.follower.spool.changed():
            desk.follower.spool.settled(mailbox, marks)
    began = time.thread_time()
    for _ in range(rounds):
        assert desk.follower.spool.changed() == []
    assert (time.thread_time() - began) / rounds < 0.1
    put(desk.spool, "09999/INBOX/msg0000")
    desk.follower.poke("09999@sb")
    assert len(await desk.messages()) == 1
    put(desk.spool, "09998/INBOX/msg0000")
    for _ in range(rounds):
        await desk.follower.catch_up()
    assert len(await desk.messages()) == 2


@pytest.mark.parametrize(
    ("callerid", "number", "name"),
    [
        ('"王小明" <13800001111>', "13800001111", "王小明"),
        ('"Wang \\"\\"<x>;&n <1>" <+8613800001111>', "+8613800001111", 'Wang ""<x>;&n <1>'),
        ("13800001111", "13800001111", ""),
        ("Wang", "", "Wang"),
        ("Unknown", "", ""),
        ("", "", ""),
        ('"" <anonymous>', "", ""),
        ("Wang <8201>", "8201", "Wang"),
        ('"x" <1;rm -rf>', "1", "x"),
    ],
)
def test_the_callers_word_is_taken_apart(callerid, number, name):
    """Names are quoted, quotes in them escaped; a number is digits."""
    assert read_caller(callerid) == (number, name)


@given(st.text(max_size=60))
def test_a_name_changes_nothing_but_the_name(name):
    """Whatever a caller calls himself, a line break included, category and length are what they are."""
    note = read_note(text(callerid=f'"{name}" <138>').encode("utf-8", "surrogatepass"))
    assert note is not None
    assert (note.reason, note.call_id, note.seconds) == ("busy", CALL, 3)
    assert note.received == START
    assert note.msg_id == "1795360288-00000000"


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(raw):
    """A .txt from anywhere raises nothing."""
    read_note(raw)
    read_note(b"origtime=1795360288\n" + raw)


def test_a_category_that_is_not_ours_says_fallback():
    """A message that no flow of ours sent here was left outside the controller's hands."""
    note = read_note(text(category="../../x/y").encode())
    assert note is not None
    assert (note.reason, note.call_id) == ("fallback", "")
