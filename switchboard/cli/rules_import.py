"""`switchboard rules import FILE`: people from a spreadsheet, all of them or none."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from switchboard.cli.language import InLanguage, language, told
from switchboard.cli.output import AsJson, print_json
from switchboard.errors import RulesError, StorageError, SwitchboardError

if TYPE_CHECKING:
    from switchboard.rules.importing import Plan


def register(rules: typer.Typer) -> None:
    @rules.command("import")
    def import_people(
        people: Annotated[
            Path, typer.Argument(help="CSV or XLSX; headings such as number, zh, en, department.")
        ],
        file: Annotated[
            Path | None, typer.Option("--rules", help="The rules file. Left out: the one in use.")
        ] = None,
        dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would happen.")] = False,
        skip_present: Annotated[
            bool,
            typer.Option("--skip-present", help="Leave whoever stands in the rules already as they are."),
        ] = False,
        in_language: InLanguage = None,
        as_json: AsJson = False,
    ) -> None:
        """Add people to the rules file. If any row is wrong, every mistake is told and nothing is written."""
        from switchboard.rules import importing, spreadsheet

        target = file or _rules_in_use()
        try:
            content = target.read_bytes()
            made = importing.plan(content, spreadsheet.rows(people), skip_present)
            written = made.ok and bool(made.added) and not dry_run
            if written:
                _write(target, content, made.content)
        except (SwitchboardError, OSError) as error:
            typer.echo(told(error, language(in_language)), err=True)
            raise typer.Exit(2 if not target.exists() or not people.exists() else 1) from error
        if as_json:
            print_json(_as_json(made, written, language(in_language)))
        else:
            _tell(made, target, written, language(in_language))
        raise typer.Exit(0 if made.ok else 1)


def _rules_in_use() -> Path:
    from switchboard.settings import Settings

    return Settings.load().rules


def _write(target: Path, expected: bytes, content: bytes) -> None:
    """Put the new file in place of the one that was read, unless somebody saved another meanwhile."""
    from switchboard.rules.store import write_safely

    if target.read_bytes() != expected:
        raise RulesError(f"{target} was saved by somebody else meanwhile: nothing was written. Try again.")
    try:
        write_safely(target, content)
    except OSError as error:
        raise StorageError(f"{target} can't be written: {error}") from error


def _as_json(made: Plan, written: bool, language: str) -> dict[str, object]:
    return {
        "ok": made.ok,
        "written": written,
        "added": list(made.added),
        "present": list(made.present),
        "problems": [problem.as_json(language) for problem in made.problems],
    }


def _tell(made: Plan, target: Path, written: bool, language: str) -> None:
    from switchboard.sentences import say

    for found in made.problems:
        where = say("cli.imported_row", row=found.row)
        if not found.row:
            where = say("cli.imported_line", line=found.problem.line)
        column = ".".join(found.problem.path.split(".")[1:])
        severity = say(f"cli.severity.{found.problem.severity.value}").in_language(language)
        message = found.problem.message_in(language)
        typer.echo(f"{where.in_language(language)} ({column}): {severity}: {message}")
        if hint := found.problem.hint_in(language):
            typer.echo(f"      → {hint}")
    if not made.ok:
        typer.echo(say("cli.not_written").in_language(language))
        return
    for line in () if written else made.lines:
        typer.echo(line)
    done = say(
        "cli.imported" if written else "cli.would_import",
        count=len(made.added),
        file=str(target),
        present=len(made.present),
    )
    typer.echo(done.in_language(language))
