"""A switchboard with users, and a browser before it, for the tests of pages.

One switchboard and one set of browsers per test process, begun at the first test that wants them; each test
gets fresh pages. Tests that use `console` or `browser` are skipped only where there is no Chromium.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import async_playwright

from switchboard.pbx import programs
from switchboard.softphone import Baresip
from tests.live.house import House, PhoneOf, shorter_rules
from tests.web.browser import PROGRAM, Browser, Console, browser_of, console_of, there


@pytest.fixture(scope="session")
def house() -> Iterator[House]:
    """The switchboard of this test process."""
    it = House(shorter_rules())
    programs.obtain(it.settings, print, programs.FOR_TESTS)
    try:
        it.start()
        yield it
    finally:
        it.stop()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def begun_console(house: House) -> AsyncIterator[Console]:
    if not there():
        pytest.skip(f"there is no {PROGRAM}: install Debian's package chromium")
    async with console_of(house) as it:
        yield it
    for number in list(house.phones):
        await house.unplug(number)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def deserted_console(begun_console: Console) -> Console:
    """What each module begins with: nobody signed in at the desk, no phone registered."""
    await begun_console.house.nobody_there()
    return begun_console


@pytest_asyncio.fixture(loop_scope="session")
async def console(deserted_console: Console) -> AsyncIterator[Console]:
    """`await console.user("li", "operator", extension="8011")` makes a user, `await console.signed_in("li",
    "/desk")` gives a page. No call is under way afterwards; what went wrong inside a page fails the test."""
    yield deserted_console
    await deserted_console.close_pages()
    for phone in deserted_console.house.phones.values():
        await phone.hangup()
    await deserted_console.house.no_channels(8)


@pytest_asyncio.fixture(loop_scope="session")
async def phone(console: Console) -> PhoneOf:
    """`await phone("8201")`: the registered desk phone of that extension."""
    return console.house.phone


@pytest_asyncio.fixture(loop_scope="session")
async def caller(console: Console) -> AsyncIterator[PhoneOf]:
    """`await caller("13800000001")`: a telephone outside with that number."""
    made: list[Baresip] = []

    async def make(number: str) -> Baresip:
        made.append(await console.house.caller(number))
        return made[-1]

    yield make
    for one in made:
        await one.hangup()
        await one.stop()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def begun_browser() -> AsyncIterator[Browser]:
    if not there():
        pytest.skip(f"there is no {PROGRAM}: install Debian's package chromium")
    async with async_playwright() as playwright, browser_of(playwright) as it:
        yield it


@pytest_asyncio.fixture(loop_scope="session")
async def browser(begun_browser: Browser) -> AsyncIterator[Browser]:
    """A browser without a switchboard, for pages that a test serves itself: `await browser.page(url)`."""
    yield begun_browser
    await begun_browser.close_pages()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Attach the switchboard's logs to the report of a failed test."""
    report = yield
    house = getattr(item, "funcargs", {}).get("house")
    if report.failed and isinstance(house, House):
        report.sections.append(("switchboard", house.last_words()))
    return report
