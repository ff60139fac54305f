"""What the schema of example calls finds wrong, in words for administrators."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from switchboard.rules.problems import Nearest, Problem, Severity, shown
from switchboard.rules.tree import Location, Node, dotted, find

_EXPECTED = {
    "bool_type": "true or false",
    "list_type": 'a list, such as ["8201", "8202"]',
    "model_type": "keys with values below it",
    "model_attributes_type": "keys with values below it",
    "dict_type": "keys with values below it",
    "string_type": "a text",
}


def tell(errors: Iterable[ErrorDetails], root: Node, model: type[BaseModel]) -> list[Problem]:
    """The problems that pydantic's `errors` about the tree at `root` amount to, one for each place."""
    nearest = Nearest()
    found: dict[Location, Problem] = {}
    for error in errors:
        location = _place(error["loc"], root, error["type"])
        node, there = find(root, location)
        code, message, hint = _words(error, location, node, there, model, nearest)
        problem = Problem(Severity.ERROR, code, max(node.line, 1), dotted(location), message, hint)
        found.setdefault(location, problem)
    return list(found.values())


def _place(location: Location, root: Node, kind: str) -> Location:
    """The location without the names pydantic adds for the members of a union."""
    for length in range(len(location), 0, -1):
        if find(root, location[:length])[1]:
            return location[: length + (1 if kind == "missing" else 0)]
    return location[:1]


def _words(
    error: ErrorDetails, location: Location, node: Node, there: bool, model: type[BaseModel], nearest: Nearest
) -> tuple[str, str, str]:
    kind, value = error["type"], error["input"]
    key = str(location[-1]) if location else ""
    found = f'"{shown(node.value)}"' if isinstance(node.value, str) else "a list or keys with values"
    if kind == "extra_forbidden":
        known = _keys(model, location[:-1])
        near = nearest.to(key, known)
        hint = f"Did you mean {near}?" if near else f"Known here: {', '.join(known)}."
        return "unknown-key", f"Found the key {shown(key)}, which has no meaning here.", hint
    if kind == "missing" or value is None:
        where = f" in {dotted(location[:-1])}" if len(location) > 1 else ""
        return "missing", f"{key} is missing or empty{where}; expected a value.", ""
    if kind == "string_type" and isinstance(value, int | float) and not isinstance(value, bool):
        raw = shown(str(node.value))
        return (
            "unquoted-number",
            f"Found the number {raw} without quotes; expected it in quotes.",
            (f'Write "{raw}".'),
        )
    if kind == "literal_error":
        expected = str(error.get("ctx", {}).get("expected", "")).replace("'", "")
        choices = [c.strip() for c in expected.replace(" or ", ", ").split(",")]
        near = nearest.to(str(node.value), choices) if isinstance(node.value, str) else ""
        return "bad-value", f"Found {found}; expected {expected}.", f"Did you mean {near}?" if near else ""
    if kind == "value_error":
        return "bad-value", f"Found {found}; {error.get('ctx', {}).get('error')}.", ""
    if kind in ("too_short", "too_long"):
        return "bad-value", f"{dotted(location)} has too few or too many entries.", ""
    return "bad-value", f"Found {found}; expected {_EXPECTED.get(kind, 'another value')}.", ""


def _keys(model: Any, location: Location) -> list[str]:
    """The keys that may stand at `location`."""
    for step in location:
        if isinstance(model, type) and issubclass(model, BaseModel):
            field = model.model_fields.get(str(step))
            model = _bare(field.annotation) if field else None
        else:
            arguments = typing.get_args(model)
            model = _bare(arguments[0]) if arguments else None
    if isinstance(model, type) and issubclass(model, BaseModel):
        return list(model.model_fields)
    return []


def _bare(annotation: Any) -> Any:
    """The annotation without `| None` and Annotated."""
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return _bare(typing.get_args(annotation)[0])
    if origin in (typing.Union, types.UnionType):
        return _bare(next(a for a in typing.get_args(annotation) if a is not type(None)))
    return annotation
