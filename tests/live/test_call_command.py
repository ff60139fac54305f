"""`switchboard call`: a newcomer's first call without a phone."""

from __future__ import annotations

import asyncio

import pytest

from switchboard.domain import prompt_keys as p
from tests.live.ear import en, zh
from tests.live.house import House

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="session")]


async def test_a_caller_without_a_phone_hears_leaves_a_message_and_is_told(switchboard: House) -> None:
    """Greeting, English by key, an unplugged phone, a message after the tone; the ending is in words."""
    said = await asyncio.to_thread(
        switchboard.cli,
        "call",
        "8000",
        "--as",
        "en",
        "--press",
        "8304,1",
        "--hurry",
        "--caller",
        "13800000801",
    )
    assert said["answered"]
    assert said["heard"][0] == zh(p.HELLO)[0]
    ours = [name for name in said["heard"] if name.partition("/")[2] in (p.NO_ANSWER, p.LEAVE_MESSAGE)]
    assert ours == en(p.NO_ANSWER, p.LEAVE_MESSAGE)
    assert [m["text"] for m in said["moments"] if m["what"] == "pressed"] == ["9", "8304", "1", "#"]
    assert said["record"]["outcome"] == "message"
    assert said["ending"].startswith("a message was taken")
    message = await switchboard.message("13800000801")
    assert message["mailbox"] == "8304"


async def test_a_number_that_is_not_the_companys_is_refused(switchboard: House) -> None:
    """An outside caller reaches the main number, and neither codes nor the world: exit code 1."""
    for number in ("913800138000", "*97", "8201"):
        said = await asyncio.to_thread(
            lambda n=number: switchboard.cli("call", n, "--caller", "13800000802", check=False)
        )
        assert not said["answered"] or said["record"]["outcome"] == "refused", said
