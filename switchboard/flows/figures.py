"""Figures for monitoring: how long things take, counted here; how things stand, asked of `Health`.

Counting is a few additions on the way of a call; nothing here waits or fails.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from time import perf_counter
from typing import Protocol

DECISION_BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
SESSION_BOUNDS = (0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 15.0, 60.0)
DELAY_BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0)


class Histogram:
    """How many observations fell up to each bound (seconds), as Prometheus counts."""

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = tuple(bounds)
        self._counts = [0] * (len(self.bounds) + 1)
        self.sum = 0.0

    def observe(self, seconds: float) -> None:
        """One observation."""
        self._counts[bisect_left(self.bounds, seconds)] += 1
        self.sum += seconds

    @property
    def cumulative(self) -> list[tuple[str, int]]:
        """(bound, observations up to it); the last bound is +Inf."""
        result, total = [], 0
        for bound, count in zip((*map(str, self.bounds), "+Inf"), self._counts, strict=True):
            total += count
            result.append((bound, total))
        return result


_asked: ContextVar[float | None] = ContextVar("asked", default=None)


@dataclass
class Figures:
    """One per controller. Times in seconds."""

    decision: Histogram = field(default_factory=lambda: Histogram(DECISION_BOUNDS))
    session: Histogram = field(default_factory=lambda: Histogram(SESSION_BOUNDS))
    event_delay: Histogram = field(default_factory=lambda: Histogram(DELAY_BOUNDS))

    @contextmanager
    def asked(self) -> Iterator[None]:
        """Around one AGI session: Asterisk waits for us."""
        began = perf_counter()
        token = _asked.set(began)
        try:
            yield
        finally:
            _asked.reset(token)
            self.session.observe(perf_counter() - began)

    def decided(self) -> None:
        """The first decision of this session was made; later ones wait for callers as well."""
        began = _asked.get()
        if began is not None:
            self.decision.observe(perf_counter() - began)
            _asked.set(None)


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand now."""

    manual: bool
    pbx_linked: bool
    board_fresh: bool
    rules_pending: bool
    calls: Mapping[str, int]  # live, by state
    phones: Mapping[str, int]  # by state
    queues: Mapping[str, int]  # callers waiting, by queue
    ended: Mapping[str, int]  # calls since the controller began, by outcome
    readers: int  # of live events


class Health(Protocol):
    """Told by `bootstrap.health`."""

    async def faults(self) -> Mapping[str, str]:
        """What keeps us from taking calls: part → why. Empty: ready. Never raises."""

    async def standing(self) -> Standing:
        """Raises StorageError when the database can't be asked."""
