"""`switchboard order`: what an operator's console does with a caller, from the command line."""

from __future__ import annotations

import getpass
from typing import Annotated, Any

import typer

from switchboard import control
from switchboard.cli.output import AsJson, print_json
from switchboard.domain.order import OrderKind
from switchboard.settings import Settings

ORDER_SECONDS = 30.0
"""What was typed is spoken before the answer comes."""


def register(app: typer.Typer) -> None:
    @app.command()
    def order(
        call: Annotated[str, typer.Argument(help="The call's id, as `switchboard status` shows it.")],
        kind: Annotated[OrderKind, typer.Argument(help="What is to happen to the caller.")],
        target: Annotated[
            str, typer.Argument(help="The extension it is about, or a number outside as BY dials it.")
        ] = "",
        by: Annotated[str, typer.Option("--by", help="The operator's extension.")] = "",
        surname: Annotated[str, typer.Option(help="With screen: the caller's name.")] = "",
        organisation: Annotated[str, typer.Option(help="With screen: where they are from.")] = "",
        purpose: Annotated[str, typer.Option(help="With screen: what it is about.")] = "",
        as_json: AsJson = False,
    ) -> None:
        """Hold, answer, transfer or ask about a caller, as the operator BY."""
        if not by:
            raise typer.BadParameter("whose order is it? --by 8011")
        what: dict[str, Any] = {
            "call": call,
            "kind": kind.value,
            "by": by,
            "target": target,
            "author": getpass.getuser(),
        }
        if surname or organisation or purpose:
            what["typed"] = {"surname": surname, "organisation": organisation, "purpose": purpose}
        done = control.order(Settings.load().control_socket, "/order", what, ORDER_SECONDS)
        if as_json:
            print_json(done)
            return
        typer.echo(f"order {done['id']}: {done['state']} {done['outcome']}".rstrip())
