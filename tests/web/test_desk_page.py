"""The desk page by itself, before a backend that says what the test wants: what is shown, what keys and
clicks order, what is kept over a reload, and what the page does when something breaks."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.web.browser import Browser
from tests.web.desk_backend import Backend, backend_of, sample

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

RULES = sample()


@dataclass
class Desk:
    """The page and what it talks to."""

    backend: Backend
    page: Page

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.page.keyboard.press(key)

    async def orders(self, count: int = 1) -> list[dict[str, Any]]:
        """The orders that the backend got, once there are `count`."""
        for _ in range(100):
            if len(self.backend.orders) >= count:
                return self.backend.orders
            await asyncio.sleep(0.02)
        raise AssertionError(f"{len(self.backend.orders)} orders instead of {count}")

    def row(self, id_: str) -> Any:
        return self.page.locator(f".row:has([data-call='{id_}'])")


Open = Callable[..., Awaitable[Desk]]


@pytest_asyncio.fixture(loop_scope="session")
async def backend() -> AsyncIterator[Backend]:
    async with backend_of(RULES) as it:
        yield it


@pytest_asyncio.fixture(loop_scope="session")
async def opened(browser: Browser, backend: Backend) -> Open:
    """`await opened()`: the page, open and with a board."""

    async def go(**context: Any) -> Desk:
        page = await browser.page(backend.url, **context)
        await expect(page.locator("#mode-now")).not_to_be_empty()
        return Desk(backend, page)

    return go


def mine(backend: Backend, id_: str = "1", **more: Any) -> dict[str, Any]:
    """A call that the operator talks with."""
    state = more.pop("state", "talking")
    return backend.call(id_, state, 20, **({"with": ["8011"]} | more))


async def test_a_waiting_call_shows_who_calls(opened: Open, backend: Backend) -> None:
    """Name, number, organisation, grade, earlier calls, open tickets and the waiting time, at a glance."""
    backend.history = [
        {"id": "0", "started": "2026-11-20T09:12:00+08:00", "outcome": "connected", "connected_to": "8201"}
    ]
    caller = {
        "number": "02988886666", "name": "王建军", "organisation": "长安建设", "grade": "key",
        "earlier_calls": 3, "open_tickets": 1, "notes": "找财务部",
    }  # fmt: skip
    backend.call("1", "ringing", 21, caller=caller, **{"with": ["8011", "8012"]})
    desk = await opened()
    card = desk.page.locator("#card-whole")
    for said in (
        "王建军",
        "02988886666",
        "长安建设",
        "特别重要",
        "以前来电 3 次",
        "未办结工单 1 件",
        "找财务部",
        "曾国强 8201",
    ):
        await expect(card).to_contain_text(said)
    await expect(desk.page.locator("#card-time")).to_have_text(re.compile(r"^0:2\d$"))
    await expect(desk.row("1")).to_have_attribute("data-pressure", "pressing")
    await expect(desk.page.locator("#card-say")).to_have_text("您好，华辰集团。")
    await expect(desk.page).to_have_title("(1) 话务台")


async def test_waiting_times_follow_the_servers_clock(opened: Open, backend: Backend) -> None:
    """A client whose clock is wrong by an hour shows the same seconds."""
    backend.skew = timedelta(hours=-1)
    backend.call("1", "waiting", 42)
    desk = await opened()
    await expect(desk.row("1").locator(".row-time")).to_contain_text("0:4")


async def test_a_phone_that_rings_is_answered_on_the_phone(opened: Open, backend: Backend) -> None:
    """No order could do it; the page says what to do instead of ordering in vain."""
    backend.call("1", "ringing", 2, **{"with": ["8011", "8012"]})
    desk = await opened()
    await expect(desk.page.locator("#card-status")).to_have_text("话机 8011 正在振铃：请拿起话机接听")
    await desk.press("F2")
    await expect(desk.page.locator(".notice")).to_contain_text("请拿起话机接听")
    assert backend.orders == []


async def test_one_key_answers_whoever_waits_longest(opened: Open, backend: Backend) -> None:
    """F2, with nothing chosen: a call in line is pulled to the operator's phone."""
    mine(backend, "0")
    backend.call("1", "waiting", 5)
    backend.call("2", "waiting", 50)
    desk = await opened()
    await backend.gone("0")
    await desk.press("Escape", "F2")
    assert (await desk.orders())[0] == {"kind": "answer", "call": "2"}


async def test_one_click_answers_a_row(opened: Open, backend: Backend) -> None:
    """The green button of a row answers that caller, chosen or not."""
    backend.call("1", "waiting", 50)
    backend.call("2", "waiting", 5)
    desk = await opened()
    await desk.row("2").locator(".row-answer").click()
    assert (await desk.orders())[0] == {"kind": "answer", "call": "2"}


@pytest.mark.parametrize(
    ("key", "kind"), [("F3", "hold"), ("h", "hold"), ("F7", "park"), ("l", "complaint"), ("F10", "hangup")]
)
async def test_orders_without_a_target_are_one_key(
    opened: Open, backend: Backend, key: str, kind: str
) -> None:
    """Function keys and letters order at once."""
    mine(backend)
    desk = await opened()
    await expect(desk.page.locator(f"[data-order={kind}]").first).to_be_enabled()
    await desk.press(key)
    assert (await desk.orders())[0] == {"kind": kind, "call": "1"}


async def test_a_number_and_enter_transfers(opened: Open, backend: Backend) -> None:
    """Typed anywhere, fast: 8 2 0 1 Enter is a blind transfer, however late the search answers."""
    mine(backend)
    desk = await opened()
    await desk.press("8", "2", "0", "1", "Enter")
    assert (await desk.orders())[0] == {"kind": "transfer", "target": "8201", "call": "1"}
    await expect(desk.page.locator("#search")).to_have_value("")


@pytest.mark.parametrize(
    ("key", "kind"),
    [("F6", "consult"), ("F9", "voicemail"), ("r", "serial"), ("b", "camp"), ("t", "transfer")],
)
async def test_orders_with_a_target_ask_for_whom(opened: Open, backend: Backend, key: str, kind: str) -> None:
    """The key goes to the search; whoever is found and confirmed is the target."""
    mine(backend)
    desk = await opened()
    await desk.press(key)
    await expect(desk.page.locator("#search")).to_be_focused()
    await desk.page.keyboard.type("liu min")
    await desk.press("Enter")
    assert (await desk.orders())[0] == {"kind": kind, "target": "8202", "call": "1"}


async def test_function_keys_take_who_was_found(opened: Open, backend: Backend) -> None:
    """While searching, F6 consults who is found, however late the answer comes."""
    mine(backend)
    desk = await opened()
    await desk.press("/")
    await desk.page.keyboard.type("8202")
    await desk.press("F6")
    assert (await desk.orders())[0] == {"kind": "consult", "target": "8202", "call": "1"}


async def test_enter_on_nothing_sends_nobody(opened: Open, backend: Backend) -> None:
    """An empty search and Enter must not send a caller to whoever stands first in the list."""
    mine(backend)
    desk = await opened()
    await desk.press("/", "Enter", "Enter")
    await asyncio.sleep(0.3)
    assert backend.orders == []


async def test_to_a_queue_offers_queues_only(opened: Open, backend: Backend) -> None:
    """Q lists the queues; Enter sends the caller there."""
    mine(backend)
    desk = await opened()
    await desk.press("q")
    await expect(desk.page.locator(".entry")).to_have_count(1)
    await desk.press("Enter")
    assert (await desk.orders())[0] == {"kind": "transfer", "target": "8600", "call": "1"}


async def test_a_consultation_is_finished_or_taken_back(opened: Open, backend: Backend) -> None:
    """The panel says how far it is; F4 connects, F3 takes the caller back."""
    consult = {"by": "8011", "target": "8201", "state": "ringing"}
    mine(backend, state="consulting", held_by="8011", consult=consult, **{"with": []})
    desk = await opened()
    panel = desk.page.locator("#consult")
    await expect(panel).to_contain_text("咨询 曾国强 8201")
    await expect(panel).to_contain_text("正在振铃")
    await backend.told("1", consult=consult | {"state": "talking"})
    await expect(panel).to_contain_text("通话中")
    await desk.press("F4")
    assert (await desk.orders())[0]["kind"] == "connect"
    await expect(desk.page.locator("#card-status")).to_have_text("正在下达：完成转接")
    await backend.told("1", last={"kind": "connect", "outcome": "failed"})
    await expect(desk.page.locator("#card-status")).to_have_text("完成转接未成功")
    await desk.press("F3")
    assert (await desk.orders(2))[1]["kind"] == "take_back"


async def test_asking_an_executive_and_the_message_afterwards(opened: Open, backend: Backend) -> None:
    """Transfer to the general manager opens the form; a refusal offers the message with the form's words."""
    mine(backend, caller={"number": "13900001111", "name": "王建军", "organisation": "长安建设"})
    desk = await opened()
    await desk.press("8", "8", "0", "1", "Enter")
    form = desk.page.locator("form.call-form")
    await expect(form).to_contain_text("方正华 8801")
    await expect(desk.page.locator("#card-say")).to_have_text("请问您贵姓？")
    await expect(desk.page.locator("#form-screen-surname")).to_have_value("王建军")
    await desk.page.fill("#form-screen-purpose", "合同付款")
    await desk.press("Enter")
    assert (await desk.orders())[0] == {
        "kind": "screen", "target": "8801", "call": "1",
        "typed": {"surname": "王建军", "organisation": "长安建设", "purpose": "合同付款"},
    }  # fmt: skip
    await backend.told("1", state="screening", target="8801", **{"with": []})
    await expect(desk.page.locator("#consult")).to_contain_text("请示 方正华 8801")
    await backend.told("1", state="held", held_by="8011", verdict="none")
    await expect(desk.page.locator("#consult")).to_contain_text("没有答复")
    await expect(desk.page.locator("#card-say")).to_have_text("对不起，现在不方便接听您的电话。")
    await desk.page.click("#consult [data-order=message]")
    await expect(desk.page.locator("#form-message-text")).to_have_value("合同付款")
    await desk.page.click("form.call-form [type=submit]")
    await expect(desk.page.locator(".notice[data-tone=good]")).to_contain_text("留言已送 方正华 8801")
    assert backend.asked[-1] == ("POST", "messages", {
        "mailbox": "8801", "caller": "13900001111", "name": "王建军 长安建设", "text": "合同付款",
        "call": "1",
    })  # fmt: skip


async def test_to_the_deputy_is_one_click(opened: Open, backend: Backend) -> None:
    """After a refusal the caller goes to the executive's deputy."""
    backend.call("1", "held", 5, held_by="8011", target="8801", verdict="deputy")
    desk = await opened()
    await desk.page.click("#consult [data-order=deputy]")
    assert (await desk.orders())[0] == {"kind": "transfer", "target": "8101", "call": "1"}


async def test_reloading_loses_nothing(opened: Open, backend: Backend) -> None:
    """The chosen call, the open form and every letter in it, and the search, are there again."""
    mine(backend, "1")
    backend.call("2", "waiting", 3)
    desk = await opened()
    await desk.page.click("[data-call='2']")
    await desk.press("m")
    await desk.page.fill("#form-message-text", "下午三点前回电")
    await desk.page.fill("#search", "liu")
    await desk.page.reload()
    await expect(desk.page.locator("[data-call='2']")).to_have_attribute("aria-current", "true")
    await expect(desk.page.locator("#form-message-text")).to_have_value("下午三点前回电")
    await expect(desk.page.locator("#search")).to_have_value("liu")


async def test_a_message_half_written_outlives_the_call(opened: Open, backend: Backend) -> None:
    """The caller hangs up, the page is even reloaded: the message can still be sent, with its call."""
    mine(backend)
    desk = await opened()
    await desk.press("m")
    await desk.page.fill("#form-message-text", "请回电")
    await backend.gone("1")
    await expect(desk.page.locator("#card-state")).to_have_text("来电人已挂断")
    await desk.page.reload()
    await expect(desk.page.locator("#form-message-text")).to_have_value("请回电")
    await desk.page.click("#form .form-target")
    await desk.page.keyboard.type("8201")
    await desk.press("Enter")
    await expect(desk.page.locator("#form .form-target")).to_have_text("曾国强 8201")
    await desk.page.click("form.call-form [type=submit]")
    await expect(desk.page.locator(".notice[data-tone=good]")).to_be_visible()
    assert backend.asked[-1][2]["call"] == "1"
    await expect(desk.row("1")).to_have_count(0)


async def test_another_operators_call_is_seen_and_left_alone(opened: Open, backend: Backend) -> None:
    """Two operators see each other's work at once; what one has, the other is not offered."""
    backend.call("1", "waiting", 5)
    desk = await opened()
    await expect(desk.page.locator("#orders [data-order=answer]")).to_be_enabled()
    await backend.told("1", order={"id": 9, "kind": "answer", "by": "8012"})
    await expect(desk.page.locator("#card-status")).to_contain_text("接听，苏婷 8012")
    await expect(desk.page.locator("#orders [data-order=answer]")).to_be_disabled()
    await backend.told("1", order=None, state="talking", waiting_since=None, **{"with": ["8012"]})
    await expect(desk.page.locator("#card-status")).to_have_text("此来电由其他人处理")
    await expect(desk.page.locator("#orders [data-order=transfer]")).to_be_disabled()


async def test_a_refused_order_is_told_and_can_be_given_again(opened: Open, backend: Backend) -> None:
    """Somebody was faster: the server's sentence is shown."""
    backend.call("1", "waiting", 5)
    backend.refuse = {"code": "taken", "message": "8012 已接听此来电"}
    desk = await opened()
    await desk.press("F2")
    await expect(desk.page.locator(".notice[data-tone=bad]")).to_contain_text("8012 已接听此来电")
    await expect(desk.page.locator("#orders [data-order=answer]")).to_be_enabled()


async def test_a_key_pressed_twice_orders_once(opened: Open, backend: Backend) -> None:
    """While an order is on its way the call takes no other."""
    mine(backend)
    backend.patience = 0.4
    desk = await opened()
    await desk.press("F3", "F3", "F7")
    await desk.orders()
    await asyncio.sleep(0.6)
    assert [order["kind"] for order in backend.orders] == ["hold"]


async def test_the_mode_switch_says_who_set_it_until_when(opened: Open, backend: Backend) -> None:
    """Chosen by a key, confirmed by the server's word, not by the click."""
    desk = await opened()
    await expect(desk.page.locator("#mode-now")).to_have_text("人工应答")
    await expect(desk.page.locator("#mode-by")).to_contain_text("按时间表")
    await desk.press("Shift+A")
    await expect(desk.page.locator("#mode-now")).to_have_text("自动应答")
    await expect(desk.page.locator("#mode-by")).to_contain_text("hejing (8011) · 话务台 · 到")
    assert backend.asked[-1] == ("PUT", "mode", {"mode": "automatic"})
    await desk.press("Shift+W")
    await desk.page.fill("#away-minutes", "20")
    await desk.press("Enter")
    await expect(desk.page.locator("#away")).to_be_hidden()
    assert backend.asked[-1] == ("PUT", "mode", {"mode": "away", "minutes": 20})


async def test_presence_follows_the_phones(opened: Open, backend: Backend) -> None:
    """A lamp in the directory changes with the event, in words too."""
    desk = await opened()
    await desk.press("/")
    await desk.page.keyboard.type("8201")
    lamp = desk.page.locator("#entry-0 .entry-presence")
    await expect(lamp).to_have_text("空闲")
    await backend.tell("phone", {"extension": "8201", "state": "busy"})
    await expect(lamp).to_have_text("通话")


async def test_the_call_in_hand_comes_to_the_front(opened: Open, backend: Backend) -> None:
    """A handset lifted chooses its call, whoever was being looked at; an open form is never left for it."""
    backend.call("1", "waiting", 50)
    backend.call("2", "ringing", 3, **{"with": ["8011"]})
    desk = await opened()
    await desk.page.click("[data-call='1']")
    await backend.told("2", state="talking", waiting_since=None)
    await expect(desk.page.locator("[data-call='2']")).to_have_attribute("aria-current", "true")
    await backend.gone("2")
    await desk.page.click("[data-call='1']")
    await desk.press("m")
    backend.call("3", "ringing", 3, **{"with": ["8011"]})
    await backend.told("3", state="talking", waiting_since=None)
    await expect(desk.row("3")).to_have_attribute("data-part", "mine")
    await expect(desk.page.locator("[data-call='1']")).to_have_attribute("aria-current", "true")


async def test_a_key_on_its_way_never_hits_another_call(opened: Open, backend: Backend) -> None:
    """The caller hangs up while the operator types: whoever comes to the front by itself is not sent there,
    and not hung up; looked at and pressed again, they are."""
    mine(backend)
    backend.call("2", "held", 9, held_by="8011")
    desk = await opened()
    await desk.page.click("[data-call='1']")
    await desk.press("8", "2", "0")
    await backend.gone("1")
    await expect(desk.page.locator("[data-call='2']")).to_have_attribute("aria-current", "true")
    await desk.press("F10", "1", "Enter")
    await expect(desk.page.locator(".notice", has_text="刚刚变了").first).to_be_visible()
    await asyncio.sleep(0.3)
    assert backend.orders == []
    await desk.press("Enter")
    assert (await desk.orders())[0] == {"kind": "transfer", "target": "8201", "call": "2"}


async def test_what_rings_is_answered_before_what_is_parked(opened: Open, backend: Backend) -> None:
    """F2 with a parked caller chosen, while the operator's phone rings with a new one, means the new one."""
    backend.call("1", "parked", 9, held_by="8011", place=1)
    desk = await opened()
    backend.call("2", "ringing", 2, **{"with": ["8011"]})
    await backend.told("2")
    await expect(desk.row("2")).to_be_visible()
    await desk.press("F2")
    await expect(desk.page.locator(".notice")).to_contain_text("请拿起话机接听")
    assert backend.orders == []


async def test_markup_in_names_is_text(opened: Open, backend: Backend) -> None:
    """Whatever a caller calls themself is shown letter by letter, in every place."""
    name = "<img src=x onerror=document.title='gone'><script>alert(1)</script>\u202e"
    backend.call("1", "waiting", 5, caller={"name": name, "organisation": name, "notes": name})
    desk = await opened()
    await expect(desk.page.locator("#card-name")).to_contain_text("<img src=x")
    assert await desk.page.locator("img").count() == 0
    await expect(desk.page).to_have_title("(1) 话务台")


async def test_a_broken_line_is_told_and_mends_itself(opened: Open, backend: Backend) -> None:
    """The banner says that conversations go on; what happened meanwhile is there afterwards."""
    backend.call("1", "waiting", 5)
    desk = await opened()
    backend.answers = False
    await backend.cut()
    await expect(desk.page.locator(".trouble")).to_contain_text("通话不受影响")
    backend.call("2", "waiting", 1)
    backend.answers = True
    await expect(desk.row("2")).to_be_visible(timeout=15_000)
    await expect(desk.page.locator(".trouble")).to_have_count(0)


async def test_a_pbx_that_is_down_is_told(opened: Open, backend: Backend) -> None:
    """And told to be back."""
    desk = await opened()
    await backend.tell("pbx", {"state": "down"})
    await expect(desk.page.locator(".trouble")).to_contain_text("电话系统没有响应")
    await backend.tell("pbx", {"state": "up"})
    await expect(desk.page.locator(".trouble")).to_have_count(0)


async def test_an_ended_session_keeps_the_page(opened: Open, backend: Backend) -> None:
    """Signing in again happens on the page: a half-typed message is still there, and everything works on."""
    mine(backend)
    desk = await opened()
    await desk.press("m")
    await desk.page.fill("#form-message-text", "请回电")
    backend.signed_in = False
    await backend.cut()
    dialog = desk.page.locator("#sign-in")
    await expect(dialog).to_be_visible(timeout=15_000)
    await desk.page.fill("#again-password", "wrong")
    await desk.press("Enter")
    await expect(dialog.locator("[role=alert]")).to_contain_text("不正确")
    await desk.page.fill("#again-password", "right")
    await desk.press("Enter")
    await expect(dialog).to_be_hidden()
    await expect(desk.page.locator(".trouble")).to_have_count(0)
    await expect(desk.page.locator("#form-message-text")).to_have_value("请回电")
    await backend.told("1", state="held", held_by="8011", **{"with": []})
    await expect(desk.page.locator("#card-state")).to_contain_text("您保持的来电")


async def test_without_an_extension_one_can_only_watch(opened: Open, backend: Backend) -> None:
    """A supervisor sees the board, and is told why the buttons are grey."""
    backend.extension = ""
    backend.call("1", "waiting", 5)
    desk = await opened()
    await expect(desk.page.locator(".trouble")).to_contain_text("没有分机")
    await expect(desk.page.locator("#orders [data-order=answer]")).to_be_disabled()


async def test_who_may_not_order_is_offered_nothing(opened: Open, backend: Backend) -> None:
    """Each role sees and does only what is theirs: an agent watches the board."""
    backend.permissions = ("self", "live")
    backend.call("1", "waiting", 5)
    desk = await opened()
    await expect(desk.page.locator("#card-status")).to_have_text("您的角色只能查看")
    await expect(desk.page.locator("#orders [data-order=answer]")).to_be_disabled()
    await expect(desk.page.locator("[data-mode=automatic]")).to_be_disabled()
    await desk.press("Shift+A", "F2")
    await asyncio.sleep(0.3)
    assert (backend.orders, backend.asked) == ([], [])


async def test_letters_can_be_switched_off(opened: Open, backend: Backend) -> None:
    """For people who speak to their computer; function keys go on working."""
    mine(backend)
    desk = await opened()
    await desk.press("?")
    await desk.page.locator("#letters").uncheck()
    await desk.press("Escape", "h")
    await asyncio.sleep(0.2)
    assert backend.orders == []
    await desk.press("F3")
    assert (await desk.orders())[0]["kind"] == "hold"


async def test_the_key_list_has_every_button(opened: Open, backend: Backend) -> None:
    """Nothing on the desk needs a mouse."""
    mine(backend)
    desk = await opened()
    buttons = await desk.page.eval_on_selector_all("#orders button", "all => all.map(b => b.dataset.order)")
    await desk.press("F1")
    listed = await desk.page.inner_text("#keys")
    assert len(buttons) == 13
    for action in buttons:
        keys = await desk.page.get_attribute(f"#orders [data-order={action}]", "aria-keyshortcuts")
        assert keys
        assert all(key in listed for key in keys.split()), action


async def test_arrows_walk_through_the_calls(opened: Open, backend: Backend) -> None:
    """The whole list is reached without a mouse, and the choice stays in sight."""
    for n in range(40):
        backend.call(f"{n:02}", "waiting", 100 - n)
    desk = await opened()
    for _ in range(30):
        await desk.press("ArrowDown")
    await expect(desk.page.locator("[data-call='30']")).to_be_focused()
    await expect(desk.page.locator("[data-call='30']")).to_be_in_viewport()


async def test_everything_has_a_name(opened: Open, backend: Backend) -> None:
    """Each control says what it is to a screen reader."""
    mine(backend)
    backend.call("2", "waiting", 5)
    desk = await opened()
    await desk.press("m")
    nameless = await desk.page.evaluate("""() =>
      [...document.querySelectorAll("button, input, select, textarea, a")]
      .filter((e) => e.type !== "hidden" && e.checkVisibility())
      .filter((e) => !(e.ariaLabel || e.textContent.trim() || e.labels?.length || e.title))
      .map((e) => e.outerHTML)""")
    assert nameless == []


CONTRAST = """() => {
  const numbers = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number);
  const rgba = (text) => {
    const [r, g, b, a = 1] = numbers(text);
    return text.startsWith("color(srgb") ? [r * 255, g * 255, b * 255, a] : [r, g, b, a];
  };
  const over = ([r, g, b, a], below) => [r, g, b].map((c, i) => c * a + below[i] * (1 - a));
  const ground = (node) => {
    if (!node) return [255, 255, 255];
    const own = rgba(getComputedStyle(node).backgroundColor);
    return own[3] === 1 ? own.slice(0, 3) : over(own, ground(node.parentElement));
  };
  const light = (rgb) => {
    const even = (c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    const [r, g, b] = rgb.map((c) => even(c / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const faint = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    const node = text.parentElement;
    if (!text.data.trim() || !node.checkVisibility()) continue;
    if (node.closest("script, :disabled, .unseen, option")) continue;
    const below = ground(node);
    const [one, other] = [light(over(rgba(getComputedStyle(node).color), below)), light(below)];
    const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    if (ratio < 4.5) faint.push(`${text.data.trim()}: ${ratio.toFixed(2)}`);
  }
  return faint;
}"""
"""Texts whose contrast with what lies under them is below 4.5 (WCAG 2, AA)."""


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_every_text_can_be_read(opened: Open, backend: Backend, theme: str) -> None:
    """In both looks, with calls in every state of waiting, a form, a refusal and a broken line."""
    backend.theme = theme
    caller = {
        "number": "1",
        "name": "王",
        "grade": "key",
        "notes": "x",
        "earlier_calls": 1,
        "open_tickets": 1,
    }
    mine(backend, verdict="none", target="8801", caller=caller)
    for id_, waited in (("2", 3), ("3", 20), ("4", 90)):
        backend.call(id_, "waiting", waited, caller={"number": "2", "name": "李", "grade": "nuisance"})
    backend.call("5", "parked", 9, held_by="8012", place=1)
    desk = await opened()
    await desk.press("m")
    await backend.tell("pbx", {"state": "down"})
    await expect(desk.page.locator(".trouble")).to_be_visible()
    assert await desk.page.evaluate(CONTRAST) == []


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_nothing_is_cut_off_at_1024(opened: Open, backend: Backend, language: str) -> None:
    """The narrowest screen it is made for: no sideways scrolling, and every order's button whole."""
    backend.language = language
    mine(backend)
    desk = await opened(viewport={"width": 1024, "height": 768})
    wide = await desk.page.evaluate("""() =>
      [...document.querySelectorAll("body, main, .column, .order, .mode-choice")]
      .filter((node) => node.scrollWidth > node.clientWidth + 1)
      .map((node) => node.className || node.tagName)""")
    assert wide == []
    for button in await desk.page.locator("#orders button").all():
        await expect(button).to_be_in_viewport(ratio=1)
