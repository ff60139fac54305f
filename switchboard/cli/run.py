"""`switchboard run`, and the hidden `controller` that it starts."""

from __future__ import annotations

import contextlib
import ipaddress
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import typer

from switchboard import supervise
from switchboard.errors import SwitchboardError
from switchboard.pbx.ports import own_address
from switchboard.settings import Settings


def register(app: typer.Typer) -> None:
    @app.command()
    def run() -> None:
        """Run the switchboard: controller, and PBX unless that runs elsewhere, until Ctrl-C."""
        from switchboard import bootstrap  # heavy, and `--help` shall be quick

        supervise.run(Settings.load(), bootstrap.prepare, announce)

    @app.command(hidden=True)
    def controller() -> None:
        """The controller alone; `run` starts it."""
        from switchboard import bootstrap

        bootstrap.controller_main(Settings.load())


def announce(settings: Settings, say: Callable[[str], None]) -> None:
    """Where to call, where the accounts are shown, where things are."""
    number, command = _main_number(settings), _command()
    if settings.log_to == "stdout":
        say(f"{number} is answered on port {settings.sip_port}; rules: {settings.rules}")
        return
    say("")
    say(f"  call        {number} from a phone on {own_address(settings)}:{settings.sip_port} (UDP, TCP)")
    say(f"              or without a phone: {command} call {number}")
    say(f"  phones      {command} phones    (shows every phone's account and password)")
    say(f"  console     {_console(settings)}")
    say(f"  users       {command} user list    (the first: {command} user add admin --role administrator)")
    say(f"  state       {command} status")
    say(f"  rules       {settings.rules}    (saving it puts it in force)")
    say(f"  data        {settings.data_dir}")
    say(f"  logs        {settings.logs}")
    say("  stop        Ctrl-C")


def _console(settings: Settings) -> str:
    """Where browsers find the console: on this machine over HTTP, from others over HTTPS."""
    bound = ipaddress.ip_address(settings.http_bind)
    if bound.is_loopback:
        return f"http://{_in_address(str(bound))}:{settings.http_port}/    (SWITCHBOARD_HTTP_BIND opens it)"
    name = own_address(settings) if bound.is_unspecified else str(bound)
    return f"https://{_in_address(name)}:{settings.https_port}/    (http://…:{settings.http_port}/ tells how)"


def _in_address(name: str) -> str:
    return f"[{name}]" if ":" in name else name


def _command() -> str:
    """How this command line is called from here."""
    on_path = shutil.which("switchboard")
    here = Path(sys.argv[0]).absolute()
    if on_path and here.exists() and Path(on_path).samefile(here):
        return "switchboard"
    if here.name != "switchboard":  # python -m switchboard
        return "python -m switchboard"
    return os.path.relpath(here) if here.is_relative_to(Path.cwd()) else str(here)


def _main_number(settings: Settings) -> str:
    from switchboard.rules.store import RulesStore

    with contextlib.suppress(SwitchboardError):
        rules = RulesStore(settings.rules_kept).in_force()
        if rules is not None:
            return rules.main_number
    return "8000"
