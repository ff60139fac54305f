"""`switchboard call`: an outside caller without a phone; tells what was heard and where the call ended."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from switchboard.cli.transcript import Transcript, report
from switchboard.errors import SettingsError, SwitchboardError
from switchboard.settings import Settings

if TYPE_CHECKING:
    from switchboard.cli.outside_call import OutsideCall, Plan
    from switchboard.domain.company import Rules, Trunk
    from switchboard.softphone.program import Program

TEST_CALLER = "test-caller"
"""The trunk of the sample rules that this command calls through; else the first one with a username."""

RECORD_WAIT = 4.0
"""Seconds the record of a call may take to come: Asterisk's own part is read in once a second."""

MESSAGE = "This is a test call. Please call me back. Thank you."

_JSON = "One JSON object instead of text."


def register(app: typer.Typer) -> None:
    @app.command()
    def call(
        number: Annotated[str, typer.Argument(help="What the caller dials, e.g. 8000.")],
        press: Annotated[
            str,
            typer.Option(help="Keys, e.g. 8201,1: one group after each question."),
        ] = "",
        as_: Annotated[str, typer.Option("--as", help="The caller's language: zh or en.")] = "",
        seconds: Annotated[float, typer.Option(min=1, max=280, help="Hang up after so long.")] = 120,
        caller: Annotated[str, typer.Option(help="The caller's own number.")] = "13800138000",
        hurry: Annotated[bool, typer.Option(help="Press without hearing the question out.")] = False,
        as_json: Annotated[bool, typer.Option("--json", help=_JSON)] = False,
    ) -> None:
        """Call the running switchboard as an outside caller; print what is heard and where the call ends."""
        groups = [g.strip() for g in press.split(",") if g.strip()]
        if any(set(g) - set("0123456789*#ABCD") for g in groups):
            raise typer.BadParameter("keys are 0-9, * and #, groups parted by commas", param_hint="--press")
        if as_ not in ("", "zh", "en"):
            raise typer.BadParameter("zh or en", param_hint="--as")
        if not caller.lstrip("+").isdigit() or len(caller) > 20:
            raise typer.BadParameter("digits, with or without a + in front", param_hint="--caller")
        if not number or set(number) - set("0123456789*#+"):
            raise typer.BadParameter("a number to dial: digits, * and #", param_hint="NUMBER")
        settings = Settings.load()
        _check_running(settings)
        rules = _rules_in_force(settings)
        trunk = _trunk(rules)
        began = time.time()
        from switchboard.cli.outside_call import Plan

        plan = Plan(_as_dialled(number, rules, trunk), groups, _message(settings), seconds, hurry)
        _choose_language(plan, rules, as_)
        transcript = None if as_json else Transcript()
        went = asyncio.run(_make(settings, rules, trunk, plan, caller, transcript))
        if transcript:
            transcript.end()
        record = asyncio.run(_record(settings, caller, began)) if went.answered else None
        report(went, record, as_json)
        refused = not went.answered or (record and record["outcome"] in ("refused", "failed"))
        raise typer.Exit(1 if refused else 0)


async def _make(
    settings: Settings,
    rules: Rules,
    trunk: Trunk,
    plan: Plan,
    caller: str,
    tell: Transcript | None,
) -> OutsideCall:
    from switchboard.cli.known_sounds import known_sounds
    from switchboard.cli.outside_call import OutsideCaller
    from switchboard.pbx.secrets import Secrets
    from switchboard.softphone import Account, Repertoire

    known = known_sounds(rules, settings, ("vm-", "auth-"))
    account = Account(
        user=caller,
        login=trunk.username,
        password=Secrets(settings.secrets).trunk(trunk.name),
        server=_address(settings),
        port=settings.sip_port,
        registers=False,
    )
    if tell:
        print(f"{caller} calls {plan.number} …", flush=True)
    outside = OutsideCaller(plan, {k.name: k.text for k in known}, tell or (lambda _: None))
    repertoire = Repertoire.of_files((k.name, k.file) for k in known)
    return await outside.make(account, _softphone(settings), repertoire)


def _softphone(settings: Settings) -> Program:
    """baresip, from the PATH or the switchboard's programs. Raises SwitchboardError saying what to do."""
    from switchboard.pbx import programs
    from switchboard.softphone.program import Program, find

    found = programs.find(settings)
    if found and found.baresip and found.baresip_modules:
        return Program(found.baresip.argv, found.baresip_modules)
    return find()


def _check_running(settings: Settings) -> None:
    """Raise unless a PBX answers SIP. The controller may be away: then the fallback answers calls."""
    from switchboard import control
    from switchboard.softphone import ping

    address = (_address(settings), settings.sip_port)
    if ping.answers(*address):
        return
    try:
        control.ask(settings.control_socket, "/status")
    except control.NotRunning as error:
        raise SwitchboardError(
            f"no switchboard is running here: nobody answers SIP on {address[0]}:{address[1]}. "
            "Start one with `make run` (or `switchboard run`), then call again"
        ) from error
    raise SwitchboardError(
        f"the controller runs, but no PBX answers on {address[0]}:{address[1]}: see `switchboard status`"
    )


def _address(settings: Settings) -> str:
    return "127.0.0.1" if settings.bind in ("0.0.0.0", "::", "") else settings.bind  # noqa: S104


def _rules_in_force(settings: Settings) -> Rules:
    from switchboard import rules
    from switchboard.rules.store import RulesStore

    in_force = RulesStore(settings.rules_kept).in_force() or rules.load(settings.rules).rules
    if in_force is None:
        raise SwitchboardError(f"no rules are in force, and {settings.rules} can't be used: see `check`")
    return in_force


def _trunk(rules: Rules) -> Trunk:
    usable = [t for t in rules.trunks if t.username]
    chosen = next((t for t in usable if t.name == TEST_CALLER), usable[0] if usable else None)
    if chosen is None:
        raise SettingsError(
            "the rules have no trunk with a username to call through; the sample's is named "
            f"{TEST_CALLER}: put it back under `trunks:`"
        )
    return chosen


def _as_dialled(number: str, rules: Rules, trunk: Trunk) -> str:
    """What an outside caller dials for `number`: the trunk's number that leads there, if there is one."""
    if number in trunk.numbers:
        return number
    return next((dialled for dialled, to in trunk.numbers.items() if to == number), number)


def _choose_language(plan: Plan, rules: Rules, language: str) -> None:
    from switchboard.domain import prompt_keys
    from switchboard.domain.company import KeyAction

    key = next((k.key for k in rules.greeting.keys if k.action is KeyAction.LANGUAGE), "")
    if language and language != rules.default_language and key:
        plan.language_key = key
        plan.language_prompt = f"{rules.default_language}/{prompt_keys.OTHER_LANGUAGE}"


def _message(settings: Settings) -> Any:
    """Something to say after the tone: a sentence if there is a voice, else two tones."""
    import numpy as np

    from switchboard.pbx import programs
    from switchboard.prompts.reading import Piece
    from switchboard.prompts.speech import Espeak
    from switchboard.softphone import sound

    found = programs.find(settings)
    if found and found.espeak:
        try:
            spoken = Espeak(found.espeak.argv).speak(Piece("en", MESSAGE))
            return sound.resampled(spoken.samples, spoken.rate)
        except SwitchboardError:
            pass  # tones will do
    return np.concatenate([sound.tone(520, 1.5), sound.silence(0.3), sound.tone(660, 1.5)])


async def _record(settings: Settings, caller: str, began: float) -> dict[str, Any] | None:
    """The record of our call once it is complete, or None when none came."""
    from datetime import datetime

    from switchboard import storage

    deadline = time.monotonic() + RECORD_WAIT
    database = await storage.open_database(settings.database_url)
    try:
        while True:
            for record in await storage.calls(database, 20):
                started = datetime.fromisoformat(record["started"]).timestamp() if record["started"] else 0
                ours = record["caller"] == caller and started >= began - 2
                if ours and (record["ended"] or time.monotonic() > deadline):
                    return record
            if time.monotonic() > deadline:
                return None
            await asyncio.sleep(0.3)
    finally:
        await database.close()
