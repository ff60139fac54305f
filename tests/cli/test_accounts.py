"""`switchboard phones` and `trunks`: the contract's keys, and passwords that stay."""

from __future__ import annotations

import json
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
        "SWITCHBOARD_BIND": "127.0.0.1",
        "SWITCHBOARD_SIP_PORT": "5099",
    }


def asked(environ: dict[str, str], *words: str) -> list[dict[str, object]]:
    result = CliRunner().invoke(app, [*words, "--json"], env=environ)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_phones_tells_what_to_enter_into_a_telephone(environ: dict[str, str]) -> None:
    """Everybody with a phone of their own, no ring group; the same passwords the second time."""
    found = asked(environ, "phones")
    accounts = {str(p["extension"]): p for p in found}
    assert {"8011", "8101", "8201", "8801", "8898", "8899", "8890", "8891"} <= accounts.keys()
    assert not {"8000", "8100", "8200", "8600"} & accounts.keys()
    phone = accounts["8201"]
    assert {"extension", "username", "password", "server", "mailbox_pin"} <= phone.keys()
    assert phone["server"] == "127.0.0.1:5099"
    assert len({p["password"] for p in found}) == len(found)
    assert asked(environ, "phones") == found


def test_mailboxes_tells_how_to_open_a_shared_one(environ: dict[str, str]) -> None:
    """Departments and queues, each with what to dial, who may, and the PIN; no person's."""
    boxes = {str(b["extension"]): b for b in asked(environ, "mailboxes")}
    assert boxes.keys() == {"8100", "8200", "8300", "8400", "8600"}
    assert boxes["8200"]["dial"] == "*978200"
    assert boxes["8200"]["openers"] == ["8201", "8202"]
    assert len(str(boxes["8200"]["mailbox_pin"])) == 6
    assert asked(environ, "mailboxes") == list(boxes.values())


def test_a_pin_chosen_by_phone_is_not_told(environ: dict[str, str], tmp_path: Path) -> None:
    """app_voicemail keeps it in the spool; the first one is no longer true, and the new one is private."""
    spool = tmp_path / "data/asterisk/spool/voicemail/sb/8201/secret.conf"
    spool.parent.mkdir(parents=True)

    def told() -> object:
        (phone,) = [p for p in asked(environ, "phones") if p["extension"] == "8201"]
        return phone["mailbox_pin"]

    first = told()
    assert first
    spool.write_text(f"[general]\npassword = {first}\n")
    assert told() == first
    spool.write_text("[general]\npassword = 4711\n")
    assert told() is None


def test_trunks_holds_the_test_caller(environ: dict[str, str]) -> None:
    """The account that `switchboard call` uses, with the contract's keys."""
    (caller,) = [t for t in asked(environ, "trunks") if t["name"] == "test-caller"]
    assert {"name", "username", "password", "server", "addresses"} <= caller.keys()
    assert caller["password"]


def test_the_table_shows_whole_passwords(environ: dict[str, str]) -> None:
    """Nothing is folded or cut when the output goes to a file."""
    password = str(asked(environ, "phones")[0]["password"])
    result = CliRunner().invoke(app, ["phones"], env=environ)
    assert password in result.stdout
