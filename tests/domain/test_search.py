"""Names by keypad letters (A6)."""

from __future__ import annotations

import pytest

from switchboard.domain import search
from switchboard.domain.search import find, on_keypad
from tests.company import company

RULES = company()


@pytest.mark.parametrize(
    ("letters", "found"),
    [
        ("zw", ("8201", "8202")),  # initials of Zhang Wei and Zhao Wen
        ("zhangwei", ("8201",)),
        ("weizhang", ("8201",)),  # English order
        ("zhang", ("8201",)),
        ("zl", ("8102",)),  # 曾 is Zeng as a surname
        ("xsb", ("8200",)),
        ("sales", ("8200",)),
        ("kehufuwu", ("8600",)),
        ("qqqq", ()),
    ],
)
def test_a_name_is_found_by_its_letters(letters: str, found: tuple[str, ...]) -> None:
    """Pinyin whole or in part, initials, English in either order."""
    assert find(RULES, on_keypad(letters), inside=True) == found


def test_nothing_entered_finds_nobody() -> None:
    """An empty entry isn't everybody."""
    assert find(RULES, "", inside=True) == ()


def test_the_keypad_is_the_international_one() -> None:
    """ITU-T E.161: pqrs on 7, wxyz on 9; digits stand for themselves."""
    assert on_keypad("Pqrs-wxyz 2") == "777799992"


def test_after_preparing_no_caller_waits_for_the_index() -> None:
    """What takes a second for 10,000 people is done before the first search."""
    rules = company()
    search.prepare(rules)
    before = search._index.cache_info().misses
    find(rules, "99", inside=False)
    find(rules, "99", inside=True)
    assert search._index.cache_info().misses == before
