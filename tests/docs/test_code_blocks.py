"""What the pages tell people to type: it can be typed, and does what they say."""

from __future__ import annotations

import io
import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import click
import pytest
import typer
from ruamel.yaml import YAML

from switchboard.cli import app
from switchboard.rules import load_text
from switchboard.settings import SOURCE, Settings
from tests.docs.pages import PAGES, Block, blocks, name, words_in_code

QUICK = {"check"}
"""Commands that `console` blocks may show with their output: they need no running switchboard."""

TRIED_ELSEWHERE = {"docs/rehearsal.md"}
"""Pages whose blocks have a test of their own (tests/rehearsal/test_docs.py)."""

CALLED = re.compile(r"(?:^|[\s`])(?:\.venv/bin/)?switchboard ([a-z][^|;&]*)")


def commands() -> list[tuple[str, str]]:
    """(page, command line) of every switchboard command in prose and blocks; placeholders are dropped."""
    found = []
    for page in PAGES:
        for code in words_in_code(page):
            if match := CALLED.match(code):
                found.append((name(page), match[1].strip()))
    for block in blocks("sh", "console"):
        for line in block.text.splitlines():
            if match := CALLED.match(line.removeprefix("$ ")):
                found.append((str(block), match[1].strip()))
    return found


@pytest.mark.parametrize(("where", "line"), sorted(set(commands())))
def test_every_command_named_exists(where: str, line: str) -> None:
    """Command, subcommand and each option are known to the command line."""
    words = [w for w in shlex.split(line.replace("…", "")) if w]
    command: Any = typer.main.get_command(app)
    while words and hasattr(command, "commands"):
        word = words.pop(0)
        assert word in command.commands, f"{where}: there is no `switchboard {line}`"
        command = command.commands[word]
    options = {o for p in command.params for o in (*p.opts, *p.secondary_opts)} | {"--help"}
    for word in words:
        if word.startswith("--"):
            assert word.split("=")[0] in options, f"{where}: `switchboard {line}`: no option {word}"


def test_some_commands_are_named() -> None:
    """The search above still finds what it is for."""
    found = {line.split()[0] for _, line in commands()}
    assert {"call", "check", "phones", "status", "doctor", "rules", "prompts"} <= found
    assert isinstance(typer.main.get_command(app), click.Command) or hasattr(
        typer.main.get_command(app), "commands"
    )


def untried(kind: str) -> list[Block]:
    """Blocks of a kind that no other test runs."""
    return [b for b in blocks(kind) if b.page not in TRIED_ELSEWHERE]


@pytest.mark.parametrize("block", untried("console"), ids=str)
def test_what_a_console_block_shows_is_what_happens(block: Block, tmp_path: Path) -> None:
    """Each `$ switchboard …` is run; what it prints is what stands below it. `…` stands for anything."""
    for shown in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        line, _, expected = shown.partition("\n")
        program, *arguments = shlex.split(line)
        assert program == "switchboard"
        assert arguments[0] in QUICK, f"{block}: {line} is not run by this test: use a sh block"
        done = subprocess.run(
            [sys.executable, "-m", "switchboard", *arguments],
            cwd=SOURCE,
            env=os.environ | {"SWITCHBOARD_DATA_DIR": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        pattern = ".*".join(map(re.escape, expected.strip().split("…")))
        said = (done.stdout + done.stderr).strip()
        assert re.fullmatch(pattern, said, re.DOTALL), f"{block}: {line}: {said}"


def merged(snippet: str) -> str:
    """The sample company with the snippet's entries in place of its own, section by section."""
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 10_000
    company = yaml.load((SOURCE / "routing_rules.yaml").read_text("utf-8"))
    for section, entries in yaml.load(snippet).items():
        if isinstance(entries, dict) and section in company:
            company[section].update(entries)
        else:
            company[section] = entries
    text = io.StringIO()
    yaml.dump(company, text)
    return text.getvalue()


@pytest.mark.parametrize("block", untried("yaml"), ids=str)
def test_every_rule_shown_holds(block: Block) -> None:
    """Put into the sample company, each snippet of rules is without errors."""
    loaded = load_text(merged(block.text))
    assert loaded.errors == (), f"{block}: {[p.message for p in loaded.errors]}"


@pytest.mark.parametrize("block", blocks("toml"), ids=str)
def test_every_settings_file_shown_is_one(block: Block, tmp_path: Path) -> None:
    """Settings in a toml block are accepted as they stand."""
    tomllib.loads(block.text)
    (tmp_path / "switchboard.toml").write_text(block.text)
    Settings.load({}, tmp_path / "switchboard.toml")


def test_every_make_target_named_exists() -> None:
    """`make …` in prose and blocks names a target of the Makefile."""
    targets = set(re.findall(r"^([a-z-]+):", (SOURCE / "Makefile").read_text(), re.MULTILINE))
    for page in PAGES:
        codes = [*words_in_code(page), *(b.text for b in blocks("sh") if b.page == name(page))]
        for target in re.findall(r"^(?:sudo )?make ([a-z-]+)", "\n".join(codes), re.MULTILINE):
            assert target in targets, f"{name(page)}: there is no `make {target}`"


@pytest.mark.parametrize("block", blocks("sh"), ids=str)
def test_shell_blocks_are_well_formed(block: Block) -> None:
    """The shell can read each sh block (it isn't run)."""
    subprocess.run(["sh", "-n"], input=block.text.encode(), check=True, timeout=10)
