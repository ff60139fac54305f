"""`switchboard call` when it can't call."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from switchboard.settings import SOURCE


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
