"""What strangers learn (nothing), and what a registered phone can't do with hand-made requests."""

from __future__ import annotations

import asyncio
import re
import time

import pytest

from switchboard.domain.company import Trunk
from switchboard.softphone import Incoming, NothingHappened
from tests.pbx.firm import firm
from tests.pbx.rendered_pbx import rendered_pbx
from tests.pbx.sip_by_hand import by_hand

pytestmark = pytest.mark.live


def shape(answer: str) -> str:
    """An answer without what differs from request to request."""
    answer = re.sub(r'(nonce|opaque)="[^"]*"', r'\1=""', answer)
    return re.sub(r"(?m)^(Via|From|To|Call-ID|CSeq):.*$", r"\1", answer)


async def test_an_unknown_user_is_answered_like_a_wrong_password() -> None:
    """To the letter, whatever is asked, with and without credentials; and nobody anonymous gets in."""
    async with rendered_pbx(firm()) as pbx, by_hand(pbx.settings.sip_port) as hand:
        contact = f"Contact: <sip:x@{hand.here}>\r\nEvent: presence\r\n"
        for method in ("REGISTER", "INVITE", "SUBSCRIBE", "OPTIONS", "MESSAGE"):
            shapes = {}
            for user in ("8201", "7777", "trunk-test", "anonymous"):
                uri = "sip:8101" if method in ("INVITE", "SUBSCRIBE", "MESSAGE") else f"sip:{user}"
                answers = await hand.request(method, uri, user, "wrong", contact)
                shapes[user] = [shape(a).replace(user, "USER") for a in answers]
                assert all(a.startswith("SIP/2.0 401") for a in answers), (method, user, answers[-1])
            assert len({tuple(s) for s in shapes.values()}) == 1, (method, shapes)


@pytest.mark.measured
async def test_answers_take_as_long_for_known_as_for_unknown_users() -> None:
    """Within what a network hides: the medians differ by less than 2 ms."""
    async with rendered_pbx(firm()) as pbx, by_hand(pbx.settings.sip_port) as hand:
        contact = f"Contact: <sip:x@{hand.here}>\r\n"
        medians = []
        for user in ("8201", "7777"):
            times = []
            for _ in range(41):
                started = time.perf_counter()
                await hand.request("REGISTER", f"sip:{user}", user, "wrong", contact)
                times.append(time.perf_counter() - started)
            medians.append(sorted(times)[20])
        assert abs(medians[0] - medians[1]) < 0.002


async def test_a_contact_with_more_than_an_address_rings_nobody_else() -> None:
    """A phone chooses the words of its contact: they become no second phone and no option of Dial."""
    async with (
        rendered_pbx(firm()) as pbx,
        by_hand(pbx.settings.sip_port) as hand,
        await pbx.phone("8899") as chairman,
        await pbx.phone("8202") as caller,
    ):
        for contact in ("a&PJSIP/8899", "a,30,g", "a&PJSIP/8899&PJSIP/8101/sip:b"):
            answers = await hand.request(
                "REGISTER", "sip:8101", "8101", "phone-8101", f"Contact: <sip:{contact}@{hand.here}>\r\n"
            )
            assert len(answers) == 2
            await caller.dial("8101")
            await caller.hears("zh/no-answer", timeout=8)
            await caller.hangup()
            with pytest.raises(NothingHappened):
                await chairman.expect(Incoming, 0.3)
        assert [c for c in pbx.complaints() if "DISCONNECTED" not in c] == []


async def test_a_lamp_shows_a_phone_in_use() -> None:
    """By the one pattern of hints, also after the dialplan was read again."""
    async with (
        rendered_pbx(firm()) as pbx,
        by_hand(pbx.settings.sip_port) as hand,
        await pbx.phone("8101") as watched,
        await pbx.phone("8202") as caller,
    ):
        headers = (
            f"Contact: <sip:8201@{hand.here}>\r\nEvent: dialog\r\nExpires: 600\r\n"
            "Accept: application/dialog-info+xml\r\n"
        )
        answers = await hand.request("SUBSCRIBE", "sip:8101", "8201", "phone-8201", headers)
        assert answers[-1].startswith("SIP/2.0 200"), answers
        assert "terminated</state>" in await hand.notified()
        await pbx.cli("dialplan reload")
        await caller.dial("8101")
        await watched.expect(Incoming)
        async with asyncio.timeout(5):
            while "early</state>" not in await hand.notified():
                pass


async def test_a_trunk_known_by_its_address_is_known_by_no_other() -> None:
    """Somebody at another address is a stranger."""
    rules = firm(trunks=(Trunk("peer", {"62150000": "8000"}, addresses=("203.0.113.7",)),))
    async with rendered_pbx(rules) as pbx:
        shown = await pbx.cli("pjsip show identifies")
        assert "203.0.113.7/32" in shown
        async with by_hand(pbx.settings.sip_port) as hand:
            contact = f"Contact: <sip:x@{hand.here}>\r\n"
            (answer,) = await hand.request("INVITE", "sip:62150000", "13800138000", headers=contact)
            assert answer.startswith("SIP/2.0 401")
