"""Both orders of calling back (A12), on a real Asterisk without a controller: who rings first."""

from __future__ import annotations

import asyncio

import pytest

from switchboard.ami import Gateway
from switchboard.ami.accounts import BOARD
from switchboard.ami.callbacks import AmiCallBacks
from switchboard.flows.callback import Promise
from switchboard.softphone import Incoming
from tests.live.provider import AnsweringProvider
from tests.pbx.rendered_pbx import FakeSecrets, rendered_pbx
from tests.pbx.test_rendered_outside import firm_at

pytestmark = pytest.mark.live

PROMISE = Promise(7, "1.1", "8600", "13800138000", "zh", 0, 1_795_428_000)


@pytest.mark.parametrize("agent_first", [True, False])
async def test_agent_and_caller_are_brought_together(agent_first: bool) -> None:
    """Agent first: nobody outside is dialled before the agent answers. Caller first: the other way round.
    The record stands under the promise's own id."""
    loop = asyncio.get_running_loop()
    transport, outside = await loop.create_datagram_endpoint(AnsweringProvider, ("127.0.0.1", 0))
    host, port = transport.get_extra_info("sockname")
    async with rendered_pbx(firm_at(f"{host}:{port}")) as pbx, await pbx.phone("8601") as agent:
        s = pbx.settings
        board = Gateway(s.ami_host, s.ami_port, BOARD.name, FakeSecrets().ami(BOARD.name))
        await board.start(patience=10)
        try:
            order = AmiCallBacks(board, set)
            await order.call_back(PROMISE, agent_first=agent_first, seconds=30)
            ringing = await agent.expect(Incoming, 8)
            assert ringing.number == PROMISE.number
            assert outside.called == ([] if agent_first else [PROMISE.number])
            await agent.accept()
            await asyncio.sleep(1.5)
            assert outside.called == [PROMISE.number]
            assert PROMISE.channel in await pbx.cli("core show channels verbose") or agent.in_call
            await agent.hangup()
            await pbx.ending()
        finally:
            await board.stop()
        legs = [r for r in pbx.records() if r["uniqueid"].startswith(PROMISE.channel)]
        assert any(
            r["dstchannel"].startswith("PJSIP/trunk-") and r["disposition"] == "ANSWERED" for r in legs
        ), pbx.records()
    transport.close()
