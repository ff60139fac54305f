"""What is done with messages at the desk, on a real Asterisk: the lamp and the mailbox follow (A13)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

import numpy as np
import pytest

from switchboard.ami import Gateway
from switchboard.ami.accounts import ADMIN, BOARD
from switchboard.ami.placing import AmiPlacing
from switchboard.ami.voicemail import AmiMailboxes
from switchboard.flows.message_ports import Wanted
from switchboard.flows.messages import Messages
from switchboard.flows.placing import Placed
from switchboard.softphone import Established, Incoming, Lamp
from switchboard.storage import (
    Database,
    Depositing,
    Follower,
    Journal,
    MessageRows,
    open_database,
)
from tests.live.ear import tone_heard
from tests.live.provider import AnsweringProvider
from tests.pbx.firm import firm
from tests.pbx.rendered_pbx import FakeSecrets, RenderedPbx, noise, rendered_pbx
from tests.pbx.test_rendered_outside import firm_at
from tests.storage.mailbox import wav

pytestmark = pytest.mark.live


def whistle(seconds: float, hertz: float = 700.0) -> bytes:
    """A recording of one tone, which nothing else sounds like."""
    count = int(seconds * 8000)
    samples = (np.sin(np.arange(count) * 2 * np.pi * hertz / 8000) * 12000).astype("<i2").tobytes()
    return wav(seconds)[:44] + samples


def now() -> datetime:
    return datetime.now().astimezone()


@asynccontextmanager
async def gateways(pbx: RenderedPbx) -> AsyncIterator[tuple[Gateway, Gateway]]:
    """Both manager accounts, connected."""
    s = pbx.settings
    both = [Gateway(s.ami_host, s.ami_port, a.name, FakeSecrets().ami(a.name)) for a in (BOARD, ADMIN)]
    for gateway in both:
        await gateway.start(patience=10)
    try:
        yield both[0], both[1]
    finally:
        for gateway in both:
            await gateway.stop()


@asynccontextmanager
async def desk(pbx: RenderedPbx) -> AsyncIterator[tuple[Messages, Follower, Database]]:
    """The flow, following this PBX's mailboxes."""
    database = await open_database(pbx.settings.database_url)
    follower = Follower.of(pbx.settings, database)

    async def recorded(mailbox: str) -> None:
        follower.poke(mailbox)
        await follower.catch_up()

    async with gateways(pbx) as (board, admin):
        spool = Depositing(follower.spool.folder, pbx.settings.data_dir / "messages")
        journal = Journal(pbx.settings.journal)
        flow = Messages(
            MessageRows(database),
            AmiMailboxes(board, admin),
            spool,
            lambda name, number, text: whistle(3.0),
            journal,
            lambda: pbx.rules,
            now,
            recorded,
        )
        yield flow, follower, database
    await database.close()


async def until(flow: Messages, follower: Follower, holds: Callable[[list], bool]) -> list:
    """Follow until the messages are as wanted."""
    async with asyncio.timeout(15):
        while True:
            await follower.catch_up()
            found = await flow.listed(Wanted())
            if holds(found):
                return found
            await asyncio.sleep(0.1)


async def leave(pbx: RenderedPbx, mailbox: str = "8101") -> None:
    """A colleague's message for somebody whose phone isn't there."""
    async with await pbx.phone("8202") as caller:
        await caller.dial(mailbox)
        await caller.hears("zh/message-intro")
        await asyncio.sleep(1.5)
        await caller.say(noise("hello", 3.0))
        await asyncio.sleep(3.2)
        await caller.hangup()


async def test_heard_in_the_page_puts_the_lamp_out_and_stays_in_the_mailbox() -> None:
    """New → Old in Asterisk's own spool; the phone's lamp goes out; the message can be heard by phone."""
    async with rendered_pbx(firm()) as pbx, desk(pbx) as (flow, follower, _):
        await leave(pbx)
        (message,) = await until(flow, follower, lambda found: len(found) == 1)
        async with await pbx.phone("8101") as owner:
            await owner.expect(Lamp, 8, where=lambda lamp: lamp.waiting)
            await flow.heard(message, "user:op")
            await flow.look()
            await owner.expect(Lamp, 8, where=lambda lamp: not lamp.waiting)
        (message,) = await until(flow, follower, lambda found: found[0].place.startswith("Old/"))
        assert (message.state, message.heard_by) == ("heard", "user:op")
        assert pbx.in_mailbox("8101") == []
        await flow.handled(message, "已回电", "user:op")
        await flow.look()
        (message,) = await flow.listed(Wanted())
        assert (message.state, message.folder) == ("handled", "Old")
        assert [a["act"] for a in await flow.acts(message.id)] == ["heard", "handled"]


async def test_a_mailbox_that_is_open_on_the_phone_is_left_alone() -> None:
    """app_voicemail numbers messages anew: while somebody listens nothing moves; afterwards it does."""
    async with rendered_pbx(firm()) as pbx, desk(pbx) as (flow, follower, _):
        await leave(pbx)
        await leave(pbx)
        found = await until(flow, follower, lambda found: len(found) == 2)
        async with await pbx.phone("8101") as owner:
            await owner.dial("*97")
            await owner.expect(Established)
            await asyncio.sleep(1.0)
            await owner.press("4826#")
            await asyncio.sleep(1.0)
            await flow.heard(found[1], "user:op")
            await flow.look()
            assert len(pbx.in_mailbox("8101")) == 2
            await owner.hangup()
        async with asyncio.timeout(10):
            while len(pbx.in_mailbox("8101")) == 2:
                await flow.look()
                await asyncio.sleep(0.2)
        left = pbx.in_mailbox("8101")
        assert [m["msg_id"] for m in left] == [found[0].msg_id]


async def test_a_typed_message_lights_the_lamp_and_is_heard_by_phone() -> None:
    """For its owner it is a message like any other; heard by phone, it shows as heard in the page."""
    async with (
        rendered_pbx(firm()) as pbx,
        desk(pbx) as (flow, follower, _),
        await pbx.phone("8101") as owner,
    ):
        id_ = await flow.typed("8101", "+8613800001111", "王小明", "请回电\n明天上午", "user:op (8011)")
        (message,) = await flow.listed(Wanted())
        assert (message.state, message.text, message.place) == ("new", "请回电\n明天上午", "")
        await flow.look()
        assert (await owner.expect(Lamp, 8, where=lambda lamp: lamp.waiting)).new == 1
        (message,) = await until(flow, follower, lambda found: bool(found[0].place))
        assert (message.id, message.seconds, message.deposit) == (id_, 3, "done")
        await owner.dial("*97")
        await owner.expect(Established)
        await asyncio.sleep(1.0)
        await owner.press("4826#")
        await asyncio.sleep(2.0)
        await owner.press("1")
        async with asyncio.timeout(12):
            while not tone_heard(owner, 700):
                await asyncio.sleep(0.2)
        await asyncio.sleep(1.0)
        await owner.hangup()
        (message,) = await until(flow, follower, lambda found: found[0].state == "heard")
        assert (message.place, message.heard_by) == ("Old/msg0000", "")
        await owner.expect(Lamp, 8, where=lambda lamp: not lamp.waiting)


async def test_a_forwarded_message_lights_the_other_lamp() -> None:
    """Once, and it stays when the first one is deleted. A second time it is told to be there already."""
    async with rendered_pbx(firm()) as pbx, desk(pbx) as (flow, follower, _):
        await leave(pbx)
        (message,) = await until(flow, follower, lambda found: len(found) == 1)
        async with await pbx.phone("8102") as other:
            id_ = await flow.forward(message, "8102", "user:op")
            await flow.look()
            assert (await other.expect(Lamp, 8, where=lambda lamp: lamp.waiting)).new == 1
        found = await until(flow, follower, lambda found: len(found) == 2 and all(m.place for m in found))
        copy = next(m for m in found if m.id == id_)
        assert (copy.mailbox, copy.caller, copy.source) == ("8102", "8202", message.id)
        assert copy.seconds == pytest.approx(message.seconds, abs=1)
        with pytest.raises(Exception, match="already"):
            await flow.forward(message, "8102", "user:op")


async def test_a_placed_call_rings_ones_own_phone_first_and_then_dials() -> None:
    """Nobody outside is dialled before one's own phone is answered; the record stands under the call's id."""
    loop = asyncio.get_running_loop()
    transport, outside = await loop.create_datagram_endpoint(AnsweringProvider, ("127.0.0.1", 0))
    host, port = transport.get_extra_info("sockname")
    async with (
        rendered_pbx(firm_at(f"{host}:{port}")) as pbx,
        await pbx.phone("8201") as own,
        gateways(pbx) as (board, _),
    ):
        placing = AmiPlacing(board, lambda phone: "idle", lambda call: False)
        prefix = pbx.rules.outside_prefix
        placed = Placed(1, now(), "8201", f"{prefix}13800138000")
        await placing.place(placed, "13800138000")
        ringing = await own.expect(Incoming, 8)
        assert ringing.number == "13800138000"
        assert outside.called == []
        await own.accept()
        await asyncio.sleep(1.5)
        assert outside.called == ["13800138000"]
        await own.hangup()
        ending = await pbx.ending()
        assert (ending["origin"], ending["caller"]) == ("inside", "8201")
        assert any(r["linkedid"] == placed.call for r in pbx.records())
    transport.close()


@pytest.mark.parametrize("number", ["913800138000", "8102"])
async def test_a_placed_call_may_dial_what_that_phone_may(number: str) -> None:
    """A phone that may dial nothing outside hears the refusal, whoever placed the call; inside it rings."""
    async with (
        rendered_pbx(firm()) as pbx,
        await pbx.phone("8101") as own,
        await pbx.phone("8102") as other,
        gateways(pbx) as (board, _),
    ):
        placing = AmiPlacing(board, lambda phone: "idle", lambda call: False)
        await placing.place(Placed(2, now(), "8101", number), number)
        await own.expect(Incoming, 8)
        await own.accept()
        if number == "8102":
            assert (await other.expect(Incoming, 8)).number == "8101"
        else:
            await own.hears("zh/dial-refused")
        await own.hangup()
        await pbx.ending()
