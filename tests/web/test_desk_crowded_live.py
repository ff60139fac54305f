"""A thousand calls that are up in a real Asterisk, told by a real controller, on the desk page.

They are made by a manager connection of the test's own: pairs of local channels that wait, one pair a call.
What they lack is sound and decisions; everything between the PBX's events and the screen is as by day.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Page, expect

from switchboard.ami import Gateway
from switchboard.ami.accounts import BOARD
from switchboard.softphone import Closed
from tests.live.house import TRUNK, House, PhoneOf
from tests.web.browser import Console
from tests.web.test_desk_live import APPEARS, answered, desk_of, manual

pytestmark = [pytest.mark.live, pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

MANY = 1000
LASTS_SECONDS = 170
WAITING_NUMBER = "7990"
"""Answers and waits; added on the PBX's console, in the test caller's context."""

ROWS_AT_MOST = 40
DIALS = 10
PAINTED_WITHIN_MS = 500


@asynccontextmanager
async def crowded(house: House) -> AsyncIterator[None]:
    """A thousand calls are up until the block ends."""
    context = f"from-trunk-{TRUNK}"
    # Added where it is already, an extension loses what its applications were given.
    await house.pbx.cli(f"dialplan remove extension {WAITING_NUMBER}@{context}")
    for step in ("1,Answer()", f"2,Wait({LASTS_SECONDS})"):
        await house.pbx.cli(f"dialplan add extension {WAITING_NUMBER},{step} into {context}")
    gateway = Gateway("127.0.0.1", house.settings.ami_port, BOARD.name, house.secrets.ami(BOARD.name))
    await gateway.start()
    try:
        for n in range(MANY):
            await gateway.action(
                "Originate",
                Channel=f"Local/{WAITING_NUMBER}@{context}/n",
                Application="Wait",
                Data=str(LASTS_SECONDS),
                CallerID=f"1370000{n:04}",
                Async="true",
            )
        yield
    finally:
        await gateway.stop()
        await house.pbx.cli("channel request hangup all")
        await house.no_channels(30)


async def shown(page: Page, count: int) -> None:
    """Wait until the page has `count` calls that are nobody's at the desk."""
    head = page.locator(".list-head[data-part=others] .count")
    await expect(head).to_have_text(str(count), timeout=30_000)


async def test_a_thousand_calls_are_on_the_board_and_the_next_is_answered(
    console: Console, phone: PhoneOf, caller: PhoneOf
) -> None:
    """All are there, also after loading the page again, to the last one; who calls the desk meanwhile stands
    above them and is answered, and the directory finds people."""
    operator, outside = await phone("8011"), await caller("13800000981")
    page = await desk_of(console, "li", "8011")
    await manual(page)
    async with crowded(console.house):
        await shown(page, MANY)
        await page.reload()
        await shown(page, MANY)
        assert await page.locator(".row").count() < ROWS_AT_MOST
        await page.evaluate("document.getElementById('calls-scroll').scrollTop = 1e9")
        await expect(page.locator(".row").last).to_have_attribute("aria-posinset", str(MANY))
        numbers = await page.evaluate("[...desk.board.calls.values()].map((call) => call.caller.number)")
        assert sorted(numbers) == [f"1370000{n:04}" for n in range(MANY)]
        await page.evaluate("document.getElementById('calls-scroll').scrollTop = 0")
        await answered(page, operator, outside)
        await expect(page.locator(".row[data-part=mine]")).to_have_attribute("aria-setsize", str(MANY + 1))
        await page.keyboard.press("/")
        await page.keyboard.type("liumin")
        await expect(page.locator("#entry-0")).to_contain_text("8202")
        await outside.hangup()
        await operator.expect(Closed)
    await expect(page.locator(".row:not([data-part=ended])")).to_have_count(0)


@pytest.mark.measured
async def test_a_new_call_is_on_the_screen_at_once_beside_a_thousand(
    console: Console, phone: PhoneOf, caller: PhoneOf
) -> None:
    """From a phone being told to dial until its number is painted, with a thousand calls up: it rings at the
    desk, and so comes before all of them."""
    await phone("8011")
    page = await desk_of(console, "li", "8011")
    await manual(page)
    took = []
    async with crowded(console.house):
        await shown(page, MANY)
        for n in range(DIALS):
            outside = await caller(f"138000098{n:02}")
            await page.evaluate(APPEARS, outside.account.user)
            began = time.time()
            await outside.dial("8000")
            await page.wait_for_function("() => window.appeared > 0")
            took.append(await page.evaluate("window.appeared") - began * 1000)
            await outside.hangup()
            row = page.locator(".row:not([data-part=ended])", has_text=outside.account.user)
            await expect(row).to_have_count(0)
    median = statistics.median(took)
    print(f"beside {MANY} calls: median {median:.0f} ms, slowest of {len(took)} {max(took):.0f} ms")
    assert median < PAINTED_WITHIN_MS
