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
    from switchboard.rehearsal.story import Speak
    from switchboard.rules import Loaded

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


def tell_one(view: View, form: Form, as_json: bool) -> None:
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
                "refused": [
                    {
                        "kind": o.kind.value,
                        "by": o.by,
                        "target": o.target,
                        "code": r.code.value,
                        "why": r.sentence,
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
        lines += _step_lines(step.n, step.hears, step.does, step.comes_to, step.reason, step.line, file_rows)
    lines.append(Text.assemble(("  ⇒  ", "bold green"), (ending_words(end, view.rules), "bold")))
    for order, refusal in rehearsal.refused:
        what = f"{order.kind.value} {order.target}".rstrip()
        lines.append(Text(f"  refused: {what}: {refusal.sentence}", "yellow"))
    if rehearsal.unused:
        lines.append(Text(f"  nobody asked for: {', '.join(rehearsal.unused)}", "yellow"))
    _print(lines)


def tell_all(view: View, mode: str, one_number: bool, form: Form, as_json: bool) -> None:
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
