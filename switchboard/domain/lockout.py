"""How long the next try to sign in has to wait, after failures. Pure: times in, a time out.

Three counts, since each guards against something else: one name tried from one address (somebody guesses a
password), one name from anywhere (many guess together), one address with any names (a list is tried). The
counts for a name alone are generous, so that a stranger's guesses don't easily keep its owner out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

WINDOW = timedelta(hours=1)
"""Failures older than this no longer count."""

LONGEST = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A try to sign in. `worked` is False also for one whose verdict isn't known yet."""

    at: datetime
    name: str  # as it was typed, in its one spelling
    address: str
    worked: bool


@dataclass(frozen=True, slots=True)
class Patience:
    """From the `free`+1st failure in a row each next try waits: `first`, then twice that, up to LONGEST."""

    free: int
    first: timedelta


PAIR = Patience(free=4, first=timedelta(seconds=15))
NAME = Patience(free=19, first=timedelta(minutes=1))
ADDRESS = Patience(free=29, first=timedelta(minutes=1))


def locked_until(name: str, address: str, attempts: Sequence[Attempt], now: datetime) -> datetime | None:
    """When `name` may be tried again from `address`; None: now. `attempts` in order of time."""
    recent = [a for a in attempts if now - WINDOW < a.at <= now]
    waits = (
        _wait(PAIR, [a for a in recent if a.name == name and a.address == address]),
        _wait(NAME, [a for a in recent if a.name == name]),
        _wait(ADDRESS, [a for a in recent if a.address == address]),
    )
    until = max((w for w in waits if w is not None), default=None)
    return until if until is not None and until > now else None


def _wait(patience: Patience, attempts: Sequence[Attempt]) -> datetime | None:
    """The end of the wait after these attempts. A success ends the row."""
    failures: list[Attempt] = []
    for attempt in attempts:
        if attempt.worked:
            failures.clear()
        else:
            failures.append(attempt)
    over = len(failures) - patience.free
    if over <= 0:
        return None
    return failures[-1].at + min(patience.first * 2 ** min(over - 1, 16), LONGEST)
