"""Microphone, loudspeaker and ring of the phone in the page: what the operator chooses is what is used, in a
real browser with made-up devices. What comes out of the ring's own player is measured."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Page, expect

from switchboard.softphone import Baresip, Established, sound
from switchboard.softphone.sound import RATE
from tests.live.ear import tone_heard
from tests.live.house import PhoneOf
from tests.web.browser import Console, hears
from tests.web.test_phone_in_page import RAW, eventually, open_phone, until

pytestmark = [pytest.mark.live, pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

PLAYERS = """
(() => {
  const Native = window.Audio;
  const players = (window.__players = []);
  window.Audio = class extends Native {
    constructor(...given) {
      super(...given);
      players.push(this);
    }
  };
  const listened = new WeakMap();
  const context = (window.__measures = new AudioContext());
  const remote = (player) => window.__ears.some((ear) => player.srcObject.getTracks().includes(ear.track));
  const playing = () => players.filter((p) => !p.muted && p.srcObject && !p.paused && p.currentTime > 0);
  window.__plays = () => playing().some((one) => !remote(one));
  // What sounds in the page by itself, and through which output; the other side's voice is not of it.
  const own = () => {
    const player = playing().find((one) => !remote(one));
    if (!player) return { sink: "", hertz: [] };
    if (!listened.has(player.srcObject)) {
      const analyser = context.createAnalyser();
      analyser.fftSize = 4096;
      analyser.smoothingTimeConstant = 0;
      context.createMediaStreamSource(player.srcObject).connect(analyser);
      listened.set(player.srcObject, analyser);
    }
    const analyser = listened.get(player.srcObject);
    const spectrum = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(spectrum);
    const wide = context.sampleRate / analyser.fftSize;
    const peaks = [...spectrum.keys()].filter((i) =>
      i > 1 && spectrum[i] > -50 && spectrum[i] >= spectrum[i - 1] && spectrum[i] > spectrum[i + 1]);
    return { sink: player.sinkId, hertz: peaks.map((i) => i * wide) };
  };
  window.__rings = []; // the output, each time that both tones were heard
  setInterval(() => {
    const { sink, hertz } = own();
    window.__sounds = hertz.length > 0;
    if ([450, 562].every((tone) => hertz.some((one) => Math.abs(one - tone) < 12))) window.__rings.push(sink);
  }, 50);
  window.__voice = () => playing().find(remote)?.sinkId ?? null;
  window.__sent = () => window.__connections.flatMap((one) => one.getSenders())
    .filter((one) => one.track?.readyState === "live").map((one) => one.track.getSettings().deviceId);
})();
"""
"""Runs before a page's own scripts: every sound that the page plays, heard where it leaves the page."""


HEARD_SECONDS = 0.5


async def desk(console: Console, **browser: Any) -> Page:
    """The desk page of 8011, whose phone is registered and whose microphone gives 440 Hz."""
    await console.user("li", "operator", extension="8011")
    await console.house.unplug("8011")
    page = await console.signed_in("li", "/account", says=440, **browser)
    await page.evaluate(RAW)
    await page.context.add_init_script(PLAYERS)
    await opened(console, page)
    return page


async def opened(console: Console, page: Page) -> None:
    """The desk in `page`, its phone registered and its microphone open."""
    await page.goto(f"{console.url}/desk")
    await expect(page.locator(".page-phone-state")).to_have_attribute("data-state", "registered")
    await expect(page.locator(".page-phone-microphone")).to_have_attribute("data-state", "live")


async def choose(page: Page, **devices: str) -> dict[str, str]:
    """Choose devices by their labels in the dialog, as input, output or ring; their ids."""
    await page.get_by_role("button", name="声音设备").click()
    ids = {}
    for name, label in devices.items():
        words = {"input": "麦克风", "output": "通话声音", "ring": "铃声"}[name]
        select = page.locator(".page-phone-devices").get_by_role("combobox", name=words, exact=True)
        await expect(select).to_be_enabled()
        (ids[name],) = await select.select_option(label=label)
    await page.locator(".page-phone-devices").get_by_role("button", name="好", exact=True).click()
    return ids


async def rings(page: Page) -> str:
    """Wait until the page sounded with the ring's two tones, 450 and 562 Hz; through which output."""
    await page.wait_for_function("() => window.__rings.length > 0")
    return str(await page.evaluate("window.__rings.splice(0).pop()"))


async def silent(page: Page) -> None:
    """Wait until the page plays nothing of its own; what rings from now on is another ring."""
    await page.wait_for_function("() => !window.__sounds")
    await page.evaluate("window.__rings.length = 0")


async def heard_from_now(colleague: Baresip, hertz: float = 440) -> None:
    """Wait until the colleague hears the operator for half a second that is still to come."""
    colleague.hearing.poll()
    now = len(colleague.hearing.samples)

    def heard() -> bool:
        tone = tone_heard(colleague, hertz, HEARD_SECONDS)
        return tone and len(colleague.hearing.samples) > now + HEARD_SECONDS * RATE

    await eventually(heard, "the colleague hears the operator")


async def test_the_ring_sounds_on_its_own_output_and_the_voice_on_another(
    console: Console, phone: PhoneOf
) -> None:
    """450 and 562 Hz from the loudspeaker until the call is answered; then the colleague in the headset.
    Chosen again in mid-call, the voice moves; loaded again, the choice is kept."""
    page, colleague = await desk(console), await phone("8201")
    chosen = await choose(page, ring="Fake Audio Output 2", output="Fake Audio Output 1")
    assert chosen["ring"] != chosen["output"]
    await colleague.say(sound.tone(620, 60))
    await colleague.dial("8011")
    assert await rings(page) == chosen["ring"]
    await silent(page)  # a second on, four off
    assert await rings(page) == chosen["ring"]
    await page.keyboard.press("F2")
    await colleague.expect(Established)
    await hears(page, 620)
    await silent(page)
    assert await page.evaluate("window.__voice()") == chosen["output"]
    again = await choose(page, output="Fake Audio Output 2")
    await page.wait_for_function("id => window.__voice() === id", arg=again["output"])
    await hears(page, 620)
    await colleague.hangup()
    await opened(console, page)
    await colleague.dial("8011")
    assert await rings(page) == chosen["ring"]
    await colleague.hangup()
    await silent(page)


async def test_a_ring_can_be_tried_and_ends_by_itself(console: Console) -> None:
    """The button in the dialog: one ring on the chosen output, and no call was needed."""
    page = await desk(console)
    chosen = await choose(page, ring="Fake Audio Output 1")
    await page.get_by_role("button", name="声音设备").click()
    await page.get_by_role("button", name="试铃").click()
    assert await rings(page) == chosen["ring"]
    await page.wait_for_function("() => window.__players.every((one) => one.muted || one.paused)")


async def test_another_microphone_is_taken_in_mid_call(console: Console, phone: PhoneOf) -> None:
    """The colleague hears the operator before, and after it through the other one, which the next call has
    from its beginning."""
    page, colleague = await desk(console), await phone("8201")
    begins, goes_on = "Fake Audio Input 1", "Fake Audio Input 2"
    used = await choose(page, input=begins)
    for _ in range(2):
        await colleague.dial("8011")
        await rings(page)
        await page.keyboard.press("F2")
        await colleague.expect(Established)
        await silent(page)
        await heard_from_now(colleague)
        assert await page.evaluate("window.__sent()") == [used["input"]]
        used = await choose(page, input=goes_on)
        await page.wait_for_function("id => window.__sent().join() === id", arg=used["input"])
        await heard_from_now(colleague)
        await colleague.hangup()
        await page.wait_for_function("() => window.__sent().length === 0")
        colleague.forget()
        begins, goes_on = goes_on, begins


async def test_devices_that_are_gone_leave_the_operator_with_the_others(
    console: Console, phone: PhoneOf
) -> None:
    """What was chosen yesterday isn't plugged in today: the system's own serve, and the dialog says so."""
    page, colleague = await desk(console), await phone("8201")
    gone = '{"input": "gone", "output": "gone", "ring": "gone", "processing": false}'
    await page.evaluate(f"localStorage.setItem('switchboard.phone.devices', '{gone}')")
    await opened(console, page)
    await page.get_by_role("button", name="声音设备").click()
    for words in ("麦克风", "通话声音", "铃声"):
        select = page.locator(".page-phone-devices").get_by_role("combobox", name=words, exact=True)
        await expect(select).to_have_value("")
    await page.keyboard.press("Escape")
    await colleague.say(sound.tone(620, 60))
    await colleague.dial("8011")
    assert await rings(page) == ""
    await page.keyboard.press("F2")
    await colleague.expect(Established)
    await hears(page, 620)
    await heard_from_now(colleague)
    await colleague.hangup()


NOTICED = """
window.addEventListener("pointerdown", () => window.__measures.resume(), { capture: true });
let last = "";
setInterval(() => {
  const state = document.querySelector(".page-phone-state")?.dataset.state;
  const problem = document.querySelector(".page-phone-problem:not([hidden])")?.textContent ?? "";
  const now = `noticed ${state} ${window.__plays() ? "sound" : "silence"} ${problem}`;
  if (now !== last) console.log(now);
  last = now;
}, 100);
"""
"""What the page shows and plays, told without being asked: to be asked counts as being touched."""


async def test_a_page_that_may_not_sound_says_so_and_rings_once_it_is_touched(
    console: Console, phone: PhoneOf
) -> None:
    """No microphone is allowed yet and nobody has touched the page: the browser forbids the ring. The page
    says so; with the first click anywhere it rings, and nothing is said any more."""
    user = await console.user("li", "operator", extension="8011")
    await console.house.unplug("8011")
    forbids = ("--use-fake-ui-for-media-stream", "--autoplay-policy=no-user-gesture-required")
    first = await console.signed_in(user, "/account", without=forbids, microphone=False)
    for script in (PLAYERS, NOTICED):
        await first.context.add_init_script(script)
    page, colleague = await first.context.new_page(), await phone("8201")
    said: list[str] = []

    def registered() -> bool:
        return any("noticed registered" in one for one in said)

    def kept_silent() -> bool:
        return any("silence" in one and "浏览器不让页面响铃" in one for one in said)

    page.on("console", lambda message: said.append(message.text))
    await page.goto(f"{console.url}/desk")
    await eventually(registered, "the page's phone is registered")
    await colleague.dial("8011")
    await eventually(kept_silent, "the page says that it may not ring, and doesn't")
    await page.mouse.click(640, 500)
    await rings(page)
    await expect(page.locator(".page-phone-problem")).not_to_contain_text("响铃")
    await colleague.hangup()


PULLED = """async () => {
  const [track] = phone.devices.stream.getTracks();
  const gone = track.getSettings().deviceId;
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = (wish) => wish.audio.deviceId?.exact === gone
    ? Promise.reject(new DOMException("it is not plugged in", "OverconstrainedError")) : ask(wish);
  track.stop();
  track.dispatchEvent(new Event("ended"));
  return gone;
}"""
"""A headset pulled out, as the browser tells it: its track ends, and nobody is given it any more."""


async def test_a_headset_pulled_out_in_mid_call_is_replaced_by_what_is_there(
    console: Console, phone: PhoneOf
) -> None:
    """The conversation goes on with the system's own microphone, and nobody has to click."""
    await console.user("li", "operator", extension="8011")
    page, colleague = await open_phone(console), await phone("8201")
    await page.evaluate("""async () => {
      const other = phone.devices.inputs.find((one) => one.label === "Fake Audio Input 2");
      await phone.devices.choose({ input: other.deviceId });
    }""")
    await colleague.dial("8011")
    await until(page, "phone.ringing")
    assert await page.evaluate("phone.answer()")
    await colleague.expect(Established)
    await heard_from_now(colleague)
    gone = await page.evaluate(PULLED)
    sent = "window.__connections[0].getSenders()[0].track.getSettings().deviceId"
    await page.wait_for_function(f"gone => {sent} !== gone", arg=gone)
    await until(page, "phone.microphone === 'live'")
    await heard_from_now(colleague)
    await colleague.hangup()
    await until(page, "!phone.talking")
