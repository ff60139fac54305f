"""`switchboard doctor`: what is missing on this machine, and how to mend it. It changes nothing."""

from __future__ import annotations

from dataclasses import asdict

import typer

from switchboard import checkup
from switchboard.cli.output import AsJson, print_json
from switchboard.settings import Settings

_COLOURS = {"ok": typer.colors.GREEN, "warning": typer.colors.YELLOW, "fault": typer.colors.RED}


def register(app: typer.Typer) -> None:
    @app.command()
    def doctor(as_json: AsJson = False) -> None:
        """What is missing and how to mend it. Exit code 1 when something is wrong."""
        findings = checkup.examine(Settings.load())
        worst = [f for f in findings if f.state == "fault"]
        if as_json:
            print_json({"ok": not worst, "checks": [asdict(f) for f in findings]})
        else:
            for finding in findings:
                state = typer.style(f"{finding.state:8}", fg=_COLOURS[finding.state])
                typer.echo(f"{state} {finding.name}: {finding.found}")
                if finding.mend:
                    typer.echo(f"         → {finding.mend}")
        raise typer.Exit(1 if worst else 0)
