"""Debian's Firefox for the tests of pages, driven by its own WebDriver BiDi: no driver stands between.

Its fake microphone gives a tone of any frequency; it is told to take our certificate, which it doesn't know.
"""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp
import pytest

PROGRAM = Path(os.environ.get("FIREFOX", "/usr/bin/firefox-esr"))
"""Debian's package `firefox-esr`."""

START_SECONDS = 60.0
ANSWER_SECONDS = 30.0
LISTENS = "WebDriver BiDi listening on "

needs_firefox = pytest.mark.skipif(
    not PROGRAM.exists(), reason=f"there is no {PROGRAM}: install Debian's package firefox-esr"
)


def preferences(hertz: float) -> dict[str, Any]:
    """A microphone that whistles, connections over the loopback, and no word to anybody outside."""
    return {
        "media.navigator.streams.fake": True,
        "media.navigator.permission.disabled": True,
        "media.navigator.audio.fake_frequency": int(hertz),
        "media.peerconnection.ice.loopback": True,
        "media.peerconnection.ice.obfuscate_host_addresses": False,
        "media.autoplay.default": 0,
        "media.autoplay.blocking_policy": 0,
        "network.proxy.type": 0,
        "network.captive-portal-service.enabled": False,
        "network.connectivity-service.enabled": False,
        "app.update.enabled": False,
        "datareporting.policy.dataSubmissionEnabled": False,
        "toolkit.telemetry.enabled": False,
        "browser.safebrowsing.malware.enabled": False,
        "browser.safebrowsing.phishing.enabled": False,
        "services.settings.server": "data:,",
    }


@dataclass
class Firefox:
    """One window."""

    socket: aiohttp.ClientWebSocketResponse
    context: str = ""
    numbers: count[int] = field(default_factory=lambda: count(1))

    async def command(self, method: str, **parameters: Any) -> Any:
        """A BiDi command's result. Raises AssertionError with Firefox's own words."""
        number = next(self.numbers)
        await self.socket.send_json({"id": number, "method": method, "params": parameters})
        async with asyncio.timeout(ANSWER_SECONDS):
            while True:
                said = await self.socket.receive_json()
                if said.get("id") == number:
                    assert said["type"] == "success", said
                    return said["result"]

    async def goto(self, url: str) -> None:
        """Load a page."""
        await self.command("browsingContext.navigate", context=self.context, url=url, wait="complete")

    async def evaluate(self, expression: str) -> Any:
        """The value of an expression in the page, a promise's included."""
        wrapped = f"(async () => JSON.stringify((await ({expression})) ?? null))()"
        told = await self.command(
            "script.evaluate", expression=wrapped, target={"context": self.context}, awaitPromise=True
        )
        assert told["type"] == "success", told["exceptionDetails"]["text"]
        return json.loads(told["result"]["value"])

    async def until(self, condition: str, seconds: float = 15) -> None:
        """Wait until something is so in the page."""
        for _ in range(int(seconds / 0.2)):
            if await self.evaluate(condition):
                return
            await asyncio.sleep(0.2)
        raise AssertionError(f"not within {seconds:g} s in Firefox: {condition}")


@asynccontextmanager
async def firefox_of(hertz: float) -> AsyncIterator[Firefox]:
    """A Firefox whose microphone gives a tone of `hertz`, until the block ends."""
    with tempfile.TemporaryDirectory(prefix="sb-firefox-", ignore_cleanup_errors=True) as profile:
        lines = (f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in preferences(hertz).items())
        (Path(profile) / "user.js").write_text("".join(lines))
        process = await asyncio.create_subprocess_exec(
            *(
                str(PROGRAM),
                "--headless",
                "--no-remote",
                "--profile",
                profile,
                "--remote-debugging-port",
                "0",
            ),
            env={"HOME": profile, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            address = await _address(process)
            async with aiohttp.ClientSession() as session, session.ws_connect(f"{address}/session") as socket:
                window = Firefox(socket)
                wanted = {"alwaysMatch": {"acceptInsecureCerts": True}}
                await window.command("session.new", capabilities=wanted)
                tree = await window.command("browsingContext.getTree")
                window.context = tree["contexts"][0]["context"]
                yield window
        finally:
            process.kill()
            await process.wait()


async def _address(process: asyncio.subprocess.Process) -> str:
    assert process.stderr is not None
    async with asyncio.timeout(START_SECONDS):
        while line := (await process.stderr.readline()).decode("utf-8", "replace"):
            if line.startswith(LISTENS):
                return line.removeprefix(LISTENS).strip()
    raise AssertionError("Firefox ended while starting")
