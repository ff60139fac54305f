"""What can be wrong with a machine, a volume or a setting: one message each that says what to do."""

from __future__ import annotations

import os
import re
import stat
import subprocess
from pathlib import Path

import pytest

from switchboard.settings import SOURCE
from tests.containers.engine import Engine
from tests.containers.household import DATA, Household

pytestmark = [pytest.mark.containers, pytest.mark.timeout(600)]


def refused(engine: Engine, service: str, *options: str) -> str:
    """What a container with these options says before it ends by itself, with an error."""
    name = f"switchboard-{service}:tests"
    done = engine.docker("run", "--rm", "--network", "none", *options, name, check=False, seconds=60)
    said = (done.stdout + done.stderr).decode()
    assert done.returncode != 0, said
    assert "Traceback" not in said
    return said


ELSEWHERE = tuple(
    f"--env=SWITCHBOARD_{name}"
    for name in ("PBX=elsewhere", f"DATA_DIR={DATA}", "BIND=127.0.0.1", "AMI_HOST=127.0.0.1")
)
KEPT_OUT = "mode=0700"
"""A folder in memory that belongs to root: what a volume with a wrong owner is like."""


def test_every_wrong_setting_is_told_at_once(engine: Engine) -> None:
    """By its variable, with what was expected."""
    wrong = ("-e", "SWITCHBOARD_LOG_LEVEL=loud", "-e", "SWITCHBOARD_RTP_PORTS=9-8")
    said = refused(engine, "controller", *ELSEWHERE, *wrong)
    assert "SWITCHBOARD_LOG_LEVEL: expected debug, info, warning or error, found 'loud'" in said
    assert "SWITCHBOARD_RTP_PORTS: expected at least 10 ports" in said


def test_the_pbx_tells_a_wrong_setting(engine: Engine) -> None:
    """The one that it reads itself."""
    assert "SWITCHBOARD_STOP_SECONDS: expected seconds" in refused(
        engine, "pbx", *ELSEWHERE, "-e", "SWITCHBOARD_STOP_SECONDS=soon"
    )


@pytest.mark.parametrize("service", ["controller", "pbx"])
def test_a_volume_of_somebody_elses_is_told_with_its_place(engine: Engine, service: str) -> None:
    """And whose it must be."""
    place = DATA if service == "controller" else f"{DATA}/asterisk/spool"
    said = refused(engine, service, *ELSEWHERE, "--tmpfs", f"{place}:{KEPT_OUT}")
    assert place in said
    assert "10001" in said


def test_a_company_folder_closed_to_the_controller_is_told(engine: Engine, tmp_path: Path) -> None:
    """A clone below a folder closed to others, for instance."""
    said = refused(
        engine, "controller", *ELSEWHERE, "-e", "SWITCHBOARD_RULES=/company/routing_rules.yaml",
        "--tmpfs", f"/company:{KEPT_OUT}",
    )  # fmt: skip
    assert "/company" in said
    assert "ermission denied" in said


@pytest.mark.parametrize("service", ["controller", "pbx"])
def test_a_time_zone_that_the_image_lacks_is_told(engine: Engine, service: str) -> None:
    """Otherwise it would silently be UTC."""
    assert "there is no time zone" in refused(engine, service, *ELSEWHERE, "-e", "TZ=Mars/Base")


@pytest.mark.parametrize("service", ["controller", "pbx"])
def test_root_is_refused(engine: Engine, service: str) -> None:
    """Whoever starts the images with another user than theirs."""
    assert "root" in refused(engine, service, *ELSEWHERE, "--user", "0:0")


def test_a_port_that_is_taken_is_named(household: Household) -> None:
    """The engine's own message, for a second switchboard with the first one's ports."""
    try:
        done = household.engine.compose(
            "-p", "switchboard-second", "-f", str(SOURCE / "docker-compose.yml"),
            "up", "-d", "--no-build", "--no-deps", "pbx",
            check=False, environ={**household.environ, "SWITCHBOARD_INNER_NET": "172.28.90"},
        )  # fmt: skip
        said = done.stderr.decode()
        assert done.returncode
        assert re.search(r"0\.0\.0\.0:26\d{3} failed: port is already allocated", said), said
    finally:
        household.engine.compose("-p", "switchboard-second", "down", "-v", check=False)


@pytest.mark.parametrize(
    ("engine_version", "compose_version", "told"),
    [
        ("19.03.9", "2.26.1", "Docker Engine 23 or newer is needed, found 19.03.9"),
        ("26.1.5", "1.29.2", "Docker Compose 2.20 or newer is needed, found 1.29.2"),
        ("", "2.26.1", "no Docker engine answers"),
        ("26.1.5+dfsg1", "v2.26.1", ""),
    ],
)
def test_an_engine_too_old_for_the_file_is_told(
    engine_version: str, compose_version: str, told: str, tmp_path: Path
) -> None:
    """`make containers` looks before it begins."""
    docker = tmp_path / "docker"
    docker.write_text(
        "#!/bin/sh\ncase $1 in\n"
        f'version) [ -n "{engine_version}" ] && echo {engine_version} || exit 1 ;;\n'
        f'compose) [ "$2" = version ] && echo {compose_version} || echo "composed $*" ;;\nesac\n'
    )
    docker.chmod(docker.stat().st_mode | stat.S_IXUSR)
    done = subprocess.run(
        [SOURCE / "tools/containers.sh"],
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == (1 if told else 0)
    assert told in done.stderr if told else "composed compose up --build" in done.stdout
