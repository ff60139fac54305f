"""`switchboard check FILE`: what a rules file would do wrong, before it is saved for good."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.text import Text

    from switchboard.rules import Loaded, Problem

EXCERPT = 100
"""Characters of a line that are shown with its problem."""


def register(app: typer.Typer) -> None:
    @app.command()
    def check(
        file: Annotated[Path, typer.Argument(help="The rules file.")] = Path("routing_rules.yaml"),
        as_json: Annotated[bool, typer.Option("--json", help="For scripts.")] = False,
    ) -> None:
        """Tell everything that is wrong with a rules file. Exit 0: fine, 1: errors, 2: no such file."""
        from switchboard.rules import load

        loaded = load(file)
        if as_json:
            typer.echo(
                json.dumps(
                    {"ok": loaded.ok, "problems": [p.as_json() for p in loaded.problems]}, ensure_ascii=False
                )
            )
        else:
            _tell(loaded)
        if not file.exists():
            raise typer.Exit(2)
        raise typer.Exit(0 if loaded.ok else 1)


def _tell(loaded: Loaded) -> None:
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=True)
    rows = loaded.content.decode("utf-8-sig", "replace").splitlines()
    for problem in loaded.problems:
        console.print(lines_of(problem, loaded.name, rows))
    console.print(summary(loaded))


def lines_of(problem: Problem, name: str, rows: list[str]) -> Text:
    """A problem with the line it is about. Built from plain parts: nothing of the file is markup."""
    from rich.text import Text

    colour = "red" if problem.severity == "error" else "yellow"
    text = Text()
    text.append(f"{name}:{problem.line}: ", "bold")
    text.append(f"{problem.severity}: ", f"bold {colour}")
    text.append(problem.message)
    row = rows[problem.line - 1] if 0 < problem.line <= len(rows) else ""
    row = "".join(c if c.isprintable() else " " for c in row.strip())
    if row:
        text.append(f"\n  {problem.line:>5} │ ", "dim")
        text.append(row[:EXCERPT] + ("…" if len(row) > EXCERPT else ""))
    if problem.hint:
        text.append("\n        → ", "dim")
        text.append(problem.hint, "italic")
    return text


def summary(loaded: Loaded) -> str:
    """One line about the whole file."""
    errors = len(loaded.errors)
    warnings = len(loaded.problems) - errors
    counts = f"{_count(errors, 'error')}, {_count(warnings, 'warning')}"
    if loaded.rules is None:
        return f"{counts}. These rules can't be put in force."
    people = len(loaded.rules.phones)
    teams = len(loaded.rules.extensions) - people
    fine = "No problems" if not loaded.problems else counts
    groups = _count(teams, "department or queue", "departments and queues")
    return f"{fine}: {_count(people, 'phone')}, {groups}."


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
