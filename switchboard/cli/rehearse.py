"""`switchboard rehearse`: runs example calls, and shows where the rules do something else."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from switchboard.cli.language import InLanguage, language
from switchboard.cli.output import AsJson, print_json
from switchboard.cli.rehearsing import load_rules, rules_of, speaker

if TYPE_CHECKING:
    from switchboard.domain.company import Rules
    from switchboard.rehearsal.examples import Run
    from switchboard.rehearsal.parts import Part
    from switchboard.rules.examples import LoadedExamples

WIDTH = 46
"""Columns of each of the two sides, expected and happened."""


def register(app: typer.Typer) -> None:
    @app.command()
    def rehearse(
        files: Annotated[
            list[Path] | None,
            typer.Argument(help="Files of example calls. Left out: those beside the rules."),
        ] = None,
        rules: Annotated[
            Path | None, typer.Option("--rules", help="A rules file. Left out: the one that is set.")
        ] = None,
        coverage: Annotated[
            bool, typer.Option("--coverage", help="Show which rules no example touches.")
        ] = False,
        in_language: InLanguage = None,
        as_json: AsJson = False,
    ) -> None:
        """Run example calls. Exit 0: all as expected, 1: something else happens, 2: nothing to run."""
        from switchboard.rehearsal.examples import run
        from switchboard.rehearsal.parts import touched, untouched
        from switchboard.rules.examples import beside, load_examples
        from switchboard.sentences import say
        from switchboard.settings import Settings

        settings = Settings.load()
        words = language(in_language)
        loaded = load_rules(rules, settings, words)
        company = rules_of(loaded)
        paths = tuple(files or beside(Path(loaded.name)))
        if not paths:
            typer.echo(say("cli.no_examples", rules=loaded.name).in_language(words), err=True)
            raise typer.Exit(2)
        read = [load_examples(path) for path in paths]
        for file in read:
            if sentence := file.strange_to(company):
                typer.echo(sentence.in_language(words), err=True)
        speak = speaker(company, settings)
        runs = [(file, run(company, example, speak)) for file in read for example in file.examples]
        moments = (moment for _, one in runs for moment in one.rehearsal.moments)
        left = untouched(company, touched(moments)) if coverage else None
        if as_json:
            print_json(_as_json(read, runs, left, company, words))
        else:
            _tell(read, runs, words)
            if left is not None:
                _tell_coverage(left, company, loaded.name, words)
        wrong = any(not file.ok for file in read) or any(one.failures for _, one in runs)
        missing = any(not path.exists() for path in paths)
        raise typer.Exit(2 if missing else 1 if wrong else 0)


def _tell(read: Sequence[LoadedExamples], runs: Sequence[tuple[LoadedExamples, Run]], language: str) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from switchboard.sentences import say

    def worded(key: str) -> str:
        return say(f"cli.{key}").in_language(language)

    console = Console(highlight=False, soft_wrap=True)
    for file in read:
        for problem in file.problems:
            style = "red" if problem.severity == "error" else "yellow"
            console.print(
                Text.assemble(
                    (f"{file.name}:{problem.line}: ", "bold"),
                    (f"{worded(f'severity.{problem.severity.value}')}: ", style),
                    problem.words_in(language),
                )
            )
    failed = [(file, one) for file, one in runs if one.failures]
    for file, one in failed:
        console.print(Text(f"{file.name}:{one.example.line()}: {one.example.name}", "bold red"))
        columns = map(worded, ("column.line", "column.expected", "column.happened"))
        table = Table(*columns, box=None, pad_edge=False, header_style="dim")
        table.columns[1].min_width = table.columns[1].max_width = WIDTH
        table.columns[2].max_width = 2 * WIDTH
        for failure in one.failures:
            expected, happened = (w.in_language(language) for w in (failure.expected, failure.happened))
            table.add_row(str(failure.line), Text(expected, "green"), Text(happened, "magenta"))
        (console if console.is_terminal else Console(width=200, highlight=False)).print(table)
    good = len(runs) - len(failed)
    result = say("cli.as_expected", good=good, count=len(runs)).in_language(language)
    console.print(Text(result, "red" if failed else "green"))


def _tell_coverage(left: Sequence[Part], rules: Rules, name: str, language: str) -> None:
    from switchboard.rehearsal.parts import parts
    from switchboard.sentences import say

    count = len(parts(rules))
    typer.echo(say("cli.touched", touched=count - len(left), count=count).in_language(language))
    for part in left:
        typer.echo(f"{name}:{part.line}: {say('cli.untouched', part=part.title).in_language(language)}")


def _as_json(
    read: Sequence[LoadedExamples],
    runs: Sequence[tuple[LoadedExamples, Run]],
    left: Sequence[Part] | None,
    rules: Rules,
    language: str,
) -> dict[str, Any]:
    found: dict[str, Any] = {
        "ok": all(file.ok for file in read) and not any(one.failures for _, one in runs),
        "rules": rules.version,
        "calls": len(runs),
        "failed": sum(bool(one.failures) for _, one in runs),
        "problems": [{"file": file.name, **p.as_json(language)} for file in read for p in file.problems],
        "failures": [
            {
                "file": file.name,
                "name": one.example.name,
                "what": failure.what,
                "line": failure.line,
                "expected": failure.expected.in_language(language),
                "happened": failure.happened.in_language(language),
            }
            for file, one in runs
            for failure in one.failures
        ],
    }
    if left is not None:
        found["untouched"] = [
            {"path": p.path, "line": p.line, "what": p.title.in_language(language)} for p in left
        ]
    return found
