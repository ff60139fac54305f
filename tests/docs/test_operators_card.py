"""The operators' manual has every feature code, in both languages."""

from __future__ import annotations

from dataclasses import fields

import pytest

from switchboard.domain.company import FeatureCodes
from switchboard.settings import SOURCE


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_feature_code_is_on_the_card(language: str) -> None:
    """A code that the rules know and the card doesn't would never be used."""
    rows = [
        line.split("|")[1]
        for line in (SOURCE / f"docs/operators.{language}.md").read_text("utf-8").splitlines()
        if line.startswith("|")
    ]
    codes = FeatureCodes()
    for name in (f.name for f in fields(codes) if f.name != "ask_pin"):
        assert any(getattr(codes, name) in row for row in rows), f"{name} is missing"
