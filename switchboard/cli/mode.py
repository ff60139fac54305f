"""`switchboard mode`: who answers the main number now, and choosing it."""

from __future__ import annotations

import getpass
from typing import Annotated, Any

import typer

from switchboard import control
from switchboard.cli.output import AsJson, print_json
from switchboard.settings import Settings

_WORDS = ("manual", "automatic", "schedule", "away")


def register(app: typer.Typer) -> None:
    @app.command()
    def mode(
        word: Annotated[str, typer.Argument(help="manual, automatic, schedule, or away with MINUTES.")] = "",
        minutes: Annotated[
            int | None, typer.Argument(help="How long, else until the next change of duty.")
        ] = None,
        until_changed: Annotated[
            bool, typer.Option("--until-changed", help="Until somebody chooses again, whatever the schedule.")
        ] = False,
        as_json: AsJson = False,
    ) -> None:
        """Show the mode, or choose it: who answers the main number, an operator or the machine."""
        socket = Settings.load().control_socket
        if not word:
            _show({k: v for k, v in control.ask(socket, "/status").items() if k.startswith("mode")}, as_json)
            return
        if word not in _WORDS:
            raise typer.BadParameter(f"{word!r} is none of {', '.join(_WORDS)}")
        if word == "away" and minutes is None:
            raise typer.BadParameter("away needs the minutes: switchboard mode away 20")
        if word == "schedule" and minutes is not None:
            raise typer.BadParameter("the schedule has no end: leave the minutes out")
        if minutes is not None and until_changed:
            raise typer.BadParameter("either minutes or --until-changed")
        order: dict[str, Any] = {
            "mode": "automatic" if word == "away" else word,
            "until_changed": until_changed,
            "author": getpass.getuser(),
        }
        if minutes is not None:
            order["minutes"] = minutes
        _show(control.order(socket, "/mode", order), as_json)


def _show(found: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    author = f" by {found['mode_author']}" if found.get("mode_author") else ""
    until = f", until {found['mode_until']}" if found.get("mode_until") else ""
    typer.echo(f"{found['mode']} ({found['mode_source']}{author}{until})")
