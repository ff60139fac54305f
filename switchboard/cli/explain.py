"""`switchboard explain`: what would happen to a call, step by step, with the reason and line of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from switchboard.cli.output import AsJson, print_json
from switchboard.cli.rehearsing import load_rules, local, moment, numbers, rules_of, speaker

if TYPE_CHECKING:
    from rich.text import Text

    from switchboard.domain.company import Rules
    from switchboard.rehearsal.rows import Row
    from switchboard.rehearsal.situation import Situation
    from switchboard.rehearsal.story import Speak
    from switchboard.rules import Loaded

EXCERPT = 70
"""Characters shown of a line of the rules."""

Extensions = list[str]


class Form(StrEnum):
    TEXT = "text"
    SVG = "svg"
    MERMAID = "mermaid"


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
        inside: Annotated[bool, typer.Option("--inside", help="--from is a phone inside.")] = False,
        lang: Annotated[str, typer.Option(help="zh or en, to begin with.")] = "",
        all_: Annotated[bool, typer.Option("--all", help="All ways a call can take.")] = False,
        form: Annotated[Form, typer.Option("--format", help="Text, or a picture.")] = Form.TEXT,
        as_json: AsJson = False,
    ) -> None:
        """What would happen to this call: what is heard, who rings, where it ends, why, and by which line."""
        from switchboard.domain.mode import Mode, mode_at
        from switchboard.rehearsal.situation import Answer, Situation
        from switchboard.settings import Settings

        settings = Settings.load()
        loaded = load_rules(rules, settings)
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
        )
        view = _View(loaded, company, speaker(company, settings), situation, "" if mode else "the schedule")
        if all_:
            _tell_all(view, mode, bool(to), form, as_json)
        else:
            _tell_one(view, form, as_json)


@dataclass(frozen=True)
class _View:
    """What is told, and of what."""

    loaded: Loaded
    rules: Rules
    speak: Speak
    situation: Situation
    mode_source: str

    @property
    def title(self) -> str:
        """The supposed call in a line."""
        s = self.situation
        who = f"{'phone' if s.inside else 'caller'} {s.caller or 'without a number'}"
        source = f" ({self.mode_source})" if self.mode_source else ""
        desk = ""
        if s.mode.value == "manual":
            desk = f", at the desk: {', '.join(s.operators) or 'nobody'}"
        return (
            f"{who} dials {s.dialled} · {local(s.at, self.rules.time_zone)} · "
            f"{s.mode.value} mode{source}{desk} · rules {self.rules.version}"
        )


def _tell_one(view: _View, form: Form, as_json: bool) -> None:
    from switchboard.rehearsal import rehearse
    from switchboard.rehearsal.picture import mermaid, svg
    from switchboard.rehearsal.rows import one_way, rows
    from switchboard.rehearsal.story import ending, ending_words, steps

    rehearsal = rehearse(view.rules, view.situation)
    if form is not Form.TEXT:
        drawn = list(rows(one_way(rehearsal, view.rules), view.rules, view.speak))
        typer.echo(mermaid(drawn) if form is Form.MERMAID else svg(drawn, view.title), nl=False)
        return
    told = steps(rehearsal, view.rules, view.speak)
    end = ending(rehearsal)
    if as_json:
        s = view.situation
        print_json(
            {
                "rules": view.rules.version,
                "at": s.at.isoformat(),
                "caller": s.caller,
                "dialled": s.dialled,
                "mode": s.mode.value,
                "operators": list(s.operators),
                "steps": [step.as_json() for step in told],
                "ends": {
                    "kind": end.kind.value,
                    "number": end.number,
                    "wanted": end.wanted,
                    "reason": end.reason.value if end.reason else None,
                },
                "unused": list(rehearsal.unused),
            }
        )
        return
    from rich.text import Text

    lines = [Text(view.title, "bold"), Text()]
    file_rows = _rows_of(view.loaded)
    for step in told:
        lines += _step_lines(step.n, step.hears, step.does, step.comes_to, step.reason, step.line, file_rows)
    lines.append(Text.assemble(("  ⇒  ", "bold green"), (ending_words(end, view.rules), "bold")))
    if rehearsal.unused:
        lines.append(Text(f"  nobody asked for: {', '.join(rehearsal.unused)}", "yellow"))
    _print(lines)


def _tell_all(view: _View, mode: str, one_number: bool, form: Form, as_json: bool) -> None:
    from switchboard.domain.call import Call
    from switchboard.domain.mode import Mode
    from switchboard.rehearsal.picture import mermaid, svg
    from switchboard.rehearsal.rows import rows
    from switchboard.rehearsal.unreachable import codes, unreachable
    from switchboard.rehearsal.ways import explore

    s, company = view.situation, view.rules
    call = Call(
        id="rehearsal",
        rules=company.version,
        caller=s.caller,
        inside=s.inside,
        asker=s.caller if s.inside else "",
        trunk=s.trunk,
        language=s.language or company.default_language,
    )
    roots = {s.dialled: f"dials {s.dialled}"}
    if not one_number:
        for line in company.trunks:
            roots |= {n: f"dials {n} directly" for n in line.numbers.values() if n != company.main_number}
    if s.inside and not one_number:
        roots |= {code: f"dials {code}" for code in codes(company)}
    ways = explore(company, call, s.at, roots, Mode(mode) if mode else None)
    lost = () if one_number or mode else unreachable(company, replace(call, inside=False, asker=""), s.at)
    drawn = list(rows(ways, company, view.speak))
    title = f"All ways of a call · rules {company.version}"
    if form is not Form.TEXT:
        typer.echo(mermaid(drawn) if form is Form.MERMAID else svg(drawn, title), nl=False)
        return
    if as_json:
        from switchboard.rehearsal.story import step

        print_json(
            {
                "rules": company.version,
                "complete": ways.complete,
                "roots": [{"label": b.label, "to": b.to} for b in ways.roots],
                "steps": [
                    {
                        **step(node.n, node.moment, company, view.speak).as_json(),
                        "then": [{"when": b.label, "to": b.to} for b in node.branches],
                    }
                    for node in ways.nodes.values()
                ],
                "unreachable": [{"path": p.path, "line": p.line, "what": p.title} for p in lost],
            }
        )
        return
    from rich.text import Text

    lines = [Text(title, "bold"), Text(), *map(_row_line, drawn), Text()]
    if not ways.complete:
        lines.append(Text("There are more ways than are told here.", "yellow"))
    for part in lost:
        lines.append(
            Text.assemble(
                (f"{view.loaded.name}:{part.line}: ", "bold"), ("unreachable: ", "bold yellow"), part.title
            )
        )
    if ways.complete and not (lost or one_number or mode):
        lines.append(Text("Every part of the rules can be reached.", "green"))
    _print(lines)


def _step_lines(
    n: int, hears: str, does: str, comes_to: str, reason: str, line: int, file_rows: Sequence[str]
) -> list[Text]:
    """One step: what is heard or done, what came of it, and below it why."""
    from rich.text import Text

    what = Text(f"{n:>3}  ", "dim")
    if hears:
        what.append(f"「{hears}」", "cyan")
    if does:
        what.append(f"{' ' if hears else ''}{does}")
    if comes_to:
        what.append(f" → {comes_to}", "magenta")
    why = Text(f"       {reason}", "dim")
    if line:
        row = " ".join(file_rows[line - 1].split()) if line <= len(file_rows) else ""
        short = row[:EXCERPT] + ("…" if len(row) > EXCERPT else "")
        why.append(f"  [line {line}: {short}]")
    return [what, why]


def _row_line(row: Row) -> Text:
    """A row of the tree."""
    from rich.text import Text

    text = Text("  " * row.depth)
    if row.n:
        text.append(f"{row.n} ", "dim")
    if row.label:
        text.append(f"{row.label}: ", "magenta")
    if row.see:
        return text.append(f"→ as at {row.see}", "dim")
    if not row.n:
        return text.append(row.ends, "bold")
    if row.hears:
        text.append(f"「{row.hears}」", "cyan")
    text.append(f"{' ' if row.hears and row.does else ''}{row.does}")
    return text.append(f"  ({row.reason}{f', line {row.line}' if row.line else ''})", "dim")


def _print(lines: Iterable[Text]) -> None:
    """Plain when it goes into a file or another program; nothing of it is taken for markup."""
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=True)
    for line in lines:
        console.print(line)


def _rows_of(loaded: Loaded) -> list[str]:
    rows = loaded.content.decode("utf-8-sig", "replace").splitlines()
    return ["".join(c if c.isprintable() else " " for c in row) for row in rows]


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
