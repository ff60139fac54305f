"""Finding somebody by the letters of their name on a telephone keypad (A6).

An entry is found by the beginning of its pinyin (zhangwei → 94264934), of its pinyin initials (zw →
99), of its English name in either order of words, and of their initials. Only entries that the caller
may be told of are looked through, so an unlisted one can't be found by any letters.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache
from itertools import takewhile

from switchboard.domain.company import Extension, Listing, Rules
from switchboard.domain.pinyin import pinyin_of

_KEYPAD = {
    c: k
    for k, cs in zip("23456789", ("abc", "def", "ghi", "jkl", "mno", "pqrs", "tuv", "wxyz"), strict=True)
    for c in cs
}
"""ITU-T E.161, table 1."""


def on_keypad(letters: str) -> str:
    """The digits that spell `letters`; what is on no key is left out."""
    return "".join(_KEYPAD.get(c, c if c.isdigit() else "") for c in letters.lower())


def tellable(entry: Extension, inside: bool) -> bool:
    """Whether a caller from outside (or inside) may be told of `entry`."""
    return entry.listing is Listing.LISTED or (inside and entry.listing is Listing.INTERNAL)


def find(rules: Rules, digits: str, inside: bool) -> tuple[str, ...]:
    """Numbers of the entries that `digits` may mean, whole matches first, then in the order of numbers."""
    if not digits:
        return ()
    index = _index(rules, inside)
    start = bisect_left(index, (digits, ""))
    found: dict[str, bool] = {}
    for spelled, number in takewhile(lambda row: row[0].startswith(digits), index[start:]):
        found[number] = found.get(number, False) or spelled == digits
    return tuple(sorted(found, key=lambda n: (not found[n], n)))


def prepare(rules: Rules) -> None:
    """Work out now what the first search would wait for: a second and more for 10,000 people, in which no
    other call is decided. In a thread of its own it delays nobody."""
    for inside in (False, True):
        _index(rules, inside)


@lru_cache(maxsize=8)
def _index(rules: Rules, inside: bool) -> list[tuple[str, str]]:
    """Sorted (keypad spelling, number) of all that a caller may be told of. Kept for each version."""
    return sorted(
        (spelled, entry.number)
        for entry in rules.extensions.values()
        if tellable(entry, inside)
        for spelled in {on_keypad(s) for s in _spellings(entry)} - {""}
    )


def _spellings(entry: Extension) -> Iterator[str]:
    syllables = pinyin_of(entry.name.zh)
    yield "".join(syllables)
    yield "".join(s[:1] for s in syllables)
    words = entry.name.en.replace("-", " ").split()
    for start in range(len(words)):
        turned = words[start:] + words[:start]
        yield "".join(turned)
        yield "".join(w[:1] for w in turned)
