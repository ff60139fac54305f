"""A number outside from the desk page, on a real switchboard with a telephone at the end of a line (B1)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import expect

from switchboard.softphone import Account, Baresip, Closed, Incoming
from tests.live.desk import changed_rules
from tests.live.ear import both_hear_each_other
from tests.live.house import PhoneOf
from tests.web.browser import Console
from tests.web.test_desk_live import answered, desk_of, manual

pytestmark = [pytest.mark.live, pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

MOBILE, ABROAD = "13900000008", "00447700900000"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def mobile(begun_console: Console) -> AsyncIterator[Baresip]:
    """A mobile at the end of a line that carries mobile numbers."""
    house = begun_console.house
    account = Account(MOBILE, "", port=house.settings.sip_port, registers=False)
    it = await Baresip.start(account, program=house.softphone, repertoire=house.repertoire)
    line = f'host: 127.0.0.1:{it.port}, username: provider, numbers: {{"02988886000": "8000"}}'
    try:
        async with changed_rules(
            house, {"trunks:\n": f'trunks:\n  provider: {{{line}, outgoing: ["1XXXXXXXXXX"]}}\n'}
        ):
            yield it
    finally:
        await it.stop()


async def test_a_caller_is_asked_about_outside_and_connected_from_the_page(
    console: Console, phone: PhoneOf, caller: PhoneOf, mobile: Baresip
) -> None:
    """The number typed as it stands on a card: refused there, it is told and the operator has the caller. F6
    asks again, F4 connects; the page shows with whom the caller talks."""
    operator, outside = await phone("8011"), await caller("13800000061")
    page = await desk_of(console, "li", "8011")
    await manual(page)
    await answered(page, operator, outside)
    offered = page.locator(".entry-name", has_text="外线")
    await page.keyboard.press("/")
    await page.keyboard.type(ABROAD)
    await expect(offered).to_have_text(f"外线 {ABROAD}")
    await page.keyboard.press("Enter")
    await expect(page.locator("#notices")).to_contain_text(f"您的话机无权拨打 {ABROAD}")
    await page.fill("#search", "")
    await page.keyboard.type(f"+86 {MOBILE}")
    await expect(offered).to_have_text(f"外线 {MOBILE}")
    await page.keyboard.press("Enter")
    await mobile.expect(Incoming)
    await expect(page.locator("#card-state")).to_contain_text(MOBILE)
    await mobile.reject()
    await operator.expect(Incoming)
    await operator.accept()
    await both_hear_each_other(operator, outside)
    await expect(page.locator("#card-state")).to_contain_text("与您通话中")
    await page.keyboard.press("/")
    await page.keyboard.type(MOBILE)
    await expect(offered).to_have_text(f"外线 {MOBILE}")
    await page.keyboard.press("F6")
    await mobile.expect(Incoming)
    await expect(page.locator("#consult")).to_contain_text(MOBILE)
    await mobile.accept()
    await both_hear_each_other(operator, mobile)
    await expect(page.locator("#consult")).to_have_attribute("data-state", "talking")
    await page.keyboard.press("F4")
    await operator.expect(Closed)
    await both_hear_each_other(mobile, outside)
    await expect(page.locator("#card-state")).to_have_text(f"通话：{MOBILE}")
    await expect(page.locator("#consult")).to_be_hidden()
    await outside.hangup()
    await mobile.expect(Closed)
