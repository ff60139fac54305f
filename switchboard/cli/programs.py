"""`switchboard programs`: finds or makes Asterisk and its companions without starting anything."""

from __future__ import annotations

from typing import Annotated

import typer

from switchboard.pbx import programs as finding
from switchboard.settings import Settings


def register(app: typer.Typer) -> None:
    @app.command()
    def programs(
        for_tests: Annotated[bool, typer.Option("--for-tests", help="SIPp as well.")] = False,
    ) -> None:
        """Find Asterisk, espeak-ng and baresip, or make them from Debian packages."""
        settings = Settings.load()
        needed = finding.FOR_TESTS if for_tests else finding.NEEDED
        found = finding.obtain(settings, typer.echo, needed)
        typer.echo(f"{found.version}: {found.root or found.asterisk.argv[0]}")
        missing = finding.missing(found, needed)
        if missing:
            typer.echo(f"missing: {', '.join(missing)}")
            raise typer.Exit(1)
