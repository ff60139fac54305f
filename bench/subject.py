"""The switchboard that is measured: `switchboard run` with folders and ports of its own, the sample rules.

Beside the product's dialplan its PBX knows one number more, `PLAIN`, which answers without asking anybody.
It is added on the PBX's console while it runs: no file of the product mentions it.
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from switchboard import control
from switchboard.errors import SwitchboardError
from switchboard.pbx import programs
from switchboard.pbx.launch import Pbx
from switchboard.pbx.programs import Programs
from switchboard.pbx.secrets import Secrets
from switchboard.settings import SOURCE, Settings

TRUNK = "test-caller"
PLAIN = "799"
START_SECONDS = 300.0
CALLS_AT_ONCE = 1000
PORTS = ("SIP", "SIPS", "HTTP", "HTTPS", "WSS", "AMI", "AGI")
"""Neighbouring ports in this order; the one behind them is SIPp's."""


class Subject:
    """Started by `with`; stopped, by process id, at its end."""

    def __init__(self) -> None:
        # the PBX's user must be able to pass through
        self.folder = Path(tempfile.mkdtemp(prefix="switchboard-bench-"))
        self.folder.chmod(0o755)
        shutil.copy(SOURCE / "routing_rules.yaml", self.folder / "rules.yaml")
        self.settings = Settings.load(os.environ | _ports() | self._places())
        self.caller_port = self.settings.sip_port + len(PORTS)
        self.process: subprocess.Popen[bytes] | None = None

    def _places(self) -> dict[str, str]:
        return {
            "SWITCHBOARD_RULES": str(self.folder / "rules.yaml"),
            "SWITCHBOARD_DATA_DIR": str(self.folder / "data"),
            "SWITCHBOARD_BIND": "127.0.0.1",
            "SWITCHBOARD_DATABASE_URL": "",
        }

    def __enter__(self) -> Subject:
        self.programs: Programs = programs.obtain(self.settings, print, programs.FOR_TESTS)
        with (self.folder / "run.log").open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "switchboard", "run"],
                cwd=SOURCE,
                env=os.environ | self.settings.environment(),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            self._wait_until_ready()
            self._add_plain_number()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(40)
            except subprocess.TimeoutExpired:
                self.process.kill()
        if not os.environ.get("KEEP_BENCH"):
            shutil.rmtree(self.folder, ignore_errors=True)

    def status(self) -> dict[str, Any]:
        """The controller's status, {} when it doesn't answer."""
        try:
            return dict(control.ask(self.settings.control_socket, "/status", 2))
        except control.NotRunning:
            return {}

    def console(self, command: str) -> str:
        """What the PBX's console answers."""
        return asyncio.run(Pbx(self.settings, self.programs, None).cli(command))

    def password(self) -> str:
        """The test caller's."""
        return Secrets(self.settings.secrets).trunk(TRUNK)

    def decisions(self) -> int:
        """Decisions journalled so far."""
        texts = (path.read_bytes() for path in self.settings.journal.glob("*.jsonl"))
        return sum(text.count(b'"kind":"step"') for text in texts)

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self.status().get("ready"):
            ended = self.process is None or self.process.poll() is not None
            if ended or time.monotonic() > deadline:
                raise SwitchboardError(f"not started:\n{(self.folder / 'run.log').read_text()}")
            time.sleep(0.2)

    def _add_plain_number(self) -> None:
        context = f"from-trunk-{TRUNK}"
        for step in ("1,Answer()", "2,Wait(30)", "3,Hangup()"):
            said = self.console(f"dialplan add extension {PLAIN},{step} into {context}")
            if "added" not in said:
                raise SwitchboardError(f"the plain number can't be added: {said}")


def _ports() -> dict[str, str]:
    for _ in range(100):
        base = random.randrange(20000, 28000, 20)
        sound = base + 20
        if all(_free(p) for p in range(base, base + len(PORTS) + 1)):
            taken = {f"SWITCHBOARD_{name}_PORT": str(base + i) for i, name in enumerate(PORTS)}
            return taken | {"SWITCHBOARD_RTP_PORTS": f"{sound}-{sound + 4 * CALLS_AT_ONCE - 1}"}
    raise SwitchboardError("no free ports for a switchboard")


def _free(port: int) -> bool:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with closing(socket.socket(socket.AF_INET, kind)) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True
