"""Whatever the phone in the page can say, it has words for, in both languages."""

from __future__ import annotations

import re

import pytest

from switchboard.settings import SOURCE
from switchboard.web.language import LANGUAGES, texts

PHONE = SOURCE / "switchboard/web/static/phone"

STATES = {
    "state.": ("unregistered", "registering", "registered", "failed"),
    "call_us.lines.": ("unregistered", "registering", "registered", "failed"),
    "why.": ("network", "refused", "elsewhere", "none", "unsupported"),
    "call_us.why.": ("network", "refused", "elsewhere", "none", "unsupported"),
    "microphone.": ("unknown", "prompt", "denied", "absent", "live", "insecure"),
    "problem.": ("microphone", "sound", "silent"),
    "device.": ("input", "output", "ring"),
    "call_us.calls.": (
        "none",
        "ringing",
        "calling",
        "talking",
        "over",
        "hung_up",
        "lost",
        "refused",
        "sound",
    ),
}
"""Keys that are put together while the page runs, and what they end in."""


def source() -> str:
    return "\n".join(path.read_text("utf-8") for path in sorted(PHONE.glob("*.js")))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_that_the_scripts_name_has_words(language: str) -> None:
    """Written out, or put together of a prefix and a state."""
    said = texts(language)
    written = set(re.findall(r'\bt\(\s*"([a-z_.]+)"', source()))
    assert written
    composed = {prefix + state for prefix, states in STATES.items() for state in states}
    assert {key for key in written | composed if f"phone.{key}" not in said} == set()


def test_every_composed_key_is_known_here() -> None:
    """A new prefix in the scripts needs its states above."""
    assert set(re.findall(r"\bt\([^)]*?`([a-z_.]+)\$\{", source())) <= STATES.keys()


def test_the_states_are_those_of_the_scripts() -> None:
    """What the scripts can be in is what has words."""
    text = source()
    assert set(re.findall(r'#is\("failed", "(\w+)"', text)) <= set(STATES["why."])
    assert set(re.findall(r'#problem\("(\w+)"\)', text)) == set(STATES["problem."])
    assert set(re.findall(r'this\.#is\("(denied|absent|insecure|live|unknown)"', text)) <= set(
        STATES["microphone."]
    )
