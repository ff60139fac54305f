"""The command line: one module per command or family of commands, each with `register(app)`."""

from __future__ import annotations

from typing import Annotated

import typer

from switchboard import __version__
from switchboard.cli import (
    accounts,
    call,
    certificate,
    check,
    compare,
    doctor,
    explain,
    force,
    mode,
    order,
    password,
    programs,
    prompts,
    records,
    rehearse,
    rules,
    run,
    status,
    tickets,
    user,
)

app = typer.Typer(
    name="switchboard",
    help="The engine behind a company's main telephone number, on Asterisk.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"switchboard {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and end.")
    ] = False,
) -> None:
    pass


for _module in (
    run,
    status,
    mode,
    call,
    order,
    accounts,
    password,
    records,
    tickets,
    check,
    explain,
    rehearse,
    rules,
    compare,
    force,
    prompts,
    programs,
    doctor,
    user,
    certificate,
):
    _module.register(app)
