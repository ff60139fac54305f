"""`switchboard rules compare NEW`: which of the recorded calls would go another way under other rules."""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from switchboard.cli.language import InLanguage, language, told
from switchboard.cli.output import AsJson, print_json
from switchboard.cli.rehearsing import load_rules, local, moment, rules_of
from switchboard.errors import RulesError

if TYPE_CHECKING:
    from switchboard.domain.company import Rules
    from switchboard.rehearsal.compare import Comparison, Side
    from switchboard.rehearsal.recorded import RecordedCall
    from switchboard.sentences import Value
    from switchboard.settings import Settings

FIRST_CALLS, MOST_CALLS = 500, 128_000
"""Newest calls read at first; four times as many until the time asked for is covered, so many at most."""

SHOWN = 5
"""Calls told of each cause, of those that part there."""


def register(app: typer.Typer) -> None:
    """Add `compare` to the commands of `rules`, which are registered before."""
    group = next(g.typer_instance for g in app.registered_groups if g.name == "rules")
    assert group is not None

    @group.command()
    def compare(
        new: Annotated[str, typer.Argument(help="A rules file, or a version such as 3.")],
        old: Annotated[
            str, typer.Option("--with", help="A file or version instead of the rules in force.")
        ] = "",
        since: Annotated[
            str, typer.Option(help="yesterday, today, 7d (days), or a time such as 2026-11-01.")
        ] = "yesterday",
        every: Annotated[bool, typer.Option("--every", help="Tell every call, not five of each.")] = False,
        in_language: InLanguage = None,
        as_json: AsJson = False,
    ) -> None:
        """Take recorded calls through the rules in force and through NEW; tell those that go another way.

        Exit 0 also when calls go another way: that may be meant.
        """
        from switchboard.rehearsal import compare as comparing
        from switchboard.settings import Settings

        settings = Settings.load()
        words = language(in_language)
        before, after = _rules(old, settings, words), _rules(new, settings, words)
        begin = _since(since, before.time_zone)
        calls = asyncio.run(_recorded(settings, begin))
        found = comparing.compare(before, after, calls)
        if as_json:
            print_json(_as_json(found, before, after, begin, words))
        else:
            _tell(found, before, after, begin, None if every else SHOWN, words)


def _rules(given: str, settings: Settings, language: str) -> Rules:
    """Rules by version or by file; "" for those in force."""
    from switchboard.rules.store import VERSION, RulesStore

    try:
        if given and (given.isdecimal() or VERSION.fullmatch(given)):
            store = RulesStore(settings.rules_kept)
            return store.get(store.named(given))
        if not given and settings.rules_kept.exists():
            in_force = RulesStore(settings.rules_kept).in_force()
            if in_force is not None:
                return in_force
    except RulesError as error:
        print(f"switchboard: {told(error, language)}", file=sys.stderr)
        raise typer.Exit(2) from error
    return rules_of(load_rules(Path(given) if given else None, settings, language))


def _since(text: str, zone: str) -> datetime:
    now = datetime.now(ZoneInfo(zone))
    midnight = datetime.combine(now.date(), time(), ZoneInfo(zone))
    if text == "today":
        return midnight
    if text == "yesterday":
        return midnight - timedelta(days=1)
    if text.endswith("d") and text[:-1].isdecimal() and int(text[:-1]) <= 3650:
        return midnight - timedelta(days=int(text[:-1]))
    return moment(text, zone)


async def _recorded(settings: Settings, begin: datetime) -> list[RecordedCall]:
    """Calls with steps since `begin`, oldest first."""
    from switchboard import storage
    from switchboard.errors import StorageError
    from switchboard.rehearsal.recorded import RecordedCall
    from switchboard.storage import Follower, open_database

    if settings.database_url.startswith("sqlite") and not settings.journal.exists():
        return []
    database = await open_database(settings.database_url)
    try:
        try:
            await Follower.of(settings, database).catch_up()
        except StorageError as error:
            print(f"switchboard: compared as last recorded: {error}", file=sys.stderr)
        limit = FIRST_CALLS
        rows = await storage.calls(database, limit)
        while len(rows) == limit < MOST_CALLS and datetime.fromisoformat(rows[-1]["started"]) >= begin:
            limit *= 4
            rows = await storage.calls(database, limit)
    finally:
        await database.close()
    wanted = (row for row in reversed(rows) if row["steps"] and row["steps"][0]["n"] == 1)
    return [RecordedCall.of(row) for row in wanted if datetime.fromisoformat(row["started"]) >= begin]


def _tell(
    found: Comparison, old: Rules, new: Rules, begin: datetime, shown: int | None, language: str
) -> None:
    from rich.console import Console
    from rich.text import Text

    from switchboard.sentences import say

    def worded(key: str, **values: Value) -> str:
        return say(f"cli.{key}", **values).in_language(language)

    console = Console(highlight=False, soft_wrap=True)
    result = worded(
        "compared",
        calls=found.calls,
        since=local(begin, old.time_zone),
        old=old.version,
        new=new.version,
        changed=found.changed,
        reworded=found.reworded,
    )
    console.print(Text(result, "bold"))
    for cause in found.causes:
        console.print(
            Text(f"\n{len(cause.changes)} × ", "bold").append(_sides(cause.before, cause.after, language))
        )
        for change in cause.changes[:shown]:
            at = local(change.call.started, old.time_zone).in_language(language)
            caller = change.call.caller or worded("withheld")
            ends = " ⇒ ".join(e.in_language(language) for e in (change.ends_before, change.ends_after))
            console.print(Text(f"    {at}  {caller:<14} {ends}"))
        if shown is not None and len(cause.changes) > shown:
            more = worded("more_calls", count=len(cause.changes) - shown)
            console.print(Text(f"    {more}", "dim"))


def _sides(before: Side, after: Side, language: str) -> str:
    from switchboard.sentences import say

    lines = say("cli.lines", before=before.line or "?", after=after.line or "?").in_language(language)
    return f"{before.does.in_language(language)}  ⇒  {after.does.in_language(language)}  {lines}"


def _as_json(found: Comparison, old: Rules, new: Rules, begin: datetime, language: str) -> dict[str, Any]:
    return {
        "old": old.version,
        "new": new.version,
        "since": begin.isoformat(),
        "calls": found.calls,
        "changed": found.changed,
        "reworded": found.reworded,
        "causes": [
            {
                "before": _side_as_json(c.before, language),
                "after": _side_as_json(c.after, language),
                "calls": [
                    {
                        "id": change.call.id,
                        "started": change.call.started.isoformat(),
                        "caller": change.call.caller,
                        "ends_before": change.ends_before.in_language(language),
                        "ends_after": change.ends_after.in_language(language),
                    }
                    for change in c.changes
                ],
            }
            for c in found.causes
        ],
    }


def _side_as_json(side: Side, language: str) -> dict[str, Any]:
    from switchboard.domain.reasons import in_language

    return {
        "does": side.does.in_language(language),
        "reason": in_language(side.reason, language),
        "line": side.line,
    }
