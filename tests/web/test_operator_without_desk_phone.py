"""An operator with nothing but the page: the browser is the telephone, the desk buttons are the keys."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Page, expect

from switchboard.softphone import Baresip, Closed, Incoming, sound
from tests.live.ear import tone_heard
from tests.live.house import PhoneOf
from tests.live.test_fallback_calls import no_controller
from tests.web.browser import Console, hears
from tests.web.test_phone_in_page import RAW, eventually, loudness

pytestmark = [pytest.mark.live, pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

REGISTERED = ".page-phone-state[data-state=registered]"


async def desk_of(console: Console, user: str, extension: str, says: float = 440) -> Page:
    """The desk page of an operator who has no desk phone on, signed in to the desk, in manual mode."""
    await console.user(user, "operator", extension=extension)
    await console.house.unplug(extension)
    page = await console.signed_in(user, "/account", says=says)
    await page.evaluate(RAW)
    page.on("dialog", lambda dialog: asyncio.ensure_future(dialog.accept()))
    await page.goto(f"{console.url}/desk")
    await page.wait_for_selector(REGISTERED)
    if await page.locator("#duty").inner_text() == "签到":
        await page.click("#duty")
        await expect(page.locator("#duty")).to_have_text("签退")
    console.house.cli("mode", "manual", "--until-changed")
    return page


async def calls(outside: Baresip, hertz: float = 620) -> None:
    """Call the main number, whistling."""
    await outside.say(sound.tone(hertz, 90))
    await outside.dial("8000")


async def rings(page: Page) -> None:
    """Wait until a caller who waits is shown, and rings."""
    await expect(page.locator("#calls .row")).to_have_count(1, timeout=15_000)
    await asyncio.sleep(1)


async def taken(page: Page, outside: Baresip, says: float = 440, hears_: float = 620) -> None:
    """The call is in the page: both hear each other."""
    await hears(page, hears_, 15)
    await eventually(lambda: tone_heard(outside, says, 0.5), "the caller hears the page", 15)


async def test_a_caller_is_answered_held_taken_back_and_transferred_in_the_page(
    console: Console, phone: PhoneOf, caller: PhoneOf
) -> None:
    """One key each; after hold the caller comes back to the page without another click."""
    page, other, outside = (
        await desk_of(console, "li", "8011"),
        await phone("8201"),
        await caller("13800000801"),
    )
    await calls(outside)
    await rings(page)
    await page.keyboard.press("F2")
    await taken(page, outside)
    await expect(page.locator("#card-state")).to_contain_text("与您通话中")
    await page.keyboard.press("F3")
    await expect(page.locator("#card-state")).to_contain_text("您保持的来电")
    await eventually(lambda: loudness(outside) > 0.01 and not tone_heard(outside, 440, 0.5), "music")
    await page.keyboard.press("F3")
    await taken(page, outside)
    await page.keyboard.type("8201")
    await page.keyboard.press("Enter")
    await other.expect(Incoming, 15)
    await other.accept()
    await other.say(sound.tone(500, 60))
    await eventually(lambda: tone_heard(outside, 500, 0.5), "the caller hears who they were transferred to")
    await outside.hangup()
    await other.expect(Closed)


async def test_two_operators_pages_ring_and_one_takes_the_call(console: Console, caller: PhoneOf) -> None:
    """The other's page stops ringing, and shows who has the call."""
    li = await desk_of(console, "li", "8011")
    su = await desk_of(console, "su", "8012", says=500)
    outside = await caller("13800000802")
    await calls(outside)
    for page in (li, su):
        await rings(page)
    await su.keyboard.press("F2")
    await taken(su, outside, says=500)
    await expect(su.locator("#card-state")).to_contain_text("与您通话中")
    assert await li.evaluate("window.__ears.length") == 0
    await outside.hangup()


async def test_a_page_loaded_again_in_mid_call_takes_its_caller_back(
    console: Console, caller: PhoneOf
) -> None:
    """The caller hears music meanwhile and then the operator again; nothing was clicked."""
    page, outside = await desk_of(console, "li", "8011"), await caller("13800000803")
    await calls(outside)
    await rings(page)
    await page.keyboard.press("F2")
    await taken(page, outside)
    await page.reload()
    await page.wait_for_selector(REGISTERED)
    await hears(page, 620, 20)
    await eventually(lambda: tone_heard(outside, 440, 0.5), "the caller hears the page again", 15)
    assert not [e for e in outside.fresh if isinstance(e, Closed)]
    await outside.hangup()
    record = await console.house.record("13800000803")
    assert (record["outcome"], record["connected_to"]) == ("connected", "8011")


async def test_a_conversation_in_the_page_outlives_the_controller(console: Console, caller: PhoneOf) -> None:
    """kill -9: neither side notices, and the page finds the switchboard again by itself."""
    page, outside = await desk_of(console, "li", "8011"), await caller("13800000804")
    await calls(outside)
    await rings(page)
    await page.keyboard.press("F2")
    await taken(page, outside)
    console.house.kill_controller()
    await console.house.controller_back()
    await hears(page, 620)
    await eventually(lambda: tone_heard(outside, 440, 0.5), "the caller still hears the page")
    await page.wait_for_selector(REGISTERED)
    await expect(page.locator("body")).not_to_have_attribute("data-stale", "true", timeout=20_000)
    await outside.hangup()


async def test_what_rings_is_answered_in_the_page_while_the_controller_is_away(
    console: Console, phone: PhoneOf
) -> None:
    """The board knows nothing of the call; the page says who rings, F2 answers, F10 hangs up."""
    page, colleague = await desk_of(console, "li", "8011"), await phone("8201")
    await colleague.say(sound.tone(620, 90))
    async with no_controller(console.house):
        await expect(page.locator(".trouble[data-kind=line]")).to_contain_text("通话不受影响")
        await colleague.dial("8011")
        await expect(page.locator("#duty-says")).to_have_text("曾国强 8201 来电：按 F2 接听", timeout=10_000)
        await page.keyboard.press("F2")
        await taken(page, colleague)
        await expect(page.locator("#duty-says")).to_be_empty()
        await page.keyboard.press("F10")
        await colleague.expect(Closed)
