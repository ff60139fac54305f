"""What the schema finds wrong, in words for administrators instead of pydantic's.

Every message says what was found and what was expected; hints name the nearest right word, and the number
where somebody wrote a department's name.
"""

from __future__ import annotations

import types
import typing
import zoneinfo
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic_core import ErrorDetails

from switchboard.domain.company import LANGUAGES
from switchboard.rules.problems import Nearest, Problem, Severity, shown
from switchboard.rules.schema import DIRECTORY, RulesFile, Section
from switchboard.rules.tree import Location, Node, dotted, find

MEANINGS = ("language", "enquiry", "complaint", "message")
"""Words that may stand where an extension may."""

_KINDS = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "string_type": "a text",
    "list_type": 'a list, such as ["8201", "8202"]',
    "dict_type": "keys with values below it",
    "model_type": "keys with values below it",
    "model_attributes_type": "keys with values below it",
}


def tell(errors: Iterable[ErrorDetails], root: Node, nearest: Nearest) -> list[Problem]:
    """The problems that pydantic's `errors` about the tree at `root` amount to."""
    names = names_of(root)
    return [_tell(error, root, nearest, names) for error in errors]


def names_of(root: Node) -> Mapping[str, str]:
    """Names of the directory's entries, folded, and the number of each; however broken the file is."""
    found: dict[str, str] = {}
    for section in DIRECTORY:
        entries, there = find(root, (section,))
        if not there or not isinstance(entries.value, dict):
            continue
        for number, entry in entries.value.items():
            for language in LANGUAGES:
                name, there = find(entry, ("name", language))
                if there and isinstance(name.value, str) and name.value:
                    found.setdefault(name.value.casefold(), number)
    return found


def _tell(error: ErrorDetails, root: Node, nearest: Nearest, names: Mapping[str, str]) -> Problem:
    location: Location = error["loc"]
    if location and location[-1] == "[key]":
        location = location[:-1]
        node, there = Node(find(root, location)[0].line, str(location[-1]), quoted=True), True
    else:
        node, there = find(root, location)
    code, message, hint = _words(error, location, node, there, nearest, names)
    return Problem(Severity.ERROR, code, max(node.line, 1), dotted(location), message, hint)


def _words(
    error: ErrorDetails,
    location: Location,
    node: Node,
    there: bool,
    nearest: Nearest,
    names: Mapping[str, str],
) -> tuple[str, str, str]:
    kind, context, value = error["type"], error.get("ctx", {}), error["input"]
    key = str(location[-1]) if location else ""
    if kind == "extra_forbidden":
        known = keys_of(location[:-1])
        if ":" in key or "：" in key:
            word = shown(key.replace("：", ":").partition(":")[0])
            hint = f"Write {word}: with a plain colon and a space after it."
            return "unknown-key", f"Found the key {shown(key)}, which has no meaning here.", hint
        near = nearest.to(key, known)
        hint = f"Did you mean {near}?" if near else f"Known here: {', '.join(known)}."
        return "unknown-key", f"Found the key {shown(key)}, which has no meaning here.", hint
    if kind == "missing" or (value is None and there):
        return _missing(location, key, there)
    found = _found(node) if there else shown(value)
    if kind == "string_type" and isinstance(value, int | float) and not isinstance(value, bool):
        raw = shown(str(node.value))
        return (
            "unquoted-number",
            f"Found the number {raw} without quotes; expected it in quotes.",
            f'Write "{raw}".',
        )
    if kind == "string_type" and isinstance(value, bool):
        return (
            "wrong-type",
            f"Found {found}, which YAML takes for yes or no; expected a text.",
            "Put it in quotes.",
        )
    if kind == "literal_error":
        choices = [c.strip("' ") for c in str(context.get("expected", "")).replace(" or ", ", ").split(",")]
        near = nearest.to(str(node.value), choices) if isinstance(node.value, str) else ""
        return (
            "bad-value",
            f"Found {found}; expected {_either(choices)}.",
            f"Did you mean {near}?" if near and near != node.value else "",
        )
    if kind in _KINDS:
        hint = ""
        if kind in ("int_type", "float_type", "bool_type") and node.quoted:
            hint = "Write it without quotes."
        return "wrong-type", f"Found {found}; expected {_KINDS[kind]}.", hint
    if kind in ("greater_than_equal", "less_than_equal"):
        bound = f"at least {context['ge']}" if "ge" in context else f"at most {context.get('le')}"
        return "out-of-range", f"Found {found}; expected {bound}.", ""
    if kind == "value_error":
        return _refused(str(context.get("error", "expected another value")), node, found, nearest, names)
    if kind == "too_long":
        return (
            "out-of-range",
            f"Found {context['actual_length']} entries; expected at most {context['max_length']}.",
            "",
        )
    if kind == "too_short":
        return "missing", f"{dotted(location)} is empty; expected at least one entry.", ""
    return "bad-value", f"Found {found}, which is not allowed here.", ""


def _missing(location: Location, key: str, there: bool) -> tuple[str, str, str]:
    if location[0] == "texts" and len(location) == 3:
        return (
            "missing-text",
            f"{dotted(location[:-1])} has no text in {key}; expected one in each of {', '.join(LANGUAGES)}.",
            f"Add {key}: …, or leave {location[1]} away to keep the text that comes with the switchboard.",
        )
    where = f" in {dotted(location[:-1])}" if len(location) > 1 else ""
    hint = ""
    if location[0] == "company" or (len(location) > 1 and location[-2] in ("name", "title")):
        hint = "Callers hear names in Chinese and in English: {zh: …, en: …}."
    what = f"{dotted(location)} is empty" if there else f"{key} is missing{where}"
    return "missing", f"{what}; expected {_expected(location)}.", hint


def _refused(
    expected: str, node: Node, found: str, nearest: Nearest, names: Mapping[str, str]
) -> tuple[str, str, str]:
    """What one of `values`' checks said."""
    text = node.value if isinstance(node.value, str) else ""
    code, hint = "bad-value", ""
    if "extension" in expected:
        number = names.get(text.casefold())
        near = nearest.to(text, [m for m in MEANINGS if m in expected])
        if text.startswith("*"):
            code, hint = "shadows-code", "Numbers with * are feature codes: see codes."
        elif number:
            hint = f'{shown(text)} has the number {shown(number)}: write "{shown(number)}".'
        elif near:
            hint = f"Did you mean {near}?"
    elif "time zone" in expected:
        near = nearest.to(text, zoneinfo.available_timezones())
        hint = f"Did you mean {near}?" if near else ""
    elif "loopback" in expected:
        code = "loopback"
    if any(c.isdigit() and not c.isascii() for c in text):
        hint = "Use plain digits 0-9; these are full-width or of another script."
    return code, f"Found {found}; {expected}.", hint


def _found(node: Node) -> str:
    if isinstance(node.value, dict):
        return "keys with values"
    if isinstance(node.value, list):
        return "a list"
    return f'"{shown(node.value)}"' if node.quoted else (shown(node.value) or "nothing")


def _expected(location: Location) -> str:
    """What may stand at `location`, for a person to whom it is missing."""
    keys = keys_of(location)
    return "keys such as " + ", ".join(keys[:3]) if keys else "a value"


def _either(choices: list[str]) -> str:
    return choices[0] if len(choices) == 1 else f"{', '.join(choices[:-1])} or {choices[-1]}"


def keys_of(location: Location) -> list[str]:
    """The keys that may stand at `location`, [] where any may."""
    model: Any = RulesFile
    for step in location:
        model = _below(model, step)
    if isinstance(model, type) and issubclass(model, Section):
        return [field.alias or name for name, field in model.model_fields.items()]
    return []


def _below(model: Any, step: str | int) -> Any:
    if isinstance(model, type) and issubclass(model, Section):
        for name, field in model.model_fields.items():
            if step == (field.alias or name):
                return _bare(field.annotation)
        return None
    arguments = typing.get_args(model)
    return _bare(arguments[-1]) if arguments else None


def _bare(annotation: Any) -> Any:
    """The annotation without `| None` and Annotated."""
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return _bare(typing.get_args(annotation)[0])
    if origin in (typing.Union, types.UnionType):
        return _bare(next(a for a in typing.get_args(annotation) if a is not type(None)))
    return annotation
