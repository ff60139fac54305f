"""`switchboard calls` and `switchboard messages`: the contract's evidence, without a running controller."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from switchboard.cli import records
from switchboard.dialplan import CDR_FILE, VOICEMAIL_CONTEXT
from switchboard.settings import Settings
from switchboard.storage import Journal
from tests.storage.conftest import CALL, cdr, started, step
from tests.storage.mailbox import put


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A data folder of its own."""
    monkeypatch.setenv("SWITCHBOARD_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.delenv("SWITCHBOARD_DATABASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    return Settings.load()


def run(*arguments: str) -> Result:
    app = typer.Typer()
    records.register(app)
    return CliRunner().invoke(app, arguments)


def shown(*arguments: str) -> Any:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def one_call(settings: Settings) -> None:
    """A call that left a message, in the files; no controller has seen them."""
    journal = Journal(settings.journal)
    journal.append(started(name="\u202eWang\x1b[2J"))
    journal.append(step(1, "dial", "arrived"))
    journal.append(step(2, "message", "busy", detail="8201 busy"))
    log = settings.asterisk_log / "cdr-custom"
    log.mkdir(parents=True)
    (log / CDR_FILE).write_text(cdr(ending="verb=message;status=SUCCESS;mailbox=8201"))
    put(settings.spool / "voicemail" / VOICEMAIL_CONTEXT, "8201/INBOX/msg0000")


def test_what_the_files_hold_is_followed_up_and_shown(settings):
    """Journal, Asterisk's record and mailbox, with no controller running."""
    one_call(settings)
    (call,) = shown("calls")
    assert (call["id"], call["outcome"], len(call["steps"])) == (CALL, "message", 2)
    (message,) = shown("messages")
    assert (message["mailbox"], message["state"], message["reason"]) == ("8201", "new", "busy")
    assert Path(message["file"]).exists()


def test_a_switchboard_that_never_ran_has_nothing_and_gets_nothing(settings):
    """Asking makes no database."""
    assert shown("calls") == []
    assert shown("messages") == []
    assert not settings.data_dir.exists()


def test_only_what_is_asked_for(settings):
    """By number, by id, by mailbox."""
    journal = Journal(settings.journal)
    for n in range(5):
        journal.append(started(f"call-{n}", at=f"2026-11-22T07:00:0{n}+00:00"))
    assert [c["id"] for c in shown("calls", "--limit", "2")] == ["call-4", "call-3"]
    assert [c["id"] for c in shown("calls", "--id", "call-1")] == ["call-1"]
    put(settings.spool / "voicemail" / VOICEMAIL_CONTEXT, "8201/INBOX/msg0000")
    assert shown("messages", "--mailbox", "8202") == []
    assert len(shown("messages", "--mailbox", "8201")) == 1


def test_a_call_that_does_not_exist_is_an_error(settings):
    """Exit 1, and a sentence."""
    Journal(settings.journal).append(started())
    result = run("calls", "--id", "nobody")
    assert result.exit_code == 1
    assert "no call nobody" in result.output


def test_tables_for_people_hold_nothing_that_moves_a_cursor(settings):
    """A caller's name can't draw on the terminal of whoever reads it."""
    one_call(settings)
    for arguments in (("calls",), ("calls", "--id", CALL), ("messages",)):
        result = run(*arguments)
        assert result.exit_code == 0, result.output
        assert "\x1b[2J" not in result.output
        assert "\u202e" not in result.output
    assert "8201 busy" in run("calls", "--id", CALL).output
