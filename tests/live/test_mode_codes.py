"""The mode and who is at the desk, by codes dialled on a phone; the lamp follows (A1, A2, A16)."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from switchboard import control
from switchboard.domain import prompt_keys as p
from tests.live.desk import changed_rules, dials_code
from tests.live.ear import hears
from tests.live.house import House, PhoneOf
from tests.pbx.sip_by_hand import ByHand, by_hand

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="session")]

CHANGES = {"  # ask_pin: [manual, automatic]": "  ask_pin: [automatic]\n  #"}


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def rules(telephones: House) -> AsyncIterator[None]:
    """Automatic mode needs the PIN; the mode begins automatic."""
    async with changed_rules(telephones, CHANGES):
        choose(telephones, "automatic", until_changed=True)
        yield
        choose(telephones, "schedule")


def choose(house: House, mode: str, **more: object) -> None:
    """As `switchboard mode` does, without starting a program: so that the lamp's delay can be measured."""
    control.order(house.settings.control_socket, "/mode", {"mode": mode, "author": "test", **more})


async def watches(house: House, hand: ByHand) -> None:
    """A phone that shows the lamp of *60."""
    headers = (
        f"Contact: <sip:8011@{hand.here}>\r\nEvent: dialog\r\nExpires: 600\r\n"
        "Accept: application/dialog-info+xml\r\n"
    )
    answers = await hand.request("SUBSCRIBE", "sip:*60", "8011", house.secrets.phone("8011"), headers)
    assert answers[-1].startswith("SIP/2.0 200"), answers[-1]


async def lamp(hand: ByHand, lit: bool, seconds: float = 1.0) -> None:
    """Wait until the lamp is `lit`."""
    async with asyncio.timeout(seconds):
        while (re.search(r"<state>confirmed|state>confirmed", await hand.notified()) is not None) is not lit:
            pass


async def test_an_operator_sets_the_mode_and_the_lamp_follows(switchboard: House, phone: PhoneOf) -> None:
    """Sign in, manual, hear it, away for a while (the last one: automatic), back, sign out: each is told."""
    operator = await phone("8011")
    async with by_hand(switchboard.settings.sip_port) as hand:
        await watches(switchboard, hand)
        await lamp(hand, False, 3)
        await dials_code(operator, "*71", p.SIGNED_IN)
        await operator.dial("*60")
        await lamp(hand, True, 10)
        await hears(operator, "zh/" + p.NOW_MANUAL)
        await operator.hangup()
        status = switchboard.status()
        assert (status["mode"], status["mode_source"]) == ("manual", "phone")
        await dials_code(operator, "*64", p.IS_MANUAL)
        await dials_code(operator, "*62", p.ASK_MINUTES, p.NOW_AWAY, p.MINUTES, keys="15#")
        await lamp(hand, False)
        assert switchboard.status()["mode"] == "automatic"
        await dials_code(operator, "*71", p.SIGNED_IN)
        delays = []
        for lit in (True, False, True):
            began = time.monotonic()
            await asyncio.to_thread(choose, switchboard, "manual" if lit else "automatic")
            await lamp(hand, lit)
            delays.append(time.monotonic() - began)
        print("toggling to lamp:", ", ".join(f"{d * 1000:.0f} ms" for d in delays))
        await dials_code(operator, "*72", p.SIGNED_OUT)
        await lamp(hand, False)
        await dials_code(operator, "*63", p.NOW_SCHEDULE)
    assert switchboard.status()["mode_source"] == "schedule"


async def test_a_code_with_a_pin_and_who_is_no_operator(switchboard: House, phone: PhoneOf) -> None:
    """The right PIN at once; wrong ones are slowed, then locked; colleagues are refused."""
    operator, other, colleague = await phone("8011"), await phone("8012"), await phone("8201")
    await dials_code(operator, "*60", p.NOW_MANUAL)
    pin = switchboard.secrets.pin("8011")
    await dials_code(operator, "*61", p.ASK_PIN, p.NOW_AUTOMATIC, keys=pin + "#")
    await dials_code(colleague, "*60", p.NOT_ALLOWED)
    assert switchboard.status()["mode"] == "automatic"
    await other.dial("*61")
    after = (await other.hears("zh/" + p.ASK_PIN)).start
    for _ in range(2):
        await other.press("0#")
        after = (await other.hears("zh/" + p.PIN_WRONG, after=after)).start
    await other.press("0#")
    await hears(other, "zh/" + p.PIN_WRONG, after=after + 0.5)
    await other.hangup()
    await other.dial("*61")
    after = (await other.hears("zh/" + p.ASK_PIN)).start
    for _ in range(2):
        await other.press("0#")
        after = (await other.hears("zh/" + p.PIN_WRONG, after=after)).start
    await other.press(switchboard.secrets.pin("8012") + "#")
    await hears(other, "zh/" + p.PIN_LOCKED)
    await other.hangup()
    record = await switchboard.record("8012")
    assert switchboard.secrets.pin("8012") not in str(record)


async def test_the_mode_survives_controller_and_pbx(switchboard: House) -> None:
    """kill -9 of each: the mode is what it was, and a lamp that shows otherwise is put right."""
    choose(switchboard, "manual", until_changed=True)
    await hint(switchboard, "InUse")
    await switchboard.pbx.cli("devstate change Custom:switchboard-mode NOT_INUSE")
    switchboard.kill_controller()
    await switchboard.controller_back()
    assert switchboard.status()["mode"] == "manual"
    await hint(switchboard, "InUse")
    for number in list(switchboard.phones):
        await switchboard.unplug(number)
    pid = switchboard.pids()["pbx"]
    os.kill(pid, signal.SIGKILL)
    await switchboard.until(
        lambda: bool(switchboard.status().get("ready")) and switchboard.pids()["pbx"] != pid, "a new PBX", 30
    )
    await hint(switchboard, "InUse")
    assert switchboard.status()["mode"] == "manual"


async def test_a_subscribed_phone_shows_the_mode_again_after_the_pbx_died(switchboard: House) -> None:
    """The phone does nothing: the new PBX remembers who watches the lamp, and notifies of what holds by then.
    The mode changes while no PBX is there; after it is back, the lamp follows within a second as ever."""
    await asyncio.to_thread(choose, switchboard, "manual", until_changed=True)
    async with by_hand(switchboard.settings.sip_port) as hand:
        await watches(switchboard, hand)
        await lamp(hand, True, 5)
        await asyncio.sleep(2)  # Asterisk writes its database once a second
        pid = switchboard.pids()["pbx"]
        os.kill(pid, signal.SIGKILL)
        await asyncio.to_thread(choose, switchboard, "automatic", until_changed=True)
        await lamp(hand, False, 30)
        await switchboard.until(
            lambda: bool(switchboard.status().get("ready")) and switchboard.pids()["pbx"] != pid,
            "a new PBX",
            30,
        )
        await asyncio.to_thread(choose, switchboard, "manual", until_changed=True)
        await lamp(hand, True)


async def test_duty_begins_by_the_clock(switchboard: House) -> None:
    """The margin before the hours is reached: manual mode by itself, and the lamp within a second."""
    begins = (datetime.now(UTC) + timedelta(seconds=75)).replace(second=0, microsecond=0)
    opens = (begins + timedelta(minutes=15)).astimezone(ZoneInfo("Asia/Shanghai"))
    weekly = f'weekly: [{{days: mon-sun, from: "{opens:%H:%M}", to: "24:00"}}]'
    async with (
        by_hand(switchboard.settings.sip_port) as hand,
        changed_rules(switchboard, {"weekly: []": weekly, "holidays: cn ": "holidays: none "}),
    ):
        await asyncio.to_thread(choose, switchboard, "schedule")
        await watches(switchboard, hand)
        await lamp(hand, False, 5)
        await asyncio.sleep((begins - datetime.now(UTC)).total_seconds() - 0.3)
        assert hand.arrived.empty(), "the lamp changes before its time"
        await lamp(hand, True, 1.3)
        status = switchboard.status()
        assert (status["mode"], status["mode_source"]) == ("manual", "schedule")
    await switchboard.until(lambda: switchboard.status()["mode"] == "automatic", "the rules' hours hold", 5)


async def hint(house: House, state: str) -> None:
    """Wait until the lamp's state is `state`."""
    deadline = time.monotonic() + 5
    while f"State:{state}" not in (shown := await house.pbx.cli("core show hint *60")):
        assert time.monotonic() < deadline, shown
        await asyncio.sleep(0.1)
