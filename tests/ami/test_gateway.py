"""The gateway against a scripted Asterisk: what happens when things go wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from structlog.testing import capture_logs

from switchboard.ami import Gateway, Lost, Message
from switchboard.ami import gateway as gateway_module
from switchboard.errors import AmiDisconnected, AmiRefused, AmiTimeout
from tests.ami.fake_asterisk import BOOTED, FakeAsterisk, message


@pytest.fixture
async def asterisk() -> AsyncIterator[FakeAsterisk]:
    made = FakeAsterisk()
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def gateway(asterisk: FakeAsterisk, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Gateway]:
    monkeypatch.setattr(gateway_module, "RETRY_SECONDS", (0.01,))
    made = Gateway("127.0.0.1", asterisk.port, "switchboard-board", "secret")
    yield made
    await made.stop()


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not true():
            await asyncio.sleep(0.001)


def error(reason: str) -> Callable[[dict[str, str]], bytes]:
    return lambda f: message("Response: Error", f"ActionID: {f['actionid']}", f"Message: {reason}")


async def test_login_and_an_action(asterisk: FakeAsterisk, gateway: Gateway) -> None:
    """Connected means logged in and booted; an action has its reply."""
    assert await gateway.start()
    assert (await gateway.action("Ping")).message == "fine"
    assert asterisk.names() == ["Login", "Ping"]
    assert asterisk.asked[0]["secret"] == "secret"


async def test_it_waits_for_an_asterisk_that_is_still_booting(
    asterisk: FakeAsterisk, gateway: Gateway
) -> None:
    """Logged in is not enough: modules may not be there."""
    asterisk.booted = False
    assert await gateway.start(patience=0.05) is False
    with pytest.raises(AmiDisconnected):
        await gateway.action("Ping")
    asterisk.say(BOOTED)
    await until(lambda: gateway.connected)


async def test_a_refused_login_is_told_and_not_repeated(asterisk: FakeAsterisk, gateway: Gateway) -> None:
    """panoramisk tries for ever, in silence."""
    asterisk.answers["Login"] = error("Authentication failed")
    with pytest.raises(AmiRefused, match="Authentication failed"):
        await gateway.start()
    await asyncio.sleep(0.05)
    assert asterisk.names() == ["Login"]
    assert "secret" not in str(gateway.fault)


async def test_a_login_refused_later_is_seen_and_tried_slowly(
    asterisk: FakeAsterisk, gateway: Gateway
) -> None:
    """`fault` says why; logged once."""
    assert await gateway.start()
    asterisk.answers["Login"] = error("Authentication failed")
    with capture_logs() as logs:
        asterisk.drop()
        await until(lambda: gateway.fault != "")
        await asyncio.sleep(0.05)
    assert asterisk.names().count("Login") == 2
    assert [e["event"] for e in logs if e["log_level"] == "error"] == ["ami_login_refused"]


async def test_a_refusal_is_an_error_with_asterisks_reason(asterisk: FakeAsterisk, gateway: Gateway) -> None:
    """Not a reply to be inspected by everyone."""
    asterisk.answers["Reload"] = error("No such module")
    assert await gateway.start()
    with pytest.raises(AmiRefused) as caught:
        await gateway.action("Reload", Module="x")
    assert (caught.value.action, caught.value.reason) == ("Reload", "No such module")


async def test_a_deadline_for_every_action(asterisk: FakeAsterisk, gateway: Gateway) -> None:
    """No answer, and a list that never ends."""
    asterisk.answers["Status"] = lambda _: None
    asterisk.answers["QueueStatus"] = lambda f: message(
        "Response: Success", f"ActionID: {f['actionid']}", "EventList: start"
    )
    assert await gateway.start()
    for name in ("Status", "QueueStatus"):
        with pytest.raises(AmiTimeout, match=name):
            await gateway.action(name, timeout=0.02)
    assert (await gateway.action("Ping")).message == "fine"


async def test_what_was_asked_when_the_link_fell_is_not_asked_again(
    asterisk: FakeAsterisk, gateway: Gateway
) -> None:
    """One Originate, whatever happens; the asker is told at once."""
    asterisk.answers["Originate"] = lambda _: None
    assert await gateway.start()
    asking = asyncio.create_task(gateway.action("Originate", Channel="Local/x@y"))
    await until(lambda: "Originate" in asterisk.names())
    asterisk.drop()
    with pytest.raises(AmiDisconnected, match="Originate"):
        await asking
    await until(lambda: gateway.connected and asterisk.logins == 2)
    await gateway.action("Ping")
    assert asterisk.names().count("Originate") == 1


async def test_readers_learn_that_events_are_missing(asterisk: FakeAsterisk, gateway: Gateway) -> None:
    """After a (re)connect, and when they were too slow."""
    events = gateway.subscribe("Hangup", limit=3)
    assert await gateway.start()
    assert await events.get() == Lost(0)
    for n in range(5):
        asterisk.say(message("Event: Hangup", f"N: {n}"))
    asterisk.say(message("Event: Newstate"))
    await gateway.action("Ping")
    assert await events.get() == Lost(3)
    assert [(await events.get()).text("N") for _ in range(2)] == ["3", "4"]  # type: ignore[union-attr]
    asterisk.drop()
    assert await events.get() == Lost(0)
    asterisk.say(message("Event: Hangup", "N: 9"))
    event = await events.get()
    assert isinstance(event, Message)
    events.close()
    with pytest.raises(StopAsyncIteration):
        await events.get()


async def test_ready_callbacks_run_after_every_login(asterisk: FakeAsterisk, gateway: Gateway) -> None:
    """In order; one that fails disturbs neither the others nor the link."""
    ran: list[str] = []

    async def bad() -> None:
        ran.append("bad")
        raise ZeroDivisionError

    async def good() -> None:
        await gateway.action("CoreStatus")
        ran.append("good")

    gateway.on_ready(bad)
    gateway.on_ready(good)
    assert await gateway.start()
    await until(lambda: ran == ["bad", "good"])
    asterisk.drop()
    await until(lambda: ran == ["bad", "good"] * 2)
    assert gateway.connected


async def test_a_link_that_falls_silent_is_noticed(asterisk: FakeAsterisk, gateway: Gateway) -> None:
    """Pings are answered or the link is given up; panoramisk never looks."""
    gateway.ping_seconds = gateway.ping_answer_seconds = 0.02
    assert await gateway.start()
    asterisk.answers["Ping"] = lambda _: None
    await until(lambda: asterisk.logins == 2)


async def test_stop_leaves_nothing_behind(asterisk: FakeAsterisk, gateway: Gateway) -> None:
    """No task and no timer, whether connected, trying or never started."""
    before = asyncio.all_tasks()
    await gateway.stop()
    await gateway.start()
    await gateway.stop()
    assert not gateway.connected
    await asterisk.stop()
    assert await gateway.start(patience=0.02) is False
    await gateway.stop()
    await asyncio.sleep(0.05)
    assert {t for t in asyncio.all_tasks() if "ami" in t.get_name()} <= before
    assert asterisk.logins == 1


async def test_asterisk_may_come_later(asterisk: FakeAsterisk, gateway: Gateway) -> None:
    """The controller starts first, and connects when it can."""
    await asterisk.stop()
    assert await gateway.start(patience=0.02) is False
    await asterisk.start()
    await until(lambda: gateway.connected)


async def test_what_greets_and_says_nothing_more_is_given_up(
    asterisk: FakeAsterisk, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A login has a deadline too."""
    monkeypatch.setattr(gateway_module, "CONNECT_SECONDS", 0.02)
    asterisk.answers["Login"] = lambda _: None
    assert await gateway.start(patience=0.01) is False
    await until(lambda: asterisk.names().count("Login") >= 2)
