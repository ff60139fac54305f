"""A whole switchboard for tests: `switchboard run` with folders and ports of its own, stopped by pid.

It runs the sample company with waits shortened (`RULES`), so that every path of a call takes seconds.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from switchboard import control
from switchboard.cli.call import _softphone
from switchboard.cli.known_sounds import known_sounds
from switchboard.domain.duty import Duty, DutyWord
from switchboard.domain.mode import Source
from switchboard.pbx import programs
from switchboard.pbx.launch import Pbx
from switchboard.pbx.secrets import Secrets
from switchboard.rules import load
from switchboard.settings import SOURCE, Settings
from switchboard.softphone import Account, Baresip, Repertoire
from switchboard.storage import DeskRows, open_database
from tests.live.ports import SPAN, claim_ports, settings_of

PhoneOf = Callable[[str], Awaitable[Baresip]]
"""How tests ask for a phone by its number."""

TRUNK = "test-caller"
START_SECONDS = 240.0
"""Building the programs folder and speaking every prompt for the first time take a while; then 5 s."""

SHORTER = {
    '  announce: ["8200", "8300", "8400", "8600", "8100"]\n': '  announce: ["8200"]\n',
    "  tries: 3 ": "  silence: 2\n  between_digits: 1.5\n  tries: 3 ",
    "  ring_for: 25 ": "  ring_for: 6 ",
    "    ring_for: 15 ": "    ring_for: 5 ",
    "    ring_for: 20\n": "    ring_for: 5\n",
    "    longest_wait: 180 ": "    longest_wait: 10 ",
    "    wrap_up: 10 ": "    wrap_up: 1 ",
    """\
  weekly:
    - {days: mon-fri, from: "08:30", to: "12:00"}
    - {days: mon-fri, from: "13:30", to: "17:30"}
""": "  weekly: []\n",
    """\
      weekly:
        - {days: mon-fri, from: "08:30", to: "12:00"}
        - {days: mon-fri, from: "14:00", to: "18:00"}
""": "      weekly: []\n",
}
"""What the tests change in the sample rules: how long things take, how much is read out, and when operators
are on duty: never by themselves, so that no call depends on the day and hour it is made at."""


def shorter_rules() -> str:
    """The sample rules with shorter waits. Fails when the sample no longer has what is replaced."""
    text = (SOURCE / "routing_rules.yaml").read_text("utf-8")
    for old, new in SHORTER.items():
        assert old in text, f"the sample rules no longer have {old!r}"
        text = text.replace(old, new)
    return text


class House:
    """A running switchboard, as seen from its command line and its telephones."""

    def __init__(self, rules_text: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="sb-live-"))
        self.folder.chmod(0o755)
        self.rules_file = self.folder / "rules.yaml"
        self.rules_file.write_text(rules_text, "utf-8")
        self._claim = claim_ports()
        base = self._claim.getsockname()[1] - SPAN + 1
        self.settings = Settings.load(os.environ | settings_of(self.folder, base))
        self.phones: dict[str, Baresip] = {}
        self.process: subprocess.Popen[bytes] | None = None
        self._log = self.folder / "run.out"

    def start(self) -> None:
        """Start and wait until it is ready. Raises RuntimeError with its last words."""
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "switchboard", "run"],
                cwd=SOURCE,
                env=os.environ | self.settings.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self.status().get("ready"):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the switchboard did not start:\n{self.last_words()}")
            time.sleep(0.2)
        found = programs.find(self.settings)
        assert found is not None
        self.pbx = Pbx(self.settings, found, None)
        rules = load(self.rules_file).rules
        assert rules is not None
        known = known_sounds(rules, self.settings, ("vm-", "auth-"))
        spoken: dict[tuple[str, str], str] = {}
        self._alike = {
            k.name: spoken.setdefault((k.name.partition("/")[0], k.text or k.name), k.name) for k in known
        }
        self.repertoire = Repertoire.of_files((k.name, k.file) for k in known)
        self.secrets = Secrets(self.settings.secrets)
        self.softphone = _softphone(self.settings)

    def stop(self) -> None:
        """Stop as Ctrl-C does, and check that nothing is left running."""
        pids = [p for p in self.pids().values() if p]
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self._claim.close()
        left = [p for p in pids if _alive(p)]
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if not os.environ.get("KEEP_LIVE"):
            shutil.rmtree(self.folder, ignore_errors=True)
        assert not left, f"left running after Ctrl-C: {left}"

    def sounds_like(self, name: str) -> str:
        """Under which name the sound of `name` is recognised: prompts of one wording sound the same."""
        return self._alike[name]

    # what its command line says

    def status(self) -> dict[str, Any]:
        """The controller's status, {} when it doesn't answer."""
        try:
            return dict(control.ask(self.settings.control_socket, "/status", 2))
        except control.NotRunning:
            return {}

    def rules_in_force(self) -> str:
        """The text of the rules that rule now, "" when nobody can say."""
        version = self.status().get("rules", {}).get("version", "")
        kept = self.settings.rules_kept / f"{version}.yaml"
        return kept.read_text("utf-8") if kept.exists() else ""

    def pids(self) -> dict[str, int]:
        """Process ids of "pbx" and "controller"."""
        return dict(self.status().get("pids") or {})

    def cli(self, *arguments: str, check: bool = True) -> Any:
        """The JSON that `switchboard <arguments> --json` prints."""
        done = subprocess.run(
            [sys.executable, "-m", "switchboard", *arguments, "--json"],
            cwd=SOURCE,
            env=os.environ | self.settings.environment(),
            capture_output=True,
            timeout=200,
            check=False,
        )
        assert not check or done.returncode == 0, f"{arguments}: {done.stderr.decode()}"
        return json.loads(done.stdout)

    async def record(self, caller: str, seconds: float = 6) -> dict[str, Any]:
        """The newest record of a call from `caller`, once it has ended."""
        newest = "SELECT ended FROM calls WHERE caller = ? ORDER BY started DESC LIMIT 1"
        what = f"the record of {caller}'s call"
        await self.until(lambda: bool(self._kept(newest, caller)), what, seconds)
        calls = await asyncio.to_thread(self.cli, "calls", "--limit", "20")
        return next(c for c in calls if c["caller"] == caller)

    async def message(self, caller: str, seconds: float = 6) -> dict[str, Any]:
        """The newest message from `caller`, once it is there."""
        one = "SELECT id FROM messages WHERE caller = ?"
        await self.until(lambda: bool(self._kept(one, caller)), f"a message from {caller}", seconds)
        messages = await asyncio.to_thread(self.cli, "messages")
        return next(m for m in messages if m["caller"] == caller)

    def _kept(self, query: str, caller: str) -> Any:
        """One value out of the database. For waiting: a command costs a second of a processor."""
        database = f"file:{self.settings.data_dir}/switchboard.db?mode=ro"
        with closing(sqlite3.connect(database, uri=True)) as db:
            found = db.execute(query, (caller,)).fetchone()
        return found[0] if found else None

    async def until(self, happens: Callable[[], bool], what: str, seconds: float) -> None:
        """Wait until `happens()` is true; fail naming `what` after `seconds`."""
        deadline = time.monotonic() + seconds
        while not await asyncio.to_thread(happens):
            assert time.monotonic() < deadline, f"{what}: not within {seconds:g} s"
            await asyncio.sleep(0.1)

    # its PBX and its telephones

    async def channels(self) -> int:
        """Channels alive in the PBX at this moment."""
        said = await self.pbx.cli("core show channels count")
        return int(said.split()[0])

    async def no_channels(self, seconds: float = 4) -> None:
        """Wait until nothing of any call is left in the PBX."""
        deadline = time.monotonic() + seconds
        while count := await self.channels():
            if time.monotonic() > deadline:
                alive = await self.pbx.cli("core show channels concise")
                raise AssertionError(f"{count} channels are left: {alive}")
            await asyncio.sleep(0.1)

    async def phone(self, number: str) -> Baresip:
        """The registered phone of an extension, the same one through all tests."""
        if number not in self.phones:
            account = Account(number, self.secrets.phone(number), port=self.settings.sip_port)
            self.phones[number] = await Baresip.start(
                account, program=self.softphone, repertoire=self.repertoire
            )
        phone = self.phones[number]
        phone.forget()
        return phone

    async def nobody_there(self) -> None:
        """No phone is registered and no operator at the desk, whatever tests before have left: how a module
        begins."""
        for number in list(self.phones):
            await self.unplug(number)
        await self._sign_everybody_out()

    async def _sign_everybody_out(self) -> None:
        database = await open_database(self.settings.database_url)
        rows = DeskRows(database)
        for extension, last in (await rows.duty()).items():
            if last.what is not DutyWord.OUT:
                now = datetime.now(UTC)
                await rows.keep_duty(Duty(extension, DutyWord.OUT, now, None), Source.COMMAND, "test")
        await database.close()

    async def unplug(self, number: str) -> None:
        """Unregister and switch off the phone of an extension, if it is on."""
        if number in self.phones:
            await self.phones.pop(number).stop()

    async def caller(self, number: str) -> Baresip:
        """A phone outside that calls from `number` through the test caller's trunk."""
        account = Account(
            number,
            self.secrets.trunk(TRUNK),
            login=TRUNK,
            port=self.settings.sip_port,
            registers=False,
        )
        return await Baresip.start(account, program=self.softphone, repertoire=self.repertoire)

    # accidents

    def kill_controller(self) -> None:
        """kill -9, as a crash would; `run` starts it again a second later."""
        os.kill(self.pids()["controller"], signal.SIGKILL)

    async def controller_back(self) -> None:
        """Wait until a controller answers again."""
        await self.until(lambda: bool(self.status().get("ready")), "the controller is back", 20)

    def last_words(self) -> str:
        """The ends of every log, for a failed test's report."""
        logs = [self._log, *(self.settings.logs / n for n in ("run.log", "controller.log"))]
        logs += sorted(p for p in self.settings.asterisk_log.glob("*.log") if p.name != "security.log")
        return "\n".join(f"── {p.name}\n{_tail(p)}" for p in logs if p.is_file())


def _tail(path: Path, size: int = 2500) -> str:
    with suppress(OSError):
        return path.read_bytes()[-size:].decode("utf-8", "replace")
    return ""


def _alive(pid: int) -> bool:
    deadline = time.monotonic() + 3
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return False
        if state == "Z":
            return False
        time.sleep(0.1)
    return True
