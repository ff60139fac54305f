"""A reverse proxy before the console: its visitors are told apart, and nobody else is believed."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import ClientSession

from switchboard.domain.roles import Role
from switchboard.web import Site
from switchboard.web.proxies import _visitor, address_of
from tests.web.api_house import Switchboard
from tests.web.site import House, house
from tests.web.stream import Stream

PROXIES = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("10.0.0.0/24"))
PEER = ipaddress.ip_address("127.0.0.1")
SITE = Site(frozenset({"switchboard.test"}), 8080, 8443, 8089, "0.0.0", proxies=PROXIES)
WRONG = "wrong-plum-rain-42"


@pytest_asyncio.fixture
async def behind(tmp_path: Path) -> AsyncIterator[House]:
    """A console behind a proxy on the same machine."""
    async with house(tmp_path, site=SITE) as it:
        await it.add("wang", Role.OPERATOR)
        yield it


@pytest_asyncio.fixture
async def open_(tmp_path: Path) -> AsyncIterator[House]:
    """A console that knows of no proxy."""
    (folder := tmp_path / "open").mkdir()
    async with house(folder) as it:
        await it.add("wang", Role.OPERATOR)
        yield it


@pytest.mark.parametrize(
    ("told", "who"),
    [
        ("203.0.113.1", "203.0.113.1"),
        ("198.51.100.7, 203.0.113.1", "203.0.113.1"),
        ("198.51.100.7, 203.0.113.1, 10.0.0.3", "203.0.113.1"),
        ("10.0.0.9, 10.0.0.3", "10.0.0.9"),
        ("203.0.113.1, nonsense", "127.0.0.1"),
        ("203.0.113.1, nonsense, 10.0.0.3", "10.0.0.3"),
        ("", "127.0.0.1"),
        ("203.0.113.1:4711", "203.0.113.1"),
        ("[2001:db8::1]:4711", "2001:db8::1"),
        ("2001:db8::1", "2001:db8::1"),
        ("::ffff:203.0.113.1", "203.0.113.1"),
    ],
)
def test_the_visitor_is_the_last_address_that_is_no_proxy_of_ours(told: str, who: str) -> None:
    """What stands before it may be invented; what can't be read ends the search."""
    assert str(_visitor(told, PEER, PROXIES)) == who


@pytest.mark.parametrize("text", ["", "unknown", "_hidden", "1.2.3", "1.2.3.4.5", "1.2.3.4, 5.6.7.8", "a:1"])
def test_what_is_no_address_is_none(text: str) -> None:
    """Nothing is guessed out of it."""
    assert address_of(text) is None


async def fail(site: House, visitor: str, times: int = 5) -> int:
    """Wrong passwords from `visitor`; the last answer's status."""
    status = 0
    for _ in range(times):
        form = {"csrf": await site.csrf(), "user": "wang", "password": WRONG}
        headers = {"X-Forwarded-For": visitor}
        answer = await site.client.post("/sign-in", data=form, headers=headers, allow_redirects=False)
        status = answer.status
    return status


async def sign_in(site: House, **headers: str) -> int:
    """The right password; the answer's status."""
    form = {"csrf": await site.csrf(), "user": "wang", "password": "plum-rain-42-lantern"}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = await site.client.post("/sign-in", data=form, headers=named, allow_redirects=False)
    return answer.status


async def test_one_visitors_failures_dont_lock_another_out(behind: House) -> None:
    """Behind the proxy each has an address of their own, and the audit names it."""
    assert await fail(behind, "203.0.113.1") == 429
    assert await sign_in(behind, X_Forwarded_For="203.0.113.1") == 429
    assert await sign_in(behind, X_Forwarded_For="203.0.113.2") == 303
    addresses = [row["address"] for row in await behind.parts.audit.rows(10)]
    assert addresses[0] == "203.0.113.2"
    assert {*addresses[1:]} == {"203.0.113.1"}


async def test_inventing_addresses_opens_no_lock(behind: House) -> None:
    """A guesser who sends the header along: the proxy adds their own address behind it."""
    for n in range(4):
        await fail(behind, f"198.51.100.{n}, 203.0.113.1", 1)
    assert await fail(behind, "198.51.100.99, 203.0.113.1", 1) == 429


async def test_nobody_is_believed_whom_the_settings_dont_name(open_: House) -> None:
    """Without the setting the header is words: all failures are the one address that asked."""
    for n in range(4):
        await fail(open_, f"203.0.113.{n}", 1)
    assert await fail(open_, "203.0.113.99", 1) == 429
    assert {row["address"] for row in await open_.parts.audit.rows(10)} == {"127.0.0.1"}


async def test_https_ends_at_the_proxy(behind: House, open_: House) -> None:
    """Forms sent from the proxy's https page are taken, and the cookie is for HTTPS alone; said by anybody
    else, it is another site's page."""
    for site, status in ((behind, 303), (open_, 403)):
        at = site.client.make_url("/sign-in")
        https = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.1"}
        page = await site.client.get("/sign-in", headers=https)
        if site is behind:
            assert page.cookies["__Host-switchboard-8080"]["secure"]
        cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in page.cookies.items())
        csrf = (await page.text()).partition('name="csrf" value="')[2].partition('"')[0]
        form = {"csrf": csrf, "user": "wang", "password": "plum-rain-42-lantern"}
        headers = {**https, "Origin": f"https://{at.host}:{at.port}", "Cookie": cookie}
        async with ClientSession() as browser:
            answer = await browser.post(at, data=form, headers=headers, allow_redirects=False)
            assert answer.status == status


async def test_figures_are_for_the_machine_itself_not_for_the_proxys_visitors(behind: House) -> None:
    """Monitoring on the machine asks without a proxy; from outside a token is needed."""
    assert (await behind.client.get("/metrics")).status == 200
    outside = {"X-Forwarded-For": "203.0.113.1", "Accept": "application/json"}
    assert (await behind.client.get("/metrics", headers=outside)).status == 401


async def test_the_live_stream_comes_through(tmp_path: Path) -> None:
    """Read by somebody behind the proxy like by anybody else."""
    switchboard = Switchboard(tmp_path)
    async with house(tmp_path, switchboard.parts, site=SITE) as it:
        await it.add("wang", Role.OPERATOR)
        token = await it.users.add_token("wang", "test", frozenset({"live"}))  # type: ignore[arg-type]
        running = asyncio.create_task(switchboard.live.run())
        headers = {"Authorization": f"Bearer {token}", "X-Forwarded-For": "203.0.113.1"}
        async with it.client.get("/api/v1/events", headers=headers) as answer:
            read = Stream(answer)  # type: ignore[arg-type]
            assert (await read.next())[0] == "board"
            switchboard.caller("1.1", "13800000001")
            assert (await read.until(lambda name, data: name == "call"))["id"] == "1.1"
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
