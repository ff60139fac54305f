"""The desk page of an agent: their own calls, and nothing to press that would be refused (B8)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from switchboard.domain.roles import Role, permissions_of
from tests.web.browser import Browser
from tests.web.desk_backend import Backend, backend_of, sample

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

RULES = sample()


@pytest_asyncio.fixture(loop_scope="session")
async def backend() -> AsyncIterator[Backend]:
    async with backend_of(RULES) as it:
        it.extension = "8601"
        it.permissions = tuple(sorted(permissions_of({Role.AGENT}) - {"phone"}))
        it.phones |= {"8601": "idle", "8602": "idle"}
        yield it


async def opened(browser: Browser, backend: Backend) -> Page:
    """The agent's page, with a board."""
    page = await browser.page(backend.url)
    await expect(page.locator("#mode-now")).not_to_be_empty()
    await expect(page.locator("body")).to_have_attribute("data-without", "live order mode callers.edit")
    return page


async def test_what_an_agent_may_not_do_is_not_there(browser: Browser, backend: Backend) -> None:
    """No orders, no mode, no caller's data to change, by click or key; a message they may write."""
    backend.call("1", "talking", 20, target="8600", **{"with": ["8601"]})
    page = await opened(browser, backend)
    await expect(page.locator("#card-state")).to_have_text("与您通话中")
    await expect(page.locator(".order:visible")).to_have_count(1)
    await expect(page.locator(".order-message")).to_be_enabled()
    for gone in ("#mode-choices", "#mode-until", "#caller-edit", "#duty", "#card-status"):
        await expect(page.locator(gone)).to_be_hidden()
    await expect(page.locator("#search")).to_have_attribute("placeholder", "查找人员、部门、号码")
    await page.keyboard.type("gaoyang")
    await expect(page.locator(".entry").first).to_be_visible()
    await expect(page.locator(".entry-quick:visible")).to_have_count(0)
    for key in ("Enter", "Escape", "Escape", "Shift+A", "F2", "F3", "F4", "F10", "e"):
        await page.keyboard.press(key)
    await expect(page.locator(".notice").first).to_contain_text("您的角色只能查看")
    assert (backend.orders, backend.asked) == ([], [])
    await page.keyboard.press("F8")
    await expect(page.locator("#form-message-text")).to_be_visible()


async def test_a_call_that_becomes_anothers_goes_without_a_word_of_hanging_up(
    browser: Browser, backend: Backend
) -> None:
    """An operator took the caller out of the queue: gone from the agent's list, chosen or not."""
    backend.call("1", "queued", 20, target="8600")
    page = await opened(browser, backend)
    row = page.locator(".row")
    await row.click()
    await expect(page.locator("#card-state")).to_contain_text("排队")
    backend.calls.clear()
    await backend.tell("gone", {"id": "1", "elsewhere": True})
    await expect(row).to_have_count(0)
    await expect(page.locator("#card-none_says")).to_have_text("这里显示您话机上和您所在队列的来电。")


async def test_what_was_half_written_stays_when_the_call_goes_elsewhere(
    browser: Browser, backend: Backend
) -> None:
    """The agent writes a message while the caller is transferred away: what is written can be sent."""
    backend.call("1", "talking", 20, target="8600", **{"with": ["8601"]})
    page = await opened(browser, backend)
    await page.keyboard.press("F8")
    await page.fill("#form-message-text", "请回电")
    backend.calls.clear()
    await backend.tell("gone", {"id": "1", "elsewhere": True})
    await expect(page.locator("#card-state")).to_have_text("来电已不在您这里")
    await expect(page.locator("#form-message-text")).to_have_value("请回电")


async def test_after_a_lost_line_a_call_that_is_not_told_is_not_called_hung_up(
    browser: Browser, backend: Backend
) -> None:
    """Meanwhile it may have ended or gone to somebody else: the agent's page doesn't say which."""
    backend.call("1", "queued", 20, target="8600")
    page = await opened(browser, backend)
    await page.locator(".row").click()
    backend.calls.clear()
    await backend.cut()
    await expect(page.locator(".row")).to_have_count(0, timeout=15_000)


async def test_who_becomes_an_operator_has_the_operators_page(browser: Browser, backend: Backend) -> None:
    """The switchboard cuts the line when rights change: the page that comes again has what they are now."""
    backend.call("1", "waiting", 20)
    page = await opened(browser, backend)
    await expect(page.locator(".order:visible")).to_have_count(1)
    backend.permissions = tuple(sorted(permissions_of({Role.OPERATOR}) - {"phone"}))
    backend.mode["operators"] = ["8601"]
    await backend.cut()
    await expect(page.locator(".order-answer")).to_be_enabled(timeout=15_000)
    await expect(page.locator("#mode-choices")).to_be_visible()
