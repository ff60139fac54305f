"""Orders given from the command line's door, and what is seen of calls there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

import numpy as np
import pytest
import soxr  # type: ignore[import-untyped]

from switchboard import control
from switchboard.ami import Gateway, actions
from switchboard.ami.accounts import BOARD
from switchboard.domain import prompt_keys as p
from switchboard.errors import SwitchboardError
from switchboard.prompts import audio, tones
from switchboard.softphone import Baresip, Incoming
from switchboard.softphone.sound import RATE
from tests.live.desk import changed_rules, dials_code
from tests.live.ear import both_hear_each_other
from tests.live.house import House
from tests.live.test_mode_codes import choose

LISTENED_SECONDS = 1.5


@asynccontextmanager
async def operators_in_automatic_mode(house: House, changes: Mapping[str, str]) -> AsyncIterator[None]:
    """8011 and 8012 are signed in while the machine answers, under the rules with `changes`."""
    async with changed_rules(house, changes):
        for number in ("8011", "8012"):
            await dials_code(await house.phone(number), "*71", p.SIGNED_IN)
        choose(house, "automatic", until_changed=True)
        yield
        choose(house, "schedule")


async def call_of(house: House, caller: str, seconds: float = 5) -> str:
    """The id of the call from `caller` that is up."""
    found: list[str] = []

    def there() -> bool:
        found[:] = [c["id"] for c in house.status().get("calls", []) if c["caller"] == caller]
        return bool(found)

    await house.until(there, f"a call from {caller}", seconds)
    return found[0]


async def order(
    house: House, call: str, kind: str, by: str, target: str = "", **typed: str
) -> dict[str, Any]:
    """Give an order as a console would; what the controller answers."""
    what: dict[str, Any] = {"call": call, "kind": kind, "by": by, "target": target, "author": "test"}
    if typed:
        what["typed"] = typed
    return dict(await asyncio.to_thread(control.order, house.settings.control_socket, "/order", what, 25))


async def refused(house: House, call: str, kind: str, by: str, target: str = "", **typed: str) -> str:
    """Give an order that must be refused; the code."""
    with pytest.raises(SwitchboardError) as why:
        await order(house, call, kind, by, target, **typed)
    return str(why.value).rpartition("(")[2].rstrip(")")


async def answered_by_order(house: House, outside: Baresip, operator: Baresip) -> str:
    """The caller is in the greeting; the operator's order makes the operator's phone ring; they talk."""
    await outside.dial("8000")
    await outside.hears("zh/" + p.HELLO)
    call = await call_of(house, outside.account.user)
    await order(house, call, "answer", operator.account.user)
    assert (await operator.expect(Incoming)).number == outside.account.user
    await operator.accept()
    await both_hear_each_other(operator, outside)
    return call


async def parked(house: House) -> dict[str, str]:
    """Channels at parking places, as the board asks for them."""
    gateway = Gateway("127.0.0.1", house.settings.ami_port, BOARD.name, house.secrets.ami(BOARD.name))
    await gateway.start(patience=5.0)
    try:
        return await actions.parked(gateway)
    finally:
        await gateway.stop()


async def music_is_over(house: House, call: str) -> None:
    """Let the time of holding pass at once: the caller's channel steps as it does after the music."""
    gateway = Gateway("127.0.0.1", house.settings.ami_port, BOARD.name, house.secrets.ami(BOARD.name))
    await gateway.start(patience=5.0)
    try:
        name = next(c.name for c in await actions.channels(gateway) if c.unique_id == call)
        await gateway.action("Setvar", Channel=name, Variable="SB_OUTCOME", Value="waited")
        await gateway.action("Redirect", Channel=name, Context="switchboard", Exten="step", Priority="1")
    finally:
        await gateway.stop()


async def hears_music(phone: Baresip, seconds: float = 8) -> None:
    """Wait until `phone` hears the switchboard's own music on hold, wherever in the piece."""
    best = 0.0
    for _ in range(int(seconds / 0.25)):
        await asyncio.sleep(0.25)
        phone.hearing.poll()
        best = max(best, _likeness(phone.hearing.samples[-int(LISTENED_SECONDS * RATE) :]))
        if best > 0.8:
            return
    raise AssertionError(f"{phone.account.user} hears no music: alike by {best:.2f}")


@cache
def _music() -> np.ndarray:
    return np.asarray(soxr.resample(tones.music(), audio.RATE, RATE))


def _likeness(heard: np.ndarray) -> float:
    """The best normalised correlation of what was heard with a stretch of the music, 1 = the same."""
    music, n = _music(), len(heard)
    energy = float(np.sqrt(np.sum(heard**2)))
    if n < LISTENED_SECONDS * RATE * 0.9 or energy < 1e-3:
        return 0.0
    size = 1 << (len(music) + n).bit_length()
    cross = np.fft.irfft(np.fft.rfft(music, size) * np.conj(np.fft.rfft(heard, size)), size)[: len(music) - n]
    sums = np.concatenate([[0.0], np.cumsum(music**2)])
    local = np.sqrt(sums[n : len(music)] - sums[: len(music) - n])
    return float(np.max(cross / np.maximum(local * energy, 1e-9)))
