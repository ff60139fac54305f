"""Working hours that can be kept, holidays that are known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

from switchboard.rules.checks import holes
from switchboard.rules.checks.subject import Subject
from switchboard.rules.public_holidays import of_china
from switchboard.rules.schema import Season, Span
from switchboard.rules.tree import Location
from switchboard.rules.values import WEEKDAYS, minutes, moment, month_day, named_days, weekdays

ANNOUNCED_BY = 11
"""Month from which the next year's holidays should be known: the State Council announces them around then."""

FRIDAY = 5
LONGEST_CLOSURE = 60
"""Days."""

LEAP_YEAR = 2000


def check(subject: Subject) -> None:
    """Weeks, seasons, lunch, closures, holidays."""
    hours = subject.file.hours
    _week(subject, ("hours", "weekly"), hours.weekly)
    holes.check(subject, ("hours", "weekly"), hours.weekly)
    for i, season in enumerate(hours.seasons):
        where: Location = ("hours", "seasons", i, "weekly")
        _week(subject, where, season.weekly)
        holes.check(subject, where, season.weekly)
    _never(subject)
    for number, executive in subject.file.executives.items():
        if executive.screening is not None and executive.screening.hours is not None:
            _week(subject, ("executives", number, "screening", "hours"), executive.screening.hours)
    _seasons(subject)
    _lunch(subject)
    _closures(subject)
    _exceptions(subject)
    _holidays(subject)


def _week(subject: Subject, where: Location, spans: Sequence[Span]) -> None:
    """Spans end after they begin, and no two say the same time."""
    by_day: dict[int, list[tuple[int, int, int]]] = {}
    for i, span in enumerate(spans):
        here: Location = (*where, i)
        if subject.damaged(*here):
            continue
        opens, closes = minutes(span.opens), minutes(span.closes)
        if closes <= opens:
            subject.error("hours-backwards.span", here, ends=span.closes, begins=span.opens)
            continue
        for day in weekdays(span.days):
            by_day.setdefault(day, []).append((opens, closes, i))
    told: set[int] = set()
    for day, found in sorted(by_day.items()):
        found.sort()
        end, first = -1, 0
        for opens, closes, i in found:
            if opens < end and i not in told:
                told.add(i)
                subject.warning(
                    "hours-overlap",
                    (*where, i),
                    day=WEEKDAYS[day - 1],
                    first=subject.line((*where, first)),
                )
            if closes > end:
                end, first = closes, i


def _never(subject: Subject) -> None:
    """Hours that never open."""
    hours = subject.file.hours
    if subject.damaged("hours"):
        return
    if not hours.weekly and (hours.seasons or subject.file.operators.people):
        subject.warning("hours-never-open.weekly", ("hours",))
    for i, season in enumerate(hours.seasons):
        if not season.weekly:
            subject.warning(
                "hours-never-open.season",
                ("hours", "seasons", i),
                begins=season.begins,
                ends=season.ends,
            )


def _seasons(subject: Subject) -> None:
    """A day that two seasons cover follows the first: said, because nobody means it."""
    seasons = subject.file.hours.seasons
    days = [_days_of(season) for season in seasons]
    for i in range(len(seasons)):
        for j in range(i):
            both = days[i] & days[j]
            if both:
                day = min(both)
                subject.warning(
                    "seasons-overlap",
                    ("hours", "seasons", i),
                    day=f"{day:%m-%d}",
                    first=subject.line(("hours", "seasons", j)),
                )
                break


def _days_of(season: Season) -> frozenset[date]:
    begins, ends = month_day(season.begins), month_day(season.ends)
    first = date(LEAP_YEAR, 1, 1)
    year = [first + timedelta(days=i) for i in range(366)]
    if begins <= ends:
        return frozenset(d for d in year if begins <= (d.month, d.day) <= ends)
    return frozenset(d for d in year if (d.month, d.day) >= begins or (d.month, d.day) <= ends)


def _lunch(subject: Subject) -> None:
    hours = subject.file.hours
    if hours.lunch is None or subject.damaged("hours"):
        return
    here: Location = ("hours", "lunch")
    begins, ends = minutes(hours.lunch.opens), minutes(hours.lunch.closes)
    if ends <= begins:
        subject.error("hours-backwards.lunch", here, ends=hours.lunch.closes, begins=hours.lunch.opens)
        return
    weeks = [hours.weekly, *(season.weekly for season in hours.seasons)]
    if not any(_has_break(week, begins, ends) for week in weeks):
        subject.warning("lunch-without-break", here, begins=hours.lunch.opens, ends=hours.lunch.closes)


def _has_break(week: Sequence[Span], begins: int, ends: int) -> bool:
    for day in range(1, 8):
        spans = sorted((minutes(s.opens), minutes(s.closes)) for s in week if day in weekdays(s.days))
        for (_, closed), (opens, _) in pairwise(spans):
            if max(closed, begins) < min(opens, ends):
                return True
    return False


def _closures(subject: Subject) -> None:
    for i, closure in enumerate(subject.file.hours.closures):
        here: Location = ("hours", "closures", i)
        if subject.damaged(*here):
            continue
        if moment(closure.ends, last=True) <= moment(closure.begins):
            subject.error("hours-backwards.closure", here, ends=closure.ends, begins=closure.begins)
            continue
        days = (moment(closure.ends, last=True) - moment(closure.begins)).days
        if days > LONGEST_CLOSURE:
            subject.warning("closure-long", here, days=days)


def _exceptions(subject: Subject) -> None:
    hours = subject.file.hours
    free, worked = named_days(hours.extra_holidays), named_days(hours.extra_working_days)
    if both := free & worked:
        subject.error("free-and-worked", ("hours", "extra_working_days"), day=str(min(both)))
    friday = any(FRIDAY in weekdays(span.days) for span in hours.weekly)
    if worked and not friday and not subject.damaged("hours"):
        subject.warning("no-friday", ("hours", "extra_working_days"))


def _holidays(subject: Subject) -> None:
    """A year not announced yet has its holidays by law, but no make-up days; unless the file names some."""
    hours = subject.file.hours
    if hours.holidays != "cn" or subject.damaged("hours"):
        return
    named = {day.year for day in named_days([*hours.extra_holidays, *hours.extra_working_days])}
    years = [subject.today.year]
    if subject.today.month >= ANNOUNCED_BY:
        years.append(subject.today.year + 1)
    for year in years:
        if year not in named and not of_china(year).is_known:
            subject.warning("holidays-unknown", ("hours", "holidays"), year=year)
