"""`switchboard password`: a password that somebody else chose, such as a provider's for a trunk."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Annotated

import typer

from switchboard import control
from switchboard.cli.accounts import present_rules
from switchboard.errors import SwitchboardError
from switchboard.pbx.secrets import Secrets
from switchboard.settings import Settings


class Kind(StrEnum):
    """Whose password."""

    TRUNK = "trunk"
    PHONE = "phone"


def register(app: typer.Typer) -> None:
    @app.command()
    def password(
        kind: Kind, name: Annotated[str, typer.Argument(help="The trunk's name, or the phone's extension.")]
    ) -> None:
        """Set a password, asked for without showing it (or read from standard input)."""
        settings = Settings.load()
        rules = present_rules(settings)
        names = {t.name for t in rules.trunks} if kind is Kind.TRUNK else {p.number for p in rules.phones}
        if name not in names:
            raise SwitchboardError(
                f"the rules have no {kind.value} {name!r}; they have {', '.join(sorted(names))}"
            )
        Secrets(settings.secrets).choose(kind.value, name, _read())
        try:
            control.order(settings.control_socket, "/publish", {}, seconds=60)
            typer.echo("set, and in force")
        except control.NotRunning:
            typer.echo("set; in force when the switchboard runs")


def _read() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("new password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\n")
