"""Phrases worded anew: only ones that exist, with placeholders that can be filled."""

from __future__ import annotations

import re

from switchboard.domain import prompt_keys
from switchboard.domain.company import LANGUAGES
from switchboard.rules.checks.subject import Subject
from switchboard.rules.problems import shown
from switchboard.rules.schema import DIRECTORY
from switchboard.rules.tree import Location, find
from switchboard.rules.wording import did_you_mean
from switchboard.sentences import several

PLACEHOLDERS = ("company", "unclear")
"""What `{…}` may name in every phrase: the company, the department for unclear calls."""

HAN = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")
"""Chinese characters."""

WITH_KEY = (prompt_keys.OTHER_LANGUAGE, prompt_keys.DIAL_EXTENSION, prompt_keys.COMPLAINT_KEY)
"""Phrases that speak of a key of the greeting: `{key}`."""


def check(subject: Subject) -> None:
    """Names in their language; keys and placeholders of `texts`, damaged ones too."""
    _names(subject)
    texts, there = find(subject.root, ("texts",))
    if not there or not isinstance(texts.value, dict):
        return
    for key in texts.value:
        if key not in prompt_keys.ALL:
            near = subject.nearest.to(key, prompt_keys.ALL)
            subject.error("unknown-prompt", ("texts", key), did_you_mean(near), key=shown(key))
    for key, wording in subject.file.texts.items():
        _both(subject, ("texts", key), wording.zh, wording.en)
        for language in LANGUAGES:
            _placeholders(subject, ("texts", key, language), getattr(wording, language), key in WITH_KEY)


def _names(subject: Subject) -> None:
    """An English voice can't read Chinese characters; a Chinese one reads letters, so those may stand."""
    if not subject.damaged("company"):
        _both(subject, ("company",), "", subject.file.company.en)
    for section in DIRECTORY:
        for number, entry in getattr(subject.file, section).items():
            _both(subject, (section, number, "name"), "", entry.name.en)


def _both(subject: Subject, location: Location, zh: str, en: str) -> None:
    """Whether each text is in its language, as far as its letters tell."""
    if HAN.search(en):
        subject.warning("one-language.en", (*location, "en"), text=shown(en))
    elif zh and not HAN.search(zh):
        subject.warning("one-language.zh", (*location, "zh"), text=shown(zh))


def _placeholders(subject: Subject, location: Location, text: str, with_key: bool) -> None:
    known = (*PLACEHOLDERS, "key") if with_key else PLACEHOLDERS
    rest = text
    for name in re.findall(r"\{([^{}]*)\}", text):
        rest = rest.replace("{" + name + "}", "", 1)
        if name not in known:
            near = subject.nearest.to(name, known)
            advice = did_you_mean(f"{{{near}}}") if near else None
            choices = several(f"{{{place}}}" for place in known)
            subject.error(
                "unknown-placeholder.name", location, advice, name=f"{{{shown(name)}}}", choices=choices
            )
    if "{" in rest or "}" in rest:
        subject.error("unknown-placeholder.bracket", location)
