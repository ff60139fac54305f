"""The command line: one module per command or family of commands, each with `register(app)`."""

from __future__ import annotations

import typer

from switchboard.cli import (
    accounts,
    call,
    check,
    compare,
    doctor,
    explain,
    force,
    mode,
    password,
    programs,
    prompts,
    records,
    rehearse,
    rules,
    run,
    status,
    tickets,
)

app = typer.Typer(
    name="switchboard",
    help="The engine behind a company's main telephone number, on Asterisk.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

for _module in (
    run,
    status,
    mode,
    call,
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
):
    _module.register(app)
