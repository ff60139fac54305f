"""A switchboard in containers for the tests: the compose file as it lies, its own ports, its own company."""

from __future__ import annotations

import asyncio
import json
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from switchboard.certificates import Certificates
from switchboard.cli.call import _softphone
from switchboard.settings import SOURCE, Settings
from switchboard.softphone import Account, Baresip, Repertoire
from tests.containers.engine import Engine
from tests.live.house import TRUNK, shorter_rules

PROJECT = "switchboard-tests"
DATA = "/var/lib/switchboard"
SIP, HTTP, HTTPS = 26060, 26080, 26443
PORTS = {
    "SWITCHBOARD_SIP_PORT": str(SIP),
    "SWITCHBOARD_SIPS_PORT": "26061",
    "SWITCHBOARD_WSS_PORT": "26089",
    "SWITCHBOARD_HTTP_PORT": str(HTTP),
    "SWITCHBOARD_HTTPS_PORT": str(HTTPS),
    "SWITCHBOARD_RTP_PORTS": "26100-26139",
}
UP_SECONDS = 300.0

_KNOWN = """
import json
from switchboard.cli.known_sounds import known_sounds
from switchboard.rules.store import RulesStore
from switchboard.settings import Settings
s = Settings.load()
known = known_sounds(RulesStore(s.rules_kept).in_force(), s, ("vm-", "auth-"))
print(json.dumps([(k.name, str(k.file.relative_to(s.sounds))) for k in known]))
"""


class Household:
    """What one sees of it from outside: the engine's word, the command line, and its telephones."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.folder = Path(tempfile.mkdtemp(prefix="sb-containers-", dir="/tmp"))
        self.folder.chmod(0o755)
        self.rules = self.folder / "company" / "routing_rules.yaml"
        self.rules.parent.mkdir()
        self.rules.write_text(shorter_rules(), "utf-8")
        self.environ = {
            **PORTS,
            "SWITCHBOARD_COMPANY": str(self.rules.parent),
            "SWITCHBOARD_HTTP_BIND": "0.0.0.0",
            "SWITCHBOARD_EXTERNAL_ADDRESS": engine.address,
            "SWITCHBOARD_STOP_SECONDS": "20",
            "SWITCHBOARD_TAG": "tests",
            "SWITCHBOARD_TLS_CERT": "/company/tls/server.pem",
            "SWITCHBOARD_TLS_KEY": "/company/tls/server.key",
        }
        self.authority = self._certify()
        self.phones: dict[str, Baresip] = {}

    def _certify(self) -> Path:
        """A certificate for the address that we are called by, as a company's own would lie there."""
        own = Certificates(self.folder / "authority")
        own.ensure([self.engine.address])
        place = self.rules.parent / "tls"
        place.mkdir()
        for file in (own.chain, own.key):
            shutil.copy(file, place)
            (place / file.name).chmod(0o644)  # its reader's number may not be given away here
        return self.folder / "authority" / "ca.pem"

    # the compose file

    def compose(self, *words: str, check: bool = True, seconds: float = 900, **environ: str) -> Any:
        """`docker compose …` on this household; its process, ended."""
        files = ["-f", str(SOURCE / "docker-compose.yml")]
        if self.engine.own:
            files += ["-f", str(SOURCE / "tests/containers/build_network.yml")]
        return self.engine.compose(
            "-p", PROJECT, *files, *words, check=check, seconds=seconds, environ={**self.environ, **environ}
        )

    def up(self) -> float:
        """Start it and wait until both are healthy. Returns how many seconds that took."""
        self.began = time.time()
        self.compose("up", "-d", "--no-build", "--wait", "--wait-timeout", str(int(UP_SECONDS)))
        return time.time() - self.began

    def clear(self) -> None:
        """Remove it with its volumes, and what an interrupted run left of it."""
        self.compose("down", "-v", "--timeout", "1", "--remove-orphans", check=False)

    def down(self) -> None:
        """Remove everything of it."""
        self.clear()
        shutil.rmtree(self.folder, ignore_errors=True)

    def container(self, service: str) -> str:
        return f"{PROJECT}-{service}-1"

    def inspect(self, service: str) -> dict[str, Any]:
        found = self.engine.docker("inspect", self.container(service))
        return dict(json.loads(found.stdout)[0])

    def users(self, service: str) -> set[str]:
        """Numbers of the users whose processes run in a container, as this machine sees them."""
        top = self.engine.docker("top", self.container(service), "-eo", "uid,pid,args").stdout.decode()
        return {line.split()[0] for line in top.splitlines()[1:]}

    def logs(self, service: str) -> list[str]:
        said = self.engine.docker("logs", self.container(service))
        return (said.stdout + said.stderr).decode().splitlines()

    def phone_state(self, number: str) -> str:
        return str(next(p["state"] for p in self.status()["phones"] if p["extension"] == number))

    def inside(self, service: str, *command: str, check: bool = True) -> str:
        """What a command prints in a container, as its own user."""
        return self.compose("exec", "-T", service, *command, check=check).stdout.decode()

    # the command line, in the controller's container

    def cli(self, *words: str, check: bool = True) -> Any:
        return json.loads(self.inside("controller", "switchboard", *words, "--json", check=check))

    def status(self) -> dict[str, Any]:
        """The controller's status, {} while there is none."""
        done = self.compose("exec", "-T", "controller", "switchboard", "status", "--json", check=False)
        try:
            return dict(json.loads(done.stdout))
        except ValueError:
            return {}

    async def until(self, happens: Callable[[], Any], what: str, seconds: float) -> Any:
        """Wait until `happens()` gives something; returns that. Fails naming `what` after `seconds`."""
        deadline = time.monotonic() + seconds
        while not (found := await asyncio.to_thread(happens)):
            assert time.monotonic() < deadline, f"{what}: not within {seconds:g} s"
            await asyncio.sleep(0.3)
        return found

    async def ready(self, seconds: float = 60) -> None:
        await self.until(lambda: self.status().get("ready"), "the switchboard is ready", seconds)

    def channels(self) -> int:
        said = self.inside(
            "pbx", "asterisk", "-C", f"{DATA}/asterisk/etc/asterisk.conf", "-rx", "core show channels count"
        )
        return int(said.split()[0])

    # telephones, outside

    def get_to_know(self) -> None:
        """Fetch what phones need: passwords, and the sounds that they shall recognise."""
        self.engine.docker(
            "cp", f"{self.container('controller')}:{DATA}/asterisk/share/sounds", str(self.folder / "sounds")
        )
        known = json.loads(self.inside("controller", "python3", "-c", _KNOWN))
        self.repertoire = Repertoire.of_files((name, self.folder / "sounds" / file) for name, file in known)
        self.accounts = {p["extension"]: p for p in self.cli("phones")}
        self.trunk = next(t for t in self.cli("trunks") if t["name"] == TRUNK)
        self.softphone = _softphone(Settings.load({}))

    async def phone(self, number: str) -> Baresip:
        """The registered phone of an extension."""
        if number not in self.phones:
            account = Account(number, self.accounts[number]["password"], server=self.engine.address, port=SIP)
            self.phones[number] = await Baresip.start(
                account, program=self.softphone, repertoire=self.repertoire
            )
        self.phones[number].forget()
        return self.phones[number]

    async def caller(self, number: str) -> Baresip:
        """A telephone outside that calls from `number`."""
        account = Account(
            number,
            self.trunk["password"],
            login=self.trunk["username"],
            server=self.engine.address,
            port=SIP,
            registers=False,
        )
        return await Baresip.start(account, program=self.softphone, repertoire=self.repertoire)
