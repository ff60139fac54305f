"""The page's registration against a PBX that a test plays: silent, refusing, or asking somebody else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
import pytest_asyncio
from aiohttp import WSMsgType, web
from aiohttp.test_utils import TestServer
from playwright.async_api import Page

from switchboard.settings import SOURCE
from tests.web.browser import Browser

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

STATIC = SOURCE / "switchboard/web/static"

BEGIN = """async (ws) => {
  const { Line } = await import("/static/phone/line.js");
  window.asked = 0;
  window.refused = 0;
  const fetch = async () => {
    window.asked += 1;
    if (window.refused) throw Object.assign(new Error(), { status: window.refused });
    return { uri: "sip:8011-web@127.0.0.1", username: "8011-web", password: "p", ws, extension: "8011" };
  };
  window.line = new Line(fetch, { busy: () => Boolean(window.busy) });
  window.states = [];
  line.addEventListener("state", () => states.push(`${line.state} ${line.why}`.trim()));
  await line.register();
}"""


@dataclass
class Pbx:
    """Answers REGISTER and OPTIONS over a WebSocket, as a test decides."""

    status: dict[str, int] = field(default_factory=lambda: {"REGISTER": 200, "OPTIONS": 200})
    asked: list[str] = field(default_factory=list)
    connections: int = 0

    async def talk(self, request: web.Request) -> web.WebSocketResponse:
        """One connection."""
        socket = web.WebSocketResponse(protocols=["sip"])
        await socket.prepare(request)
        self.connections += 1
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                continue
            lines = message.data.split("\r\n")
            method = lines[0].split()[0]
            self.asked.append(method)
            status = self.status.get(method, 0)
            if status:
                await socket.send_str(_answer(lines, status))
        return socket


def _answer(lines: list[str], status: int) -> str:
    kept = [x for x in lines if x.startswith(("Via:", "From:", "Call-ID:", "CSeq:", "Contact:"))]
    to = next(x for x in lines if x.startswith("To:"))
    return "\r\n".join([f"SIP/2.0 {status} Said", *kept, f"{to};tag=1", "Content-Length: 0", "", ""])


@pytest_asyncio.fixture(loop_scope="session")
async def pbx() -> Pbx:
    return Pbx()


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser, pbx: Pbx) -> AsyncIterator[Page]:
    """A page with a line to `pbx`, begun, whose clock the test moves."""

    async def empty(request: web.Request) -> web.Response:
        return web.Response(text="<title>x</title>", content_type="text/html")

    app = web.Application()
    app.router.add_get("/", empty)
    app.router.add_get("/ws", pbx.talk)
    app.router.add_static("/static/", STATIC)
    async with TestServer(app, host="127.0.0.1") as server:
        made = await browser.page()
        await made.clock.install()
        await made.goto(str(server.make_url("/")))
        await made.evaluate(BEGIN, str(server.make_url("/ws")).replace("http:", "ws:"))
        yield made
        await made.close()


async def state(page: Page, wanted: str) -> None:
    """Wait until the line is in this state."""
    for _ in range(50):
        if await page.evaluate("`${line.state} ${line.why}`.trim()") == wanted:
            return
        await page.clock.run_for(100)
    raise AssertionError(f"not {wanted}: {await page.evaluate('states')}")


async def pass_by(page: Page, seconds: int) -> None:
    """Let time pass in the page, second by second, with a moment of the real one for what is on its way."""
    for _ in range(seconds):
        await page.clock.run_for(1000)
        await asyncio.sleep(0.03)


async def test_a_pbx_that_asks_no_more_has_given_the_phone_to_another_page(page: Page, pbx: Pbx) -> None:
    """It still answers, but never asks whether we are there: another computer's page is registered."""
    await state(page, "registered")
    await pass_by(page, 56)
    await state(page, "failed elsewhere")
    assert pbx.asked.count("REGISTER") == 1  # the other's registration isn't taken away
    await page.evaluate("line.register()")  # the operator wants it here
    await state(page, "registered")


async def test_a_connection_on_which_nobody_answers_is_made_anew(page: Page, pbx: Pbx) -> None:
    """The network lost it without a word."""
    await state(page, "registered")
    pbx.status["OPTIONS"] = 0
    await pass_by(page, 62)
    await state(page, "registered")
    assert pbx.connections == 2


async def test_a_call_is_not_ended_for_the_registrations_sake(page: Page, pbx: Pbx) -> None:
    """Silence in the middle of a call: the line is left alone until the call is over."""
    await state(page, "registered")
    await page.evaluate("window.busy = true")
    pbx.status["OPTIONS"] = 0
    await pass_by(page, 62)
    assert pbx.connections == 1
    await page.evaluate("window.busy = false")
    await pass_by(page, 62)
    await state(page, "registered")
    assert pbx.connections == 2


async def test_a_refused_page_asks_for_its_account_anew_and_tries_again(page: Page, pbx: Pbx) -> None:
    """The account was closed and made anew meanwhile; a user who has none any more stops asking."""
    await state(page, "registered")
    pbx.status["REGISTER"] = 403
    await page.evaluate("line.register()")
    await state(page, "failed refused")
    asked = await page.evaluate("asked")
    await pass_by(page, 20)
    assert await page.evaluate("asked") >= asked + 2
    pbx.status["REGISTER"] = 200
    await pass_by(page, 31)
    await state(page, "registered")
    await page.evaluate("window.refused = 404")
    await page.evaluate("line.register()")
    await state(page, "failed none")
    asked = await page.evaluate("asked")
    await pass_by(page, 40)
    assert await page.evaluate("asked") == asked
