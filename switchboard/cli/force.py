"""`switchboard rules force`: puts the rules file in force though an example call says otherwise."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Any

import typer

from switchboard.cli.language import language
from switchboard.cli.output import AsJson, print_json
from switchboard.cli.rehearsing import load_rules

if TYPE_CHECKING:
    from switchboard.settings import Settings

PATIENCE_SECONDS = 120.0
"""A large company's new names are spoken before its rules are in force."""


def register(app: typer.Typer) -> None:
    """Add `force` to the commands of `rules`, which are registered before."""
    group = next(g.typer_instance for g in app.registered_groups if g.name == "rules")
    assert group is not None

    @group.command()
    def force(as_json: AsJson = False) -> None:
        """Put the rules file in force whatever the example calls say. A file with errors stays out."""
        from switchboard import control
        from switchboard.settings import Settings

        settings = Settings.load()
        order = {"force": True, "author": getpass.getuser()}
        try:
            state = control.order(settings.control_socket, "/rules", order, PATIENCE_SECONDS)
        except control.NotRunning:
            state = _for_the_next_start(settings)
        if as_json:
            print_json(state)
        elif state["state"] == "refused":
            for error in state["errors"]:
                typer.echo(error, err=True)
        else:
            typer.echo(f"Rules {state['version']} are {state['state'].replace('_', ' ')}.")
        raise typer.Exit(1 if state["state"] == "refused" else 0)


def _for_the_next_start(settings: Settings) -> dict[str, Any]:
    """Nothing runs: the version is kept as the one in force, and the next start takes it."""
    from switchboard.rules.store import RulesStore
    from switchboard.sentences import say

    loaded = load_rules(None, settings, language(None))
    store = RulesStore(settings.rules_kept)
    source = say("source.by", file=str(settings.rules), author=getpass.getuser())
    version = store.keep(loaded.content, source, loaded.rules)
    store.put_in_force(version)
    return {"version": version, "state": "in_force at the next start", "errors": []}
