"""`switchboard phones`, `mailboxes` and `trunks`: the accounts, with the passwords nobody chose.

The only commands that show them, to whoever may read the data folder.
"""

from __future__ import annotations

import re
from typing import Any

import typer

from switchboard.cli.output import AsJson, print_json, print_table
from switchboard.dialplan import VOICEMAIL_CONTEXT
from switchboard.domain.company import Department, Queue, Rules
from switchboard.errors import RulesError, SwitchboardError
from switchboard.pbx import elsewhere
from switchboard.pbx.ports import own_address
from switchboard.pbx.secrets import Secrets
from switchboard.settings import Settings


def register(app: typer.Typer) -> None:
    @app.command()
    def phones(as_json: AsJson = False) -> None:
        """The phones' accounts: what to enter into a SIP telephone."""
        settings = Settings.load()
        found = phone_accounts(settings, present_rules(settings))
        if as_json:
            print_json(found)
            return
        columns = ("extension", "name", "username", "password", "server", "mailbox_pin")
        print_table(columns, [[p[c] for c in columns] for p in found])

    @app.command()
    def mailboxes(as_json: AsJson = False) -> None:
        """The shared mailboxes of departments and queues: who may open them, and with which PIN."""
        settings = Settings.load()
        found = shared_mailboxes(settings, present_rules(settings))
        if as_json:
            print_json(found)
            return
        columns = ("extension", "name", "dial", "openers", "mailbox_pin")
        print_table(columns, [[", ".join(b[c]) if c == "openers" else b[c] for c in columns] for b in found])

    @app.command()
    def trunks(as_json: AsJson = False) -> None:
        """From where outside calls are accepted."""
        settings = Settings.load()
        found = trunk_accounts(settings, present_rules(settings))
        if as_json:
            print_json(found)
            return
        columns = ("name", "username", "password", "server", "addresses")
        print_table(columns, [[*(t[c] for c in columns[:4]), ", ".join(t["addresses"])] for t in found])


def present_rules(settings: Settings) -> Rules:
    """The rules in force; before the first run, those of the file. Raises RulesError without either."""
    from switchboard import rules
    from switchboard.rules.store import RulesStore

    try:
        if settings.rules_kept.is_dir():
            in_force = RulesStore(settings.rules_kept).in_force()
            if in_force is not None:
                return in_force
        loaded = rules.load(settings.rules)
    except PermissionError as error:
        raise SwitchboardError(
            f"{error.filename} may be read only by the user who runs the switchboard: be that user"
        ) from error
    if loaded.rules is None:
        raise RulesError(
            f"no rules are in force, and {settings.rules} has errors: switchboard check shows them"
        )
    return loaded.rules


def phone_accounts(settings: Settings, rules: Rules) -> list[dict[str, Any]]:
    """One account for each entry with a phone of its own.

    `mailbox_pin` is the one the mailbox began with; None when its owner has chosen another since, or
    when there is no mailbox.
    """
    secrets = Secrets(settings.secrets)
    secrets.ensure(phones=[p.number for p in rules.phones])
    return [
        {
            "extension": phone.number,
            "name": phone.name["zh"] if rules.default_language == "zh" else phone.name["en"],
            "username": phone.number,
            "password": secrets.phone(phone.number),
            "server": server(settings),
            "mailbox_pin": _told_pin(settings, phone.number, secrets.pin(phone.number))
            if phone.mailbox
            else None,
        }
        for phone in rules.phones
    ]


def shared_mailboxes(settings: Settings, rules: Rules) -> list[dict[str, Any]]:
    """One for each department and queue; `dial` is what its openers dial. `mailbox_pin` as for phones."""
    secrets = Secrets(settings.secrets)
    teams = [e for e in rules.extensions.values() if isinstance(e, Department | Queue)]
    return [
        {
            "extension": team.number,
            "name": team.name[rules.default_language],
            "dial": rules.codes.voicemail + team.number,
            "openers": list(team.mailbox_openers),
            "mailbox_pin": _told_pin(settings, team.number, secrets.pin(team.number)),
        }
        for team in teams
    ]


def trunk_accounts(settings: Settings, rules: Rules) -> list[dict[str, Any]]:
    """Every trunk of the rules; username and password are empty for one that is known by address."""
    secrets = Secrets(settings.secrets)
    return [
        {
            "name": trunk.name,
            "username": trunk.username,
            "password": secrets.trunk(trunk.name) if trunk.username else "",
            "server": server(settings),
            "addresses": list(trunk.addresses),
        }
        for trunk in rules.trunks
    ]


def server(settings: Settings) -> str:
    """Where phones register, as `address:port`. A container's own address would help nobody outside it."""
    outside = settings.external_address if elsewhere.apart(settings) else ""
    address = outside or own_address(settings)
    return f"[{address}]:{settings.sip_port}" if ":" in address else f"{address}:{settings.sip_port}"


def _told_pin(settings: Settings, number: str, first: str) -> str | None:
    """The first PIN, while it is the one in the spool (`passwordlocation=spooldir`) or there is none yet."""
    file = settings.spool / "voicemail" / VOICEMAIL_CONTEXT / number / "secret.conf"
    try:
        found = re.search(r"^\s*password\s*=>?\s*(\S*)", file.read_text("ascii", "replace"), re.MULTILINE)
    except OSError:
        return first
    return None if found and found[1] != first else first
