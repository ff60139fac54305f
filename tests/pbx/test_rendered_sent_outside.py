"""A caller sent outside, or somebody asked there (B1): the PBX asks for the permission itself (A15)."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from switchboard.ami import Gateway
from tests.pbx.provider import provider
from tests.pbx.rendered_pbx import RenderedPbx, rendered_pbx
from tests.pbx.test_rendered_desk_messages import gateways
from tests.pbx.test_rendered_outside import firm_at

pytestmark = pytest.mark.live

MOBILE, NEAR, ABROAD = "13800138000", "62345678", "0044123456"


async def sent(board: Gateway, channel: str, by: str, number: str) -> str:
    """The executor is told to dial `number` as the phone `by`; the outcome it brings to the next step."""
    values = {"SB_BY": by, "SB_NUMBER": number, "SB_SECONDS": "5", "SB_OUTCOME": "none"}
    for name, value in values.items():
        await board.action("Setvar", Channel=channel, Variable=name, Value=value)
    await board.action("Redirect", Channel=channel, Context="switchboard", Exten="outside", Priority="1")
    async with asyncio.timeout(8):
        while True:
            reply = await board.action("Getvar", Channel=channel, Variable="SB_OUTCOME")
            if (outcome := reply.response.text("Value")) != "none":
                return outcome
            await asyncio.sleep(0.05)


async def channel_of(pbx: RenderedPbx, number: str) -> str:
    concise = await pbx.cli("core show channels concise")
    return next(c.split("!")[0] for c in concise.splitlines() if c.startswith(f"PJSIP/{number}-"))


async def over(pbx: RenderedPbx) -> None:
    """Wait until no call is left."""
    async with asyncio.timeout(5):
        while not (await pbx.cli("core show channels count")).startswith("0 active channels"):
            await asyncio.sleep(0.1)


async def test_the_executor_dials_outside_what_that_phone_may_and_nothing_else() -> None:
    """Whatever the controller says: 8201 national, 8202 local, 8101 nothing, nor a phone that isn't there. No
    emergency number, though every class has a pattern for it; nothing that is no number."""
    async with provider() as (outside, host):
        rules = firm_at(host)
        local = next(iter(rules.outside_patterns))
        patterns = {**rules.outside_patterns, local: (*rules.outside_patterns[local], "1XX")}
        lines = tuple(replace(t, outgoing=(*t.outgoing, "1XX")) if t.outgoing else t for t in rules.trunks)
        async with (
            rendered_pbx(replace(rules, outside_patterns=patterns, trunks=lines)) as pbx,
            await pbx.phone("8203") as phone,
            gateways(pbx) as (board, _),
        ):
            await phone.dial("8000")
            await phone.hears("zh/greeting-hello")
            channel = await channel_of(pbx, "8203")
            for by, number in (
                *(("8201", n) for n in (ABROAD, "110", "", "8101", f"{MOBILE}&PJSIP/8899", f"9{MOBILE}")),
                *(("8202", n) for n in (MOBILE, ABROAD, "120")),
                *((by, MOBILE) for by in ("8101", "8999", "", "trunk-telecom")),
            ):
                assert await sent(board, channel, by, number) == "dial:CHANUNAVAIL", (by, number)
            assert outside.called == []
            for by, number in (("8201", MOBILE), ("8201", NEAR), ("8202", NEAR), ("8202", "114")):
                assert await sent(board, channel, by, number) == "dial:BUSY", (by, number)
            assert [n for n, _ in outside.called] == [MOBILE, NEAR, NEAR, "114"]
            assert {shown for _, shown in outside.called} == {"+862162150000"}
            assert [c for c in pbx.complaints() if "agi" not in c and "8999" not in c] == []


async def test_an_operators_leg_asks_outside_what_that_phone_may() -> None:
    """8202, local: a mobile, abroad, an emergency number, a number without the prefix are refused aloud."""
    async with (
        provider() as (outside, host),
        rendered_pbx(firm_at(host)) as pbx,
        await pbx.phone("8202") as phone,
        gateways(pbx) as (board, _),
    ):
        for dialled, says in (
            (f"9{MOBILE}", "dial-refused"),
            (f"9{ABROAD}", "dial-refused"),
            ("9110", "dial-refused"),
            (NEAR, "dial-refused"),
            (f"9{NEAR}", "line-busy"),
        ):
            await phone.dial("8000")
            greeted = await phone.hears("zh/greeting-hello")
            channel = await channel_of(pbx, "8202")
            await board.action("Setvar", Channel=channel, Variable="SB_CALLER", Value=channel)
            await board.action("Redirect", Channel=channel, Context="consult", Exten=dialled, Priority="1")
            await phone.hears(f"zh/{says}", after=greeted.start, timeout=8)
            await phone.hangup()
            await over(pbx)
        assert [n for n, _ in outside.called] == [NEAR]
