"""Times without duty that nobody seems to mean: a hole in a working day, a day missing in a working week."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from switchboard.rules.checks.subject import Subject
from switchboard.rules.schema import Span
from switchboard.rules.tree import Location
from switchboard.rules.values import WEEKDAYS, minutes, weekdays

LUNCH_TIME = (11 * 60, 15 * 60)
"""A break within these minutes of the day is lunch."""


def check(subject: Subject, where: Location, spans: Sequence[Span]) -> None:
    """The week at `where`."""
    if subject.damaged("hours"):
        return
    worked = sorted({day for span in spans for day in weekdays(span.days)})
    for day in range(worked[0], worked[-1]) if worked else ():
        if day not in worked:
            subject.warning("hours-hole.day", where, day=WEEKDAYS[day - 1])
    told: set[int] = set()
    for day in worked:
        for opens, closes, i in _breaks(spans, day):
            hole = _uncovered(subject, opens, closes)
            if hole is not None and i not in told:
                told.add(i)
                subject.warning(
                    "hours-hole.time",
                    (*where, i),
                    begins=_clock(hole[0]),
                    ends=_clock(hole[1]),
                    day=WEEKDAYS[day - 1],
                )


def _breaks(spans: Sequence[Span], day: int) -> list[tuple[int, int, int]]:
    """(begin, end, the span after it) of each break of a day, in minutes."""
    of_day = sorted(
        (minutes(span.opens), minutes(span.closes), i)
        for i, span in enumerate(spans)
        if day in weekdays(span.days) and minutes(span.opens) < minutes(span.closes)
    )
    return [(closed, opens, i) for (_, closed, _), (opens, _, i) in pairwise(of_day) if closed < opens]


def _uncovered(subject: Subject, begins: int, ends: int) -> tuple[int, int] | None:
    """The first part of a break that neither margins nor lunch duty cover.

    A plain lunch break is no hole, unless lunch duty is there to cover it and doesn't.
    """
    hours = subject.file.hours
    if hours.lunch is None:
        if begins >= LUNCH_TIME[0] and ends <= LUNCH_TIME[1]:
            return None
        begins, ends = begins + hours.margin, ends - hours.margin
    else:
        lunch = max(begins, minutes(hours.lunch.opens)), min(ends, minutes(hours.lunch.closes))
        begins, ends = begins + hours.margin, ends - hours.margin
        if lunch[0] < lunch[1]:
            first, last = lunch[0] - hours.margin, lunch[1] + hours.margin
            if first > begins:
                return begins, min(first, ends)
            begins = max(begins, last)
    return (begins, ends) if begins < ends else None


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
