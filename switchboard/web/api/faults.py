"""What is wrong with a request, in the language of whoever sent it; never what was sent: it may be a secret.

pydantic says which rule was broken (its error's `type`) and with which bounds; the words are
`faults.<type>` of the pages' texts.
"""

from __future__ import annotations

from collections.abc import Iterable

from aiohttp import web
from pydantic import ValidationError

from switchboard.web.answers import Refused
from switchboard.web.language import language_of, t, texts

MOST_FAULTS = 10
"""Faults told of one request."""

LONGEST_PLACE = 120

BOUNDS = ("ge", "gt", "le", "lt", "min_length", "max_length", "expected")
"""What is told of a rule; all else that pydantic knows may hold what was sent."""


def not_valid(request: web.Request, faults: Iterable[str]) -> Refused:
    """A refusal that names the faults."""
    return Refused(422, "not_valid", "; ".join([t(request, "errors.not_valid"), *faults]))


def twice(request: web.Request, place: str) -> str:
    """A name in the query that is given more than once."""
    return f"{place[:LONGEST_PLACE]}: {t(request, 'faults.twice')}"


def faults_of(request: web.Request, where: str, error: ValidationError) -> list[str]:
    """Everything that is wrong and where: `body.minutes: at least 1 is expected`."""
    found = error.errors(include_url=False, include_input=False)[:MOST_FAULTS]
    return [f"{_place(where, fault['loc'])}: {_words(request, fault)}" for fault in found]


def _place(where: str, location: tuple[int | str, ...]) -> str:
    return ".".join([where, *map(str, location)])[:LONGEST_PLACE]


def _words(request: web.Request, fault: object) -> str:
    assert isinstance(fault, dict)
    key = f"faults.{fault['type']}"
    if key not in texts(language_of(request)):
        key = "faults.other"
    context = fault.get("ctx", {})
    return t(request, key, **{name: context[name] for name in BOUNDS if name in context})
