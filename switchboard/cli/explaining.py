"""How a call's way, or all ways, are told: as text for people, as JSON, as a picture."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import typer

from switchboard.cli.output import print_json
from switchboard.cli.rehearsing import local

if TYPE_CHECKING:
    from rich.text import Text

    from switchboard.domain.company import Rules
    from switchboard.rehearsal.rows import Row
    from switchboard.rehearsal.situation import Situation
    from switchboard.rehearsal.story import Speak, Step
    from switchboard.rules import Loaded
    from switchboard.sentences import Sentence

EXCERPT = 70
"""Characters shown of a line of the rules."""


class Form(StrEnum):
    """What is printed."""

    TEXT = "text"
    SVG = "svg"
    MERMAID = "mermaid"


@dataclass(frozen=True)
class View:
    """What is told, and of what."""

    loaded: Loaded
    rules: Rules
    speak: Speak
    situation: Situation
    by_schedule: bool
    language: str

    @property
    def title(self) -> str:
        """The supposed call in a line."""
        from switchboard.sentences import NOTHING, say, several

        s = self.situation
        desk = NOTHING
        if s.mode.value == "manual":
            desk = say("cli.desk", who=several(s.operators or (say("cli.nobody"),)))
        return self.words(
            say(
                "cli.supposed",
                who=say("cli.phone" if s.inside else "cli.caller", number=s.caller or say("cli.unknown")),
                dialled=s.dialled,
                at=local(s.at, self.rules.time_zone),
                mode=say(f"story.mode.{s.mode.value}"),
                source=say("cli.source") if self.by_schedule else NOTHING,
                desk=desk,
                rules=self.rules.version,
            )
        )

    def words(self, sentence: Sentence) -> str:
        """The sentence in the reader's language."""
        return sentence.in_language(self.language)


def tell_one(view: View, form: Form, as_json: bool) -> None:
    from switchboard.rehearsal import rehearse
    from switchboard.rehearsal.rows import one_way, rows
    from switchboard.rehearsal.story import ending, ending_words, ordered, steps
    from switchboard.sentences import Reason, say, several

    rehearsal = rehearse(view.rules, view.situation)
    if form is not Form.TEXT:
        drawn = list(rows(one_way(rehearsal, view.rules), view.rules, view.speak, view.language))
        _draw(drawn, view.title, form, view)
        return
    told = steps(rehearsal, view.rules, view.speak, view.language)
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
                "refused": [
                    {
                        "kind": o.kind.value,
                        "by": o.by,
                        "target": o.target,
                        "code": r.code.value,
                        "why": Reason(r.sentence).in_language(view.language),
                    }
                    for o, r in rehearsal.refused
                ],
            }
        )
        return
    from rich.text import Text

    lines = [Text(view.title, "bold"), Text()]
    file_rows = _rows_of(view.loaded)
    for step in told:
        lines += _step_lines(step, file_rows, view)
    ends = view.words(ending_words(end, view.rules))
    lines.append(Text.assemble(("  ⇒  ", "bold green"), (ends, "bold")))
    for order, refusal in rehearsal.refused:
        why = Reason(refusal.sentence)
        said = say("cli.order_refused", what=ordered(order.kind, order.target), why=why)
        lines.append(Text(f"  {view.words(said)}", "yellow"))
    if rehearsal.unused:
        unused = view.words(say("cli.unused", entries=several(rehearsal.unused)))
        lines.append(Text(f"  {unused}", "yellow"))
    _print(lines)


def tell_all(view: View, mode: str, one_number: bool, form: Form, as_json: bool) -> None:
    from switchboard.domain.call import Call
    from switchboard.domain.mode import Mode
    from switchboard.rehearsal.rows import rows
    from switchboard.rehearsal.unreachable import codes, unreachable
    from switchboard.rehearsal.ways import explore
    from switchboard.sentences import say

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
    roots = {s.dialled: say("ways.dials", numbers=s.dialled)}
    if not one_number:
        for line in company.trunks:
            direct = (n for n in line.numbers.values() if n != company.main_number)
            roots |= {n: say("ways.dials_directly", number=n) for n in direct}
    if s.inside and not one_number:
        roots |= {code: say("ways.dials", numbers=code) for code in codes(company)}
    ways = explore(company, call, s.at, roots, Mode(mode) if mode else None)
    lost = () if one_number or mode else unreachable(company, replace(call, inside=False, asker=""), s.at)
    drawn = list(rows(ways, company, view.speak, view.language))
    title = view.words(say("cli.all_ways", rules=company.version))
    if form is not Form.TEXT:
        _draw(drawn, title, form, view)
        return
    if as_json:
        from switchboard.rehearsal.story import step

        print_json(
            {
                "rules": company.version,
                "complete": ways.complete,
                "roots": [{"label": view.words(b.label), "to": b.to} for b in ways.roots],
                "steps": [
                    {
                        **step(node.n, node.moment, company, view.speak, view.language).as_json(),
                        "then": [{"when": view.words(b.label), "to": b.to} for b in node.branches],
                    }
                    for node in ways.nodes.values()
                ],
                "unreachable": [{"path": p.path, "line": p.line, "what": view.words(p.title)} for p in lost],
            }
        )
        return
    from rich.text import Text

    lines = [Text(title, "bold"), Text(), *(_row_line(row, view) for row in drawn), Text()]
    if not ways.complete:
        lines.append(Text(view.words(say("cli.incomplete")), "yellow"))
    for part in lost:
        lines.append(
            Text.assemble(
                (f"{view.loaded.name}:{part.line}: ", "bold"),
                (view.words(say("cli.unreachable")), "bold yellow"),
                view.words(part.title),
            )
        )
    if ways.complete and not (lost or one_number or mode):
        lines.append(Text(view.words(say("cli.all_reached")), "green"))
    _print(lines)


def _draw(drawn: Sequence[Row], title: str, form: Form, view: View) -> None:
    from switchboard.rehearsal.picture import mermaid, svg

    picture = mermaid(drawn, view.language) if form is Form.MERMAID else svg(drawn, title, view.language)
    typer.echo(picture, nl=False)


def _step_lines(step: Step, file_rows: Sequence[str], view: View) -> list[Text]:
    """One step: what is heard or done, what came of it, and below it why."""
    from rich.text import Text

    from switchboard.sentences import say

    what = Text(f"{step.n:>3}  ", "dim")
    if step.hears:
        what.append(f"「{step.hears}」", "cyan")
    if step.does:
        what.append(f"{' ' if step.hears else ''}{step.does}")
    if step.comes_to:
        what.append(f" → {step.comes_to}", "magenta")
    why = Text(f"       {step.reason}", "dim")
    if step.line:
        row = " ".join(file_rows[step.line - 1].split()) if step.line <= len(file_rows) else ""
        short = row[:EXCERPT] + ("…" if len(row) > EXCERPT else "")
        why.append(f"  {view.words(say('cli.row', line=step.line, text=short))}")
    return [what, why]


def _row_line(row: Row, view: View) -> Text:
    """A row of the tree."""
    from rich.text import Text

    from switchboard.sentences import say

    text = Text("  " * row.depth)
    if row.n:
        text.append(f"{row.n} ", "dim")
    if row.label:
        text.append(view.words(say("cli.label", label=row.label)), "magenta")
    if row.see:
        return text.append(view.words(say("cli.as_at", step=row.see)), "dim")
    if not row.n:
        return text.append(row.ends, "bold")
    if row.hears:
        text.append(f"「{row.hears}」", "cyan")
    text.append(f"{' ' if row.hears and row.does else ''}{row.does}")
    why = say("cli.why", reason=row.reason)
    if row.line:
        why = say("cli.why_line", reason=row.reason, line=row.line)
    return text.append(f"  {view.words(why)}", "dim")


def _print(lines: Iterable[Text]) -> None:
    """Plain when it goes into a file or another program; nothing of it is taken for markup."""
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=True)
    for line in lines:
        console.print(line)


def _rows_of(loaded: Loaded) -> list[str]:
    rows = loaded.content.decode("utf-8-sig", "replace").splitlines()
    return ["".join(c if c.isprintable() else " " for c in row) for row in rows]
