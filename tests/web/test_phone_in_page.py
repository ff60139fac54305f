"""The phone in the page, in a real browser and on a real Asterisk: what is said is heard, and nothing is lost."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from playwright.async_api import Page

from switchboard.domain.prompt_keys import HELLO
from switchboard.softphone import Closed, Established, Incoming, sound
from tests.live.ear import tone_heard
from tests.live.house import PhoneOf
from tests.web.browser import Console, hears, needs_browser

pytestmark = [pytest.mark.live, needs_browser, pytest.mark.asyncio(loop_scope="session")]

BEGIN = """async ({ path, registers }) => {
  const { Phone } = await import("/static/phone/phone.js");
  const get = async () => {
    const answer = await fetch("/api/v1" + path);
    if (!answer.ok) throw Object.assign(new Error(), { status: answer.status });
    return answer.json();
  };
  const phone = (window.phone = new Phone(get, { registers }));
  const told = (window.told = []);
  for (const kind of ["registration", "microphone", "ringing", "answered", "hold", "mute", "ended", "interrupted",
                      "problem"]) {
    phone.addEventListener(kind, ({ detail }) => told.push([kind, detail?.ending ?? detail?.code ?? detail?.id ?? ""]));
  }
  await phone.start();
}"""

RAW = """localStorage.setItem("switchboard.phone.devices", JSON.stringify({ processing: false }))"""
"""A tone is no speech: the browser's echo and noise handling would take it away."""


async def open_phone(
    console: Console, user: str = "li", says: float = 440, *, path: str = "/phone", registers: bool = True
) -> Page:
    """A page with a phone, signed in as `user`, whose microphone gives a tone of `says` hertz."""
    page = await console.signed_in(user, "/account", says=says)
    await page.evaluate(RAW)
    await page.evaluate(BEGIN, {"path": path, "registers": registers})
    await until(page, "phone.registered")
    return page


async def until(page: Page, condition: str, seconds: float = 10) -> None:
    """Wait until something is so in the page."""
    try:
        await page.wait_for_function(f"() => {condition}", timeout=seconds * 1000)
    except Exception as error:
        said = "[phone.registration, phone.why, phone.microphone, window.told]"
        raise AssertionError(f"not {condition}: {await page.evaluate(said)}") from error


async def told(page: Page) -> list[str]:
    """Events of the phone so far, as "kind detail"."""
    return [" ".join(filter(None, one)) for one in await page.evaluate("window.told")]


async def phone_is(console: Console, extension: str, state: str, seconds: float = 8) -> None:
    """Wait until the board shows this phone so."""

    def shown() -> Any:
        phones = console.house.status().get("phones", [])
        return next((p["state"] for p in phones if p["extension"] == extension), None)

    await console.house.until(lambda: shown() == state, f"{extension} is {state}", seconds)


@pytest.fixture(autouse=True)
def _live(console: Console) -> None:
    """Every test here wants the whole switchboard."""


async def test_a_page_registers_over_our_certificate_and_counts_as_its_owners_phone(console: Console) -> None:
    """Registered, the microphone live; the board shows 8011, not another phone."""
    await console.user("li", "operator", extension="8011")
    await phone_is(console, "8011", "unreachable")
    page = await open_phone(console)
    assert await page.evaluate("[phone.registration, phone.microphone, phone.extension]") == [
        "registered",
        "live",
        "8011",
    ]
    await phone_is(console, "8011", "idle")
    assert {p["extension"] for p in console.house.status()["phones"]} & {"8011-web"} == set()
    await page.close()
    await phone_is(console, "8011", "unreachable")


async def test_a_colleague_and_the_page_hear_each_other(console: Console, phone: PhoneOf) -> None:
    """A desk phone calls 8011: the page rings with that number and name, answers, and speech goes both ways."""
    await console.user("li", "operator", extension="8011")
    page = await open_phone(console)
    desk = await phone("8201")
    await desk.say(sound.tone(620, 60))
    await desk.dial("8011")
    await until(page, "phone.ringing")
    assert await page.evaluate("phone.call.number") == "8201"
    assert await page.evaluate("phone.call.id") != ""
    await phone_is(console, "8011", "ringing")
    assert await page.evaluate("phone.answer()")
    await desk.expect(Established)
    await until(page, "phone.talking")
    await hears(page, 620)
    await eventually(lambda: tone_heard(desk, 440), "the desk phone hears the page")
    await phone_is(console, "8011", "busy")
    levels = await page.evaluate("phone.levels")
    assert levels["microphone"] > 0.3
    assert levels["other"] > 0.3
    await page.evaluate("phone.hangup()")
    await desk.expect(Closed)
    await until(page, "!phone.talking")
    assert (await told(page))[-1] == "ended hung_up"


async def eventually(true: Any, what: str, seconds: float = 8) -> None:
    """Wait until `true()`."""
    for _ in range(int(seconds / 0.2)):
        if true():
            return
        await asyncio.sleep(0.2)
    raise AssertionError(f"not within {seconds:g} s: {what}")


async def test_an_outside_call_from_an_administrators_page(console: Console) -> None:
    """/call-us: placed with one click, the greeting is heard, a key is understood, and it is a call from outside."""
    await console.user("root", "administrator")
    page = await console.signed_in("root", "/call-us", says=440)
    await page.evaluate(RAW)
    await page.reload()
    await page.click("#place")
    await until(page, "phone.talking", 15)
    await until(page, "phone.levels.other > 0.2")
    assert await page.evaluate("phone.levels.microphone") > 0.3
    (call,) = console.house.status()["calls"]
    assert call["dialled"] == "8000"
    await page.click("#keys [data-key='9']")  # English
    await page.click("#hangup")
    await until(page, "!phone.talking")
    assert await page.text_content("#call") == "通话结束"
