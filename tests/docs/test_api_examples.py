"""Every command on the API's page is run against the API, and works."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator

import pytest

from switchboard.settings import SOURCE
from tests.docs.pages import Block, blocks
from tests.web.running import LIVE_CALL, Running

COMMANDS = [block for block in blocks("sh") if block.page == "docs/api.md" and "curl" in block.text]
STREAMED_SECONDS = "2"

needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    it = Running(tmp_path_factory.mktemp("api"))
    it.start()
    yield it
    it.stop()


@needs_curl
@pytest.mark.parametrize("block", COMMANDS, ids=str)
def test_what_the_page_says_works(block: Block, running: Running) -> None:
    """As it stands there, with a token and the numbers of a call and a ticket. A stream is listened to for a
    moment."""
    known = {"API": f"{running.url}/api/v1", "TOKEN": running.token, "CALL": LIVE_CALL, "TICKET": "1"}
    endless = "/events" in block.text
    script = block.text.replace("curl -sSN", f"curl -sSN --max-time {STREAMED_SECONDS}")
    done = subprocess.run(
        ["sh", "-ec", script],
        cwd=SOURCE,
        env=os.environ | known | {"NO_PROXY": "*"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == (28 if endless else 0), done.stdout + done.stderr  # 28: the time is up
    assert '"error"' not in done.stdout
    if endless:
        assert "event: board" in done.stdout


def test_the_page_has_commands() -> None:
    """The search above still finds what it is for."""
    assert len(COMMANDS) >= 7
