"""The operators' manual has every key of the desk page, in both languages."""

from __future__ import annotations

import re

import pytest

from switchboard.settings import SOURCE

KEYS = SOURCE / "switchboard" / "web" / "static" / "desk" / "keys.js"


def keys() -> list[tuple[str, str]]:
    """Action and key, of every order in the page's own table."""
    orders = KEYS.read_text("utf-8").partition('["orders", [')[2].partition('["moving"')[0]
    found = re.findall(r'\["(\w+)", "(\w)", "(F\d+)?"\]', orders)
    return [(action, key) for action, letter, f in found for key in (letter.upper(), f) if key]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_key_is_in_the_manual(language: str) -> None:
    """A key that the manual doesn't name would never be used."""
    page = (SOURCE / f"docs/operators.{language}.md").read_text("utf-8")
    rows = "\n".join(line for line in page.splitlines() if line.startswith("|"))
    assert len(keys()) > 20
    for action, key in keys():
        assert f"`{key}`" in rows, f"{key} ({action}) is missing"
