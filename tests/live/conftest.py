"""A switchboard, phones and callers for the live tests.

One switchboard per test process, started at the first test that wants it; phones stay registered from test
to test of a module. A failed test shows the ends of the switchboard's logs and what its phones heard.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from switchboard.pbx import programs
from switchboard.softphone import Baresip
from tests.live.house import House, PhoneOf, shorter_rules


@pytest.fixture(scope="session")
def house() -> Iterator[House]:
    """The switchboard of this test process. Programs that are missing are prepared first, once."""
    it = House(shorter_rules())
    programs.obtain(it.settings, print, programs.FOR_TESTS)
    try:
        it.start()
        yield it
    finally:
        it.stop()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def telephones(house: House) -> AsyncIterator[House]:
    """The switchboard, with its phones switched off at the very end."""
    yield house
    for number in list(house.phones):
        await house.unplug(number)


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def nobody_there(telephones: House) -> None:
    """Each module begins so."""
    await telephones.nobody_there()


@pytest_asyncio.fixture(loop_scope="session")
async def switchboard(telephones: House) -> AsyncIterator[House]:
    """A switchboard where nothing is going on. Nothing may go on afterwards either."""
    await telephones.no_channels()
    yield telephones
    for phone in telephones.phones.values():
        await phone.hangup()
    await telephones.no_channels()


@pytest.fixture
def saved(house: House) -> Iterator[str]:
    """The text of the rules. Afterwards they rule again, without examples."""
    text = house.rules_file.read_text("utf-8")
    yield text
    house.rules_file.with_name("rules.calls.yaml").unlink(missing_ok=True)
    house.rules_file.write_text(text, "utf-8")
    deadline = time.monotonic() + 30
    while house.rules_in_force() != text:
        assert time.monotonic() < deadline, f"the rules are not back: {house.status().get('rules')}"
        time.sleep(0.1)


@pytest_asyncio.fixture(loop_scope="session")
async def phone(switchboard: House) -> PhoneOf:
    """`await phone("8201")`: the registered phone of that extension."""
    return switchboard.phone


@pytest_asyncio.fixture(loop_scope="session")
async def caller(switchboard: House, request: pytest.FixtureRequest) -> AsyncIterator[PhoneOf]:
    """`await caller("13800000001")`: a telephone outside with that number."""
    made: list[Baresip] = []

    async def make(number: str) -> Baresip:
        made.append(await switchboard.caller(number))
        return made[-1]

    request.node.callers = made
    yield make
    for one in made:
        await one.hangup()
        await one.stop()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Attach the switchboard's logs to the report of a failed live test."""
    report = yield
    house = getattr(item, "funcargs", {}).get("house") or getattr(item, "funcargs", {}).get("switchboard")
    if report.failed and isinstance(house, House):
        report.sections.append(("switchboard", house.last_words()))
        for one in getattr(item, "callers", []):
            heard = "\n".join(f"  {h.start:6.2f} {h.fraction:4.2f} {h.name}" for h in one.heard())
            report.sections.append((f"{one.account.user} heard", f"{heard}\n{one.events}"))
    return report
