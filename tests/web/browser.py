"""Debian's own Chromium for the tests of pages, with ears and a voice, and a switchboard that has users.

A page comes from `browser.page()`, or signed in from `await console.signed_in("li")`. Each browser speaks one
sound into its microphone (a flag of Chromium's, so a browser of its own for each sound). `hears(page, 620)`
measures what comes out of a call. What goes wrong inside a page (an uncaught error, something that the
Content-Security-Policy refuses) fails the test that used it.

Facts behind the flags: a page's fake microphone needs a 48 kHz file; Chromium looks for no network beside the
loopback; our own authority's certificate is taken by its key alone, so that another one would be refused.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import math
import ssl
import tempfile
import wave
from array import array
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.async_api import Browser as Chromium
from playwright.async_api import ConsoleMessage, Page, Playwright, async_playwright

from switchboard.domain.roles import Role
from switchboard.flows.passwords import Hasher
from switchboard.flows.users import Users
from switchboard.storage import UserRows, open_database
from tests.live.house import House

PROGRAM = Path("/usr/bin/chromium")
"""Debian's package `chromium`. `make test` installs it (tools/environment.sh)."""

FLAGS = (
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--allow-loopback-in-peer-connection",
    "--autoplay-policy=no-user-gesture-required",
    "--no-proxy-server",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    "--disable-features=WebRtcHideLocalIpsWithMdns",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--no-first-run",
)

MICROPHONE_RATE = 48_000
SPOKEN_SECONDS = 4
"""Chromium plays the file in a loop."""

WIDE = {"width": 1280, "height": 800}

PASSWORD = "Kein-Anschluss-7-unter"
"""What users of the tests sign in with."""

EAR = """
(() => {
  const Native = window.RTCPeerConnection;
  const ears = (window.__ears = []);
  const connections = (window.__connections = []);
  window.RTCPeerConnection = class extends Native {
    constructor(...given) {
      super(...given);
      connections.push(this);
      this.addEventListener("track", ({ track }) => {
        if (track.kind !== "audio") return;
        const stream = new MediaStream([track]);
        // Chromium decodes a remote track only while something plays it
        const player = new Audio();
        player.muted = true;
        player.srcObject = stream;
        player.play().catch(() => {});
        const context = new AudioContext();
        const analyser = context.createAnalyser();
        analyser.fftSize = 8192;
        analyser.smoothingTimeConstant = 0;
        context.createMediaStreamSource(stream).connect(analyser);
        ears.push({ track, context, analyser, player });
      });
    }
  };
  window.__heard = () => {
    const live = ears.filter((ear) => ear.track.readyState === "live");
    const ear = live[live.length - 1];
    if (!ear) return { hertz: 0, level: 0 };
    const wave = new Float32Array(ear.analyser.fftSize);
    ear.analyser.getFloatTimeDomainData(wave);
    const level = Math.sqrt(wave.reduce((sum, x) => sum + x * x, 0) / wave.length);
    const spectrum = new Float32Array(ear.analyser.frequencyBinCount);
    ear.analyser.getFloatFrequencyData(spectrum);
    let best = 0;
    for (let i = 1; i < spectrum.length; i += 1) if (spectrum[i] > spectrum[best]) best = i;
    return { hertz: (best * ear.context.sampleRate) / ear.analyser.fftSize, level };
  };
})();
"""
"""Runs before a page's own scripts: an ear on every sound that a call brings."""


def there() -> bool:
    """Whether this machine has the browser."""
    return PROGRAM.exists()


def tone_file(hertz: float, folder: Path) -> Path:
    """A microphone's sound: a steady tone of `hertz`, 0 for silence."""
    path = folder / f"tone-{hertz:g}.wav"
    if not path.exists():
        count = MICROPHONE_RATE * SPOKEN_SECONDS
        steps = range(count)
        samples = array("h", (int(9000 * math.sin(2 * math.pi * hertz * i / MICROPHONE_RATE)) for i in steps))
        with wave.open(str(path), "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(2)
            sound.setframerate(MICROPHONE_RATE)
            sound.writeframes(samples.tobytes())
    return path


async def heard(page: Page) -> tuple[float, float]:
    """The loudest frequency (hertz) and the level (0 to 1) of what the page's last call sounds like now."""
    found = await page.evaluate("window.__heard()")
    return float(found["hertz"]), float(found["level"])


async def hears(page: Page, hertz: float, seconds: float = 8) -> None:
    """Wait until the page hears a tone of `hertz`."""
    said: list[tuple[float, float]] = []
    for _ in range(int(seconds / 0.2)):
        said.append(await heard(page))
        if abs(said[-1][0] - hertz) < 15 and said[-1][1] > 0.01:
            return
        await asyncio.sleep(0.2)
    raise AssertionError(f"the page does not hear {hertz:g} Hz within {seconds:g} s: {said[-5:]}")


async def hears_nothing(page: Page, seconds: float = 3) -> None:
    """Wait until the page's call is silent."""
    level = 1.0
    for _ in range(int(seconds / 0.2)):
        _, level = await heard(page)
        if level < 0.002:
            return
        await asyncio.sleep(0.2)
    raise AssertionError(f"the page still hears something: level {level:.3f}")


@dataclass
class Browser:
    """A Chromium that trusts one key, and whose microphone says one thing."""

    chromium: Chromium
    faults: list[str] = field(default_factory=list)

    async def page(self, url: str = "", *, microphone: bool = True, **context: Any) -> Page:
        """A page of its own: no cookies, no storage, the microphone allowed. `context`: Playwright's options
        for a context, as locale="en-US", color_scheme="dark", viewport={…}."""
        options = {"viewport": WIDE, "locale": "zh-CN", "timezone_id": "Asia/Shanghai"} | context
        made = await self.chromium.new_context(
            **options, permissions=["microphone"] if microphone else [], reduced_motion="reduce"
        )
        await made.add_init_script(EAR)
        page = await made.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))
        page.on("console", lambda message: self._said(page, message))
        if url:
            await page.goto(url)
        return page

    def _said(self, page: Page, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text or "Content-Security-Policy" in message.text:
            self.faults.append(f"{page.url}: {message.text}")

    async def close_pages(self) -> None:
        """Close every page, and fail if anything went wrong inside one."""
        for context in list(self.chromium.contexts):
            await context.close()
        faults, self.faults[:] = list(self.faults), []
        assert not faults, "\n".join(faults)


@asynccontextmanager
async def browser_of(
    playwright: Playwright, *, says: Path | None = None, trusts: str = "", without: tuple[str, ...] = ()
) -> AsyncIterator[Browser]:
    """A browser until the block ends. `says`: a 48 kHz file; `trusts`: hash of a certificate's key; `without`
    these of FLAGS."""
    given = [flag for flag in FLAGS if flag not in without]
    if says is not None:
        given.append(f"--use-file-for-fake-audio-capture={says}")
    if trusts:
        given.append(f"--ignore-certificate-errors-spki-list={trusts}")
    chromium = await playwright.chromium.launch(executable_path=str(PROGRAM), headless=True, args=given)
    try:
        yield Browser(chromium)
    finally:
        await chromium.close()


def key_of(port: int) -> str:
    """The hash of the key presented at a port of this machine, as Chromium's flag wants it; "" if none."""
    try:
        pem = ssl.get_server_certificate(("127.0.0.1", port), timeout=5)
    except OSError:
        return ""
    key = x509.load_pem_x509_certificate(pem.encode()).public_key()
    digest = hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()
    return base64.b64encode(digest).decode()


class Console:
    """A running switchboard with users, and browsers before it. Made by the fixture `console`."""

    def __init__(self, house: House, playwright: Playwright, folder: Path) -> None:
        self.house = house
        self.url = f"http://127.0.0.1:{house.settings.http_port}"
        self._playwright = playwright
        self._folder = folder
        self._users: set[str] = set()
        self._browsers: dict[tuple[float, tuple[str, ...]], Any] = {}

    async def user(self, name: str, *roles: str, extension: str = "", language: str = "zh") -> str:
        """Make a user once, with the tests' password; returns the name. No role: operator."""
        if name not in self._users:
            database = await open_database(self.house.settings.database_url)
            try:
                users = Users(UserRows(database), Hasher(), lambda: datetime.now().astimezone())
                await users.add(
                    name,
                    frozenset(Role(role) for role in roles or ("operator",)),
                    extension=extension,
                    language=language,
                    password=PASSWORD,
                    must_change=False,
                )
            finally:
                await database.close()
            self._users.add(name)
        return name

    async def browser(self, hertz: float = 0, *, without: tuple[str, ...] = ()) -> Browser:
        """The browser whose microphone gives a tone of `hertz` (0: silence), without these of FLAGS; begun
        when first asked for."""
        if (hertz, without) not in self._browsers:
            ports = self.house.settings.wss_port, self.house.settings.https_port
            trusts = ",".join(filter(None, map(key_of, ports)))
            says = tone_file(hertz, self._folder)
            began = browser_of(self._playwright, says=says, trusts=trusts, without=without)
            self._browsers[hertz, without] = (began, await began.__aenter__())
        found: Browser = self._browsers[hertz, without][1]
        return found

    async def signed_in(
        self, name: str, path: str = "/", *, says: float = 0, without: tuple[str, ...] = (), **context: Any
    ) -> Page:
        """A page at `path`, signed in as a user that `user` made. `says`: its microphone's tone, hertz;
        `without`: flags of FLAGS its browser is begun without."""
        browser = await self.browser(says, without=without)
        page = await browser.page(**context)
        await self.sign_in(page, name)
        await page.goto(self.url + path)
        return page

    async def sign_in(self, page: Page, name: str, password: str = PASSWORD) -> None:
        """Fill in the sign-in page and send it."""
        await page.goto(f"{self.url}/sign-in")
        await page.fill("input[name=user]", name)
        await page.fill("input[name=password]", password)
        await page.press("input[name=password]", "Enter")
        await page.wait_for_url(lambda url: "/sign-in" not in url)

    async def close_pages(self) -> None:
        """Close all pages; fails when something went wrong inside one."""
        for _, browser in list(self._browsers.values()):
            await browser.close_pages()

    async def close(self) -> None:
        """End every browser."""
        for began, _ in self._browsers.values():
            await began.__aexit__(None, None, None)
        self._browsers.clear()


@asynccontextmanager
async def console_of(house: House) -> AsyncIterator[Console]:
    """A console before a running switchboard, until the block ends."""
    with tempfile.TemporaryDirectory(prefix="sb-voices-") as folder:
        async with async_playwright() as playwright:
            it = Console(house, playwright, Path(folder))
            try:
                yield it
            finally:
                await it.close()
