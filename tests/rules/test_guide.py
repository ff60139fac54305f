"""Every example of docs/rules.md holds: the rules in the sample company, the commands on a command line."""

from __future__ import annotations

import re
import shlex
from datetime import date
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from switchboard.cli import check, rules
from switchboard.rules import load_text, reference
from switchboard.rules.store import RulesStore

SAMPLE = (Path(__file__).resolve().parents[2] / "routing_rules.yaml").read_text("utf-8")
GUIDE = reference.PAGE.read_text("utf-8")
SPRING = date(2026, 4, 1)
"""A day on which the year's holidays are known and nobody expects the next year's."""

PEOPLE = "number,zh,department\n8205,翟敏,8200\n"


def blocks(text: str, indent: int) -> dict[str, str]:
    """What stands at one level of a YAML text: each key with all that belongs to it."""
    found: dict[str, str] = {}
    key = ""
    for row in text.rstrip("\n").split("\n"):
        begins = re.match(rf" {{{indent}}}([^ #][^:]*):", row)
        key = begins[1] if begins else key
        found[key] = found.get(key, "") + row + "\n"
    return found


def with_example(text: str, example: str) -> str:
    """`text` with the example's entries in place of those of the same name, or beside them."""
    sections = blocks(text, 0)
    for section, written in blocks(example, 0).items():
        head, _, body = sections[section].partition("\n")
        entries = {**blocks(body, 2), **blocks(written.partition("\n")[2], 2)}
        sections[section] = f"{head}\n" + "".join(entries.values())
    return "".join(sections.values())


def examples(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)


@pytest.mark.parametrize("example", examples("yaml"))
def test_every_example_holds(example):
    """Each can be put into the sample as it stands, and makes a difference, and no problem."""
    text = with_example(SAMPLE, example)
    assert text != SAMPLE
    assert load_text(text, today=SPRING).problems == ()


@pytest.fixture
def run(tmp_path, monkeypatch):
    """The command line in a folder with the sample, a list of people, and two versions kept."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SWITCHBOARD_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("SWITCHBOARD_RULES", str(tmp_path / "routing_rules.yaml"))
    (tmp_path / "routing_rules.yaml").write_text(SAMPLE, "utf-8")
    (tmp_path / "people.csv").write_text(PEOPLE, "utf-8")
    store = RulesStore(tmp_path / "var" / "rules")
    for content in (with_example(SAMPLE, examples("yaml")[0]), SAMPLE):
        store.put_in_force(store.keep(content, "routing_rules.yaml"))
    app = typer.Typer()
    check.register(app)
    rules.register(app)
    return lambda words: CliRunner().invoke(app, words)


@pytest.mark.parametrize("commands", examples("sh"))
def test_every_command_works(run, commands):
    """In the order of the page, with exit 0."""
    for command in commands.strip().split("\n"):
        program, *words = shlex.split(command)
        assert program == "switchboard"
        done = run(words)
        assert done.exit_code == 0, f"{command}\n{done.output}"
