"""`switchboard rules`: every version that was kept, what it changed, and the way back."""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from switchboard.cli import rules_import, rules_new
from switchboard.cli.language import InLanguage, language, told
from switchboard.cli.output import AsJson, print_json, print_table
from switchboard.errors import RulesError, SwitchboardError

if TYPE_CHECKING:
    from pathlib import Path

    from switchboard.rules.differences import Change
    from switchboard.rules.store import RulesStore

LISTED = 20
CHANGES_SHOWN = 3

Version = Annotated[str, typer.Argument(help="Its number, or its whole name: 3, 3-1f2e3d4c.")]


def register(app: typer.Typer) -> None:
    rules = typer.Typer(
        help="Rules and their versions: begin, import, list, compare, go back.", no_args_is_help=True
    )
    app.add_typer(rules, name="rules")
    rules_new.register(rules)
    rules_import.register(rules)

    @rules.command("list")
    def list_versions(
        everything: Annotated[bool, typer.Option("--all", help=f"Not only the newest {LISTED}.")] = False,
        in_language: InLanguage = None,
        as_json: AsJson = False,
    ) -> None:
        """Every version that was kept, newest first, and what it changed."""
        _list(everything, as_json, language(in_language))

    @rules.command()
    def show(version: Version, in_language: InLanguage = None, as_json: AsJson = False) -> None:
        """Print a version as it was saved."""
        _show(version, as_json, language(in_language))

    @rules.command()
    def diff(
        version: Annotated[str, typer.Argument(help="Left out: the version in force.")] = "",
        other: Annotated[
            str,
            typer.Argument(help="Left out: what VERSION changed; without VERSION, the file as it is now."),
        ] = "",
        in_language: InLanguage = None,
        as_json: AsJson = False,
    ) -> None:
        """Tell in words what one version changes against another: who came, who left, what is different."""
        _diff(version, other, as_json, language(in_language))

    @rules.command()
    def back(version: Version, in_language: InLanguage = None, as_json: AsJson = False) -> None:
        """Write a version into the rules file again. It comes into force like any other change."""
        _back(version, as_json, language(in_language))


def _list(everything: bool, as_json: bool, language: str) -> None:
    from switchboard.sentences import say

    store = _store()
    history = store.history(language)
    kept = history if everything else history[:LISTED]
    changed = {k.version: store.changed(k.version, language) for k in kept}
    if as_json:
        print_json([{**asdict(k), "changed": list(changed[k.version])} for k in kept])
        return
    if not kept:
        typer.echo(say("cli.no_versions").in_language(language))
        return
    rows = [
        (
            k.version,
            say(f"cli.state.{k.state.replace(' ', '_')}").in_language(language),
            k.at,
            k.source,
            _in_short(changed[k.version], language),
        )
        for k in kept
    ]
    columns = ("version", "state", "since", "from", "changed")
    print_table([say(f"cli.version.{column}").in_language(language) for column in columns], rows)
    if len(history) > len(kept):
        typer.echo(say("cli.older", count=len(history) - len(kept)).in_language(language))


def _show(version: str, as_json: bool, language: str) -> None:
    store = _store()
    try:
        name = store.named(version)
        content = store.content(name).decode("utf-8", "replace")
    except RulesError as error:
        raise _refuse(error, language) from error
    if not as_json:
        typer.echo(content, nl=False)
        return
    kept = next(k for k in store.history(language) if k.version == name)
    print_json({**asdict(kept), "changed": list(store.changed(name, language)), "content": content})


def _diff(version: str, other: str, as_json: bool, language: str) -> None:
    from switchboard.rules.differences import differences
    from switchboard.sentences import say

    store = _store()
    try:
        before, after, contents = _compared(store, version, other)
    except (SwitchboardError, OSError) as error:
        raise _refuse(error, language) from error
    changes = differences(*contents)
    if as_json:
        print_json({"from": before, "to": after, "changes": [change.as_json(language) for change in changes]})
        return
    typer.echo(f"{before or say('cli.nothing').in_language(language)} → {after}")
    for line in _in_words(changes, contents, language):
        typer.echo(line)


def _compared(store: RulesStore, version: str, other: str) -> tuple[str, str, tuple[bytes, bytes]]:
    """The names of both sides and what they hold."""
    if version and other:
        before, after = store.named(version), store.named(other)
        return before, after, (store.content(before), store.content(after))
    if version:
        after = store.named(version)
        earlier = store.before(after)
        return earlier or "", after, (store.content(earlier) if earlier else b"", store.content(after))
    file = _file()
    now = store.version_in_force()
    return now or "", str(file), (store.content(now) if now else b"", file.read_bytes())


def _in_words(changes: Sequence[Change], contents: tuple[bytes, bytes], language: str) -> list[str]:
    from switchboard.sentences import say

    if changes:
        signs = {"added": "+", "removed": "−", "moved": "↷", "changed": "~"}
        return [f"  {signs[change.kind.value]} {change.said.in_language(language)}" for change in changes]
    return [say("cli.same" if contents[0] == contents[1] else "cli.writing").in_language(language)]


def _back(version: str, as_json: bool, language: str) -> None:
    from switchboard.rules.store import write_safely
    from switchboard.sentences import say

    store, file = _store(), _file()
    try:
        version = store.named(version)
        store.get(version)
        content = store.content(version)
        if file.exists():
            present = file.read_bytes()
            if present == content:
                said = say("cli.back_already", file=str(file), version=version)
                _say_back(version, version, as_json, said.in_language(language))
                return
            store.keep(present, say("source.before_back", file=str(file), version=version))
        name = store.keep(content, say("source.back", author=_author(), version=version))
        write_safely(file, content)
    except (SwitchboardError, OSError) as error:
        raise _refuse(error, language) from error
    said = say("cli.back", file=str(file), version=version, name=name)
    _say_back(version, name, as_json, said.in_language(language))


def _say_back(version: str, name: str, as_json: bool, words: str) -> None:
    if as_json:
        print_json({"back_to": version, "version": name})
    else:
        typer.echo(words)


def _in_short(words: Sequence[str], language: str) -> str:
    from switchboard.sentences import say, several

    more = len(words) - CHANGES_SHOWN
    rest = say("cli.and_more", count=more).in_language(language) if more > 0 else ""
    return several(words[:CHANGES_SHOWN], "semicolon").in_language(language) + rest


def _author() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "somebody"


def _file() -> Path:
    from switchboard.settings import Settings

    return Settings.load().rules


def _store() -> RulesStore:
    from switchboard.rules.store import RulesStore
    from switchboard.settings import Settings

    return RulesStore(Settings.load().rules_kept)


def _refuse(error: Exception, language: str) -> typer.Exit:
    typer.echo(told(error, language), err=True)
    return typer.Exit(1)
