"""`switchboard calls` and `switchboard messages`: what is recorded, with or without a running controller.

Journal, call records and mailboxes are followed up first, so that what happened while no controller ran is
shown too.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from switchboard.errors import StorageError

if TYPE_CHECKING:
    from switchboard.settings import Settings
    from switchboard.storage import Database

Rows = list[dict[str, Any]]
AsJson = Annotated[bool, typer.Option("--json", help="For scripts: every field.")]
Limit = Annotated[int, typer.Option(min=1, max=100_000, help="How many, newest first.")]

_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""What could move the cursor or turn a terminal's line round. Callers choose their own names."""


def register(app: typer.Typer) -> None:
    @app.command()
    def calls(
        as_json: AsJson = False,
        limit: Limit = 20,
        call: Annotated[str, typer.Option("--id", help="Only this call, with its steps.")] = "",
    ) -> None:
        """Calls: who, whom, when, and what became of them."""
        from switchboard import storage

        rows = _read(lambda database: storage.calls(database, limit, call))
        if as_json:
            _print_json(rows)
        elif call and rows:
            _show_call(rows[0])
        else:
            _show(
                ("started", "caller", "dialled", "outcome", "connected to", "seconds", "id"),
                [
                    (
                        _local(row["started"]),
                        row["caller"] or row["name"],
                        row["dialled"],
                        row["outcome"] or "under way",
                        row["connected_to"],
                        _seconds(row),
                        row["id"],
                    )
                    for row in rows
                ],
            )
        if call and not rows:
            print(f"switchboard: there is no call {call}", file=sys.stderr)
            raise typer.Exit(1)

    @app.command()
    def messages(
        as_json: AsJson = False,
        limit: Limit = 20,
        mailbox: Annotated[str, typer.Option(help="Only those for this extension.")] = "",
    ) -> None:
        """Messages: from whom, for whom, why, and whether they were heard. Where the sound is: --json."""
        from switchboard import storage

        rows = _read(lambda database: storage.messages(database, limit, mailbox))
        if as_json:
            _print_json(rows)
            return
        _show(
            ("received", "mailbox", "caller", "seconds", "reason", "state"),
            [
                (
                    _local(row["received"]),
                    row["mailbox"],
                    row["caller"] or row["name"],
                    str(row["seconds"]),
                    row["reason"],
                    row["state"],
                )
                for row in rows
            ],
        )


def _read(query: Callable[[Database], Awaitable[Rows]]) -> Rows:
    """Follow up, then ask. A database that was never made has no rows, and isn't made for asking."""
    from switchboard.settings import Settings

    settings = Settings.load()
    if settings.database_url.startswith("sqlite") and not settings.journal.exists():
        return []
    return asyncio.run(_ask(settings, query))


async def _ask(settings: Settings, query: Callable[[Database], Awaitable[Rows]]) -> Rows:
    from switchboard.storage import Follower, open_database

    database = await open_database(settings.database_url)
    try:
        try:
            await Follower.of(settings, database).catch_up()
        except StorageError as error:
            print(f"switchboard: shown as last recorded: {error}", file=sys.stderr)
        return await query(database)
    finally:
        await database.close()


def _show_call(row: dict[str, Any]) -> None:
    facts = [(key, str(value)) for key, value in row.items() if key != "steps" and value not in (None, "")]
    _show(("call", ""), facts)
    _show(
        ("at", "action", "detail", "outcome", "reason", "line"),
        [
            (
                _local(step["at"]),
                step["action"],
                step["detail"],
                step["outcome"] or "",
                step["reason"],
                str(step["rule_line"] or ""),
            )
            for step in row["steps"]
        ],
    )


def _show(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*heads, box=None, header_style="bold", pad_edge=False)
    for row in rows:
        table.add_row(*(Text(_UNSEEN.sub("", str(cell)), overflow="fold") for cell in row))
    Console(highlight=False).print(table)


def _local(text: str) -> str:
    return datetime.fromisoformat(text).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def _seconds(row: dict[str, Any]) -> str:
    if not row["ended"]:
        return ""
    length = datetime.fromisoformat(row["ended"]) - datetime.fromisoformat(row["started"])
    return str(round(length.total_seconds()))


def _print_json(rows: Rows) -> None:
    print(json.dumps(rows, ensure_ascii=False, indent=2))
