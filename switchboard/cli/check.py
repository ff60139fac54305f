"""`switchboard check FILE`: what a rules file would do wrong, before it is saved for good."""

from __future__ import annotations

import json
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from switchboard.cli.language import InLanguage, language

if TYPE_CHECKING:
    from rich.text import Text

    from switchboard.rules import Loaded, Problem

EXCERPT = 100
"""Characters of a line that are shown with its problem."""


class Format(StrEnum):
    """For whom the problems are printed."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"


def register(app: typer.Typer) -> None:
    @app.command()
    def check(
        file: Annotated[Path, typer.Argument(help="The rules file.")] = Path("routing_rules.yaml"),
        output: Annotated[
            Format, typer.Option("--format", help="For people, scripts, code scanning, or pull requests.")
        ] = Format.TEXT,
        as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
        strict: Annotated[bool, typer.Option("--strict", help="Exit 1 for warnings too.")] = False,
        in_language: InLanguage = None,
    ) -> None:
        """Tell everything that is wrong with a rules file. Exit 0: fine, 1: errors, 2: no such file."""
        from switchboard.rules import load

        loaded = load(file)
        loaded = replace(loaded, problems=(*loaded.problems, *_recordings()))
        _print(loaded, Format.JSON if as_json else output, language(in_language))
        if not file.exists():
            raise typer.Exit(2)
        raise typer.Exit(1 if not loaded.ok or (strict and loaded.problems) else 0)


def _recordings() -> tuple[Problem, ...]:
    """What is odd about the recordings beside the prompts; nothing where no settings tell the place."""
    from switchboard.errors import SettingsError
    from switchboard.rules.recordings import in_one_language
    from switchboard.settings import Settings

    try:
        return in_one_language(Settings.load().prompts_dir / "recordings")
    except SettingsError:
        return ()


def _print(loaded: Loaded, output: Format, language: str) -> None:
    from switchboard.rules import annotations

    match output:
        case Format.JSON:
            problems = [p.as_json(language) for p in loaded.problems]
            typer.echo(json.dumps({"ok": loaded.ok, "problems": problems}, ensure_ascii=False))
        case Format.SARIF:
            found = annotations.sarif(loaded.problems, loaded.name, language)
            typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
        case Format.GITHUB:
            for line in annotations.github(loaded.problems, loaded.name, language):
                typer.echo(line)
            typer.echo(summary(loaded, language))
        case Format.TEXT:
            _tell(loaded, language)


def _tell(loaded: Loaded, language: str) -> None:
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=True)
    rows = loaded.content.decode("utf-8-sig", "replace").splitlines()
    for problem in loaded.problems:
        console.print(lines_of(problem, loaded.name, rows, language))
    console.print(summary(loaded, language))


def lines_of(problem: Problem, name: str, rows: list[str], language: str) -> Text:
    """A problem with the line it is about. Built from plain parts: nothing of the file is markup."""
    from rich.text import Text

    from switchboard.sentences import say

    severity = say(f"cli.severity.{problem.severity.value}").in_language(language)
    colour = "red" if problem.severity == "error" else "yellow"
    text = Text()
    text.append(f"{name}:{problem.line}: ", "bold")
    text.append(f"{severity}: ", f"bold {colour}")
    text.append(problem.message_in(language))
    row = rows[problem.line - 1] if 0 < problem.line <= len(rows) else ""
    row = "".join(c if c.isprintable() else " " for c in row.strip())
    if row:
        text.append(f"\n  {problem.line:>5} │ ", "dim")
        text.append(row[:EXCERPT] + ("…" if len(row) > EXCERPT else ""))
    if hint := problem.hint_in(language):
        text.append("\n        → ", "dim")
        text.append(hint, "italic")
    return text


def summary(loaded: Loaded, language: str) -> str:
    """One line about the whole file."""
    from switchboard.sentences import counted, say

    errors = len(loaded.errors)
    warnings = len(loaded.problems) - errors
    counts = say(
        "cli.counts", errors=counted("cli.errors", errors), warnings=counted("cli.warnings", warnings)
    )
    if loaded.rules is None:
        return say("cli.refused", counts=counts).in_language(language)
    people = len(loaded.rules.phones)
    return say(
        "cli.fine",
        counts=counts if loaded.problems else say("cli.none"),
        phones=counted("cli.phones", people),
        groups=counted("cli.groups", len(loaded.rules.extensions) - people),
    ).in_language(language)
