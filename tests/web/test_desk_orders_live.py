"""What an operator does with a caller from the page, on a real switchboard: the page's words beside what the
caller, the operator and whoever was wanted hear."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from switchboard.domain import prompt_keys as p
from switchboard.softphone import Baresip, Closed, Incoming
from tests.live.ear import both_hear_each_other, hears, leave_message
from tests.live.house import PhoneOf
from tests.live.ordering import hears_music
from tests.web.browser import Console
from tests.web.test_desk_live import answered, desk_of, manual

pytestmark = [pytest.mark.live, pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

CHOSEN = "#card-state"


async def talking(console: Console, operator: Baresip, outside: Baresip) -> Page:
    """The page of 8011, who has answered `outside` on the desk phone."""
    page = await desk_of(console, "li", "8011")
    await manual(page)
    await answered(page, operator, outside)
    return page


async def aimed(page: Page, key: str, number: str) -> None:
    """Order what `key` stands for, with `number` typed as its target, once the directory has found it."""
    await page.keyboard.press(key)
    await expect(page.locator("#search")).to_be_focused()
    await page.keyboard.type(number)
    await expect(page.locator("#entry-0")).to_contain_text(number)
    await page.keyboard.press("Enter")


async def comes_back(page: Page, operator: Baresip, outside: Baresip) -> None:
    """The operator's phone rings with the caller once more, and they talk."""
    await operator.expect(Incoming, 15)
    await operator.accept()
    await both_hear_each_other(operator, outside)
    await expect(page.locator(CHOSEN)).to_contain_text("与您通话中")


async def test_a_caller_is_parked_and_fetched_by_either_operator(
    console: Console, phone: PhoneOf, caller: PhoneOf
) -> None:
    """F7: music, and one place on both pages and for the operator's phone; F3 fetches. Parked again, the
    other operator's green button has the caller, and the first page says whose they are."""
    operator, other, outside = await phone("8011"), await phone("8012"), await caller("13800000901")
    page = await talking(console, operator, outside)
    beside = await desk_of(console, "su", "8012")
    places = []
    for fetches in (page, beside):
        await page.keyboard.press("F7")
        await operator.expect(Closed)
        await expect(page.locator(CHOSEN)).to_contain_text(re.compile(r"驻留在 \d"))
        shown = (await page.locator(CHOSEN).inner_text()).strip()
        await expect(beside.locator(".row", has_text="13800000901")).to_contain_text(shown)
        assert (await operator.expect(Incoming)).number == f"*69{shown[-1]}"
        places.append(shown)
        await operator.accept()
        await operator.hears("zh/" + p.PARKED)
        await operator.expect(Closed, 15)
        await hears_music(outside)
        if fetches is page:
            await page.keyboard.press("F3")
            await comes_back(page, operator, outside)
    assert places[0] == places[1], "a place that was left is not free again"
    await beside.locator(".row", has_text="13800000901").locator(".row-answer").click()
    await comes_back(beside, other, outside)
    await expect(page.locator("#card-status")).to_have_text("此来电由其他人处理")
    await other.hangup()
    await outside.expect(Closed)


async def test_a_transfer_nobody_takes_comes_back_and_f10_says_goodbye(
    console: Console, phone: PhoneOf, caller: PhoneOf
) -> None:
    """8201 refuses: the page says so while the operator's phone rings. F10: the caller hears goodbye, and no
    call is left on the board."""
    operator, wanted, outside = await phone("8011"), await phone("8201"), await caller("13800000902")
    page = await talking(console, operator, outside)
    await aimed(page, "t", "8201")
    await hears(outside, "zh/" + p.HOLD_ON)
    await wanted.expect(Incoming)
    await expect(page.locator(CHOSEN)).to_contain_text("振铃：曾国强 8201")
    await wanted.reject()
    await expect(page.locator(CHOSEN)).to_have_text("转接 曾国强 8201 未成，已回到话务台")
    await comes_back(page, operator, outside)
    await page.keyboard.press("F10")
    await outside.hears("zh/" + p.GOODBYE)
    await outside.expect(Closed)
    await operator.expect(Closed)
    await expect(page.locator(".row:not([data-part=ended])")).to_have_count(0)


async def test_a_serial_caller_is_back_after_each_conversation(
    console: Console, phone: PhoneOf, caller: PhoneOf
) -> None:
    """R: the caller talks with 8201 and is the operator's again when 8201 hangs up; then with 8202."""
    operator, outside = await phone("8011"), await caller("13800000903")
    page = await talking(console, operator, outside)
    for number, name in (("8201", "曾国强"), ("8202", "刘敏")):
        wanted = await phone(number)
        await aimed(page, "r", number)
        await wanted.expect(Incoming)
        await wanted.accept()
        await both_hear_each_other(wanted, outside)
        await expect(page.locator(".row", has_text="13800000903")).to_contain_text(f"通话：{name} {number}")
        await wanted.hangup()
        await comes_back(page, operator, outside)
    await outside.hangup()
    await expect(page.locator(".row:not([data-part=ended])")).to_have_count(0)


async def test_who_waits_for_a_busy_line_has_it_when_it_is_free(
    console: Console, phone: PhoneOf, caller: PhoneOf
) -> None:
    """B: the directory shows that 8201 talks; the caller hears that they wait, then music, then 8201."""
    operator, wanted, friend = await phone("8011"), await phone("8201"), await phone("8202")
    outside = await caller("13800000904")
    await wanted.dial("8202")
    await friend.expect(Incoming)
    await friend.accept()
    await both_hear_each_other(wanted, friend)
    page = await talking(console, operator, outside)
    await page.keyboard.press("b")
    await page.keyboard.type("8201")
    await expect(page.locator("#entry-0 .entry-presence")).to_have_text("通话")
    await page.keyboard.press("Enter")
    await operator.expect(Closed)
    await hears(outside, "zh/" + p.WAIT_ON)
    await hears_music(outside)
    await friend.hangup()
    await wanted.expect(Closed)
    await wanted.expect(Incoming, 12)
    await wanted.accept()
    await both_hear_each_other(wanted, outside)
    await expect(page.locator(".row", has_text="13800000904")).to_contain_text("通话：曾国强 8201")
    await outside.hangup()


async def test_a_caller_leaves_a_message_for_somebody(
    console: Console, phone: PhoneOf, caller: PhoneOf
) -> None:
    """F9: the caller is asked to speak after the tone; what they say lies in 8201's mailbox."""
    operator, outside = await phone("8011"), await caller("13800000905")
    page = await talking(console, operator, outside)
    await aimed(page, "F9", "8201")
    await operator.expect(Closed)
    end = await hears(outside, "zh/" + p.LEAVE_MESSAGE)
    await leave_message(outside, after=end - 0.5)
    await outside.hangup()
    message = await console.house.message("13800000905")
    assert (message["mailbox"], message["reason"]) == ("8201", "operator")
    await expect(page.locator(".row:not([data-part=ended])")).to_have_count(0)


async def test_a_complaint_is_registered_and_taken_by_customer_service(
    console: Console, phone: PhoneOf, caller: PhoneOf
) -> None:
    """L: regret is said, an agent has the caller, the board says who, and a ticket is open."""
    operator, agent, outside = await phone("8011"), await phone("8601"), await caller("13800000906")
    page = await talking(console, operator, outside)
    await page.locator("#orders [data-order=complaint]").click()
    await operator.expect(Closed)
    await hears(outside, "zh/" + p.COMPLAINT_HOLD)
    await agent.expect(Incoming, 15)
    await agent.accept()
    await both_hear_each_other(agent, outside)
    await expect(page.locator(".row", has_text="13800000906")).to_contain_text("通话：林娜 8601")
    tickets = [t for t in console.house.cli("tickets") if t["caller"] == "13800000906"]
    assert [(t["kind"], t["state"]) for t in tickets] == [("complaint", "open")]
    await outside.hangup()


async def test_a_caller_is_sent_to_a_queue(console: Console, phone: PhoneOf, caller: PhoneOf) -> None:
    """Q and Enter: the caller waits in the queue, which the board says, until an agent answers."""
    operator, agent, outside = await phone("8011"), await phone("8601"), await caller("13800000907")
    page = await talking(console, operator, outside)
    await page.keyboard.press("q")
    await expect(page.locator(".entry")).to_have_count(1)
    await page.keyboard.press("Enter")
    await operator.expect(Closed)
    await agent.expect(Incoming, 15)
    await expect(page.locator(".row", has_text="13800000907")).to_contain_text("排队：客户服务中心 8600")
    await agent.accept()
    await both_hear_each_other(agent, outside)
    await expect(page.locator(".row", has_text="13800000907")).to_contain_text("通话：林娜 8601")
    await outside.hangup()
