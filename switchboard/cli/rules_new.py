"""`switchboard rules new`: a first rules file of one's own, from a few questions or from options; and
`switchboard rules sample`: the sample company."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from switchboard.errors import RulesError

REFUSED = 2


def register(rules: typer.Typer) -> None:
    @rules.command("new")
    def new(
        file: Annotated[Path, typer.Argument(help="Where to; it must not be there yet.")] = Path(
            "routing_rules.yaml"
        ),
        company_zh: Annotated[str, typer.Option(help="The company's name in Chinese.")] = "",
        company_en: Annotated[str, typer.Option(help="The company's name in English.")] = "",
        head_zh: Annotated[str, typer.Option(help="The head of general administration, in Chinese.")] = "",
        head_en: Annotated[str, typer.Option(help="The same in English; left out: from the pinyin.")] = "",
        main_number: Annotated[str, typer.Option(help="The number everybody dials.")] = "",
        administration: Annotated[str, typer.Option(help="General administration's number.")] = "",
        head: Annotated[str, typer.Option(help="Its head's number.")] = "",
        operator: Annotated[str, typer.Option(help="The operator's number.")] = "",
        opens: Annotated[str, typer.Option(help="Begin of work, HH:MM.")] = "",
        closes: Annotated[str, typer.Option(help="End of work, HH:MM.")] = "",
        lunch_from: Annotated[str, typer.Option(help="Begin of the lunch break.")] = "",
        lunch_to: Annotated[str, typer.Option(help="End of the lunch break.")] = "",
        prefix: Annotated[str, typer.Option(help="Dialled before outside numbers.")] = "",
        yes: Annotated[
            bool, typer.Option("--yes", help="Ask nothing: defaults for what isn't given.")
        ] = False,
    ) -> None:
        """Write a commented rules file to begin with. Asks for what no option gives."""
        given = {
            "company_zh": company_zh,
            "company_en": company_en,
            "head_zh": head_zh,
            "head_en": head_en,
            "main_number": main_number,
            "administration": administration,
            "head": head,
            "operator": operator,
            "opens": opens,
            "closes": closes,
            "lunch_from": lunch_from,
            "lunch_to": lunch_to,
            "prefix": prefix,
        }
        _new(file, given, yes)

    @rules.command("sample")
    def sample(
        file: Annotated[Path, typer.Argument(help="Where to; it must not be there yet.")] = Path(
            "routing_rules.yaml"
        ),
    ) -> None:
        """Write the sample company: its rules, its example calls, and the schema that editors use."""
        from switchboard.rules.sample import put_sample

        try:
            written = put_sample(file)
        except RulesError as error:
            raise _refuse(f"{error}.") from error
        typer.echo(f"written: {', '.join(str(path) for path in written)}")


def _new(file: Path, given: dict[str, str], yes: bool) -> None:
    from switchboard.rules import load_text
    from switchboard.rules.importing import romanized
    from switchboard.rules.starting import Start, file_of
    from switchboard.rules.store import write_safely

    if file.exists():
        raise _refuse(f"{file} is there already: name another file, or move it away first.")
    answers: dict[str, str] = {}
    for name, question, kind, default in _questions():
        if name == "head_en" and not given[name]:
            default = romanized(answers["head_zh"])
        answers[name] = _answer(name, question, _checker(kind), given[name], default, yes)
    content = file_of(Start(**answers))
    loaded = load_text(content, str(file))
    if not loaded.ok:
        raise _refuse("\n".join(f"{p.message} {p.hint}".strip() for p in loaded.errors))
    try:
        write_safely(file, content.encode())
    except OSError as error:
        raise _refuse(f"{file} can't be written: {error.strerror or error}") from error
    typer.echo(f"{file} is written. Next: `switchboard check {file}`, then add your people.")


def _questions() -> list[tuple[str, str, Any, str]]:
    """(option, question, what an answer may be, answer when nothing is said)."""
    from switchboard.rules.starting import Start
    from switchboard.rules.values import ClockTime, Digits, Extension, Line

    default = Start("", "", "", "")
    return [
        ("company_zh", "The company's name in Chinese · 公司名称", Line, ""),
        ("company_en", "The company's name in English · 英文名称", Line, ""),
        ("main_number", "The main number · 总机号码", Extension, default.main_number),
        (
            "administration",
            "General administration's number · 综合管理部号码",
            Extension,
            default.administration,
        ),
        ("head", "Its head's number · 负责人分机", Extension, default.head),
        ("head_zh", "Its head's name in Chinese · 负责人姓名", Line, ""),
        ("head_en", "Its head's name in English · 负责人英文名", Line, ""),
        ("operator", "The operator's number · 话务员分机", Extension, default.operator),
        ("opens", "Work begins · 上班", ClockTime, default.opens),
        ("lunch_from", "Lunch begins · 午休开始", ClockTime, default.lunch_from),
        ("lunch_to", "Lunch ends · 午休结束", ClockTime, default.lunch_to),
        ("closes", "Work ends · 下班", ClockTime, default.closes),
        ("prefix", "Dialled before outside numbers · 外线字冠", Digits, default.prefix),
    ]


def _checker(kind: Any) -> Callable[[str], str]:
    """What tells whether an answer is of `kind`; raises BadParameter."""
    from pydantic import TypeAdapter, ValidationError

    adapter = TypeAdapter(kind)

    def check(answer: str) -> str:
        try:
            return str(adapter.validate_python(answer))
        except ValidationError as error:
            context = error.errors()[0].get("ctx", {})
            raise typer.BadParameter(str(context.get("error", "expected something else"))) from error

    return check


def _answer(
    name: str, question: str, check: Callable[[str], str], given: str, default: str, yes: bool
) -> str:
    option = f"--{name.replace('_', '-')}"
    if given or yes:
        if not (given or default):
            raise _refuse(f"{option} is missing; with --yes nothing is asked.")
        try:
            return check(given or default)
        except typer.BadParameter as error:
            raise _refuse(f"{option}: {error.message}.") from error
    answer: str = typer.prompt(question, default=default or None, value_proc=check)
    return answer


def _refuse(message: str) -> typer.Exit:
    typer.echo(message, err=True)
    return typer.Exit(REFUSED)
