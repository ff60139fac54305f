"""Kinds of problems, in both languages."""

from __future__ import annotations

from switchboard.rules.codes import MEANINGS, meaning
from switchboard.rules.codes_zh import MEANINGS_ZH


def test_every_kind_is_told_in_chinese_too() -> None:
    """None left out, none that there is no more."""
    assert MEANINGS_ZH.keys() == MEANINGS.keys()


def test_a_kind_is_told_in_the_readers_language() -> None:
    """And nothing at all for one that nobody knows."""
    assert meaning("tab", "en").startswith("YAML wants spaces")
    assert meaning("tab", "zh").startswith("YAML 行首")
    assert meaning("of-tomorrow", "zh") == ""
