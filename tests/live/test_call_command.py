"""`switchboard call`: a newcomer's first call without a phone."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from switchboard.domain import prompt_keys as p
from switchboard.settings import SOURCE
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


def test_without_a_switchboard_it_says_how_to_start_one(tmp_path: Path) -> None:
    """Nobody listens: exit code 1 and a sentence, no traceback. A wrong key is a wrong use: 2."""
    environment = os.environ | {"SWITCHBOARD_DATA_DIR": str(tmp_path), "SWITCHBOARD_SIP_PORT": "1"}
    for arguments, code, words in ((["8000"], 1, "make run"), (["8000", "--press", "x"], 2, "--press")):
        done = subprocess.run(
            [sys.executable, "-m", "switchboard", "call", *arguments],
            cwd=SOURCE,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done
        assert words in done.stderr
        assert "Traceback" not in done.stderr
