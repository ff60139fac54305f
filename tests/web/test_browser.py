"""The tests' own browser: what it would miss, every test of a page would miss."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import async_playwright

from tests.web.browser import Browser, browser_of, hears, hears_nothing, tone_file

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

STRICT = {"Content-Security-Policy": "default-src 'none'; script-src 'self'"}

CALL = """async () => {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: {
    echoCancellation: false, noiseSuppression: false, autoGainControl: false } });
  const here = new RTCPeerConnection(), there = new RTCPeerConnection();
  here.onicecandidate = ({ candidate }) => candidate && there.addIceCandidate(candidate);
  there.onicecandidate = ({ candidate }) => candidate && here.addIceCandidate(candidate);
  window.__kept = [here, there];
  stream.getTracks().forEach((track) => here.addTrack(track, stream));
  await here.setLocalDescription(await here.createOffer());
  await there.setRemoteDescription(here.localDescription);
  await there.setLocalDescription(await there.createAnswer());
  await here.setRemoteDescription(there.localDescription);
  window.__mute = () => stream.getTracks().forEach((track) => { track.enabled = false; });
}"""


@pytest_asyncio.fixture(loop_scope="session")
async def address() -> AsyncIterator[str]:
    """A server of two pages: an orderly one, and one that does what its policy forbids."""

    async def page(request: web.Request) -> web.Response:
        script = "<script>window.ran = 1</script>" if request.path == "/inline" else ""
        return web.Response(text=f"<h1>好</h1>{script}", content_type="text/html", headers=STRICT)

    app = web.Application()
    app.router.add_get("/", page)
    app.router.add_get("/inline", page)
    async with TestServer(app, host="127.0.0.1") as server:
        yield str(server.make_url("/")).rstrip("/")


async def test_a_page_hears_the_tone_of_a_microphone_through_a_real_connection(
    address: str, tmp_path: Path
) -> None:
    """620 Hz spoken into one end of a WebRTC connection is 620 Hz at the other; muted, it is silence."""
    async with (
        async_playwright() as playwright,
        browser_of(playwright, says=tone_file(620, tmp_path)) as browser,
    ):
        page = await browser.page(address)
        await page.evaluate(CALL)
        await hears(page, 620)
        with pytest.raises(AssertionError, match="does not hear 440"):
            await hears(page, 440, seconds=1)
        await page.evaluate("window.__mute()")
        await hears_nothing(page)


async def test_what_a_policy_refuses_fails_the_test(address: str, browser: Browser) -> None:
    """An inline script that the Content-Security-Policy stops is told when pages are closed."""
    page = await browser.page(f"{address}/inline")
    assert await page.evaluate("window.ran") is None
    with pytest.raises(AssertionError, match="Content Security Policy"):
        await browser.close_pages()


async def test_an_uncaught_error_in_a_page_fails_the_test(address: str, browser: Browser) -> None:
    """What nobody in the page caught is told when pages are closed."""
    page = await browser.page(address)
    await page.evaluate("setTimeout(() => { throw new Error('lost its way'); }, 0)")
    await page.wait_for_timeout(100)
    with pytest.raises(AssertionError, match="lost its way"):
        await browser.close_pages()


async def test_pages_reach_no_address_outside(address: str, browser: Browser) -> None:
    """Whatever a page asks for beyond this machine is refused, so that such a page can't pass unseen."""
    page = await browser.page(address)
    with pytest.raises(Exception, match=r"ERR_NAME_NOT_RESOLVED|ERR_ADDRESS|ERR_INTERNET"):
        await page.goto("http://example.org/")
