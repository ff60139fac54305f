"""Numbers as words: which of the sounds "digits/…" say 15 or 120, in each language.

The same sounds serve Asterisk's own counting. `Digits`, a telephone number read one by one, is another
thing.
"""

from __future__ import annotations

LARGEST = 99_999


def number_sounds(value: int, language: str) -> list[str]:
    """Names of sounds for `value`, clamped to 0…LARGEST: 15 → ["digits/15"], 120 → 1, hundred, 20."""
    value = max(0, min(value, LARGEST))
    words = _english(value) if language == "en" else _chinese(value)
    return [f"digits/{word}" for word in words]


def _english(value: int) -> list[str]:
    if value < 20:
        return [str(value)]
    if value < 100:
        return [str(value // 10 * 10), *([str(value % 10)] if value % 10 else [])]
    for size, word in ((1000, "thousand"), (100, "hundred")):
        if value >= size:
            rest = value % size
            return [*_english(value // size), word, *(_english(rest) if rest else [])]
    raise AssertionError(value)


def _chinese(value: int, inside: bool = False) -> list[str]:
    """`inside` = after a larger unit: 一百一十 instead of 一百十."""
    if value < 20:
        return ["1", *_chinese(value)] if inside and value >= 10 else [str(value)]
    if value < 100:
        return [str(value // 10 * 10), *([str(value % 10)] if value % 10 else [])]
    for size, word in ((10_000, "wan"), (1000, "thousand"), (100, "hundred")):
        if value >= size:
            rest = value % size
            zero = ["0"] if rest and rest < size // 10 else []
            tail = [*zero, *_chinese(rest, inside=True)] if rest else []
            return [*_chinese(value // size), word, *tail]
    raise AssertionError(value)
