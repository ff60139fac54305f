"""No way round the permission to dial outside (A15): a phone's own forwarding, a mailbox, a call-back."""

from __future__ import annotations

import asyncio
import re

import pytest

from switchboard.ami import Gateway
from switchboard.ami.accounts import BOARD
from tests.pbx.provider import provider
from tests.pbx.rendered_pbx import FakeSecrets, rendered_pbx
from tests.pbx.sip_by_hand import ByHand, by_hand
from tests.pbx.test_rendered_outside import firm_at

pytestmark = pytest.mark.live

MOBILE = "13800138000"


async def forwards(hand: ByHand, to: str) -> None:
    """Behave as a phone that sends its calls to `to`: every INVITE is answered with 302."""
    while True:
        text = await hand.arrived.get()
        kept = [h for h in text.split("\r\n") if re.match(r"(Via|From|Call-ID|CSeq):", h)]
        to_line = re.search(r"^To:.*", text, re.MULTILINE)
        if text.startswith(("SIP/2.0", "ACK ")) or not to_line:
            continue
        invited = text.startswith("INVITE ")
        lines = ["SIP/2.0 302 Moved Temporarily" if invited else "SIP/2.0 200 OK", *kept]
        lines += [f"{to_line[0].strip()};tag=f", f"Contact: <sip:{to}@127.0.0.1:{hand.server[1]}>"]
        answer = "\r\n".join([*lines, "Content-Length: 0", "", ""])
        hand.transport.sendto(answer.encode(), hand.server)  # type: ignore[attr-defined]
        if invited:
            return


@pytest.mark.parametrize("number", ["8201", "8601"])
async def test_a_phones_own_forwarding_is_not_followed(number: str) -> None:
    """Dialled directly (8201 may dial outside itself), and as a queue's agent (8601): nothing goes out."""
    async with provider() as (outside, host), rendered_pbx(firm_at(host)) as pbx:
        async with by_hand(pbx.settings.sip_port) as hand, await pbx.phone("8101") as colleague:
            contact = f"Contact: <sip:{number}@{hand.here}>\r\n"
            answers = await hand.request("REGISTER", f"sip:{number}", number, f"phone-{number}", contact)
            assert answers[-1].startswith("SIP/2.0 200"), answers[-1]
            await asyncio.sleep(0.5)
            answering = asyncio.create_task(forwards(hand, f"9{MOBILE}"))
            await colleague.dial("8600" if number == "8601" else number)
            await asyncio.wait_for(answering, 20)
            await asyncio.sleep(1.5)
            await colleague.hangup()
        assert outside.called == []


async def test_a_call_back_dials_what_the_national_class_may_and_nothing_else() -> None:
    """The dialplan holds it against the patterns once more, whoever ordered it."""
    async with provider() as (outside, host), rendered_pbx(firm_at(host)) as pbx:
        s = pbx.settings
        board = Gateway(s.ami_host, s.ami_port, BOARD.name, FakeSecrets().ami(BOARD.name))
        await board.start(patience=10)
        try:
            for number in (MOBILE, "0044123456", "110", "8899", f"{MOBILE}&PJSIP/8899", ""):
                await board.action(
                    "Originate",
                    Channel="Local/out@call-back/n",
                    Application="Wait",
                    Data="1",
                    Async="true",
                    Variable=[f"SB_NUMBER={number}"],
                )
                await asyncio.sleep(0.7)
        finally:
            await board.stop()
        assert [n for n, _ in outside.called] == [MOBILE]
