"""docs/rehearsal.md: every command in it is run, every example call rehearsed, every key listed."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from switchboard.cli import app
from switchboard.cli.rehearsing import speaker
from switchboard.rehearsal.examples import failures
from switchboard.rules import load
from switchboard.rules.examples import load_examples_text
from switchboard.rules.examples_reference import BEGIN, END, tables
from switchboard.settings import SOURCE, Settings

PAGE = (SOURCE / "docs" / "rehearsal.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    """The page's code blocks in that language."""
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.M | re.S)


def shown(block: str) -> Iterator[re.Pattern[str]]:
    """The lines that a block shows as patterns; … stands for anything."""
    for line in block.splitlines()[1:]:
        parts = [re.escape(part.strip()).replace("\\ ", r"\s+") for part in line.split("…")]
        yield re.compile(r".*".join(parts))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The sample company, and the sample with another secretary for the chairman."""
    for name in ("routing_rules.yaml", "routing_rules.calls.yaml"):
        shutil.copy(SOURCE / name, tmp_path)
    sample = (tmp_path / "routing_rules.yaml").read_text("utf-8")
    (tmp_path / "changed.yaml").write_text(sample.replace('secretary: "8890"', 'secretary: "8891"'), "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SWITCHBOARD_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("COLUMNS", "300")
    return tmp_path


@pytest.mark.parametrize("block", blocks("console"))
def test_every_command_does_what_the_page_shows(block: str, folder: Path) -> None:
    """The lines shown appear in this order."""
    command = block.splitlines()[0].removeprefix("$ switchboard ")
    done = CliRunner().invoke(app, shlex.split(command))
    assert done.exit_code in (0, 1), done.output
    rest = iter(done.output.splitlines())
    for pattern in shown(block):
        assert any(pattern.search(line) for line in rest), f"{pattern.pattern} not in\n{done.output}"


def test_the_example_calls_of_the_page_hold() -> None:
    """They are about the sample company."""
    rules = load(SOURCE / "routing_rules.yaml").rules
    assert rules is not None
    for block in blocks("yaml"):
        loaded = load_examples_text(block)
        assert loaded.problems == ()
        assert failures(rules, loaded.examples, speaker(rules, Settings.load({}))) == []


def test_every_key_is_on_the_page() -> None:
    """Paste what `switchboard.rules.examples_reference.tables()` gives when this fails."""
    begin, end = PAGE.index(BEGIN), PAGE.index(END) + len(END)
    assert PAGE[begin:end] == tables()


def test_every_option_of_explain_is_on_the_page(folder: Path) -> None:
    """Nobody should have to guess."""
    said = CliRunner().invoke(app, ["explain", "--help"]).output
    for option in re.findall(r"--[a-z-]+", said):
        assert option in PAGE or option == "--help", option
