"""`switchboard prompts`, as a person and as a script use it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from switchboard.cli import app
from tests.prompts.conftest import Built

run = CliRunner().invoke


@pytest.fixture
def home(tmp_path: Path, spoken: Path, built: Built, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of its own; what was spoken before is at hand."""
    if shutil.which("espeak-ng") is None:
        pytest.skip("espeak-ng isn't on the PATH")
    monkeypatch.setenv("SWITCHBOARD_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("SWITCHBOARD_CACHE_DIR", str(spoken.parent))
    return tmp_path


def test_build_says_what_was_made_and_lies_where_asterisk_looks(home: Path) -> None:
    """The sample company; the second time nothing is new."""
    first = json.loads(run(app, ["prompts", "build", "--json"]).stdout)
    assert first["warnings"] == []
    assert any(name.startswith("zh/sb/greeting-hello-") for name in first["built"])
    for name in first["built"]:
        assert (home / "asterisk/share/sounds" / f"{name}.ulaw").is_file()
    second = run(app, ["prompts", "build"])
    assert second.exit_code == 0
    assert second.stdout.startswith(f"0 made, {len(first['built'])} unchanged")


def test_list_shows_texts_files_and_recordings(home: Path) -> None:
    """Before anything is made, too."""
    rows = json.loads(run(app, ["prompts", "list", "--json"]).stdout)
    hold = next(r for r in rows if (r["key"], r["language"]) == ("hold-on", "zh"))
    assert hold["text"] == "请稍等。"
    assert not hold["made"]
    assert hold["recording"] is None
    assert hold["file"].startswith("zh/sb/hold-on-")


def test_rules_that_cannot_be_used_are_told(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the command that tells why; nothing is made."""
    wrong = home / "wrong.yaml"
    wrong.write_text("company: 5\n")
    monkeypatch.setenv("SWITCHBOARD_RULES", str(wrong))
    result = run(app, ["prompts", "build"])
    assert "switchboard check" in str(result.exception)
    assert not (home / "asterisk").exists()
