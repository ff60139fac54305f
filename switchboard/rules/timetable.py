"""From the hours people write to the calendar that decides who is on duty (A3)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from switchboard.domain.calendar import Calendar, Closure, Hours, LunchTurn, Season
from switchboard.rules.checks.subject import Subject
from switchboard.rules.public_holidays import of_china
from switchboard.rules.schema import Closure as WrittenClosure
from switchboard.rules.schema import Lunch, Span
from switchboard.rules.tree import Location
from switchboard.rules.values import minutes, moment, month_day, named_days, weekdays

YEARS_BACK, YEARS_AHEAD = 2, 5
"""Years around today whose holidays are worked out: back, to replay calls; ahead, for a file left alone."""


def calendar(subject: Subject) -> Calendar:
    """The company's calendar."""
    file, written = subject.file, subject.file.hours
    free, worked = _exceptions(subject)
    return Calendar(
        zone=file.time_zone,
        hours=_hours(subject, ("hours", "weekly"), written.weekly),
        seasons=tuple(
            Season(
                month_day(season.begins),
                month_day(season.ends),
                _hours(subject, ("hours", "seasons", i, "weekly"), season.weekly),
                subject.line(("hours", "seasons", i)),
            )
            for i, season in enumerate(written.seasons)
        ),
        holidays=free,
        make_up=worked,
        closures=tuple(
            _closure(closure, ZoneInfo(file.time_zone), subject.line(("hours", "closures", i)))
            for i, closure in enumerate(written.closures)
        ),
        margin_minutes=written.margin,
        lunch=_lunch(written.lunch),
        lunch_turns=tuple(
            LunchTurn(weekdays(turn.days), tuple(turn.people))
            for turn in (written.lunch.turns if written.lunch else ())
        ),
    )


def own_hours(subject: Subject, company: Calendar, location: Location, spans: Iterable[Span]) -> Calendar:
    """One person's hours: their own week, without margins, with the company's holidays and closures."""
    return Calendar(
        zone=company.zone,
        hours=_hours(subject, location, spans),
        holidays=company.holidays,
        make_up=company.make_up,
        closures=company.closures,
        margin_minutes=0,
    )


def _exceptions(subject: Subject) -> tuple[frozenset[date], frozenset[date]]:
    """(free days, make-up working days). What the file names itself outweighs the public ones."""
    written = subject.file.hours
    free, worked = set[date](), set[date]()
    if written.holidays == "cn":
        for year in range(subject.today.year - YEARS_BACK, subject.today.year + YEARS_AHEAD + 1):
            free |= of_china(year).free
            worked |= of_china(year).worked
    extra_free, extra_worked = named_days(written.extra_holidays), named_days(written.extra_working_days)
    return frozenset((free | extra_free) - extra_worked), frozenset((worked - extra_free) | extra_worked)


def _hours(subject: Subject, location: Location, spans: Iterable[Span]) -> tuple[Hours, ...]:
    return tuple(
        Hours(weekdays(span.days), minutes(span.opens), minutes(span.closes), subject.line((*location, i)))
        for i, span in enumerate(spans)
    )


def _closure(closure: WrittenClosure, zone: ZoneInfo, line: int) -> Closure:
    return Closure(
        _local(moment(closure.begins), zone),
        _local(moment(closure.ends, last=True), zone),
        closure.reason or "",
        line,
    )


def _local(wall: datetime, zone: ZoneInfo) -> datetime:
    return wall.replace(tzinfo=zone)


def _lunch(lunch: Lunch | None) -> tuple[int, int] | None:
    return (minutes(lunch.opens), minutes(lunch.closes)) if lunch else None
