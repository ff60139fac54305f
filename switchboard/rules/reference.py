"""Writes the second half of `docs/rules.md`, every key, from the schema. The guide above is hand-written.

`python -m switchboard.rules.reference` writes it anew; a test fails when it is not current.
"""

from __future__ import annotations

import typing
from collections.abc import Iterator
from types import UnionType
from typing import Any

from annotated_types import Ge, Le
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from switchboard.rules import codes
from switchboard.rules.schema import Executive, Person, RulesFile, Section
from switchboard.shipped import shipped

PAGE = shipped("docs/rules.md")
BEGIN = "# Every key"


def page() -> str:
    """The whole page: its guide as it is, and every key anew."""
    guide = PAGE.read_text("utf-8").partition(f"\n{BEGIN}\n")[0]
    parts = [guide.rstrip(), "", BEGIN, ""]
    parts.append("Made from the schema by `python -m switchboard.rules.reference`; don't edit below here.")
    parts += ["", "## The file", "", *_table(RulesFile, ())]
    for path, section in _sections(RulesFile, ()):
        parts += ["", f"## `{'.'.join(path)}`", "", _words(section), "", *_table(section, path)]
    parts += ["", "## What `check` tells", ""]
    parts.append("Errors keep a file out of force, warnings only tell. Each has its line and a remedy.")
    for title, kinds in (("error", codes.ERRORS), ("warning", codes.WARNINGS)):
        parts += ["", f"| {title} | about |", "|---|---|"]
        parts += [f"| `{code}` | {meaning} |" for code, meaning in kinds.items()]
    return "\n".join(parts) + "\n"


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), "utf-8")


def _sections(model: type[Section], path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], type[Section]]]:
    for name, field in model.model_fields.items():
        below, step = _section_in(field.annotation)
        if below is None or below.__name__ in ("Named", "Wording"):
            continue
        here = (*path, field.alias or name, *([step] if step else []))
        yield here, below
        yield from _sections(below, here)


def _table(model: type[Section], path: tuple[str, ...]) -> list[str]:
    rows = ["| key | is | left out | meaning |", "|---|---|---|---|"]
    inherited = Person.model_fields if model is Executive else {}
    for name, field in model.model_fields.items():
        if name in inherited:
            continue
        cells = (f"`{field.alias or name}`", _kind(field), _default(field), field.description or "")
        rows.append(f"| {' | '.join(c.replace('|', chr(92) + '|') for c in cells)} |")
    return rows


def _words(model: type[Section]) -> str:
    words = " ".join((model.__doc__ or "").split())
    return f"{words} Besides these, every key of `people`." if model is Executive else words


def _kind(field: FieldInfo) -> str:
    limits = {type(m): m for m in field.metadata}
    kind = field.title or _of(field.annotation)
    if Ge in limits and Le in limits:
        kind += f", {limits[Ge].ge} to {limits[Le].le}"
    return kind


def _of(annotation: Any) -> str:
    """A type in words."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        info = next((a for a in arguments[1:] if isinstance(a, FieldInfo)), None)
        if info is not None and info.title:
            return info.title
        if info is not None:
            limits = {type(m): m for m in info.metadata}
            if Ge in limits and Le in limits:
                return f"{_of(arguments[0])}, {limits[Ge].ge} to {limits[Le].le}"
        return _of(arguments[0])
    if origin in (typing.Union, UnionType):
        return _of(next(a for a in arguments if a is not type(None)))
    if origin is typing.Literal:
        return ", ".join(f"`{a}`" for a in arguments)
    if origin is list:
        return f"list: {_of(arguments[0])}"
    if origin is dict:
        return f"{_of(arguments[0])}: {_of(arguments[1])}"
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return {"Named": "name: `{zh: …, en: …}`", "Wording": "`{zh: …, en: …}`"}.get(
            annotation.__name__, "keys below"
        )
    return {int: "whole number", float: "number", bool: "`true`, `false`", str: "text"}[annotation]


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "**needed**"
    default = field.get_default(call_default_factory=True, validated_data={})
    if default is None or default is PydanticUndefined or default in ([], {}) or isinstance(default, Section):
        return ""
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    if isinstance(default, list):
        return ", ".join(f'`"{d}"`' for d in default)
    if isinstance(default, float) and default.is_integer():
        default = int(default)
    return f'`"{default}"`' if isinstance(default, str) and not default[0].isalpha() else f"`{default}`"


def _section_in(annotation: Any) -> tuple[type[Section] | None, str]:
    """The section a field holds, and how its entries are named in headings."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return annotation, ""
    if origin is typing.Annotated:
        return _section_in(arguments[0])
    if origin in (typing.Union, UnionType):
        return _section_in(next(a for a in arguments if a is not type(None)))
    if origin is dict:
        below, _ = _section_in(arguments[1])
        key = _of(arguments[0])
        return below, f"<{'name' if key == 'word' else key}>"
    if origin is list:
        return _section_in(arguments[0])[0], "-"
    return None, ""


if __name__ == "__main__":
    main()
