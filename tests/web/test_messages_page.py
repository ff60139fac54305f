"""Messages in a real browser beside a real Asterisk: what the page does the phone shows (A13)."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Page

from switchboard.domain import prompt_keys as p
from switchboard.softphone import Baresip, Established, Incoming, Lamp
from tests.live.ear import hears, leave_message
from tests.live.house import PhoneOf
from tests.web.browser import Console

pytestmark = [pytest.mark.live, pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

TELEPHONE = {"width": 390, "height": 844}


async def leave(person: Baresip, outside: Baresip, extension: str, seconds: float = 4) -> None:
    """A message for `extension`, whose phone turns the call down."""
    await outside.dial("8000")
    await outside.hears("zh/" + p.HELLO)
    await outside.press(extension)
    await asyncio.sleep(0.5)
    await person.reject()
    end = await hears(outside, "zh/" + p.CHOICE)
    await outside.press("1")
    await leave_message(outside, seconds, hertz=700, after=end)
    await outside.hangup()


async def row_of(page: Page, caller: str) -> str:
    """Wait for a message of `caller` in the list; its state as the page says it."""
    row = page.locator(".message-row", has_text=caller).first
    await row.wait_for(timeout=15_000)
    classes = await row.get_attribute("class") or ""
    return next(c.removeprefix("is-") for c in classes.split() if c.startswith("is-"))


async def test_a_message_appears_is_played_and_the_lamp_goes_out(
    console: Console, phone: PhoneOf, caller: PhoneOf
) -> None:
    """It comes into the open page by itself; played to its end there, the phone's lamp is dark."""
    number = "13800000701"
    person, outside = await phone("8401"), await caller(number)
    page = await console.signed_in(await console.user("wang", "agent", extension="8401"), "/messages")
    await leave(person, outside, "8401")
    assert await row_of(page, number) == "new"
    await person.expect(Lamp, 8, where=lambda lamp: lamp.waiting)
    await page.locator(".message-row", has_text=number).first.click()
    await page.wait_for_selector(".player-own:visible")
    peaks = await page.evaluate("JSON.parse(document.querySelector('.player').dataset.peaks)")
    assert len(peaks) == 240
    assert max(peaks) > 5, "a picture of a tone isn't flat"
    await page.click(".play")
    await page.wait_for_function("() => document.querySelector('audio').currentTime > 0.5", timeout=8000)
    await page.locator("[role=slider]").focus()
    await page.keyboard.press("Home")
    await page.wait_for_function("() => document.querySelector('audio').currentTime < 1", timeout=3000)
    await person.expect(Lamp, 15, where=lambda lamp: not lamp.waiting)
    await page.wait_for_selector("#one-state:has-text('已听')", timeout=8000)

    def heard() -> bool:
        return any(m["caller"] == number and m["state"] == "heard" for m in console.house.cli("messages"))

    await console.house.until(heard, "the message counts as heard", 6)


async def test_what_the_operator_types_lights_the_lamp_and_is_read_out(
    console: Console, phone: PhoneOf
) -> None:
    """Written in the page, heard by phone with the PIN: then the page shows it as heard."""
    person = await phone("8402")
    page = await console.signed_in(await console.user("zhou", extension="8011"), "/messages")
    await page.click(".new-message summary")
    await page.fill("#type-for", "8402")
    await page.fill("#type-name", "李女士")
    await page.fill("#type-caller", "13800000702")
    await page.fill("#type-text", "请回电，关于周五的会议。")
    await page.click(".new-message button.primary")
    await page.wait_for_selector(".new-message .form-says.good")
    assert (await person.expect(Lamp, 10, where=lambda lamp: lamp.waiting)).new == 1
    assert await row_of(page, "李女士") == "new"
    await person.dial("*97")
    await person.expect(Established)
    await person.hears(console.house.sounds_like("zh/vm-password"))
    await person.press(console.house.secrets.pin("8402") + "#")
    await person.hears("zh/vm-youhave", "zh/vm-you", timeout=10)
    await person.press("1")
    await asyncio.sleep(8)
    await person.hangup()
    await person.expect(Lamp, 8, where=lambda lamp: not lamp.waiting)
    await page.wait_for_selector(".message-row.is-heard:has-text('李女士')", timeout=8000)


async def test_one_click_rings_ones_own_phone_and_then_the_caller(console: Console, phone: PhoneOf) -> None:
    """On a small screen the message opens as a page of its own, and calling back is one button."""
    own, colleague = await phone("8011"), await phone("8202")
    page = await console.signed_in(
        await console.user("zhou", extension="8011"), "/messages", viewport=TELEPHONE
    )
    await page.click(".new-message summary")
    await page.fill("#type-for", "8401")
    await page.fill("#type-name", "赵雯找财务")
    await page.fill("#type-caller", "8202")
    await page.fill("#type-text", "请回电")
    await page.click(".new-message button.primary")
    await page.locator(".message-row", has_text="赵雯找财务").first.click()
    await page.wait_for_selector(".one-side h2")
    assert not await page.is_visible(".list-side")
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert await page.evaluate(wide) == 0
    await page.click("button.call")
    assert (await own.expect(Incoming, 8)).number == "8202"
    await own.accept()
    assert (await colleague.expect(Incoming, 8)).number == "8011"
    await colleague.accept()
    await asyncio.sleep(0.5)
    await page.wait_for_selector("#story:has-text('回电')", timeout=25_000)
    await own.hangup()
    await console.house.no_channels(8)
