"""Everything that must lie ready before the PBX and the controller start."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from switchboard.ami.accounts import ACCOUNTS
from switchboard.bootstrap.examples import ExampleCalls
from switchboard.certificates import Certificates
from switchboard.domain.company import Rules
from switchboard.errors import RulesError
from switchboard.pbx.programs import Programs
from switchboard.publisher import Workshop
from switchboard.rules import load
from switchboard.rules.sample import RULES, put_sample
from switchboard.rules.store import RulesStore
from switchboard.settings import Settings
from switchboard.storage import open_database

Say = Callable[[str], None]


async def prepare(settings: Settings, programs: Programs, progress: Say) -> None:
    """Rules, secrets, prompts, database and the PBX's files, all in place when it returns.

    A wrong rules file doesn't stop the switchboard: the last good one rules. Raises SwitchboardError when
    there is none, or when something else can't be made.
    """
    store = RulesStore(settings.rules_kept)
    workshop = Workshop.of(settings, programs)
    examples = ExampleCalls(settings.rules, store, lambda rules: workshop.sounds(rules).text)
    rules = _rules_to_begin_with(settings, store, examples, progress)
    workshop.secrets.ensure(
        phones=[p.number for p in rules.phones],
        trunks=[t.name for t in rules.trunks],
        accounts=[a.name for a in ACCOUNTS],
    )
    sounds = await asyncio.to_thread(workshop.speak, rules, _spoken(progress))
    database = await open_database(settings.database_url)
    await database.close()
    await asyncio.to_thread(Certificates.of(settings).ensure_for, settings)
    await asyncio.to_thread(workshop.write, rules, sounds)
    progress(f"rules {rules.version} are in force: {len(rules.phones)} phones, {len(rules.trunks)} trunks")


def _rules_to_begin_with(
    settings: Settings, store: RulesStore, examples: ExampleCalls, progress: Say
) -> Rules:
    if not settings.rules.exists() and store.last_good() is None:
        _first_rules(settings.rules, progress)
    loaded = load(settings.rules)
    errors = [f"{settings.rules}:{p.line}: {p.message}" for p in loaded.errors]
    if loaded.rules is not None:
        errors = [str(fault) for fault in examples.unmet(loaded.rules)]
        for sentence in examples.strange(loaded.rules):
            progress(sentence)
        if not errors or store.last_good() is None:
            for error in errors:  # nothing else could rule: told, not refused
                progress(error)
            version = store.keep(loaded.content, str(settings.rules), loaded.rules)
            return store.put_in_force(version)
    rules = store.last_good()
    if rules is None:
        raise RulesError("\n".join(["the rules can't be put in force:", *errors]), loaded.problems)
    for error in errors:
        progress(error)
    progress(f"the rules file is wrong; the last good version, {rules.version}, stays in force")
    return store.put_in_force(rules.version)


def _first_rules(file: Path, progress: Say) -> None:
    """The sample company, in a folder that has no rules of its own.

    Only there: a file that the settings name and that isn't there is a mistake of somebody who has rules.
    """
    if file != Path.cwd() / RULES:
        raise RulesError(
            f"{file} is not there. `switchboard rules new {file}` writes rules of your own to begin with, "
            f"`switchboard rules sample {file}` the sample company"
        )
    put_sample(file)
    progress(f"there are no rules here yet: {file} is the sample company now, with example calls")


def _spoken(progress: Say) -> Callable[[int, int, str], None]:
    """Progress of speaking, told every hundred sounds."""

    def told(done: int, total: int, text: str) -> None:
        if total >= 20 and (done == 1 or done % 100 == 0 or done == total):
            progress(f"prompts: {done} of {total} spoken")

    return told
