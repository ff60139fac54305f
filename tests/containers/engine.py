"""A container engine for the tests: the one that runs here, else one of our own for as long as they take.

One of our own comes out of Debian's packages (an engine's and compose's in a folder of the cache, nothing is
installed), runs with folders of its own, and, while containers run, in a network of its own: no port, no
firewall rule and no container of this machine is touched. That takes root. The tests then stand outside, in
another network, with a wire between the two, as a telephone at a customer's does. Images are built with the
machine's own network, since packages come from there; so the engine is started once for each.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from switchboard.pbx.ports import own_address
from switchboard.pbx.program import in_folder
from switchboard.settings import SOURCE, Settings
from tests.containers.packages import NoEngine, bootstrap

SUITE = "trixie"
PACKAGES = ("docker.io", "docker-cli", "docker-compose", "iptables", "iproute2", "ca-certificates", "procps")
RECIPE = 1
"""Raised whenever SUITE or PACKAGES changes: a new number is a new folder."""

UP_SECONDS = 40.0
CLONE_NEWNET = 0x40000000
"""sched.h"""

HERE, THERE = "203.0.113.2", "203.0.113.1"
"""Both ends of the wire to an engine of our own: the tests' and the engine's (RFC 5737)."""

# In a mount namespace of its own, with the engine's Debian as its root; what containers may want to have
# bound in (this clone, temporary files) is at its usual place. "$1" root, "$2" data, "$3" sockets, "$4" the
# clone, the rest is dockerd's. The process id stays the same throughout.
_SCRIPT = """
set -eu
root=$1 data=$2 sockets=$3 clone=$4; shift 4
mount --make-rprivate /
mount --bind "$root" "$root"
cd "$root"
mkdir -p ".$clone" ./var/lib/engine ./run/engine ./before
for folder in /proc /sys /dev /tmp "$clone"; do mount --rbind "$folder" ".$folder"; done
mount --bind "$data" ./var/lib/engine
mount --bind "$sockets" ./run/engine
cat /etc/resolv.conf >./etc/resolv.conf
pivot_root . before
umount -l /before
ip link set lo up
exec dockerd --data-root /var/lib/engine --exec-root /run/engine/exec --pidfile /run/engine/pid \
  -H unix:///run/engine/docker.sock "$@"
"""


class Engine:
    """How containers are built and run. `own` is False for an engine that runs on this machine anyway."""

    def __init__(self, settings: Settings) -> None:
        self.own = not _runs_here()
        self._settings = settings
        self._docker: tuple[str, ...] = ("docker",)
        self._compose: tuple[str, ...] = ("docker", "compose")
        self._environ = {**os.environ, "DOCKER_BUILDKIT": "1"}
        self._daemon: subprocess.Popen[bytes] | None = None
        self._sockets = Path()
        if self.own:
            self._prepare()

    def _prepare(self) -> None:
        _can_start_one()
        place = self._settings.cache_dir / "engine"
        self._root = place / f"{SUITE}-{RECIPE}"
        self._data = place / "data"
        _make_root(self._root)
        self._data.mkdir(exist_ok=True)
        self._sockets = Path(tempfile.mkdtemp(prefix="sb-engine-", dir="/tmp"))
        docker = in_folder(self._root, "usr/bin/docker")
        compose = self._root / "usr/libexec/docker/cli-plugins/docker-compose"
        if docker is None or not compose.is_file():
            raise NoEngine(f"{self._root} is damaged: delete it, and it is made again")
        self._docker, self._compose = docker.argv, (str(compose),)
        # its builder is the old one: the newer needs a plugin of its own
        self._environ |= {
            "DOCKER_HOST": f"unix://{self._sockets}/docker.sock",
            "DOCKER_CONFIG": str(self._sockets / "config"),
            "DOCKER_BUILDKIT": "0",
        }

    # one at a time: with this machine's network, for building; with its own, for running

    @contextmanager
    def for_building(self) -> Iterator[None]:
        """The engine with a way out to where packages come from."""
        with self._running("--iptables=false", "--bridge=none"):
            if self.own:
                self._clear()
            yield

    @contextmanager
    def for_running(self) -> Iterator[None]:
        """The engine, and this thread outside of its network, where only published ports are reached."""
        with self._running(network=True), self._outside():
            yield

    @property
    def address(self) -> str:
        """Where published ports are reached from here, as from anywhere outside."""
        return THERE if self.own else own_address(self._settings)

    @contextmanager
    def _running(self, *options: str, network: bool = False) -> Iterator[None]:
        if not self.own:
            yield
            return
        words = [str(self._root), str(self._data), str(self._sockets), str(SOURCE), *options]
        command = ["unshare", "--mount", *(["--net"] if network else []), "--"]
        log = self._sockets / "engine.log"
        with log.open("ab") as output:
            self._daemon = subprocess.Popen(
                [*command, "sh", "-c", _SCRIPT, "engine", *words],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        try:
            self._until_it_answers(log)
            yield
        finally:
            self._daemon.terminate()
            try:
                self._daemon.wait(30)
            except subprocess.TimeoutExpired:
                self._daemon.kill()
                self._daemon.wait()
            self._daemon = None

    def _clear(self) -> None:
        """Remove what an interrupted run left in our own engine; images stay."""
        left = self.docker("ps", "-aq").stdout.decode().split()
        if left:
            self.docker("rm", "-f", *left)
        self.docker("network", "prune", "-f")
        self.docker("volume", "prune", "-af")
        self.docker("image", "prune", "-f", "--filter", "until=48h")

    def _until_it_answers(self, log: Path) -> None:
        assert self._daemon is not None
        deadline = time.monotonic() + UP_SECONDS
        while self.docker("info", check=False).returncode:
            if self._daemon.poll() is not None or time.monotonic() > deadline:
                words = log.read_text(errors="replace").strip().splitlines()[-3:]
                raise NoEngine("the container engine does not start here: " + " / ".join(words))
            time.sleep(0.2)

    @contextmanager
    def _outside(self) -> Iterator[None]:
        """This thread, and what it starts, in a new network with a wire to the engine's."""
        if self._daemon is None:
            yield
            return
        before = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        try:
            _call("unshare", CLONE_NEWNET)
            for line in (
                "link set lo up",
                "link add wire type veth peer name outside",
                f"link set outside netns {self._daemon.pid}",
                f"address add {HERE}/24 dev wire",
                "link set wire up",
            ):
                self._ip(*line.split())
            there = ("nsenter", f"--net=/proc/{self._daemon.pid}/ns/net", "--")
            self._ip(*f"address add {THERE}/24 dev outside".split(), prefix=there)
            self._ip("link", "set", "outside", "up", prefix=there)
            yield
        finally:
            _call("setns", before, CLONE_NEWNET)
            os.close(before)

    def _ip(self, *words: str, prefix: tuple[str, ...] = ()) -> None:
        program = in_folder(self._root, "usr/bin/ip")
        assert program is not None
        subprocess.run([*prefix, *program.argv, *words], check=True, timeout=20)

    def done(self) -> None:
        """Remove what only this run needed. Images and the engine's programs stay for the next."""
        if self.own:
            shutil.rmtree(self._sockets, ignore_errors=True)

    # what it is asked

    def docker(
        self, *words: str, check: bool = True, seconds: float = 900, data: bytes | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        """`docker …`; with `check`, fails with what it said."""
        return self._run([*self._docker, *words], check, seconds, {}, data)

    def compose(
        self, *words: str, check: bool = True, seconds: float = 900, environ: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        """`docker compose …`, with `environ` added to its environment."""
        return self._run([*self._compose, *words], check, seconds, environ or {})

    def _run(
        self,
        command: list[str],
        check: bool,
        seconds: float,
        environ: dict[str, str],
        data: bytes | None = None,
    ) -> subprocess.CompletedProcess[bytes]:
        done = subprocess.run(
            command,
            env={**self._environ, **environ},
            cwd=SOURCE,
            input=data if data is not None else b"",
            capture_output=True,
            timeout=seconds,
            check=False,
        )
        said = (done.stdout[-1500:] + done.stderr[-3000:]).decode("utf-8", "replace")
        assert not check or done.returncode == 0, f"{' '.join(command)}: {said}"
        return done


def _runs_here() -> bool:
    """Whether an engine and compose answer on this machine."""
    if shutil.which("docker") is None:
        return False
    return all(
        subprocess.run(["docker", *words], capture_output=True, timeout=30, check=False).returncode == 0
        for words in (["info"], ["compose", "version"])
    )


def _can_start_one() -> None:
    """Raise NoEngine when it is plain that none can be started."""
    if os.geteuid() != 0:
        raise NoEngine("no container engine runs here, and only root could start one")
    if "overlay" not in Path("/proc/filesystems").read_text():
        raise NoEngine("no container engine runs here, and this kernel knows no overlay file system for one")
    if subprocess.run(["unshare", "--mount", "--net", "true"], capture_output=True, check=False).returncode:
        raise NoEngine("no container engine runs here, and none may be started: namespaces are forbidden")


def _make_root(root: Path) -> None:
    """The engine's programs from Debian's packages, once: about 20 s."""
    if (root / "usr/sbin/dockerd").is_file():
        return
    shutil.rmtree(root, ignore_errors=True)
    root.parent.mkdir(parents=True, exist_ok=True)
    workplace = Path(tempfile.mkdtemp(prefix=".engine-", dir=root.parent))
    try:
        bootstrap(SUITE, PACKAGES, workplace / "root")
        (workplace / "root").rename(root)
    finally:
        shutil.rmtree(workplace, ignore_errors=True)


def _call(function: str, *numbers: int) -> None:
    """setns(2) or unshare(2): for this thread, and for threads and processes that it starts from now on."""
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, function)(*numbers):
        raise OSError(ctypes.get_errno(), function)
