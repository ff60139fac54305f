"""`switchboard status`: what the running controller says of itself, or that there is none."""

from __future__ import annotations

from typing import Any

import typer

from switchboard import __version__, control
from switchboard.cli.output import AsJson, print_json, print_table
from switchboard.pbx import process
from switchboard.settings import Settings


def register(app: typer.Typer) -> None:
    @app.command()
    def status(as_json: AsJson = False) -> None:
        """Mode, PBX, phones, calls and rules. Exit code 1 when it isn't ready."""
        found = present_status(Settings.load())
        if as_json:
            print_json(found)
        else:
            _show(found)
        raise typer.Exit(0 if found["ready"] else 1)


def present_status(settings: Settings) -> dict[str, Any]:
    """The controller's answer; without a controller the same keys, as far as they can be told."""
    try:
        answer: dict[str, Any] = control.ask(settings.control_socket, "/status")
        return answer
    except control.NotRunning:
        pbx = process.listening_on(settings.asterisk_run / "asterisk.ctl")
        return {
            "version": __version__,
            "ready": False,
            "mode": None,
            "mode_source": None,
            "mode_until": None,
            "pbx": "up" if pbx else "down",
            "phones": [],
            "calls": [],
            "rules": {"version": None, "state": "unknown", "errors": []},
            "pids": {"pbx": pbx.pid if pbx else None, "controller": None},
        }


def _show(found: dict[str, Any]) -> None:
    pids, rules = found.get("pids") or {}, found.get("rules") or {}
    if pids.get("controller") is None:
        typer.echo("no controller is running here" + (", but the PBX is up" if pids.get("pbx") else ""))
    mode = found.get("mode") or "unknown"
    source, until = found.get("mode_source"), found.get("mode_until")
    rows = [
        ("version", found.get("version") or "unknown"),
        ("ready", "yes" if found.get("ready") else "no"),
        ("mode", mode + (f" (by {source})" if source else "") + (f" until {until}" if until else "")),
        ("PBX", f"{found.get('pbx')}" + (f", process {pids['pbx']}" if pids.get("pbx") else "")),
        ("rules", f"{rules.get('version') or 'none'}, {rules.get('state')}"),
        ("calls", len(found.get("calls") or [])),
    ]
    print_table(("", ""), rows)
    for error in rules.get("errors") or []:
        typer.echo(f"rules: {error if isinstance(error, str) else error.get('message', error)}")
    for title in ("phones", "calls"):
        entries = found.get(title) or []
        if entries:
            typer.echo("")
            columns = list(entries[0])
            print_table(columns, [[e.get(c) for c in columns] for e in entries], title)
