"""Builds the images and starts the compose file, once, for all tests of the containers.

Where no engine runs and none can be started they are skipped, and the summary says NOT TESTED and why.
"""

from __future__ import annotations

import fcntl
import time
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from switchboard.pbx import programs
from switchboard.settings import Settings
from tests.containers.base_images import provide
from tests.containers.engine import Engine
from tests.containers.household import Household
from tests.containers.packages import NoEngine

FIGURES = pytest.StashKey[dict[str, object]]()


@pytest.fixture(scope="session")
def figures(request: pytest.FixtureRequest) -> dict[str, object]:
    """What was measured on the way; told at the end."""
    return request.config.stash.setdefault(FIGURES, {})


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Sizes and times, whether all went well or not."""
    if found := config.stash.get(FIGURES, {}):
        terminalreporter.section("containers")
        for name, value in found.items():
            terminalreporter.line(f"{name}: {value}")


@pytest.fixture(scope="session")
def engine(figures: dict[str, object]) -> Iterator[Engine]:
    """A container engine with both images built."""
    settings = Settings.load({})
    settings.cache_dir.mkdir(parents=True, exist_ok=True)
    with (settings.cache_dir / "containers.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            it = Engine(settings)
        except NoEngine as error:
            pytest.skip(f"NOT TESTED: the containers: {error}")
        programs.obtain(settings, print)
        house = Household(it)
        try:
            with it.for_building():
                figures["base images"] = provide(it)
                for service in ("pbx", "controller", "database"):
                    began = time.monotonic()
                    house.compose("build", service, COMPOSE_PROFILES="postgresql")
                    figures[f"{service} built in"] = f"{time.monotonic() - began:.0f} s"
                    size = it.docker("image", "inspect", "-f", "{{.Size}}", f"switchboard-{service}:tests")
                    figures[f"{service} image"] = f"{int(size.stdout) / 1e6:.0f} MB"
            with it.for_running():
                yield it
        except NoEngine as error:
            pytest.skip(f"NOT TESTED: the containers: {error}")
        finally:
            it.done()


@pytest.fixture(scope="session")
def household(engine: Engine, figures: dict[str, object]) -> Iterator[Household]:
    """The switchboard, up and healthy."""
    it = Household(engine)
    try:
        it.clear()
        figures["up to healthy"] = f"{it.up():.0f} s"
        it.get_to_know()
        yield it
    finally:
        it.down()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def switchboard(household: Household) -> AsyncIterator[Household]:
    yield household
    for phone in household.phones.values():
        await phone.stop()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Attach the last words of each container, and what phones heard, to the report of a failed test."""
    report = yield
    house = getattr(item, "funcargs", {}).get("switchboard")
    if report.failed and isinstance(house, Household):
        for name in ("pbx", "controller"):
            said = house.engine.docker("logs", "--tail", "40", house.container(name), check=False)
            report.sections.append((name, (said.stdout + said.stderr).decode("utf-8", "replace")))
        for number, phone in house.phones.items():
            report.sections.append((number, f"{phone.heard()}\n{phone.events}"))
    return report
