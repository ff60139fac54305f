"""China's public holidays and make-up working days, as far as they are announced.

The State Council announces a year's days towards the end of the year before. For a year that isn't known
yet the library gives what the law fixes, and no make-up days: `is_known` tells, so that nobody is surprised.
Imported only when rules ask for it: the library takes a fifth of a second.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Year:
    """One year's free days and the weekend days worked in exchange."""

    free: frozenset[date]
    worked: frozenset[date]

    @property
    def is_known(self) -> bool:
        """Whether it was announced when the library was made.

        No announced year has been without a make-up day. December's may belong to the year after.
        """
        return any(day.month < 12 for day in self.worked)


@lru_cache(maxsize=64)
def of_china(year: int) -> Year:
    """The days of `year`."""
    from holidays.countries.china import China

    days = China(years=year, observed=True)
    free = frozenset(day for day in days if day.year == year)
    return Year(free, frozenset(day for day in days.weekend_workdays if day.year == year))
