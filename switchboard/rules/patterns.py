"""Dial patterns of the rules file, matched as Asterisk does: `X` 0-9, `Z` 1-9, `N` 2-9, `[1-5]`, `.`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

_SIGNS = {"X": "[0-9]", "Z": "[1-9]", "N": "[2-9]"}


def permits(patterns: Iterable[str], number: str) -> bool:
    """Whether one of `patterns` matches the whole of `number`."""
    return any(_expression(pattern).fullmatch(number) for pattern in patterns)


@lru_cache(maxsize=512)
def _expression(pattern: str) -> re.Pattern[str]:
    body = pattern.removesuffix(".")
    parts = re.findall(r"\[[^\]]*\]|.", body)
    rest = "[0-9]+" if pattern.endswith(".") else ""
    return re.compile("".join(_SIGNS.get(part, part) for part in parts) + rest, re.ASCII)
