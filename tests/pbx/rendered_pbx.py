"""An Asterisk of a test's own, started from rendered files, with prompts that phones can recognise.

Each prompt is half a second of low noise that no other prompt resembles, named "<language>/<prompt>".
"""

from __future__ import annotations

import asyncio
import csv
import os
import random
import re
import shutil
import socket
import tempfile
import zlib
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from switchboard.dialplan import CDR_COLUMNS, CDR_FILE
from switchboard.domain import prompt_keys
from switchboard.domain.company import LANGUAGES, Rules
from switchboard.domain.phrases import Phrase, Text
from switchboard.pbx import files, programs, roster
from switchboard.pbx.folders import link_documentation, make_folders
from switchboard.pbx.launch import Pbx
from switchboard.pbx.pages import PageDoor
from switchboard.pbx.pins import put_first_pins
from switchboard.pbx.process import Identity
from switchboard.pbx.programs import Programs
from switchboard.pbx.render import Sounds, render
from switchboard.prompts.asterisk_vocabulary import SOURCES
from switchboard.settings import Settings
from switchboard.softphone import Account, Baresip, Repertoire
from switchboard.softphone.program import Program, find

_THEIRS = (*SOURCES.values(), "beep beeperr")
SECONDS = 0.5
RATE = 8000


class FakeSecrets:
    """Secrets that a test can say by heart."""

    def phone(self, number: str) -> str:
        return f"phone-{number}"

    def trunk(self, name: str) -> str:
        return f"trunk-{name}"

    def ami(self, account: str) -> str:
        return f"ami-{account}"

    def pin(self, number: str) -> str:
        return "4826"


class FakeSounds:
    """Prompts named by their keys, one file each, for every language."""

    def files(self, phrase: Phrase, language: str) -> list[str]:
        assert language in LANGUAGES
        return [f"sb/{phrase.key}"] if isinstance(phrase, Text) else []


class NoSounds:
    """Nothing was ever built."""

    def files(self, phrase: Phrase, language: str) -> list[str]:
        return []


def noise(name: str, seconds: float = SECONDS) -> np.ndarray:
    """Sound that is always the same for a name, below 900 Hz as a voice is."""
    count = int(seconds * RATE)
    spectrum = np.fft.rfft(np.random.default_rng(zlib.crc32(name.encode())).standard_normal(count))
    frequencies = np.fft.rfftfreq(count, 1 / RATE)
    spectrum[(frequencies < 150) | (frequencies > 900)] = 0
    sound = np.fft.irfft(spectrum, count)
    return (0.35 * sound / np.abs(sound).max()).astype(np.float32)


def make_sounds(folder: Path) -> dict[str, np.ndarray]:
    """Every prompt of ours and of Asterisk's in every language; name → samples."""
    own = {f"{lang}/{key}": f"{lang}/sb/{key}" for lang in LANGUAGES for key in prompt_keys.ALL}
    theirs = {f"{lang}/{n}": f"{lang}/{n}" for lang in LANGUAGES for s in _THEIRS for n in s.split()}
    made = {}
    for name, place in (own | theirs).items():
        sound = noise(name, 0.25 if "/digits/" in name else SECONDS)
        path = folder / f"{place}.sln"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes((sound * 32767).astype("<i2").tobytes())
        if name in own:
            made[name] = sound
    return made


def free_ports(count: int) -> int:
    """The first of so many ports in a row that nobody has now, below those the system hands out."""
    for _ in range(100):
        base = random.randrange(12000, 19800, 2)
        try:
            with ExitStack() as held:
                for port in range(base, base + count):
                    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
                        s = held.enter_context(socket.socket(socket.AF_INET, kind))
                        s.bind(("127.0.0.1", port))
            return base
        except OSError:
            continue
    raise RuntimeError("no free ports in a row")


def find_programs() -> Programs:
    """The machine's Asterisk; skips the test when there is none."""
    tree = os.environ.get("SWITCHBOARD_TEST_PROGRAMS")  # a Debian tree to try things with
    if tree:
        program, modules, data, version = programs._asterisk_in(Path(tree))
        return Programs(program, modules, data, version)
    found = programs.find(Settings.load())
    if found is None:
        pytest.skip("no Asterisk here: `make test` prepares one")
    return found


def find_baresip() -> Program:
    tree = os.environ.get("SWITCHBOARD_TEST_PROGRAMS")
    return find(Path(tree) if tree else Settings.load().programs)


RACE_OF_PJPROJECT = re.compile(r'sip_endpoint.c Warning: Module "[^"]+" registered during operation')
"""pjproject says so when one of Asterisk's own modules happens to load after the first packet was handled:
Asterisk's order of loading, on a busy machine, and nothing of our files."""


@dataclass
class RenderedPbx:
    """A running PBX and what a test asks of it."""

    settings: Settings
    pbx: Pbx
    rules: Rules
    repertoire: Repertoire
    process: asyncio.subprocess.Process | None = None
    page: PageDoor | None = None

    async def cli(self, command: str) -> str:
        return await self.pbx.cli(command)

    @property
    def messages(self) -> str:
        """Its log: notices, warnings, errors."""
        return (self.settings.asterisk_log / "messages.log").read_text("utf-8", "replace")

    def complaints(self) -> list[str]:
        """Warnings and errors in its log."""
        complaints = [m for m in self.messages.splitlines() if " WARNING[" in m or " ERROR[" in m]
        return [m for m in complaints if not RACE_OF_PJPROJECT.search(m)]

    def records(self) -> list[dict[str, str]]:
        """Call records written so far, `ending` as text."""
        path = self.settings.asterisk_log / "cdr-custom" / CDR_FILE
        if not path.exists():
            return []
        with path.open(encoding="utf-8", errors="replace", newline="") as file:
            names = [name for name, _ in CDR_COLUMNS]
            return [dict(zip(names, row, strict=True)) for row in csv.reader(file)]

    async def ending(self, seconds: float = 5) -> dict[str, str]:
        """The newest record's `ending`, once every call is over."""
        async with asyncio.timeout(seconds):
            while not (await self.cli("core show channels count")).startswith("0 active channels"):
                await asyncio.sleep(0.1)
            await asyncio.sleep(0.2)
            while True:
                for record in reversed(self.records()):
                    if record["ending"]:
                        return dict(part.split("=", 1) for part in record["ending"].split(";"))
                await asyncio.sleep(0.1)

    def in_mailbox(self, number: str) -> list[dict[str, str]]:
        """What stands beside each new message of a mailbox."""
        found = []
        for path in sorted((self.settings.spool / "voicemail/sb" / number / "INBOX").glob("msg*.txt")):
            lines = path.read_text("utf-8", "replace").splitlines()
            found.append(dict(line.split("=", 1) for line in lines if "=" in line))
        return found

    def put(
        self, rules: Rules, retired: Iterable[Rules] = (), sounds: Sounds | None = None
    ) -> tuple[str, ...]:
        """Render and write; the names that changed."""
        rendered = render(
            rules,
            self.settings,
            FakeSecrets(),
            sounds or FakeSounds(),
            retired,
            programs=self.pbx.programs,
            page=self.page,
        )
        put_first_pins(self.settings.spool, roster.mailboxes(rules, retired, FakeSecrets()))
        return files.put(self.settings.etc, rendered)

    async def phone(self, number: str, **more: object) -> Baresip:
        """A registered phone of somebody inside."""
        account = Account(number, f"phone-{number}", port=self.settings.sip_port)
        return await Baresip.start(account, program=find_baresip(), repertoire=self.repertoire, **more)  # type: ignore[arg-type]

    async def outsider(self, number: str = "13800138000", trunk: str = "test", name: str = "") -> Baresip:
        """A caller on a trunk that identifies itself by credentials."""
        login = next(t.username for t in self.rules.trunks if t.name == trunk)
        account = Account(
            number,
            f"trunk-{trunk}",
            port=self.settings.sip_port,
            login=login,
            registers=False,
            shown_name=name,
        )
        return await Baresip.start(account, program=find_baresip(), repertoire=self.repertoire)

    async def start(self) -> None:
        with self.pbx.output.open("ab") as output:
            self.process = await asyncio.create_subprocess_exec(
                *self.pbx.command(),
                env={"PATH": os.environ["PATH"], **self.pbx.programs.asterisk.environment},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd="/",
            )
        await self.pbx.booted(Identity.of(self.process.pid), 30)

    async def stop(self) -> None:
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()


@asynccontextmanager
async def rendered_pbx(
    rules: Rules, *, page: Callable[[Settings], PageDoor] | None = None, **changes: object
) -> AsyncIterator[RenderedPbx]:
    """Rendered, started and booted; killed and removed at the end. `page`: the door for phones in pages."""
    folder = Path(tempfile.mkdtemp(prefix="sbpbx-", dir="/tmp"))
    base = free_ports(104)
    values = {
        "rules": folder / "rules.yaml",
        "data_dir": folder / "var",
        "cache_dir": folder / "cache",
        "bind": "127.0.0.1",
        "sip_port": base,
        "rtp_ports": (base + 4, base + 103),
        "ami_port": base + 1,
        "agi_port": base + 2,
        "wss_port": base + 3,
        **changes,
    }
    settings = Settings(**values)  # type: ignore[arg-type]
    pbx = Pbx(settings, find_programs(), None)
    make_folders(settings, None)
    link_documentation(settings, pbx.programs)
    (settings.asterisk_share / "moh").mkdir(exist_ok=True)
    made = make_sounds(settings.sounds)
    (settings.asterisk_share / "moh/music.sln").write_bytes(
        (noise("music", 20.0) * 8000).astype("<i2").tobytes()
    )
    running = RenderedPbx(settings, pbx, rules, Repertoire(made.items()))
    running.page = page(settings) if page else None
    try:
        running.put(rules)
        if os.environ.get("SB_KEEP"):
            with (settings.etc / "logger.conf").open("a") as file:
                file.write("full.log = verbose(5),notice,warning,error\n")
        await running.start()
        yield running
    finally:
        await running.stop()
        if os.environ.get("SB_KEEP"):
            print(folder)
        else:
            shutil.rmtree(folder, ignore_errors=True)
