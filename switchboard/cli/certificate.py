"""`switchboard certificate`: what browsers are shown, and the fingerprint to compare before trusting it."""

from __future__ import annotations

import typer

from switchboard.cli.output import AsJson, print_json
from switchboard.errors import SwitchboardError
from switchboard.settings import Settings


def register(app: typer.Typer) -> None:
    @app.command()
    def certificate(as_json: AsJson = False) -> None:
        """The console's certificate: its end, its names, and our own authority's fingerprint."""
        from switchboard.certificates import Certificates

        settings = Settings.load()
        found = Certificates.of(settings)
        until = found.until()
        if until is None:
            raise SwitchboardError(f"there is no certificate at {found.chain} yet: the first run makes it")
        shown = {
            "certificate": str(found.chain),
            "until": until.astimezone().isoformat(timespec="seconds"),
            "names": sorted(found.names()),
            "authority": str(found.authority) if found.authority else None,
            "fingerprint": found.fingerprint() or None,
            "port": settings.https_port,
        }
        if as_json:
            print_json(shown)
            return
        for name, value in shown.items():
            typer.echo(f"{name:12} {', '.join(value) if isinstance(value, list) else value or '-'}")
