"""What the schema of example calls finds wrong, in words for administrators."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from switchboard.rules.problems import Nearest, Problem, Severity, problem, shown
from switchboard.rules.tree import Location, Node, dotted, find
from switchboard.rules.values import Unfit
from switchboard.rules.wording import Told, did_you_mean, one_of, shown_as
from switchboard.sentences import say, several

_EXPECTED = {
    "bool_type": "truth",
    "list_type": "list",
    "model_type": "keys",
    "model_attributes_type": "keys",
    "dict_type": "keys",
    "string_type": "text",
}
"""Of pydantic's complaints about types, what was expected."""


def tell(errors: Iterable[ErrorDetails], root: Node, model: type[BaseModel]) -> list[Problem]:
    """The problems that pydantic's `errors` about the tree at `root` amount to, one for each place."""
    nearest = Nearest()
    found: dict[Location, Problem] = {}
    for error in errors:
        location = _place(error["loc"], root, error["type"])
        node = find(root, location)[0]
        told = _words(error, location, node, model, nearest)
        made = problem(Severity.ERROR, told.kind, node.line, dotted(location), told.advice, **told.found)
        found.setdefault(location, made)
    return list(found.values())


def _place(location: Location, root: Node, kind: str) -> Location:
    """The location without the names pydantic adds for the members of a union."""
    for length in range(len(location), 0, -1):
        if find(root, location[:length])[1]:
            return location[: length + (1 if kind == "missing" else 0)]
    return location[:1]


def _words(
    error: ErrorDetails, location: Location, node: Node, model: type[BaseModel], nearest: Nearest
) -> Told:
    kind, value = error["type"], error["input"]
    key = str(location[-1]) if location else ""
    found = say("expected.found.either")
    if isinstance(node.value, str):
        found = shown_as("text", node.value)
    if kind == "extra_forbidden":
        known = _keys(model, location[:-1])
        advice = did_you_mean(nearest.to(key, known)) or say("advice.known", keys=several(known))
        return Told("unknown-key", advice, {"key": shown(key)})
    if kind == "missing" or value is None:
        if len(location) > 1:
            return Told("missing.value_within", None, {"key": key, "where": dotted(location[:-1])})
        return Told("missing.value", None, {"key": key})
    if kind == "string_type" and isinstance(value, int | float) and not isinstance(value, bool):
        return Told("unquoted-number.value", None, {"number": shown(str(node.value))})
    if kind == "literal_error":
        expected = str(error.get("ctx", {}).get("expected", "")).replace("'", "")
        choices = [c.strip() for c in expected.replace(" or ", ", ").split(",")]
        near = nearest.to(str(node.value), choices) if isinstance(node.value, str) else ""
        return Told("bad-value", did_you_mean(near), {"found": found, "expected": one_of(choices)})
    if kind == "value_error" and isinstance(unfit := error.get("ctx", {}).get("error"), Unfit):
        return Told("bad-value", None, {"found": found, "expected": unfit.expected})
    if kind in ("too_short", "too_long"):
        return Told("bad-value.count", None, {"path": dotted(location)})
    expected_here = say(f"expected.{_EXPECTED.get(kind, 'another')}")
    return Told("bad-value", None, {"found": found, "expected": expected_here})


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
