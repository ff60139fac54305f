"""Records and messages of a real Asterisk: as they are left, heard, deleted, and cut off by its death."""

from __future__ import annotations

import asyncio
import wave
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from switchboard import storage
from switchboard.softphone import Baresip, Established
from switchboard.storage import Database, Follower, Journal, open_database
from tests.pbx.firm import firm
from tests.pbx.rendered_pbx import RenderedPbx, noise, rendered_pbx

pytestmark = pytest.mark.live

Rows = list[dict[str, Any]]


@pytest.fixture
async def pbx() -> AsyncIterator[RenderedPbx]:
    """A PBX without its controller: calls inside run by themselves."""
    async with rendered_pbx(firm()) as running:
        yield running


@pytest.fixture
async def database(pbx: RenderedPbx) -> AsyncIterator[Database]:
    """The records of that PBX's switchboard."""
    opened = await open_database(pbx.settings.database_url)
    yield opened
    await opened.close()


async def until(
    follower: Follower,
    rows: Callable[[], Awaitable[Rows]],
    enough: Callable[[Rows], bool],
    seconds: float = 10,
) -> Rows:
    """Follow until the rows are as wanted."""
    async with asyncio.timeout(10):
        while True:
            await follower.catch_up()
            found = await rows()
            if enough(found):
                return found
            await asyncio.sleep(0.1)


@asynccontextmanager
async def speaking(pbx: RenderedPbx, seconds: float) -> AsyncIterator[Baresip]:
    """A phone inside that speaks to the mailbox of a colleague whose phone isn't there."""
    async with await pbx.phone("8202") as caller:
        await caller.dial("8101")
        await caller.hears("zh/message-intro")
        await asyncio.sleep(1.5)
        await caller.say(noise("hello", seconds))
        yield caller


async def test_a_message_is_followed_from_its_deposit_to_its_deletion(
    pbx: RenderedPbx, database: Database
) -> None:
    """New, heard and deleted by phone; the sound stays ours, and the call's row says what became of it."""
    follower = Follower.of(pbx.settings, database)

    async def messages() -> Rows:
        return await storage.messages(database)

    async with speaking(pbx, 3.0) as caller:
        await asyncio.sleep(3.2)
        await caller.hangup()
    (message,) = await until(follower, messages, bool)
    assert (message["mailbox"], message["caller"], message["reason"]) == ("8101", "8202", "unavailable")
    assert message["state"] == "new"
    assert 2 <= message["seconds"] <= 5
    await until(follower, lambda: storage.calls(database), lambda rows: bool(rows and rows[0]["outcome"]))
    (call,) = await storage.calls(database)
    assert (call["id"], call["outcome"], call["origin"]) == (message["call"], "message", "inside")
    assert (call["caller"], call["dialled"]) == ("8202", "8101")

    async with await pbx.phone("8101") as owner:
        await listen(owner)
        (message,) = await until(follower, messages, lambda rows: rows[0]["state"] == "heard")
        await listen(owner, "7")
        (message,) = await until(follower, messages, lambda rows: rows[0]["state"] == "handled")
    with wave.open(message["file"]) as sound:
        assert sound.getnframes() / sound.getframerate() > 2
    calls = await until(follower, lambda: storage.calls(database), lambda rows: len(rows) == 3)
    own = [(c["outcome"], c["connected_to"]) for c in calls if c["dialled"] == "*97"]
    assert own == [("connected", "*97")] * 2


async def listen(owner: Baresip, key: str = "") -> None:
    """Open one's mailbox, hear the first message (new ones before old), press `key`, hang up."""
    await owner.dial("*97")
    await owner.expect(Established)
    await asyncio.sleep(1.0)
    await owner.press("4826#")
    await asyncio.sleep(2.0)
    await owner.press("1")
    await asyncio.sleep(5.0)
    if key:
        await owner.press(key)
        await asyncio.sleep(1.0)
    await owner.hangup()


async def test_a_message_cut_off_by_the_death_of_the_pbx_is_delivered(
    pbx: RenderedPbx, database: Database
) -> None:
    """What Asterisk had on disk is heard by the mailbox's owner; the next message goes behind it."""
    follower = Follower.of(pbx.settings, database)
    journal = Journal(pbx.settings.journal)
    async with speaking(pbx, 12.0):
        decided_at = (datetime.now(UTC) - timedelta(seconds=3)).isoformat()  # before the tone
        await asyncio.sleep(7.0)
        left = sorted(p.name for p in Path(pbx.settings.spool, "voicemail/sb/8101/tmp").iterdir())
        assert len(left) == 2
        await pbx.stop()
    common = {"at": decided_at, "call": "c-1"}
    journal.append(common | {"kind": "started", "caller": "8202", "name": "员工", "dialled": "8101"})
    journal.append(common | {"kind": "step", "n": 1, "action": "message", "detail": "8101 busy"})

    started = datetime.now(UTC)
    await pbx.start()
    assert await follower.pbx_started(started) == ["8101"]
    (message,) = await storage.messages(database)
    assert (message["caller"], message["call"], message["reason"]) == ("8202", "c-1", "busy")
    assert message["mended"]
    assert message["seconds"] >= 3
    with wave.open(message["file"]) as sound:
        assert abs(sound.getnframes() / sound.getframerate() - message["seconds"]) <= 0.6
    (call,) = [c for c in await storage.calls(database) if c["id"] == "c-1"]
    assert (call["outcome"], call["steps"][0]["outcome"]) == ("message", "recorded")

    shown = (await pbx.cli("voicemail show users for sb")).splitlines()
    assert [line.split()[-1] for line in shown if " 8101 " in line] == ["1"]
    async with speaking(pbx, 3.0) as caller:
        await asyncio.sleep(3.2)
        await caller.hangup()
    await until(follower, lambda: storage.messages(database), lambda rows: len(rows) == 2)
    inbox = Path(pbx.settings.spool, "voicemail/sb/8101/INBOX")
    assert {p.stem for p in inbox.glob("msg*.txt")} == {"msg0000", "msg0001"}
    async with await pbx.phone("8101") as owner:
        await listen(owner)
        await until(
            follower,
            lambda: storage.messages(database),
            lambda rows: sorted(r["state"] for r in rows) == ["heard", "new"],
        )
    assert [c for c in pbx.complaints() if "format_wav" in c or "lock" in c or "esequenc" in c] == []
