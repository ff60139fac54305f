"""The desk page before a real switchboard: an operator with a desk phone, and the page as its control."""

from __future__ import annotations

import os
import re
import signal
import statistics
import time

import pytest
from playwright.async_api import Page, expect

from switchboard.domain import prompt_keys as p
from switchboard.softphone import Baresip, Closed, Established, Incoming
from tests.live.ear import both_hear_each_other, never_rings, tone_heard
from tests.live.house import PhoneOf
from tests.web.browser import Console

pytestmark = [pytest.mark.live, pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


ONLY_THE_DESK_PHONE = "localStorage.setItem('desk.page_phone', 'off')"
UNTOUCHED_SOUND = """localStorage.setItem("switchboard.phone.devices", '{"processing": false}')"""
"""A tone is no speech: the browser's echo and noise handling would take it away."""


async def desk_of(console: Console, user: str, extension: str) -> Page:
    """The desk page of an operator with a desk phone, signed in to the desk."""
    await console.user(user, "operator", extension=extension)
    page = await console.signed_in(user, "/account")
    await page.evaluate(ONLY_THE_DESK_PHONE)
    await page.goto(f"{console.url}/desk")
    await expect(page.locator("#mode-now")).not_to_be_empty()
    if await page.locator("#duty").inner_text() == "签到":
        await page.click("#duty")
        await expect(page.locator("#duty")).to_have_text("签退")
    return page


async def manual(page: Page) -> None:
    """Manual mode by its key, in force before anybody calls."""
    await page.keyboard.press("Shift+M")
    await expect(page.locator("#mode-now")).to_have_text("人工应答")


async def answered(page: Page, operator: Baresip, outside: Baresip) -> None:
    """Manual mode: the caller rings at the desk, and the operator picks up the handset, as the page says."""
    await outside.dial("8000")
    await expect(page.locator("#card-number, #card-name").first).to_contain_text(outside.account.user[-4:])
    await expect(page.locator("#card-status")).to_contain_text("请拿起话机接听")
    await operator.expect(Incoming)
    await operator.accept()
    await both_hear_each_other(operator, outside)
    await expect(page.locator("#card-state")).to_contain_text("与您通话中")


async def test_the_mode_is_switched_in_the_page_and_shown_in_another(console: Console) -> None:
    """Automatic by one key: at once in both operators' pages, with who set it."""
    li, su = await desk_of(console, "li", "8011"), await desk_of(console, "su", "8012")
    await li.keyboard.press("Shift+A")
    for page in (li, su):
        await expect(page.locator("#mode-now")).to_have_text("自动应答")
        await expect(page.locator("#mode-by")).to_contain_text(re.compile(r"li.*话务台"))
    await su.keyboard.press("Shift+M")
    await expect(li.locator("#mode-now")).to_have_text("人工应答")


async def test_a_caller_is_answered_held_and_transferred(
    console: Console, phone: PhoneOf, caller: PhoneOf
) -> None:
    """With a desk phone: hold plays music and frees the phone, a number and Enter transfers."""
    operator, other, outside = await phone("8011"), await phone("8201"), await caller("13800000001")
    page = await desk_of(console, "li", "8011")
    await manual(page)
    await answered(page, operator, outside)
    await page.keyboard.press("F3")
    await expect(page.locator("#card-state")).to_contain_text("您保持的来电")
    await page.keyboard.press("F3")
    await operator.expect(Incoming)
    await operator.accept()
    await both_hear_each_other(operator, outside)
    await page.keyboard.type("8201")
    await page.keyboard.press("Enter")
    await other.expect(Incoming)
    await other.accept()
    await both_hear_each_other(other, outside)
    await expect(page.locator(".row[data-part=others]")).to_have_count(1)


async def test_a_caller_whom_the_machine_has_is_pulled_to_the_desk_phone(
    console: Console, phone: PhoneOf, caller: PhoneOf
) -> None:
    """Automatic mode: nobody's phone rings until the caller is chosen and F2 pressed; the operator's has them
    then."""
    operator, outside = await phone("8011"), await caller("13800000007")
    page = await desk_of(console, "li", "8011")
    await page.keyboard.press("Shift+A")
    await expect(page.locator("#mode-now")).to_have_text("自动应答")
    await outside.dial("8000")
    await page.locator(".row", has_text="13800000007").click()
    await expect(page.locator("#card-number, #card-name").first).to_contain_text("0007")
    await never_rings(operator)
    await page.keyboard.press("F2")
    await operator.expect(Incoming)
    await operator.accept()
    await both_hear_each_other(operator, outside)
    await expect(page.locator("#card-state")).to_contain_text("与您通话中")


async def test_a_consultation_ends_in_a_transfer(console: Console, phone: PhoneOf, caller: PhoneOf) -> None:
    """F6: the operator speaks with the wanted person while the caller waits; F4 connects the two."""
    operator, other, outside = await phone("8011"), await phone("8202"), await caller("13800000002")
    page = await desk_of(console, "li", "8011")
    await manual(page)
    await answered(page, operator, outside)
    await page.keyboard.press("/")
    await page.keyboard.type("liumin")
    await page.keyboard.press("F6")
    await expect(page.locator("#consult")).to_contain_text("刘敏 8202")
    await other.expect(Incoming)
    await other.accept()
    await both_hear_each_other(operator, other)
    await expect(page.locator("#consult")).to_contain_text("通话中")
    await page.keyboard.press("F4")
    await operator.expect(Closed)
    await expect(page.locator("#card-state")).to_have_text("通话：刘敏 8202")
    await expect(page.locator("#consult")).to_be_hidden()
    await both_hear_each_other(other, outside)


async def test_an_executive_is_asked_and_the_caller_comes_back(
    console: Console, phone: PhoneOf, caller: PhoneOf
) -> None:
    """The form is spoken to the manager, who wants a message: the page says so and has it filled in; the
    message is kept for the manager."""
    operator, manager, outside = await phone("8011"), await phone("8801"), await caller("13800000003")
    page = await desk_of(console, "li", "8011")
    await manual(page)
    await answered(page, operator, outside)
    await page.keyboard.press("s")
    await page.keyboard.type("8801")
    await page.keyboard.press("Enter")
    await page.fill("#form-screen-surname", "王")
    await page.fill("#form-screen-organisation", "长安建设")
    await page.fill("#form-screen-purpose", "合同付款")
    await page.keyboard.press("Enter")
    await expect(page.locator("#consult")).to_contain_text("请示 方正华 8801")
    await manager.expect(Incoming)
    await manager.accept()
    await manager.hears("zh/" + p.SCREEN_MENU)
    await manager.press("2")
    await operator.expect(Incoming)
    await operator.accept()
    await both_hear_each_other(operator, outside)
    await expect(page.locator("#consult")).to_contain_text("请来电人留言")
    await expect(page.locator("#card-say")).to_have_text("对不起，现在不方便接听您的电话。")
    await page.click("#consult [data-order=message]")
    await expect(page.locator("#form-message-text")).to_have_value("合同付款")
    await page.click("form.call-form [type=submit]")
    await expect(page.locator(".notice[data-tone=good]")).to_contain_text("留言已送 方正华 8801")


async def test_two_operators_cannot_take_the_same_caller(
    console: Console, phone: PhoneOf, caller: PhoneOf
) -> None:
    """What one holds the other sees at once, by name, and is not offered."""
    operator, _, outside = await phone("8011"), await phone("8012"), await caller("13800000004")
    li, su = await desk_of(console, "li", "8011"), await desk_of(console, "su", "8012")
    await manual(li)
    await answered(li, operator, outside)
    await li.keyboard.press("F3")
    await expect(su.locator("#card-state")).to_have_text("何静 8011 保持的来电")
    await expect(su.locator("#orders [data-order=answer]")).to_be_disabled()
    await expect(su.locator("#card-status")).to_have_text("此来电由其他人处理")


async def test_the_page_is_answered_by_the_phone_in_it(console: Console, caller: PhoneOf) -> None:
    """One key answers in the page; F10 hangs up."""
    await console.user("pu", "operator", extension="8012")
    page = await console.signed_in("pu", "/account", says=440)
    await page.evaluate(UNTOUCHED_SOUND)
    await page.goto(f"{console.url}/desk")
    await expect(page.locator("#phone")).to_contain_text("已登记")
    if await page.locator("#duty").inner_text() == "签到":
        await page.click("#duty")
    await manual(page)
    outside = await caller("13800000005")
    await outside.dial("8000")
    await expect(page.locator("#card-state")).to_contain_text("您的话机正在振铃")
    await page.keyboard.press("F2")
    await expect(page.locator("#card-state")).to_contain_text("与您通话中")
    await outside.expect(Established)
    await console.house.until(lambda: tone_heard(outside, 440), "the operator's voice", 5)
    await page.keyboard.press("F10")
    await outside.expect(Closed)
    await expect(page.locator(".row:not([data-part=ended])")).to_have_count(0)


async def test_a_controller_that_dies_costs_the_page_nothing(
    console: Console, phone: PhoneOf, caller: PhoneOf
) -> None:
    """The page says that the line is broken and that conversations go on, comes back by itself, and the call
    in hand is the operator's as before."""
    operator, outside = await phone("8011"), await caller("13800000006")
    page = await desk_of(console, "li", "8011")
    await manual(page)
    await answered(page, operator, outside)
    await page.keyboard.press("m")
    await page.fill("#form-message-text", "请回电")
    console.house.kill_controller()
    await expect(page.locator(".trouble[data-kind=line]")).to_contain_text("通话不受影响")
    await console.house.controller_back()
    await expect(page.locator(".trouble")).to_have_count(0, timeout=20_000)
    await expect(page.locator("#card-state")).to_contain_text("与您通话中")
    await expect(page.locator("#form-message-text")).to_have_value("请回电")
    await page.keyboard.press("Escape")
    await page.keyboard.press("F3")
    await expect(page.locator("#card-state")).to_contain_text("您保持的来电")


async def test_a_pbx_that_dies_is_told_and_comes_back(console: Console) -> None:
    """While the telephone system is away the page says so; it is back with the next calls."""
    page = await desk_of(console, "li", "8011")
    os.kill(console.house.pids()["pbx"], signal.SIGKILL)
    await expect(page.locator(".trouble[data-kind=pbx]")).to_contain_text("电话系统没有响应")
    await expect(page.locator(".trouble")).to_have_count(0, timeout=30_000)


APPEARS = """(number) => {
  window.appeared = 0;
  const look = () => {
    if (window.appeared || !document.getElementById("calls").textContent.includes(number)) return;
    window.appeared = -1;
    requestAnimationFrame(() => setTimeout(() => { window.appeared = Date.now(); }, 0));
  };
  new MutationObserver(look).observe(document.getElementById("calls"), { childList: true, subtree: true });
}"""


@pytest.mark.measured
async def test_a_new_call_is_on_the_screen_at_once(console: Console, caller: PhoneOf) -> None:
    """From a phone being told to dial until its number is painted: signalling, PBX, events, page."""
    page = await desk_of(console, "li", "8011")
    await page.keyboard.press("Shift+A")
    took = []
    for n in range(20):
        outside = await caller(f"138100000{n:02}")
        await page.evaluate(APPEARS, outside.account.user)
        began = time.time()
        await outside.dial("8000")
        await page.wait_for_function("() => window.appeared > 0")
        took.append(await page.evaluate("window.appeared") - began * 1000)
        await outside.expect(Established)  # a CANCEL that crosses the answer would leave the call up
        await outside.hangup()
        await expect(page.locator(".row", has_text=outside.account.user)).to_have_count(0)
    median = statistics.median(took)
    print(f"dialled to painted: median {median:.0f} ms, slowest of {len(took)} {max(took):.0f} ms")
    assert median < 500
