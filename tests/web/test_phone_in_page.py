"""The phone in the page, in a real browser and on a real Asterisk: what is said is heard."""

from __future__ import annotations

import asyncio
import os
import signal
import ssl
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Page

from switchboard.softphone import Baresip, Closed, Established, Incoming, sound
from switchboard.softphone.sound import RATE
from tests.live.ear import tone_heard
from tests.live.house import PhoneOf
from tests.web.browser import Console, hears

pytestmark = [pytest.mark.live, pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

BEGIN = """async ({ path, registers }) => {
  const { Phone } = await import("/static/phone/phone.js");
  const get = async () => {
    const answer = await fetch("/api/v1" + path);
    if (!answer.ok) throw Object.assign(new Error(), { status: answer.status });
    return answer.json();
  };
  const phone = (window.phone = new Phone(get, { registers }));
  const told = (window.told = []);
  const kinds = ["registration", "microphone", "ringing", "answered", "hold", "mute", "ended", "problem"];
  for (const kind of kinds) {
    phone.addEventListener(kind, ({ detail }) => told.push([kind, detail?.ending ?? detail?.code ?? ""]));
  }
  await phone.start();
}"""

RAW = """localStorage.setItem("switchboard.phone.devices", JSON.stringify({ processing: false }))"""
"""A tone is no speech: the browser's echo and noise handling would take it away."""


async def open_phone(
    console: Console,
    user: str = "li",
    says: float = 440,
    *,
    path: str = "/phone",
    registers: bool = True,
    **browser: Any,
) -> Page:
    """A page with a phone, signed in as `user`, whose microphone gives a tone of `says` hertz."""
    page = await console.signed_in(user, "/account", says=says, **browser)
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
    settings = console.house.settings
    ours = ssl.create_default_context(cafile=str(settings.data_dir / "tls/ca.pem"))
    door = f"wss://127.0.0.1:{settings.wss_port}/ws"
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(door, ssl=ours, protocols=["sip"]) as socket:
            assert socket.protocol == "sip"
        with pytest.raises(aiohttp.ClientConnectorCertificateError):
            await session.ws_connect(door, protocols=["sip"])
    await page.close()
    await phone_is(console, "8011", "unreachable")


async def test_a_colleague_and_the_page_hear_each_other(console: Console, phone: PhoneOf) -> None:
    """A desk phone calls 8011: the page rings with its number, answers, and speech goes both ways."""
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
    await until(page, "phone.levels.microphone > 0.3 && phone.levels.other > 0.3")
    await page.evaluate("phone.hangup()")
    await desk.expect(Closed)
    await until(page, "!phone.talking")
    assert (await told(page))[-1] == "ended hung_up"


async def test_keys_pressed_in_the_page_are_understood_by_the_greeting(
    console: Console, phone: PhoneOf
) -> None:
    """The page calls the main number and presses 8201 into the announcement (RFC 4733): 8201 rings."""
    await console.user("li", "operator", extension="8011")
    console.house.cli("mode", "automatic", "--until-changed")
    page, wanted = await open_phone(console), await phone("8201")
    assert await page.evaluate("phone.dial('8000')")
    await until(page, "phone.talking", 15)
    await until(page, "phone.levels.other > 0.2", 15)  # the announcement
    await page.evaluate("phone.press('8201')")
    assert (await wanted.expect(Incoming, 15)).number == "8011"
    await wanted.accept()
    await wanted.say(sound.tone(620, 60))
    await hears(page, 620)
    await eventually(lambda: tone_heard(wanted, 440), "8201 hears the page")
    await wanted.hangup()
    await until(page, "!phone.talking", 15)


async def test_who_is_held_by_the_page_hears_music_and_then_the_page_again(
    console: Console, phone: PhoneOf
) -> None:
    """Hold, mute and back, as the desk phone hears them."""
    await console.user("li", "operator", extension="8011")
    page, desk = await open_phone(console), await phone("8201")
    await desk.dial("8011")
    await until(page, "phone.ringing")
    await page.evaluate("phone.answer()")
    await desk.expect(Established)
    await eventually(lambda: tone_heard(desk, 440), "the desk phone hears the page")
    assert await page.evaluate("phone.hold()")
    await until(page, "phone.held")
    await eventually(lambda: loudness(desk) > 0.01 and not tone_heard(desk, 440, 0.5), "music")
    assert await page.evaluate("phone.unhold()")
    await eventually(lambda: tone_heard(desk, 440), "the desk phone hears the page again")
    await page.evaluate("phone.mute()")
    assert await page.evaluate("phone.muted")
    await eventually(lambda: loudness(desk) < 0.001, "silence")
    await page.evaluate("phone.mute()")
    await eventually(lambda: tone_heard(desk, 440), "the desk phone hears the page after all")
    assert [one for one in await told(page) if one in ("hold", "mute")] == ["hold", "hold", "mute", "mute"]
    await desk.hangup()
    await until(page, "!phone.talking")


def loudness(phone: Baresip) -> float:
    """How loud the last half second was that `phone` heard, 0 to 1."""
    phone.hearing.poll()
    samples = phone.hearing.samples[-RATE // 2 :].astype(float)
    full = 32768.0 if abs(samples).max(initial=0.0) > 1.5 else 1.0
    return float((samples**2).mean() ** 0.5 / full) if len(samples) else 0.0


async def test_page_and_desk_phone_ring_together_and_one_answer_stops_the_other(
    console: Console, phone: PhoneOf
) -> None:
    """They are one person's phone: either may answer; and whoever talks on one is busy on both."""
    await console.user("li", "operator", extension="8011")
    page, desk, colleague = await open_phone(console), await phone("8011"), await phone("8201")
    await colleague.dial("8011")
    await desk.expect(Incoming)
    await until(page, "phone.ringing")
    await page.evaluate("phone.answer()")
    await desk.expect(Closed)
    await colleague.expect(Established)
    other = await phone("8202")
    await other.dial("8011")
    await other.hears("zh/line-busy")
    assert not [e for e in desk.fresh if isinstance(e, Incoming)]
    await other.hangup()
    await colleague.hangup()
    await until(page, "!phone.talking")
    colleague.forget()
    desk.forget()
    await colleague.dial("8011")
    await desk.expect(Incoming)
    await until(page, "phone.ringing")
    await desk.accept()
    await until(page, "!phone.ringing")
    await colleague.expect(Established)
    assert not await page.evaluate("phone.talking")
    await colleague.hangup()
    await desk.expect(Closed)
    await console.house.unplug("8011")


async def test_a_page_that_asked_for_a_call_takes_it_without_another_click(
    console: Console, phone: PhoneOf
) -> None:
    """expect(): the next call is taken; that other call with another id rings on."""
    await console.user("li", "operator", extension="8011")
    page, colleague = await open_phone(console), await phone("8201")
    await page.evaluate("phone.expect('another.1')")
    await colleague.dial("8011")
    await until(page, "phone.ringing")
    await asyncio.sleep(1)
    assert not await page.evaluate("phone.talking")
    await page.evaluate("phone.expect(phone.call.id)")
    await colleague.expect(Established)
    await until(page, "phone.talking")
    await colleague.hangup()
    await until(page, "!phone.talking")


async def test_an_agent_with_nothing_but_a_page_is_rung_by_the_queue(
    console: Console, phone: PhoneOf, caller: PhoneOf
) -> None:
    """8601 has no desk phone on: the queue sees the page as free, rings it, and sees it busy."""
    await console.user("chen", "agent", extension="8601")
    await console.house.unplug("8601")
    page, outside = await open_phone(console, "chen"), await caller("13800000777")
    await phone_is(console, "8601", "idle")
    await outside.say(sound.tone(620, 60))
    await outside.dial("8000")
    await outside.hears("zh/greeting-hello")
    await outside.press("8600")
    await until(page, "phone.ringing", 20)
    await page.evaluate("phone.answer()")
    await hears(page, 620)
    await eventually(lambda: tone_heard(outside, 440), "the caller hears the agent")
    shown = await console.house.pbx.cli("queue show 8600")
    assert "(In use)" in next(line for line in shown.splitlines() if "Local/8601@agent" in line)
    await outside.hangup()
    await until(page, "!phone.talking")
    record = await console.house.record("13800000777")
    assert (record["outcome"], record["connected_to"]) == ("connected", "8601")


async def test_the_owners_mailbox_and_rights_are_the_pages_too(console: Console) -> None:
    """*97 asks for the PIN of 8011's box; a number that 8011's class doesn't allow is refused, and kept."""
    await console.user("li", "operator", extension="8011")
    page = await open_phone(console)
    assert await page.evaluate("phone.dial('*97')")
    await until(page, "phone.talking", 10)
    await until(page, "phone.levels.other > 0.2")
    assert "VoiceMailMain" in await console.house.pbx.cli("core show channels concise")
    await page.evaluate("phone.hangup()")
    await until(page, "!phone.talking")
    abroad = "90081312345678"
    assert await page.evaluate(f"phone.dial('{abroad}')")

    def refused() -> bool:
        return [c["outcome"] for c in console.house.cli("calls") if c["dialled"] == abroad] == ["refused"]

    await console.house.until(refused, "the refusal is kept", 15)


async def test_a_principals_page_rings_for_the_secretary_alone(console: Console, phone: PhoneOf) -> None:
    """A9 holds for pages: a colleague's call goes to the secretary, whose own call rings the page."""
    await console.user("chairman", "agent", extension="8899")
    page = await open_phone(console, "chairman")
    secretary, colleague = await phone("8890"), await phone("8201")
    await colleague.dial("8899")
    await secretary.expect(Incoming)
    assert not await page.evaluate("phone.ringing")
    await colleague.hangup()
    await secretary.expect(Closed)
    assert not any("ringing" in one for one in await told(page))
    await secretary.dial("8899")
    await until(page, "phone.ringing")
    assert await page.evaluate("phone.answer()")
    await secretary.expect(Established)
    await secretary.hangup()
    await until(page, "!phone.talking")


async def test_a_colleague_at_the_desk_picks_up_what_rings_in_the_page(
    console: Console, phone: PhoneOf
) -> None:
    """*80 and 8011's number, as for a desk phone."""
    await console.user("li", "operator", extension="8011")
    page, helper, colleague = await open_phone(console), await phone("8012"), await phone("8201")
    await colleague.dial("8011")
    await until(page, "phone.ringing")
    await helper.dial("*808011")
    await helper.expect(Established)
    await colleague.expect(Established)
    await until(page, "!phone.ringing")
    await colleague.hangup()


async def test_a_second_page_takes_the_phone_over_and_the_first_says_so(
    console: Console, phone: PhoneOf
) -> None:
    """In the same browser at once; the phone can be taken back with one click."""
    await console.user("li", "operator", extension="8011")
    first = await open_phone(console)
    second = await first.context.new_page()
    await second.goto(f"{console.url}/account")
    await second.evaluate(BEGIN, {"path": "/phone", "registers": True})
    await until(second, "phone.registered")
    await until(first, "phone.why === 'elsewhere'")
    colleague = await phone("8201")
    await colleague.dial("8011")
    await until(second, "phone.ringing")
    assert not await first.evaluate("phone.ringing")
    assert await second.evaluate("phone.answer()")
    await colleague.expect(Established)
    await first.evaluate("phone.register()")  # in the middle of the other's call, which goes on
    await until(first, "phone.registered")
    await until(second, "phone.why === 'elsewhere'")
    await eventually(lambda: tone_heard(colleague, 440), "the second page is still heard")
    await colleague.hangup()
    await until(second, "!phone.talking")


async def test_without_a_microphone_nobody_is_answered_and_the_page_says_why(
    console: Console, phone: PhoneOf
) -> None:
    """Forbidden, and not there at all: the caller goes on ringing and nobody talks into silence."""
    await console.user("li", "operator", extension="8011")
    colleague = await phone("8201")
    asks, fake = "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"
    for without, state in (((asks,), "denied"), ((fake,), "absent")):
        page = await open_phone(console, without=without, microphone=state != "denied")
        await until(page, f"phone.microphone === '{state}'")
        await colleague.dial("8011")
        await until(page, "phone.ringing")
        assert not await page.evaluate("phone.answer()")
        assert "problem microphone" in await told(page)
        assert await page.evaluate("phone.ringing")
        await colleague.hangup()
        await until(page, "!phone.ringing")
        await page.close()


async def test_the_phone_is_there_again_after_the_pbx_was_killed(console: Console, phone: PhoneOf) -> None:
    """In mid-call: the page says that the line was lost, registers by itself, and rings again."""
    await console.user("li", "operator", extension="8011")
    page, colleague = await open_phone(console), await phone("8201")
    await colleague.dial("8011")
    await until(page, "phone.ringing")
    await page.evaluate("phone.answer()")
    await colleague.expect(Established)
    pbx = console.house.pids()["pbx"]
    os.kill(pbx, signal.SIGKILL)
    await until(page, "phone.registration === 'failed' && phone.why === 'network'")
    await until(page, "phone.registered", 30)
    await until(page, "!phone.talking", 20)
    assert "ended lost" in await told(page)
    await console.house.until(
        lambda: console.house.status().get("ready") and console.house.pids()["pbx"] not in (None, pbx),
        "ready",
        20,
    )
    for number in list(console.house.phones):
        await console.house.unplug(number)
    colleague = await phone("8201")
    await colleague.dial("8011")
    await until(page, "phone.ringing")
    await colleague.hangup()


async def eventually(true: Any, what: str, seconds: float = 8) -> None:
    """Wait until `true()`."""
    for _ in range(int(seconds / 0.2)):
        if true():
            return
        await asyncio.sleep(0.2)
    raise AssertionError(f"not within {seconds:g} s: {what}")


async def test_an_outside_call_from_an_administrators_page(console: Console) -> None:
    """/call-us: placed with one click, the greeting is heard, and it is a call from outside like any."""
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
