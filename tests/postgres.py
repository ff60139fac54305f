"""A real PostgreSQL for tests: Debian's, one for each test process, on loopback and a port of its own.

Used through the fixture `database_url`, which gives every test an empty database of each kind.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

PLACES = "/usr/lib/postgresql"
USER = "postgres"
READY_SECONDS = 30


def programs() -> Path | None:
    """The folder of the newest PostgreSQL's programs, None when there is none."""
    found = sorted(Path(PLACES).glob("*/bin/postgres"), key=lambda p: int(p.parts[-3]))
    if found:
        return found[-1].parent
    path = shutil.which("postgres")
    return Path(path).parent if path else None


class Server:
    """One PostgreSQL in a folder of its own. `url()` makes an empty database in it."""

    def __init__(self, bin_folder: Path, folder: Path) -> None:
        self._bin, self._folder = bin_folder, folder
        self._data = folder / "data"
        self.port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Make the cluster and start it. Raises CalledProcessError, TimeoutError."""
        user = _unprivileged()
        if user:
            os.chown(self._folder, user["user"], user["group"])
        self._folder.chmod(0o755)
        make = [self._bin / "initdb", "-D", self._data, "-U", USER, "-A", "trust", "-E", "UTF8", "--no-sync"]
        subprocess.run(
            [*make, "--locale=C.UTF-8"], check=True, stdout=subprocess.DEVNULL, cwd=self._folder, **user
        )
        options = ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off"]
        with (self._folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [self._bin / "postgres", "-D", self._data, "-p", str(self.port), *options],
                stdout=log,
                stderr=log,
                cwd=self._folder,
                **user,
            )
        self._until_ready()

    def stop(self) -> None:
        """Fast shutdown: connections are cut, nothing is left behind."""
        if self._process is not None:
            self._process.send_signal(2)
            self._process.wait(timeout=20)

    def url(self) -> str:
        """SQLAlchemy's URL of a new, empty database."""
        name = f"t{uuid.uuid4().hex}"
        subprocess.run(
            [self._bin / "createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", USER, name], check=True
        )
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{name}"

    def _until_ready(self) -> None:
        ask = [self._bin / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        end = time.monotonic() + READY_SECONDS
        while subprocess.run(ask).returncode != 0:
            if time.monotonic() > end:
                raise TimeoutError((self._folder / "log").read_text(errors="replace"))
            time.sleep(0.05)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """PostgreSQL, up. Skips, saying why, where the machine has none."""
    bin_folder = programs()
    if bin_folder is None:
        pytest.skip("no PostgreSQL on this machine (Debian's package postgresql): not tested with it")
    folder = Path(tempfile.mkdtemp(prefix="switchboard-postgres-"))
    server = Server(bin_folder, folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database, of each kind that the product runs on."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/db.sqlite"
    server: Server = request.getfixturevalue("postgres")
    return server.url()


def _unprivileged() -> dict[str, int]:
    """PostgreSQL refuses to run as root: its own user, or nobody."""
    if os.geteuid() != 0:
        return {}
    for name in (USER, "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": entry.pw_uid, "group": entry.pw_gid}
    return {}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
