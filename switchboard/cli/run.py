"""`switchboard run`, and the hidden `controller` that it starts."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import typer

from switchboard import supervise
from switchboard.errors import SwitchboardError
from switchboard.pbx.ports import own_address
from switchboard.settings import Settings


def register(app: typer.Typer) -> None:
    @app.command()
    def run() -> None:
        """Run the switchboard: PBX and controller, until Ctrl-C."""
        from switchboard import bootstrap  # heavy, and `--help` shall be quick

        supervise.run(Settings.load(), bootstrap.prepare, announce)

    @app.command(hidden=True)
    def controller() -> None:
        """The controller alone; `run` starts it."""
        from switchboard import bootstrap

        bootstrap.controller_main(Settings.load())


def announce(settings: Settings, say: Callable[[str], None]) -> None:
    """Where to call, where the accounts are shown, where things are."""
    number = _main_number(settings)
    say("")
    say(f"  call        {number} from a phone on {own_address(settings)}:{settings.sip_port} (UDP, TCP)")
    say(f"              or without a phone: switchboard call {number}")
    say("  phones      switchboard phones    (shows every phone's account and password)")
    say("  state       switchboard status")
    say(f"  rules       {settings.rules}    (saving it puts it in force)")
    say(f"  data        {settings.data_dir}")
    say(f"  logs        {settings.logs}")
    say("  stop        Ctrl-C")


def _main_number(settings: Settings) -> str:
    from switchboard.rules.store import RulesStore

    with contextlib.suppress(SwitchboardError):
        rules = RulesStore(settings.rules_kept).in_force()
        if rules is not None:
            return rules.main_number
    return "8000"
