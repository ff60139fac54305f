"""`switchboard tickets`: complaints, and promises to call back that a person has to see to."""

from __future__ import annotations

import typer

from switchboard.cli.records import AsJson, Limit, _local, _print_json, _read, _show


def register(app: typer.Typer) -> None:
    @app.command()
    def tickets(as_json: AsJson = False, limit: Limit = 20) -> None:
        """Tickets: complaints opened by callers or operators, call-backs that need a person; newest first."""
        from switchboard import storage

        rows = _read(lambda database: storage.tickets(database, limit))
        if as_json:
            _print_json(rows)
            return
        _show(
            ("number", "kind", "caller", "opened", "by", "state", "call"),
            [
                (
                    str(row["id"]),
                    row["kind"].replace("_", " "),
                    row["caller"],
                    _local(row["opened"]),
                    row["author"] or "the caller",
                    row["state"],
                    row["call"],
                )
                for row in rows
            ],
        )
