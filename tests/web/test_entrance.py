"""The entrance of a real switchboard, in a real browser: signing in, looks, HTTPS, a controller killed."""

from __future__ import annotations

import asyncio
import os
import ssl
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Page

from tests.live.house import PhoneOf
from tests.web.browser import PASSWORD, Console

pytestmark = [pytest.mark.live, pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

CONTRAST = """
() => {
  const parse = (text) => {
    const found = text.match(/[\\d.]+/g).map(Number);
    return { rgb: found.slice(0, 3), alpha: found.length > 3 ? found[3] : 1 };
  };
  const light = ({ rgb }) => {
    const [r, g, b] = rgb.map((v) => {
      const part = v / 255;
      return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const colour = parse(getComputedStyle(one).backgroundColor);
      if (colour.alpha === 1) return colour;
    }
    return { rgb: [255, 255, 255] };
  };
  const poor = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own || !element.checkVisibility()) continue;
    const [a, b] = [light(parse(getComputedStyle(element).color)), light(ground(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) poor.push(`${element.tagName} ${element.textContent.trim()}: ${ratio.toFixed(2)}`);
  }
  return poor;
}
"""
"""Texts whose contrast is below 4.5, computed as WCAG 2 does."""

NAMELESS = """
() => [...document.querySelectorAll("input:not([type=hidden]), select, textarea, button, a")]
  .filter((e) => e.checkVisibility() && !e.closest("[aria-hidden=true]"))
  .filter((e) => !(e.labels?.length || e.getAttribute("aria-label") || e.textContent.trim() || e.title))
  .map((e) => e.outerHTML.slice(0, 120))
"""
"""Controls that a screen reader couldn't name."""


async def test_an_operator_signs_in_and_out_by_keyboard_alone(console: Console) -> None:
    """Type, Enter; the first page of the role; the way out is reached by Tab."""
    await console.user("keys", "operator", extension="8011")
    browser = await console.browser()
    page = await browser.page(f"{console.url}/")
    await page.wait_for_function("document.activeElement.id === 'user'")
    await page.keyboard.type("keys")
    await page.keyboard.press("Tab")
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url(lambda url: "/sign-in" not in url)
    await page.goto(f"{console.url}/account")
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.className") == "skip"
    for _ in range(6):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.closest('form')?.action.endsWith('/sign-out')"):
            break
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/sign-in")


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1024])
async def test_pages_can_be_read_in_both_languages_looks_and_widths(
    console: Console, language: str, look: Any, width: int
) -> None:
    """Contrast of every text, a name for every control, nothing that needs scrolling sideways."""
    await console.user("reader", "administrator", language="")
    pages: dict[str, bool] = {"/sign-in": False, "/certificate": False, "/nowhere": False, "/account": True}
    browser = await console.browser()
    page = await browser.page(locale=language, color_scheme=look, viewport={"width": width, "height": 800})
    for path, inside in pages.items():
        if inside:
            await console.sign_in(page, "reader")
        await page.goto(console.url + path)
        assert await page.get_attribute("html", "lang") == ("zh-CN" if language == "zh-CN" else "en")
        assert await page.evaluate(CONTRAST) == [], path
        assert await page.evaluate(NAMELESS) == [], path
        assert await _sideways(page) <= 0, path


async def _sideways(page: Page) -> int:
    found: int = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return found


async def test_a_fault_at_the_entrance_is_said_aloud_and_the_name_stays(console: Console) -> None:
    """role=alert, and the cursor in the password field: one thing to type again."""
    browser = await console.browser()
    page = await browser.page(f"{console.url}/sign-in")
    await page.fill("#user", "nobody")
    await page.fill("#password", "wrong-password-1")
    await page.press("#password", "Enter")
    assert "不正确" in (await page.text_content("[role=alert]") or "")
    assert await page.input_value("#user") == "nobody"
    assert await page.evaluate("document.activeElement.id") == "password"


async def test_roles_that_are_taken_away_are_gone_with_the_next_click(console: Console) -> None:
    """By the command, while the page is open."""
    await console.user("fading", "administrator")
    page = await console.signed_in("fading", "/account")
    assert (await page.goto(f"{console.url}/api/v1/audit")).ok  # type: ignore[union-attr]
    await asyncio.to_thread(console.house.cli, "user", "roles", "fading", "--role", "inspector")
    assert (await page.goto(f"{console.url}/api/v1/audit")).status == 403  # type: ignore[union-attr]
    await asyncio.to_thread(console.house.cli, "user", "sign-out", "fading")
    await page.goto(f"{console.url}/account")
    assert page.url.endswith("/sign-in?next=%2Faccount")


async def test_the_badge_follows_the_mode_on_a_page_that_stays_open(console: Console) -> None:
    """Chosen by command; the page shows it without being loaded anew, with its end in the company's time."""
    await console.user("watcher", "supervisor")
    await asyncio.to_thread(console.house.cli, "mode", "automatic", "600")
    page = await console.signed_in("watcher", "/account", timezone_id="America/New_York")
    loaded = await page.text_content("#mode-badge")
    await asyncio.to_thread(console.house.cli, "mode", "manual", "300")
    until = (await asyncio.to_thread(console.house.cli, "mode"))["mode_until"]
    await page.wait_for_selector("#mode-badge.mode-manual", timeout=15_000)
    shown = await page.text_content("#mode-badge") or ""
    assert shown != loaded
    assert shown.startswith("人工")
    assert until[5:16].replace("T", " ") in shown
    await asyncio.to_thread(console.house.cli, "mode", "schedule")


async def test_sessions_and_waits_survive_a_killed_controller(console: Console) -> None:
    """kill -9: whoever was signed in still is, and a name that was locked still waits."""
    await console.user("lasting", "operator")
    page = await console.signed_in("lasting", "/account")
    browser = await console.browser()
    guess = await browser.page(f"{console.url}/sign-in")
    for _ in range(6):
        await guess.fill("#user", "guessed")
        await guess.fill("#password", "wrong-password-1")
        await guess.press("#password", "Enter")
        await guess.wait_for_load_state()
    assert "次数过多" in (await guess.text_content("[role=alert]") or "")
    console.house.kill_controller()
    await asyncio.sleep(0.5)
    await console.house.controller_back()
    await page.reload()
    assert page.url.endswith("/account")
    await guess.goto(f"{console.url}/sign-in")
    await guess.fill("#user", "guessed")
    await guess.fill("#password", "wrong-password-1")
    await guess.press("#password", "Enter")
    assert "次数过多" in (await guess.text_content("[role=alert]") or "")


async def test_https_is_believed_by_whoever_trusts_our_authority(console: Console) -> None:
    """No exception, no warning: the certificate names the machine's addresses. The cookie is Secure there."""
    settings = console.house.settings
    trusting = ssl.create_default_context(cafile=str(settings.data_dir / "tls" / "ca.pem"))
    async with aiohttp.ClientSession() as client:
        for name in ("127.0.0.1", "localhost"):
            url = f"https://{name}:{settings.https_port}/sign-in"
            async with client.get(url, ssl=trusting) as answer:
                assert answer.status == 200
                cookie = answer.headers["Set-Cookie"]
                assert cookie.startswith("__Host-switchboard-")
                assert "Secure" in cookie
        with pytest.raises(aiohttp.ClientConnectorCertificateError):
            await client.get(f"https://127.0.0.1:{settings.https_port}/sign-in")


async def test_monitoring_counts_a_real_call(console: Console, caller: PhoneOf) -> None:
    """Ready while the PBX is there; a call is shown live, its decisions are timed, its outcome is counted."""
    base = console.url
    async with aiohttp.ClientSession() as client:

        async def figures() -> dict[str, float]:
            async with client.get(f"{base}/metrics") as answer:
                lines = (await answer.text()).splitlines()
            return {k: float(v) for k, _, v in (line.rpartition(" ") for line in lines if line[0] != "#")}

        async with client.get(f"{base}/readyz") as answer:
            assert (answer.status, await answer.json()) == (200, {"ready": True, "faults": {}})
        before = await figures()
        someone = await caller("13800007001")
        await someone.dial("8000")
        await asyncio.sleep(2)
        during = await figures()
        await someone.hangup()
        await console.house.record("13800007001")
        after = await figures()
    name = "switchboard_agi_decision_seconds_count"
    assert after[name] > before[name]
    assert sum(v for k, v in during.items() if k.startswith("switchboard_live_calls")) == 1
    ended = [sum(v for k, v in f.items() if k.startswith("switchboard_calls_total")) for f in (before, after)]
    assert ended[1] == ended[0] + 1
    assert after["switchboard_event_delay_seconds_count"] > before["switchboard_event_delay_seconds_count"]


async def test_the_keys_of_sessions_and_certificates_are_their_owners_alone(console: Console) -> None:
    """No other user of the machine can read them."""
    folder = console.house.settings.data_dir
    for path in (folder / "secrets" / "web.key", folder / "tls" / "ca.key", folder / "tls" / "server.key"):
        assert os.stat(path).st_mode & 0o077 == 0, path
