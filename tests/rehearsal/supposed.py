"""Suppositions for tests of the rehearsal: situations, words without sounds, and records of rehearsals."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from switchboard.domain.company import Rules
from switchboard.domain.phrases import Digits, Number, Phrase, Spoken, Text
from switchboard.flows.wording import action_name, detail, outcome_word
from switchboard.rehearsal import Rehearsal, Situation, rehearse
from tests.company import company

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def speak(phrase: Phrase, language: str) -> str:
    """Phrases by their keys, names as they are written."""
    match phrase:
        case Text(key):
            return f"<{key}>"
        case Spoken(number):
            entry = company().extensions.get(number)
            return entry.name[language] if entry else "company"
        case Digits(digits):
            return digits
        case Number(value):
            return str(value)


def rehearsed(*presses: str, rules: Rules | None = None, **more: Any) -> Rehearsal:
    """A call to the small company."""
    return rehearse(rules or company(), Situation(at=NOW, presses=presses, **more))


def as_recorded(rehearsal: Rehearsal, number: str = "1", **more: Any) -> dict[str, Any]:
    """The row that `switchboard calls --json` would show, had the call been a real one."""
    steps = []
    for n, moment in enumerate(rehearsal.moments, start=1):
        ended = "answered" if moment.by else "done"
        steps.append(
            {
                "n": n,
                "at": (moment.at or NOW).isoformat(),
                "action": action_name(moment.action),
                "detail": detail(moment.action, lambda phrase: speak(phrase, "zh")),
                "outcome": ended if moment.outcome is None else outcome_word(moment.outcome),
                "reason": moment.reason,
                "rule_line": moment.line,
            }
        )
    first = rehearsal.moments[0].call
    return {
        "id": number,
        "caller": first.caller,
        "dialled": first.dialled,
        "origin": "inside" if first.inside else "outside",
        "trunk": first.trunk,
        "started": NOW.isoformat(),
        "steps": steps,
    } | more
