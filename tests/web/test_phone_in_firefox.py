"""The phone in the page, in Firefox: registers, rings, and both hear each other."""

from __future__ import annotations

import asyncio
import json

import pytest

from switchboard.softphone import Closed, Established, sound
from tests.live.ear import tone_heard
from tests.live.house import PhoneOf
from tests.web.browser import PASSWORD, Console
from tests.web.firefox import Firefox, firefox_of, needs_firefox
from tests.web.test_phone_in_page import BEGIN, RAW, eventually

pytestmark = [pytest.mark.live, pytest.mark.browser, needs_firefox, pytest.mark.asyncio(loop_scope="session")]

EAR = """(() => {
  const Native = window.RTCPeerConnection;
  const connections = [];
  window.RTCPeerConnection = class extends Native {
    constructor(...given) { super(...given); connections.push(this); }
  };
  // how much was heard so far: without a loudspeaker Firefox runs no AudioContext to measure tones with
  window.heard = async () => {
    let energy = 0;
    for (const one of (await connections.at(-1).getStats()).values()) {
      if (one.type === "inbound-rtp") energy += one.totalAudioEnergy;
    }
    return energy;
  };
})()"""


async def sign_in(firefox: Firefox, console: Console, user: str) -> None:
    """Fill in the sign-in page and send it."""
    await firefox.goto(f"{console.url}/sign-in")
    filled = {"user": user, "password": PASSWORD}
    await firefox.evaluate(
        f"(() => {{ for (const [k, v] of Object.entries({json.dumps(filled)}))"
        " document.querySelector(`input[name=${k}]`).value = v;"
        " document.querySelector('form[action=\"/sign-in\"]').requestSubmit(); })()"
    )
    for _ in range(50):
        await asyncio.sleep(0.2)
        try:
            if await firefox.evaluate("!location.pathname.startsWith('/sign-in')"):
                return
        except AssertionError:
            continue  # between two pages
    raise AssertionError("not signed in")


async def test_a_page_in_firefox_is_a_phone_too(console: Console, phone: PhoneOf) -> None:
    """8201 calls 8011, whose page is in Firefox: it rings, answers, both hear each other; hold, hang up."""
    await console.user("li", "operator", extension="8011")
    desk = await phone("8201")
    async with firefox_of(440) as firefox:
        await sign_in(firefox, console, "li")
        await firefox.goto(f"{console.url}/account")
        await firefox.evaluate(RAW)
        await firefox.evaluate(EAR)
        await firefox.evaluate(f"({BEGIN})({{ path: '/phone', registers: true }})")
        await firefox.until("phone.registered")
        await desk.say(sound.tone(620, 60))
        await desk.dial("8011")
        await firefox.until("phone.ringing")
        assert await firefox.evaluate("phone.call.number") == "8201"
        assert await firefox.evaluate("phone.answer()")
        await desk.expect(Established)
        await firefox.until("phone.talking && Boolean(phone.conversation.stream)")
        await eventually(lambda: tone_heard(desk, 440), "the desk phone hears Firefox")
        before = await firefox.evaluate("heard()")
        await firefox.until(f"heard().then((now) => now > {before} + 0.01)")
        assert await firefox.evaluate("phone.hold()")
        await eventually(lambda: not tone_heard(desk, 440, 0.5), "the desk phone hears music")
        assert await firefox.evaluate("phone.unhold()")
        await eventually(lambda: tone_heard(desk, 440), "the desk phone hears Firefox again")
        await firefox.evaluate("phone.hangup()")
        await desk.expect(Closed)
        await firefox.until("!phone.talking")
