"""`run` and its two children, with a real Asterisk and a controller that only answers."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from switchboard import control
from switchboard.pbx import programs
from switchboard.pbx.process import Identity, kept
from switchboard.settings import Settings

SCRIPT = Path(__file__).parent / "stand_in.py"
ROOT = SCRIPT.parent.parent.parent

pytestmark = [
    pytest.mark.live,
    pytest.mark.xdist_group("supervising"),
    pytest.mark.skipif(
        programs.find(Settings.load({})) is None, reason="no Asterisk here: make test makes one"
    ),
]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Run:
    """One `run` on a data folder of its own, and how to look at it."""

    def __init__(self, data: Path, **environ: str) -> None:
        names = ("SIP", "SIPS", "HTTP", "HTTPS", "WSS", "AMI", "AGI")
        ports = {f"SWITCHBOARD_{name}_PORT": str(free_port()) for name in names}
        self.environ = {**os.environ, **ports, "SWITCHBOARD_BIND": "127.0.0.1"}
        self.environ |= {"SWITCHBOARD_DATA_DIR": str(data), "PYTHONPATH": str(ROOT), **environ}
        own = {k: v for k, v in self.environ.items() if k.startswith("SWITCHBOARD_")}
        self.settings = Settings.load(own)
        self.process: subprocess.Popen[str] | None = None

    def start(self, **environ: str) -> subprocess.Popen[str]:
        self.process = subprocess.Popen(
            [sys.executable, str(SCRIPT)],
            env={**self.environ, **environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        return self.process

    def until(self, text: str, seconds: float = 30) -> str:
        """Wait for `text` in what `run` tells. Returns all of it."""
        log = self.settings.logs / "run.log"
        start = getattr(self, "read", 0)

        def told() -> bool:
            assert self.process is not None
            ended = self.process.poll() is not None  # first: what is written before the end counts
            found = log.exists() and text in log.read_text()[start:]
            assert found or not ended, f"run ended: {self.process.communicate()[0]}"
            return found

        wait_for(told, seconds, text)
        said = log.read_text()
        self.read = len(said)
        return said[start:]

    def up(self, **environ: str) -> None:
        self.start(**environ)
        self.until("READY")

    def end(self, number: signal.Signals = signal.SIGINT) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(timeout=30)

    @property
    def pbx(self) -> Identity:
        found = kept(self.settings.run / "pbx.json")
        assert found is not None
        return found[0]

    @property
    def controller(self) -> int:
        return int(control.ask(self.settings.control_socket, "/status")["pid"])

    def clean(self) -> None:
        """End whatever this test started."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for name in ("pbx.json", "controller.json"):
            found = kept(self.settings.run / name)
            if found:
                found[0].send(signal.SIGKILL)


def wait_for(condition: Callable[[], object], seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what!r} did not happen within {seconds} s"
        time.sleep(0.05)


@pytest.fixture
def make_run(tmp_path: Path) -> Iterator[Callable[..., Run]]:
    runs: list[Run] = []

    def make(name: str = "data", **environ: str) -> Run:
        runs.append(Run(tmp_path / name, **environ))
        return runs[-1]

    if os.geteuid() == 0:  # pytest closes its folders to others: the harder case, on purpose
        assert not any(p.stat().st_mode & 0o001 for p in [tmp_path.parent])
    yield make
    for run in runs:
        run.clean()


def test_ctrl_c_stops_everything(make_run: Callable[..., Run]) -> None:
    """SIGINT: both children end cleanly, `run` ends with 0, nothing is left."""
    run = make_run()
    run.up()
    pbx, controller = run.pbx, run.controller
    assert run.end(signal.SIGINT) == 0
    assert not pbx.alive()
    assert Identity.of(controller) is None
    assert "stopped" in run.until("stopped")


def test_asterisk_runs_without_privileges(make_run: Callable[..., Run]) -> None:
    """Started by root or not, Asterisk is nobody special: no capability, no way to gain one."""
    run = make_run()
    run.up()
    status = Path(f"/proc/{run.pbx.pid}/status").read_text()
    fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    assert "0" not in fields["Uid"].split()
    assert int(fields["CapEff"], 16) == 0
    if os.geteuid() == 0:
        assert int(fields["CapBnd"], 16) == 0
        assert fields["NoNewPrivs"] == "1"
    run.end(signal.SIGTERM)


def test_a_child_that_dies_is_started_again_and_the_other_is_left_alone(make_run: Callable[..., Run]) -> None:
    """kill -9 of the PBX, then of the controller: the other one's process stays the same."""
    run = make_run()
    run.up()
    pbx, controller = run.pbx, run.controller
    pbx.send(signal.SIGKILL)
    run.until("the PBX was ended by SIGKILL; starting it again in 1 s")
    run.until("the PBX is up")
    assert run.pbx != pbx
    assert run.controller == controller
    second = run.pbx
    os.kill(controller, signal.SIGKILL)
    run.until("the controller was ended by SIGKILL")
    run.until("the controller is up")
    assert run.controller != controller
    assert run.pbx == second


def test_a_controller_that_is_silent_for_long_is_replaced(make_run: Callable[..., Run]) -> None:
    """It lives and does nothing: ended and started again; the PBX is left alone."""
    run = make_run()
    run.up()
    pbx, controller = run.pbx, run.controller
    os.kill(controller, signal.SIGSTOP)
    run.until("the controller has been silent for")
    run.until("the controller is up")
    assert run.controller != controller
    assert run.pbx == pbx


def test_the_pbx_outlives_its_run_and_is_adopted(make_run: Callable[..., Run]) -> None:
    """kill -9 of `run` touches neither child; the next one keeps the PBX and replaces the controller."""
    run = make_run()
    run.up()
    pbx, controller = run.pbx, run.controller
    assert run.process is not None
    run.process.kill()
    run.process.wait()
    assert pbx.alive()
    assert run.controller == controller
    began = time.monotonic()
    run.up()
    assert time.monotonic() - began < 10
    assert run.pbx == pbx
    assert run.controller != controller
    assert Identity.of(controller) is None
    run.end()
    assert not pbx.alive()


def test_an_adopted_pbx_that_dies_is_started_again(make_run: Callable[..., Run]) -> None:
    """It is not our child, and yet its end is noticed."""
    run = make_run()
    run.up()
    assert run.process is not None
    run.process.kill()
    run.process.wait()
    run.up()
    pbx = run.pbx
    pbx.send(signal.SIGKILL)
    run.until("the PBX is up")
    assert run.pbx != pbx


def test_a_pbx_whose_note_is_lost_is_found_by_its_socket(make_run: Callable[..., Run]) -> None:
    """Without the process note, the kernel says who listens on the console socket."""
    run = make_run()
    run.up()
    pbx = run.pbx
    assert run.process is not None
    run.process.kill()
    run.process.wait()
    (run.settings.run / "pbx.json").unlink()
    run.start()
    run.until("READY")
    assert run.pbx.alive()
    assert pbx.alive() == (run.pbx == pbx)


def test_a_stranger_with_the_same_process_id_is_not_adopted(make_run: Callable[..., Run]) -> None:
    """A note that names a living process which is not our Asterisk is ignored, and it is left alone."""
    run = make_run()
    with subprocess.Popen(["sleep", "60"]) as stranger:
        identity = Identity.of(stranger.pid)
        assert identity is not None
        run.settings.run.mkdir(parents=True)
        for name in ("pbx.json", "controller.json"):
            note = {"pid": identity.pid, "started": identity.started, "boot": identity.boot}
            (run.settings.run / name).write_text(json.dumps(note))
        run.up()
        assert run.pbx.pid != stranger.pid
        run.end()
        assert stranger.poll() is None
        stranger.kill()


def test_a_closed_terminal_changes_nothing(make_run: Callable[..., Run]) -> None:
    """SIGHUP and a vanished terminal: `run` goes on, and still restarts a child."""
    run = make_run()
    run.up()
    assert run.process is not None
    assert run.process.stdout is not None
    run.process.stdout.close()
    run.process.send_signal(signal.SIGHUP)
    run.pbx.send(signal.SIGKILL)
    run.until("the PBX is up")
    assert run.process.poll() is None
    assert run.end() == 0


def test_a_second_run_on_the_same_data_is_refused(make_run: Callable[..., Run]) -> None:
    """It says which process has the folder, ends with an error and disturbs nothing."""
    run = make_run()
    run.up()
    pbx, controller = run.pbx, run.controller
    other = subprocess.run(
        [sys.executable, str(SCRIPT)],
        env=run.environ,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert other.returncode == 1
    assert run.process is not None
    assert (
        f"already running on the data folder {run.settings.data_dir} (process {run.process.pid})"
        in other.stderr
    )
    assert (run.pbx, run.controller) == (pbx, controller)


def test_two_live_side_by_side(make_run: Callable[..., Run]) -> None:
    """Folders and ports of their own are all that two switchboards need."""
    one, two = make_run("one"), make_run("two")
    one.up()
    two.up()
    assert one.pbx != two.pbx
    one.end()
    assert two.pbx.alive()
    two.end()


@pytest.mark.parametrize(("name", "udp"), [("SIP", True), ("SIP", False), ("AMI", False), ("AGI", False)])
def test_a_taken_port_is_named_with_its_setting(make_run: Callable[..., Run], name: str, udp: bool) -> None:
    """Nothing is started, and the error says port, setting and who has it."""
    run = make_run()
    port = int(run.environ[f"SWITCHBOARD_{name}_PORT"])
    with socket.socket(type=socket.SOCK_DGRAM if udp else socket.SOCK_STREAM) as taken:
        taken.bind(("127.0.0.1", port))
        if not udp:
            taken.listen()
        said, _ = run.start().communicate(timeout=30)
    assert run.process is not None
    assert run.process.returncode == 1
    assert f"{'UDP' if udp else 'TCP'} port {port} is taken by process {os.getpid()}" in said
    assert f"SWITCHBOARD_{name}_PORT" in said
    assert kept(run.settings.run / "pbx.json") is None


def test_what_cannot_be_prepared_or_started_leaves_nothing(make_run: Callable[..., Run]) -> None:
    """The reason is told, the exit code is 1, and neither child is left."""
    run = make_run()
    for fails, reason in (
        ("prepare", "nothing can be prepared"),
        ("controller", "the controller has a fault"),
    ):
        said, _ = run.start(STAND_IN_FAILS=fails).communicate(timeout=30)
        assert run.process is not None
        assert run.process.returncode == 1
        assert reason in said
        assert "Traceback" not in said
        assert kept(run.settings.run / "pbx.json") is None
        assert kept(run.settings.run / "controller.json") is None


def test_a_data_folder_too_deep_for_sockets_works(make_run: Callable[..., Run], tmp_path: Path) -> None:
    """A path of 190 characters: the sockets move, everything else stays."""
    run = make_run("d" * 60 + "/" + "e" * (190 - 62 - len(str(tmp_path))))
    assert run.settings.control_socket.parent != run.settings.run
    run.up()
    assert run.pbx.alive()
    run.end()
    assert not run.settings.control_socket.parent.exists()
    assert not run.settings.asterisk_run.exists()
