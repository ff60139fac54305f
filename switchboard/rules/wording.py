"""What the schema finds wrong, in words for administrators instead of pydantic's.

Every message says what was found and what was expected; hints name the nearest right word, and the number
where somebody wrote a department's name.
"""

from __future__ import annotations

import types
import typing
import zoneinfo
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic_core import ErrorDetails

from switchboard.domain.company import LANGUAGES
from switchboard.rules.problems import Nearest, Problem, Severity, problem, shown
from switchboard.rules.schema import DIRECTORY, RulesFile, Section
from switchboard.rules.tree import Location, Node, dotted, find
from switchboard.rules.values import Unfit
from switchboard.sentences import Sentence, Several, Value, say, several

_WORDS_FOR: Mapping[str, tuple[str, ...]] = {
    "expected.extension": (),
    "expected.phone": (),
    "expected.key_meaning": ("language", "enquiry", "complaint"),
    "expected.overflow": ("message",),
}
"""Where an extension may stand, and the words that may stand there too."""

_KINDS = {
    "int_type": "whole_number",
    "int_from_float": "whole_number",
    "float_type": "number",
    "bool_type": "truth",
    "string_type": "text",
    "list_type": "list",
    "dict_type": "keys",
    "model_type": "keys",
    "model_attributes_type": "keys",
}
"""Of pydantic's complaints about types, what was expected."""


@dataclass(frozen=True, slots=True)
class Told:
    """A problem without its place."""

    kind: str
    advice: Sentence | None = None
    found: Mapping[str, Value] = field(default_factory=dict)


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
    told = _words(error, location, node, there, nearest, names)
    return problem(Severity.ERROR, told.kind, node.line, dotted(location), told.advice, **told.found)


def _words(
    error: ErrorDetails,
    location: Location,
    node: Node,
    there: bool,
    nearest: Nearest,
    names: Mapping[str, str],
) -> Told:
    kind, context, value = error["type"], error.get("ctx", {}), error["input"]
    key = str(location[-1]) if location else ""
    if kind == "extra_forbidden":
        return Told("unknown-key", _known(key, location, nearest), {"key": shown(key)})
    if kind == "missing" or (value is None and there):
        return _missing(location, key, there)
    found = _found(node) if there else shown_as("plain", value)
    if kind == "string_type" and isinstance(value, int | float) and not isinstance(value, bool):
        return Told("unquoted-number.value", None, {"number": shown(str(node.value))})
    if kind == "string_type" and isinstance(value, bool):
        return Told("wrong-type.truth", None, {"found": found})
    if kind == "literal_error":
        choices = [c.strip("' ") for c in str(context.get("expected", "")).replace(" or ", ", ").split(",")]
        near = nearest.to(str(node.value), choices) if isinstance(node.value, str) else ""
        advice = did_you_mean(near) if near != node.value else None
        return Told("bad-value", advice, {"found": found, "expected": one_of(choices)})
    if kind in _KINDS:
        plain = kind in ("int_type", "float_type", "bool_type") and node.quoted
        expected = say(f"expected.{_KINDS[kind]}")
        return Told(
            "wrong-type", say("advice.unquoted") if plain else None, {"found": found, "expected": expected}
        )
    if kind == "greater_than_equal":
        return Told("out-of-range.least", None, {"found": found, "bound": context["ge"]})
    if kind == "less_than_equal":
        return Told("out-of-range.most", None, {"found": found, "bound": context["le"]})
    if kind == "value_error" and isinstance(unfit := context.get("error"), Unfit):
        return _refused(unfit.expected, node, found, nearest, names)
    if kind == "too_long":
        counts = {"count": context["actual_length"], "bound": context["max_length"]}
        return Told("out-of-range.entries", None, counts)
    if kind == "too_short":
        return Told("missing.entries", None, {"path": dotted(location)})
    return Told("bad-value.other", None, {"found": found})


def _known(key: str, location: Location, nearest: Nearest) -> Sentence:
    """How to mend a key that means nothing."""
    if ":" in key or "：" in key:
        return say("advice.colon", word=shown(key.replace("：", ":").partition(":")[0]))
    known = keys_of(location[:-1])
    return did_you_mean(nearest.to(key, known)) or say("advice.known", keys=several(known))


def _missing(location: Location, key: str, there: bool) -> Told:
    if location[0] == "texts" and len(location) == 3:
        return Told(
            "missing-text",
            None,
            {
                "path": dotted(location[:-1]),
                "language": key,
                "languages": several(LANGUAGES),
                "key": str(location[1]),
            },
        )
    named = location[0] == "company" or (len(location) > 1 and location[-2] in ("name", "title"))
    advice = say("advice.both_names") if named else None
    expected = _expected(location)
    if there:
        return Told("missing.empty", advice, {"path": dotted(location), "expected": expected})
    if len(location) > 1:
        where = dotted(location[:-1])
        return Told("missing.within", advice, {"key": key, "where": where, "expected": expected})
    return Told("missing.key", advice, {"key": key, "expected": expected})


def _refused(
    expected: Sentence, node: Node, found: Sentence, nearest: Nearest, names: Mapping[str, str]
) -> Told:
    """What one of `values`' checks said."""
    text = node.value if isinstance(node.value, str) else ""
    kind = "bad-value"
    advice: Sentence | None = None
    if expected.key in _WORDS_FOR:
        number = names.get(text.casefold())
        if text.startswith("*"):
            kind = "shadows-code"
        elif number:
            advice = say("advice.number_of_name", name=shown(text), number=shown(number))
        else:
            advice = did_you_mean(nearest.to(text, _WORDS_FOR[expected.key]))
    elif expected.key == "expected.zone":
        advice = did_you_mean(nearest.to(text, zoneinfo.available_timezones()))
    elif expected.key == "expected.not_loopback":
        kind = "loopback"
    if any(c.isdigit() and not c.isascii() for c in text):
        advice = say("advice.plain_digits")
    return Told(kind, advice, {"found": found, "expected": expected})


def _found(node: Node) -> Sentence:
    if isinstance(node.value, dict):
        return say("expected.found.keys")
    if isinstance(node.value, list):
        return say("expected.found.list")
    if not node.quoted and not node.value:
        return say("expected.found.nothing")
    return shown_as("text" if node.quoted else "plain", node.value)


def shown_as(how: str, value: object) -> Sentence:
    """A value that was found; `how`: "text" in quotes, "plain" without."""
    return say(f"expected.found.{how}", text=shown(value))


def did_you_mean(near: str | Value) -> Sentence | None:
    """The advice to write `near`; None when nothing is near."""
    return say("advice.near", near=near) if near else None


def one_of(choices: Sequence[str]) -> Several:
    """`a, b or c`."""
    return several(choices, "or")


def _expected(location: Location) -> Sentence:
    """What may stand at `location`, for a person to whom it is missing."""
    keys = keys_of(location)
    return say("expected.keys_such", keys=several(keys[:3])) if keys else say("expected.value")


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
