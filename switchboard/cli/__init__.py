"""The command line: one module per command or family of commands, each with `register(app)`."""

from __future__ import annotations

import importlib
import importlib.util

import typer

app = typer.Typer(
    name="switchboard",
    help="The engine behind a company's main telephone number, on Asterisk.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

for _name in ("run", "status", "doctor", "accounts", "check", "rules", "prompts", "records", "call"):
    if importlib.util.find_spec(f"switchboard.cli.{_name}"):
        importlib.import_module(f"switchboard.cli.{_name}").register(app)
