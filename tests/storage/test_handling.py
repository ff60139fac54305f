"""Messages as the desk works with them: what the page says and what the spool shows stay one."""

from __future__ import annotations

import wave
from datetime import UTC, datetime
from pathlib import Path

import pytest

from switchboard.flows.message_ports import Deposit, Message, Wanted
from switchboard.storage import Depositing, MessageRows, mailboxes
from switchboard.storage.voicemail import messages_in, read_note
from tests.storage.conftest import CALL, START
from tests.storage.mailbox import move, put, wav

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
HOSTILE = '"><script>alert(1)</script>\n[message]\nmsg_id=evil\r\norigtime=1 <8899> \\" ${SHELL(id)}'
ID = "8201-1795360288-00000000"


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """A missed message counts as deleted at the second look, without the wait."""
    monkeypatch.setattr(mailboxes, "GONE_SECONDS", 0.0)


@pytest.fixture
def rows(desk):
    """The desk's view of the messages."""
    return MessageRows(desk.database)


def typed(**changes: object) -> dict[str, object]:
    """The journal's record of a message that an operator typed."""
    record = {
        "at": AT.isoformat(),
        "kind": "message",
        "id": "8201-1795361000-tabcdef0",
        "mailbox": "8201",
        "call": CALL,
        "caller": "13800001111",
        "name": "王小明",
        "received": AT.isoformat(),
        "seconds": 0,
        "reason": "operator",
        "file": "",
        "text": "请回电",
        "author": "user:op (8011)",
        "source": "",
    }
    return record | changes


async def test_heard_in_the_page_stays_heard_until_the_spool_has_followed(desk, rows):
    """The phone still has it as new; looking at the mailbox again doesn't undo what the page said."""
    put(desk.spool, "8201/INBOX/msg0000")
    await desk.messages()
    assert await rows.heard(ID, "user:op", AT)
    assert not await rows.heard(ID, "user:other", AT)
    assert [m.id for m in await rows.moving()] == [ID]
    put(desk.spool, "8201/INBOX/msg0001", msg_id="1795360288-00000001")
    assert {m["id"]: m["state"] for m in await desk.messages()}[ID] == "heard"
    move(desk.spool, "8201/INBOX/msg0000", "8201/Old/msg0000")
    await desk.messages()
    (moved,) = await rows.moving()
    assert moved.folder == "Old"
    await rows.moved([ID])
    assert await rows.moving() == []
    move(desk.spool, "8201/Old/msg0000", "8201/INBOX/msg0005")
    assert {m["id"]: m["state"] for m in await desk.messages()}[ID] == "new", "its owner marked it as new"


async def test_handling_is_kept_once_with_outcome_and_author(desk, rows):
    """The first one counts; a message that its owner deleted by phone may still be told of."""
    put(desk.spool, "8201/INBOX/msg0000")
    await desk.messages()
    assert await rows.handled(ID, "已回电", "user:op (8011)", AT)
    assert not await rows.handled(ID, "again", "user:other", AT)
    kept = await rows.find(ID)
    assert (kept.state, kept.outcome, kept.handled_by) == ("handled", "已回电", "user:op (8011)")
    assert (kept.handled, kept.heard) == (AT, AT)
    put(desk.spool, "8202/INBOX/msg0000")
    await desk.messages()
    for path in (desk.spool / "8202/INBOX").iterdir():
        path.unlink()
    await desk.messages()
    await desk.messages()
    other = ID.replace("8201", "8202")
    assert (await rows.find(other)).state == "handled"
    assert await rows.handled(other, "sent a letter", "user:op", AT)


async def test_a_typed_message_is_delivered_once_whoever_is_killed(desk, rows):
    """In the mailbox as one that a caller left; delivered again, it is the same one."""
    desk.journal.append(typed())
    await desk.messages()
    (message,) = await rows.waiting()
    assert (message.text, message.state, message.reason) == ("请回电", "new", "operator")
    depositing = Depositing(desk.spool, desk.folder / "messages")
    for _ in range(3):
        seconds, file = depositing.put(message, wav(2.0), START)
        assert (seconds, Path(file).parent) == (pytest.approx(2.0), desk.folder / "messages")
    (found,) = messages_in(desk.spool / "8201")
    assert (found.id, found.folder, found.note.reason) == (message.id, "INBOX", "operator")
    assert (found.note.caller, found.note.name, found.note.call_id) == ("13800001111", "王小明", CALL)
    await rows.deposited(message.id, Deposit.DONE, 2, file)
    (listed,) = await desk.messages()
    assert (listed["id"], listed["seconds"], listed["state"]) == (message.id, 2, "new")
    with wave.open(listed["file"]) as sound:
        assert sound.getframerate() == 8000
    assert await rows.waiting() == []


async def test_a_message_goes_behind_those_in_the_mailbox(desk, rows):
    """Numbers without gaps, as app_voicemail wants them."""
    put(desk.spool, "8201/INBOX/msg0000")
    desk.journal.append(typed())
    await desk.messages()
    (message,) = await rows.waiting()
    Depositing(desk.spool, desk.folder / "messages").put(message, wav(1.0), START)
    assert {p.stem for p in (desk.spool / "8201/INBOX").glob("msg*.txt")} == {"msg0000", "msg0001"}


async def test_a_forwarded_message_has_the_same_sound_under_another_name(desk, rows):
    """It stays when the first one's owner deletes theirs."""
    put(desk.spool, "8201/INBOX/msg0000")
    await desk.messages()
    first = await rows.find(ID)
    record = typed(
        id="8202-1795360288-wabcdef0", mailbox="8202", file=first.file, source=ID, text="", call=""
    )
    desk.journal.append(record)
    await desk.messages()
    (copy,) = await rows.waiting()
    seconds, file = Depositing(desk.spool, desk.folder / "messages").put(copy, None, START)
    await rows.deposited(copy.id, Deposit.DONE, round(seconds), file)
    await desk.messages()
    copy = await rows.find(copy.id)
    assert copy.place == "INBOX/msg0000"
    assert Path(copy.file).read_bytes() == Path(first.file).read_bytes()
    assert copy.file != first.file


async def test_hostile_words_stay_words(desk, rows):
    """What a caller is called changes neither the message's file nor whom it is for."""
    desk.journal.append(typed(name=HOSTILE, text=HOSTILE, call=""))
    await desk.messages()
    (message,) = await rows.waiting()
    Depositing(desk.spool, desk.folder / "messages").put(message, wav(1.0), START)
    raw = next((desk.spool / "8201/INBOX").glob("*.txt")).read_bytes()
    note = read_note(raw)
    assert (note.msg_id, note.caller) == (message.msg_id, "13800001111")
    assert raw.count(b"\nmsg_id=") == 1


@pytest.mark.parametrize("id_", ["../8899-1-t", "8899-1-t", "", "8201-" + "x" * 200])
async def test_a_record_of_a_message_elsewhere_is_set_aside(desk, rows, id_):
    """An id that doesn't belong to its mailbox becomes no row and no path."""
    desk.journal.append(typed(id=id_))
    await desk.messages()
    assert await rows.waiting() == []


@pytest.mark.parametrize("mailbox", ["../etc", "8201/../8899", ".", "", "a b"])
def test_no_mailbox_is_a_path(tmp_path, mailbox):
    """What is no mailbox is refused before a file is touched."""
    from switchboard.errors import StorageError

    message = Message("x-1", mailbox, "", "", "", AT, 0, "operator", "", "new")
    with pytest.raises(StorageError):
        Depositing(tmp_path / "spool", tmp_path / "kept").put(message, wav(1.0), START)
    assert list(tmp_path.iterdir()) == []


async def test_listing_by_mailbox_state_and_words(desk, rows):
    """Newest first, page by page; % and _ are letters as any other."""
    for n, mailbox in enumerate(["8201", "8201", "8202"]):
        when = int(START.timestamp()) + n
        put(
            desk.spool, f"{mailbox}/INBOX/msg000{n}", msg_id=f"{when}-0000000{n}", origtime=when,
            callerid=f'"100%_{n}" <1380000000{n}>',
        )  # fmt: skip
    await desk.messages()

    async def ids(**wanted: object) -> list[str]:
        return [m.caller[-1] for m in await rows.listed(Wanted(**wanted))]

    assert await ids() == ["2", "1", "0"]
    assert await ids(mailboxes=["8201"]) == ["1", "0"]
    assert await ids(mailboxes=[]) == []
    assert await ids(states=["heard"]) == []
    assert await ids(text="0%_1") == ["1"]
    assert await ids(text="0%_") == ["2", "1", "0"]
    assert await ids(text="1_0") == []
    newest = (await rows.listed(Wanted(limit=1)))[0]
    assert await ids(before=newest.id) == ["1", "0"]
    assert await rows.new(["8201"]) == 2
    assert await rows.new(None) == 3
