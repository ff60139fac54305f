"""`switchboard rules`: the versions of the rules that were ever kept."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from switchboard.errors import RulesError

if TYPE_CHECKING:
    from switchboard.rules.store import RulesStore


def register(app: typer.Typer) -> None:
    rules = typer.Typer(help="Versions of the rules: list, show, go back.", no_args_is_help=True)
    app.add_typer(rules, name="rules")

    @rules.command("list")
    def list_versions(as_json: Annotated[bool, typer.Option("--json", help="For scripts.")] = False) -> None:
        """Every version that was kept, newest first."""
        kept = _store().history()
        if as_json:
            typer.echo(json.dumps([asdict(k) for k in kept], ensure_ascii=False))
            return
        if not kept:
            typer.echo("No rules have been in force yet.")
        for version in kept:
            typer.echo(f"{version.version:<14} {version.state:<9} {version.at}  {version.source}")

    @rules.command()
    def show(version: str) -> None:
        """Print a version as it was saved."""
        try:
            typer.echo(_store().content(version), nl=False)
        except RulesError as error:
            raise _refuse(error) from error

    @rules.command()
    def back(version: str) -> None:
        """Write a version into the rules file again. It comes into force like any other change."""
        from switchboard.rules.store import write_safely
        from switchboard.settings import Settings

        settings = Settings.load()
        store = _store()
        try:
            store.get(version)
            content = store.content(version)
        except RulesError as error:
            raise _refuse(error) from error
        if settings.rules.exists():
            present = settings.rules.read_bytes()
            if present == content:
                typer.echo(f"{settings.rules} is already as in version {version}.")
                return
            store.keep(present, f"{settings.rules}, before going back to {version}")
        write_safely(settings.rules, content)
        typer.echo(f"{settings.rules} is as in version {version} again.")


def _store() -> RulesStore:
    from switchboard.rules.store import RulesStore
    from switchboard.settings import Settings

    return RulesStore(Settings.load().rules_kept)


def _refuse(error: RulesError) -> typer.Exit:
    typer.echo(str(error), err=True)
    return typer.Exit(1)
