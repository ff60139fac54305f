"""Who may dial what outside (A15), and who puts calls through to executives, with real phones."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from switchboard.domain.company import Rules
from switchboard.softphone import Baresip, Closed, Incoming, NothingHappened
from tests.pbx.firm import ENTRIES, TRUNKS, firm
from tests.pbx.provider import provider
from tests.pbx.rendered_pbx import RenderedPbx, rendered_pbx

pytestmark = pytest.mark.live


def firm_at(host: str, second: str = "") -> Rules:
    """The firm with its provider at `host`; another line, tried first, at `second`."""
    test, telecom = TRUNKS
    lines = [replace(telecom, host=host, numbers={"+862162150000": "8000"})]
    if second:
        lines.insert(0, replace(telecom, name="broken", host=second, addresses=()))
    return firm(trunks=(test, *lines))


async def call(phone: Baresip, number: str, hears: str) -> None:
    await phone.dial(number)
    await phone.hears(f"{'en' if phone.account.user == '8201' else 'zh'}/{hears}", timeout=8)
    await phone.expect(Closed)


async def test_a_phone_dials_outside_what_its_class_allows_and_nothing_else() -> None:
    """8201: national. 8202: local. 8101: nothing. The rest is refused aloud, and kept."""
    async with provider() as (outside, host), rendered_pbx(firm_at(host)) as pbx:
        async with await pbx.phone("8201") as national, await pbx.phone("8202") as local:
            await call(national, "913800138000", "line-busy")
            await call(national, "962345678", "line-busy")
            await call(national, "90044123456", "dial-refused")
            await call(local, "962345678", "line-busy")
            await call(local, "913800138000", "dial-refused")
            assert (await pbx.ending())["verb"] == "refuse"
            await call(local, "7123", "dial-unknown")
            await call(local, "13800138000", "dial-unknown")
        async with await pbx.phone("8101") as nobody:
            await call(nobody, "962345678", "dial-refused")
        shown = "+862162150000"
        assert outside.called == [("13800138000", shown), ("62345678", shown), ("62345678", shown)]


async def test_emergency_numbers_go_out_from_every_phone() -> None:
    """Whatever its class, also from a phone of earlier rules; by the next line when one is broken."""
    async with provider() as (outside, host), provider("503 Down") as (broken, second):
        async with rendered_pbx(firm_at(host, second)) as pbx:
            later = replace(pbx.rules, extensions={e.number: e for e in ENTRIES if e.number != "8102"})
            changed = pbx.put(later, retired=(pbx.rules,))
            assert changed
            for module in ("res_pjsip.so", "pbx_config.so"):
                await pbx.cli(f"module reload {module}")
            for number in ("8101", "8102"):
                async with await pbx.phone(number) as phone:
                    await call(phone, "110", "line-busy")
        assert [n for n, _ in outside.called] == ["110", "110"]
        assert [n for n, _ in broken.called] == ["110", "110"]


async def test_without_a_line_that_is_told() -> None:
    """Never a bare hang-up, least of all with an emergency number."""
    async with rendered_pbx(firm(trunks=TRUNKS[:1])) as pbx, await pbx.phone("8201") as phone:
        await call(phone, "120", "trouble")
        await call(phone, "913800138000", "trouble")


async def test_a_request_with_more_than_a_number_dials_nothing() -> None:
    """`&`, commas and variables in what is dialled are no way round the class."""
    async with provider() as (outside, host), rendered_pbx(firm_at(host)) as pbx:
        async with await pbx.phone("8201") as phone, await pbx.phone("8899") as chairman:
            for dialled in ("9021%26PJSIP%2F8899", "9021123%2C60%2Cg", "9021$%7BEXTEN%7D1", "8202%26PJSIP"):
                await phone.dial(f"sip:{dialled}@127.0.0.1:{pbx.settings.sip_port}")
                await phone.expect(Closed)  # 404, or told that there is no such number
            with pytest.raises(NothingHappened):
                await chairman.expect(Incoming, 0.5)
        assert outside.called == []
        assert pbx.complaints() == []


async def talking(pbx: RenderedPbx, caller: Baresip, called: Baresip) -> None:
    await caller.dial(called.account.user)
    await called.expect(Incoming)
    await called.accept()
    await asyncio.sleep(0.3)


async def transfer(phone: Baresip, to: str) -> None:
    """Blind: the other side is sent to `to`."""
    await phone._control.command("transfer", to)


async def test_only_the_secretary_transfers_to_the_principal() -> None:
    """A transfer by anybody else rings the secretary; a mark of the secretary's says nothing later on."""
    async with (
        rendered_pbx(firm()) as pbx,
        await pbx.phone("8202") as caller,
        await pbx.phone("8890") as secretary,
        await pbx.phone("8899") as chairman,
        await pbx.phone("8101") as colleague,
    ):
        await talking(pbx, caller, secretary)
        await transfer(secretary, "8899")
        assert (await chairman.expect(Incoming)).number == "8202"
        await caller.hangup()
        await secretary.hangup()
        await asyncio.sleep(0.5)
        await talking(pbx, caller, colleague)
        await transfer(colleague, "8899")
        await secretary.expect(Incoming)
        with pytest.raises(NothingHappened):
            await chairman.expect(Incoming, 0.5)


async def test_a_transfer_dials_outside_what_the_transferring_phone_may() -> None:
    """8101 may dial nothing outside: neither may a caller from outside whom 8101 sends there."""
    async with provider() as (outside, host), rendered_pbx(firm_at(host)) as pbx:
        async with await pbx.outsider() as caller, await pbx.phone("8101") as colleague:
            await caller.dial("8000")
            await caller.hears("zh/greeting-hello", timeout=5)
            await caller.press("8101")
            await colleague.expect(Incoming)
            await colleague.accept()
            await asyncio.sleep(0.3)
            await transfer(colleague, "913800138000")
            await caller.hears("zh/dial-refused")
        assert outside.called == []


async def test_a_caller_from_outside_moves_nobody() -> None:
    """A REFER from a trunk is refused."""
    async with provider() as (outside, host), rendered_pbx(firm_at(host)) as pbx:
        async with await pbx.outsider() as caller, await pbx.phone("8201") as colleague:
            await caller.dial("8000")
            await caller.hears("zh/greeting-hello", timeout=5)
            await caller.press("8201")
            await colleague.expect(Incoming)
            await colleague.accept()
            await asyncio.sleep(0.3)
            await transfer(caller, "913800138000")
            await asyncio.sleep(1)
            await caller.hangup()
            ending = await pbx.ending()
            assert (ending["verb"], ending["by"]) == ("dial", "8201")  # it ended in the conversation
        assert outside.called == []
