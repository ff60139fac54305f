"""`switchboard explain`: what would happen to a call, step by step, with the reason and line of each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from switchboard.cli.explaining import Form, View, tell_all, tell_one
from switchboard.cli.language import InLanguage, language
from switchboard.cli.output import AsJson
from switchboard.cli.rehearsing import load_rules, moment, numbers, rules_of, speaker

if TYPE_CHECKING:
    from switchboard.domain.company import Rules
    from switchboard.domain.order import OrderKind

Extensions = list[str]


def _repeated(text: str, name: str) -> Any:
    return typer.Option(f"--{name}", metavar="EXT", help=f"{text} Repeat it, or part with commas.")


def register(app: typer.Typer) -> None:
    @app.command()
    def explain(
        rules: Annotated[
            Path | None, typer.Argument(help="A rules file. Left out: the one that is set.")
        ] = None,
        caller: Annotated[str, typer.Option("--from", metavar="NUMBER", help="Who calls.")] = "",
        to: Annotated[str, typer.Option(metavar="NUMBER", help="What is dialled: the main number.")] = "",
        at: Annotated[str, typer.Option(metavar="TIME", help="When: 10:00, or 2026-11-23 10:00; now.")] = "",
        mode: Annotated[
            str, typer.Option(help="manual or automatic; as the schedule says at that time.")
        ] = "",
        press: Annotated[
            list[str] | None,
            typer.Option(help="Entries, in order: 8201,1. An empty one is silence, # that key alone."),
        ] = None,
        busy: Annotated[Extensions | None, _repeated("Talks already.", "busy")] = None,
        no_answer: Annotated[Extensions | None, _repeated("Rings, nobody comes.", "no-answer")] = None,
        declines: Annotated[Extensions | None, _repeated("Turns the call away.", "declines")] = None,
        unreachable: Annotated[Extensions | None, _repeated("Not registered.", "unreachable")] = None,
        passes_on: Annotated[
            Extensions | None, _repeated("An executive who passes the call to the deputy.", "passes-on")
        ] = None,
        wants_message: Annotated[
            Extensions | None, _repeated("An executive who has a message taken.", "wants-message")
        ] = None,
        others: Annotated[str, typer.Option(help="What all other phones do.")] = "answers",
        operators: Annotated[
            Extensions | None, _repeated("At the desk; all who may be.", "operators")
        ] = None,
        no_operators: Annotated[bool, typer.Option("--no-operators", help="Nobody is at the desk.")] = False,
        speechless: Annotated[
            bool, typer.Option("--speechless", help="Says nothing after the tone.")
        ] = False,
        order: Annotated[
            list[str] | None,
            typer.Option(help="Of whoever talks with the caller: 'transfer 8201'. May be repeated."),
        ] = None,
        inside: Annotated[bool, typer.Option("--inside", help="--from is a phone inside.")] = False,
        lang: Annotated[str, typer.Option(help="zh or en: the language the call begins in.")] = "",
        all_: Annotated[bool, typer.Option("--all", help="All ways a call can take.")] = False,
        form: Annotated[Form, typer.Option("--format", help="Text, or a picture.")] = Form.TEXT,
        in_language: InLanguage = None,
        as_json: AsJson = False,
    ) -> None:
        """What would happen to this call: what is heard, who rings, where it ends, why, and by which line."""
        from switchboard.domain.mode import Mode, mode_at
        from switchboard.rehearsal.situation import Answer, Situation
        from switchboard.settings import Settings

        settings = Settings.load()
        words = language(in_language)
        loaded = load_rules(rules, settings, words)
        company = rules_of(loaded)
        when = moment(at, company.time_zone)
        phones: dict[str, Answer] = {}
        told = {
            Answer.BUSY: busy,
            Answer.NO_ANSWER: no_answer,
            Answer.DECLINES: declines,
            Answer.UNREACHABLE: unreachable,
            Answer.PASSES_ON: passes_on,
            Answer.WANTS_MESSAGE: wants_message,
        }
        for answer, given in told.items():
            phones |= dict.fromkeys(numbers(given, company, f"--{answer.value.replace('_', '-')}"), answer)
        dialled, trunk = _dialled(to, inside, company)
        if lang not in ("", "zh", "en"):
            raise typer.BadParameter("zh or en", param_hint="--lang")
        by_schedule = mode_at(company.calendar, None, when).mode
        signed_in = numbers(operators, company, "--operators") or company.operators
        situation = Situation(
            at=when,
            caller=_caller(caller, inside, company),
            dialled=dialled,
            trunk=trunk,
            inside=inside,
            language=lang,
            presses=_presses(press),
            phones=phones,
            others=_word(Answer, others, "--others"),
            mode=_word(Mode, mode, "--mode") if mode else by_schedule,
            operators=() if no_operators else signed_in,
            speaks=not speechless,
            orders=tuple(map(_order, order or ())),
        )
        view = View(loaded, company, speaker(company, settings), situation, not mode, words)
        if all_:
            tell_all(view, mode, bool(to), form, as_json)
        else:
            tell_one(view, form, as_json)


def _order(given: str) -> tuple[OrderKind, str]:
    from switchboard.domain.order import OrderKind
    from switchboard.rehearsal.ordering import REHEARSED

    kind, _, target = given.strip().partition(" ")
    if kind not in REHEARSED:
        raise typer.BadParameter(f"{kind!r} is none of {', '.join(REHEARSED)}", param_hint="--order")
    return OrderKind(kind), target.strip()


def _presses(given: Sequence[str] | None) -> tuple[str, ...]:
    entries = [entry.strip() for part in given or () for entry in part.split(",")]
    for entry in entries:
        if set(entry) - set("0123456789*#"):
            raise typer.BadParameter("keys are 0-9, * and #, entries parted by commas", param_hint="--press")
    return tuple(entry if entry in ("", "#") else entry.rstrip("#") for entry in entries)


def _dialled(to: str, inside: bool, rules: Rules) -> tuple[str, str]:
    """(what the engine is told was dialled, the trunk it comes by) of a number as it is dialled."""
    trunk = next((t for t in rules.trunks if rules.main_number in t.numbers.values()), None)
    if not to:
        return rules.main_number, "" if inside or trunk is None else trunk.name
    if inside and to != rules.main_number and not _passes_engine(to, rules):
        raise typer.BadParameter(
            f"{to}: calls between phones inside, to the outside, to mailboxes and to parked callers work "
            "without the controller; there is nothing to decide about them",
            param_hint="--to",
        )
    for line in rules.trunks:
        if to in line.numbers and not inside:
            return line.numbers[to], line.name
    if to in rules.extensions or to == rules.main_number or (inside and to.startswith("*")):
        return to, ""
    raise typer.BadParameter(
        f"{to} leads nowhere: it is no extension, and no trunk has it", param_hint="--to"
    )


def _passes_engine(to: str, rules: Rules) -> bool:
    """Whether what a phone inside dials is decided about, rather than connected by the dialplan alone."""
    own = (rules.codes.voicemail, rules.codes.park, rules.codes.fetch, rules.codes.pickup)
    return to.startswith("*") and not to.startswith(own)


def _caller(caller: str, inside: bool, rules: Rules) -> str:
    if inside and caller not in rules.extensions:
        raise typer.BadParameter("with --inside, --from is an extension", param_hint="--from")
    if set(caller.removeprefix("+")) - set("0123456789"):
        raise typer.BadParameter("digits, with or without a + in front", param_hint="--from")
    return caller


def _word(kind: type[Any], word: str, option: str) -> Any:
    try:
        return kind(word.replace("-", "_"))
    except ValueError:
        choices = ", ".join(member.value for member in kind)
        raise typer.BadParameter(f"{word!r} is none of {choices}", param_hint=option) from None
