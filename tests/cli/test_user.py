"""`switchboard user …`: works without a controller, shows secrets once, keeps what was done."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from switchboard.storage import AuditRows, open_database

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def run(*words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "switchboard", "user", *words],
            env=os.environ | {"SWITCHBOARD_DATA_DIR": str(tmp_path / "data")},
            cwd=tmp_path,
            input=typed,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


def told(done: subprocess.CompletedProcess[str]) -> Any:
    """The JSON of a command that went well."""
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


async def test_the_first_administrator_is_made_by_a_command(run: Run, tmp_path: Path) -> None:
    """The password is shown there, once: no listing, no audit and no file has it."""
    made = told(run("add", "admin", "--role", "administrator", "--json"))
    assert len(made["password"]) == 20
    listed = run("list", "--json")
    assert [(u["user"], u["roles"], u["locked"]) for u in told(listed)] == [
        ("admin", ["administrator"], False)
    ]
    database = await open_database(f"sqlite:///{tmp_path}/data/switchboard.db")
    (row,) = await AuditRows(database).rows()
    await database.close()
    assert (row["action"], row["about"], row["via"]) == ("user.add", "admin", "command")
    assert row["author"].startswith("command:")
    for file in (tmp_path / "data").rglob("*"):
        assert not file.is_file() or made["password"].encode() not in file.read_bytes()


def test_a_password_can_be_typed_instead(run: Run) -> None:
    """It isn't repeated on the screen; a weak one is refused with the reason."""
    done = run("add", "wang", "--role", "operator", "--ask-password", typed="plum-rain-42-lantern\n")
    assert done.returncode == 0
    assert "plum" not in done.stdout + done.stderr
    done = run("add", "li", "--role", "operator", "--ask-password", typed="short\n")
    assert done.returncode == 1
    assert done.stderr.strip() == "switchboard: a password has at least 10 characters"


def test_users_are_changed_locked_and_removed(run: Run) -> None:
    """Each says what it did; who isn't there is told by name; the last administrator stays."""
    told(run("add", "admin", "--role", "administrator", "--json"))
    told(run("add", "wang", "--role", "operator", "--extension", "8011", "--name", "王芳", "--json"))
    assert told(run("roles", "wang", "--role", "supervisor", "--role", "agent", "--json"))["roles"] == [
        "agent",
        "supervisor",
    ]
    assert told(run("change", "wang", "--extension", "8012", "--json"))["extension"] == "8012"
    assert run("lock", "wang").stdout == "wang is locked out\n"
    assert [u["locked"] for u in told(run("list", "--json"))] == [False, True]
    assert run("unlock", "wang").returncode == 0
    assert run("sign-out", "wang").stdout == "wang is signed out of 0 sessions\n"
    assert run("remove", "wang").returncode == 0
    assert run("remove", "wang").stderr == "switchboard: there is no user 'wang'\n"
    assert run("remove", "admin").returncode == 1
    assert [u["user"] for u in told(run("list", "--json"))] == ["admin"]


def test_a_token_is_shown_once(run: Run) -> None:
    """The listing has its label, scopes and end; a removed one is gone."""
    told(run("add", "admin", "--role", "administrator", "--json"))
    words = ("token", "add", "admin", "prometheus", "--scope", "metrics", "--days", "30", "--json")
    made = told(run(*words))
    assert made["token"].startswith("sbt_")
    listing = run("token", "list", "--json")
    assert made["token"] not in listing.stdout
    (row,) = told(listing)
    assert (row["user"], row["label"], row["scopes"]) == ("admin", "prometheus", ["metrics"])
    assert run("token", "remove", str(row["id"])).returncode == 0
    assert told(run("token", "list", "--json")) == []


@pytest.mark.parametrize(
    "words",
    [
        ("add", "wang"),
        ("add", "wang", "--role", "king"),
        ("add", "wang", "--role", "agent", "--language", "fr"),
        ("token", "add", "wang", "x", "--scope", "everything"),
    ],
)
def test_wrong_use_is_told_as_such(run: Run, words: tuple[str, ...]) -> None:
    """Exit code 2, and nothing is made."""
    assert run(*words).returncode == 2
    assert told(run("list", "--json")) == []
