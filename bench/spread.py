"""A few figures that say more than a mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Spread:
    """`count` samples: their median, 99th percentile and largest, in the samples' unit."""

    count: int
    median: float
    p99: float
    largest: float

    @classmethod
    def of(cls, samples: Sequence[float]) -> Spread:
        """Of at least one sample; nearest-rank percentiles, so that each is a value that occurred."""
        ordered = sorted(samples)
        last = len(ordered) - 1
        return cls(len(ordered), ordered[last // 2], ordered[-(-last * 99 // 100)], ordered[last])

    def as_json(self) -> dict[str, float]:
        return {key: round(value, 4) for key, value in asdict(self).items()}
