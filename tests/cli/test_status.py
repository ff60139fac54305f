"""`switchboard status` and `doctor` where nothing runs, and the exit codes of the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from switchboard.cli import app
from switchboard.settings import SOURCE


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {
        "SWITCHBOARD_DATA_DIR": str(tmp_path / "data"),
        "SWITCHBOARD_RULES": str(SOURCE / "routing_rules.yaml"),
        "SWITCHBOARD_CACHE_DIR": str(tmp_path / "cache"),
    }


def switchboard(environ: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "switchboard", *words],
        env={**os.environ, "PYTHONPATH": str(SOURCE), **environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_status_works_when_nothing_runs(environ: dict[str, str]) -> None:
    """All of the contract's keys, not ready, exit code 1; and nothing is made by looking."""
    result = CliRunner().invoke(app, ["status", "--json"], env=environ)
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    keys = {"ready", "mode", "mode_source", "mode_until", "pbx", "phones", "calls", "rules", "pids"}
    assert keys <= found.keys()
    assert (found["ready"], found["pbx"]) == (False, "down")
    assert found["pids"] == {"pbx": None, "controller": None}
    assert not Path(environ["SWITCHBOARD_DATA_DIR"]).exists()
    assert "no controller is running here" in CliRunner().invoke(app, ["status"], env=environ).stdout


def test_doctor_says_what_to_do(environ: dict[str, str], tmp_path: Path) -> None:
    """Each check has name, state, what was found; a fault has its remedy and makes the exit code 1."""
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("company: 7\n")
    result = CliRunner().invoke(app, ["doctor", "--json"], env={**environ, "SWITCHBOARD_RULES": str(wrong)})
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert found["ok"] is False
    checks = {c["name"]: c for c in found["checks"]}
    assert {"python", "asterisk", "data folder", "secrets", "rules", "host name", "ports"} <= checks.keys()
    assert checks["rules"]["state"] == "fault"
    assert f"switchboard check {wrong}" in checks["rules"]["mend"]
    assert all(c["mend"] for c in found["checks"] if c["state"] == "fault")


def test_doctor_sees_secrets_that_others_can_read(environ: dict[str, str], tmp_path: Path) -> None:
    """A copied data folder often is."""
    secrets = tmp_path / "data/secrets"
    secrets.mkdir(parents=True)
    (secrets / "secrets.json").write_text("{}")
    secrets.chmod(0o755)
    result = CliRunner().invoke(app, ["doctor", "--json"], env=environ)
    (found,) = [c for c in json.loads(result.stdout)["checks"] if c["name"] == "secrets"]
    assert found["state"] == "fault"
    assert "chmod" in found["mend"]


def test_wrong_settings_are_a_sentence_and_exit_code_2(environ: dict[str, str]) -> None:
    """No traceback; every wrong setting."""
    done = switchboard({**environ, "SWITCHBOARD_SIP_PORT": "x", "SWITCHBOARD_BIND": "y"}, "status")
    assert done.returncode == 2
    assert "SWITCHBOARD_SIP_PORT" in done.stderr
    assert "SWITCHBOARD_BIND" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_an_unknown_command_is_exit_code_2(environ: dict[str, str]) -> None:
    """Used wrongly."""
    assert switchboard(environ, "nonsense").returncode == 2


def test_a_fault_is_a_sentence_and_exit_code_1(environ: dict[str, str], tmp_path: Path) -> None:
    """A data folder that is a file, for one."""
    (tmp_path / "data").write_text("")
    done = switchboard(environ, "phones")
    assert done.returncode == 1
    assert done.stderr.startswith("switchboard: ")
    assert "Traceback" not in done.stderr
