"""Working hours that can be kept."""

from __future__ import annotations

from switchboard.rules.checks.subject import Subject
from switchboard.rules.tree import Location
from switchboard.rules.values import WEEKDAYS, minutes, weekdays


def check(subject: Subject) -> None:
    """Spans end after they begin, and no two say the same time."""
    by_day: dict[int, list[tuple[int, int, int]]] = {}
    for i, span in enumerate(subject.file.hours.weekly):
        here: Location = ("hours", "weekly", i)
        if subject.damaged(*here):
            continue
        opens, closes = minutes(span.opens), minutes(span.closes)
        if closes <= opens:
            hint = "A span over midnight is two: one to 24:00, one from 00:00 on the next day."
            subject.error(
                "hours-backwards", here, f"Closes at {span.closes}, but opens at {span.opens} only.", hint
            )
            continue
        for day in weekdays(span.days):
            by_day.setdefault(day, []).append((opens, closes, i))
    told: set[int] = set()
    for day, spans in sorted(by_day.items()):
        spans.sort()
        end, first = -1, 0
        for opens, closes, i in spans:
            if opens < end and i not in told:
                told.add(i)
                subject.warning(
                    "hours-overlap",
                    ("hours", "weekly", i),
                    f"Overlaps on {WEEKDAYS[day - 1]} with the span in line "
                    f"{subject.line(('hours', 'weekly', first))}.",
                )
            if closes > end:
                end, first = closes, i
