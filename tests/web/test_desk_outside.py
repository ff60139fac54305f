"""Numbers outside on the desk page: offered when nobody inside has what was typed, shown with a caller."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from switchboard.domain.company import Class, Rules, Trunk
from tests.web.browser import Browser
from tests.web.desk_backend import Backend, backend_of, sample

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

MOBILE, ABROAD = "13900000007", "00447700900000"


def rules() -> Rules:
    """The sample company with a line; the operator's phone may dial nationally."""
    it = replace(sample(), trunks=(Trunk("provider", {}, host="192.0.2.1", outgoing=("1X.", "0X.")),))
    operator = replace(it.extensions["8011"], outside=Class.NATIONAL)  # type: ignore[call-arg]
    return replace(it, extensions={**it.extensions, "8011": operator})


@pytest_asyncio.fixture(loop_scope="session")
async def backend() -> AsyncIterator[Backend]:
    async with backend_of(rules()) as it:
        it.call("1", "talking", 20, **{"with": ["8011"]})
        yield it


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser, backend: Backend) -> Page:
    opened = await browser.page(backend.url)
    await expect(opened.locator("#mode-now")).not_to_be_empty()
    return opened


@pytest.mark.parametrize(("keys", "kind"), [("Enter", "transfer"), ("F6", "consult")])
@pytest.mark.parametrize("typed", [MOBILE, f"9{MOBILE}", "+86 139 0000 0007"])
async def test_a_full_number_is_offered_and_ordered_as_it_is_dialled(
    page: Page, backend: Backend, typed: str, keys: str, kind: str
) -> None:
    """Written or dialled: one line with the number; Enter sends the caller there, F6 asks there."""
    await page.keyboard.press("/")
    await page.keyboard.type(typed)
    await expect(page.locator(".entry")).to_have_count(1)
    await expect(page.locator(".entry-name", has_text="外线")).to_have_text(f"外线 {MOBILE}")
    await expect(page.locator(".entry .badge")).to_have_text("外线号码")
    await expect(page.locator(".entry .quick")).to_have_count(2)
    async with page.expect_response(lambda r: r.request.method == "POST"):
        await page.keyboard.press(keys)
    await expect(page.locator("#search")).to_have_value("")
    assert backend.orders == [{"kind": kind, "target": f"9{MOBILE}", "call": "1"}]


async def test_what_the_phone_may_not_dial_is_said_and_not_ordered(page: Page, backend: Backend) -> None:
    """Abroad: shown as that, and refused in the page with its number."""
    await page.keyboard.press("/")
    await page.keyboard.type(ABROAD)
    await expect(page.locator(".entry-name", has_text="外线")).to_have_text(f"外线 {ABROAD}")
    await expect(page.locator(".entry .badge-quiet")).to_have_text("您的话机无权拨打")
    await page.keyboard.press("Enter")
    await expect(page.locator("#notices")).to_contain_text(f"您的话机无权拨打 {ABROAD}")
    assert backend.orders == []


@pytest.mark.parametrize("typed", ["8201", "110", "9110"])
async def test_extensions_and_emergency_numbers_are_no_numbers_outside(page: Page, typed: str) -> None:
    """8201 is the directory's; nobody is sent to 110."""
    await page.keyboard.press("/")
    async with page.expect_response(lambda r: f"directory/outside?q={typed}" in r.url) as answered:
        await page.keyboard.type(typed)
    assert await (await answered.value).json() == []
    await expect(page.locator("#found")).not_to_be_empty()
    await expect(page.locator(".entry-name", has_text="外线")).to_have_count(0)


async def test_nobody_waits_for_a_line_outside_or_leaves_a_message_there(page: Page) -> None:
    """Voicemail with the number typed: the offer goes, and comes again for a transfer."""
    await page.keyboard.press("F9")
    await page.keyboard.type(MOBILE)
    await expect(page.locator("#found")).to_have_text("没有找到")
    await page.keyboard.press("Escape")
    await page.keyboard.type(MOBILE)
    await expect(page.locator(".entry-name", has_text="外线")).to_have_text(f"外线 {MOBILE}")


async def test_a_caller_outside_is_shown_with_the_number(page: Page, backend: Backend) -> None:
    """It rings there, they talk there, or somebody there is asked."""
    state = page.locator("#card-state")
    for call, says in (
        (("1", "ringing", 3, {"target": MOBILE}), MOBILE),
        (("1", "talking", 3, {"target": MOBILE}), f"通话：{MOBILE}"),
    ):
        id_, word, waited, more = call
        await backend.tell("call", backend.call(id_, word, waited, **more))
        await expect(state).to_contain_text(says)
