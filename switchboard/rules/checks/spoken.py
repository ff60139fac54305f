"""Phrases worded anew: only ones that exist, with placeholders that can be filled."""

from __future__ import annotations

import re

from switchboard.domain import prompt_keys
from switchboard.domain.company import LANGUAGES
from switchboard.rules.checks.subject import Subject
from switchboard.rules.problems import shown
from switchboard.rules.tree import Location, find

PLACEHOLDERS = ("company", "key", "unclear")
"""What `{…}` in a phrase may name: the company, the key spoken of, the department for unclear calls."""


def check(subject: Subject) -> None:
    """Keys and placeholders of `texts`, damaged ones too."""
    texts, there = find(subject.root, ("texts",))
    if not there or not isinstance(texts.value, dict):
        return
    for key in texts.value:
        if key not in prompt_keys.ALL:
            near = subject.nearest.to(key, prompt_keys.ALL)
            subject.error(
                "unknown-prompt",
                ("texts", key),
                f"Found {shown(key)}, which no phrase is called; expected a key of prompts/zh.yaml.",
                f"Did you mean {near}?" if near else "",
            )
    for key, wording in subject.file.texts.items():
        for language in LANGUAGES:
            _placeholders(subject, ("texts", key, language), getattr(wording, language))


def _placeholders(subject: Subject, location: Location, text: str) -> None:
    rest = text
    for name in re.findall(r"\{([^{}]*)\}", text):
        rest = rest.replace("{" + name + "}", "", 1)
        if name not in PLACEHOLDERS:
            near = subject.nearest.to(name, PLACEHOLDERS)
            subject.error(
                "unknown-placeholder",
                location,
                f"Found {{{shown(name)}}}; expected one of {', '.join(f'{{{p}}}' for p in PLACEHOLDERS)}.",
                f"Did you mean {{{near}}}?" if near else "",
            )
    if "{" in rest or "}" in rest:
        subject.error(
            "unknown-placeholder",
            location,
            "Found a single { or }; expected a placeholder such as {company}.",
        )
