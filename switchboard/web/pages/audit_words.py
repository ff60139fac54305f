"""The rows of the audit in words: what was done, by which way, and the details, in the reader's language.

Rows keep stable words (`duty.in`, `force: true`); a row is older than any text, so that one without words is
shown as it is kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from switchboard.web.language import Texts

_ROLES = "roles"
"""Its values are worded where roles are."""

_REQUESTS = (
    (re.compile(r"POST /language"), "language"),
    (re.compile(r"POST /account/preferences"), "preferences"),
    (re.compile(r"POST /api/v1/messages/[^/]+/heard"), "heard"),
    (re.compile(r"POST /api/v1/rules/check"), "rules_check"),
)
"""What is kept as the request that it was, since it needs no name of its own: what it does, in words."""


def act(said: Texts, action: str, what: str = "") -> str:
    """What was done to `what`; "" for an action without words."""
    if action == "request":
        for request, word in _REQUESTS:
            if request.fullmatch(what):
                return said(f"audit.requests.{word}")
    key = f"audit.acts.{action.replace('.', '_')}"
    return said(key) if key in said else ""


def about(said: Texts, action: str, what: str) -> str:
    """What it was done to: the mode that was chosen, else a name or number as it is."""
    return _value(said, action, what) if action == "mode" else what


def way(said: Texts, via: str) -> str:
    """By which way it was asked: a browser, a token, a command."""
    key = f"audit.via.{via}"
    return said(key) if key in said else via


def details(said: Texts, kept: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Each detail as (name, value). Empty ones aren't told."""
    return [
        (_name(said, key), _values(said, key, value))
        for key, value in kept.items()
        if value not in ("", None)
    ]


def _name(said: Texts, key: str) -> str:
    text = f"audit.names.{key}"
    return said(text) if text in said else key


def _values(said: Texts, key: str, value: Any) -> str:
    if isinstance(value, list):
        return said("audit.comma").join(_value(said, key, one) for one in value) or said("audit.nothing")
    return _value(said, key, value)


def _value(said: Texts, key: str, value: Any) -> str:
    if isinstance(value, bool):
        return said("audit.yes" if value else "audit.no")
    text = f"roles.{value}" if key == _ROLES else f"audit.values.{key}_{value}"
    return said(text) if text in said else str(value)
