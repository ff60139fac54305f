"""When the company is on duty (A3): hours of the week, seasons, holidays, make-up days, closures.

All of it is local time of one zone; a day's spans are computed from its date, so that a change to summer
time moves no opening. The operator's margin (15 minutes before and after) is part of duty, not of the hours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

HORIZON_DAYS = 400
"""How far ahead the next change of duty is looked for: beyond a year nothing recurs any more."""


@dataclass(frozen=True, slots=True)
class Hours:
    """One span of working time: ISO weekdays (1 = Monday) and minutes since midnight, local time.

    `closes` may be up to 1440; a span past midnight is written as two.
    """

    weekdays: tuple[int, ...]
    opens: int
    closes: int
    line: int = 0


@dataclass(frozen=True, slots=True)
class Season:
    """Other hours for a part of the year, both (month, day) included; may run over New Year's Eve."""

    begins: tuple[int, int]
    ends: tuple[int, int]
    hours: tuple[Hours, ...]
    line: int = 0

    def covers(self, day: date) -> bool:
        """Whether `day` lies in the season."""
        at = (day.month, day.day)
        if self.begins <= self.ends:
            return self.begins <= at <= self.ends
        return at >= self.begins or at <= self.ends


@dataclass(frozen=True, slots=True)
class Closure:
    """A one-off time without duty, e.g. a company outing. `begins` < `ends`, both with their zone."""

    begins: datetime
    ends: datetime
    reason: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class LunchTurn:
    """Who of the operators stays over lunch on some days: ISO weekdays, extensions."""

    weekdays: tuple[int, ...]
    people: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Calendar:
    """Everything A3 names. Compared by identity, so that a day's duty is worked out once.

    `make_up` are weekend days worked in exchange for a holiday, by the hours of `make_up_weekday`. `lunch`,
    (begin, end) in minutes, is lunch-break duty: the breaks between a day's spans that it covers are duty.
    `lunch_turns` say who has it.
    """

    zone: str = "Asia/Shanghai"
    hours: tuple[Hours, ...] = ()
    seasons: tuple[Season, ...] = ()
    holidays: frozenset[date] = frozenset()
    make_up: frozenset[date] = frozenset()
    make_up_weekday: int = 5
    closures: tuple[Closure, ...] = ()
    margin_minutes: int = 15
    lunch: tuple[int, int] | None = None
    lunch_turns: tuple[LunchTurn, ...] = ()


@dataclass(frozen=True, slots=True)
class Duty:
    """One stretch of duty, margins included; `begins` <= t < `ends`."""

    begins: datetime
    ends: datetime


def on_duty(calendar: Calendar, at: datetime) -> bool:
    """Whether the desk is manned by plan at `at` (aware of its zone)."""
    return any(duty.begins <= at < duty.ends for duty in _around(calendar, at))


def next_change(calendar: Calendar, at: datetime) -> datetime | None:
    """The next moment after `at` when duty begins or ends; None if never within HORIZON_DAYS."""
    before = on_duty(calendar, at)
    first = at.astimezone(ZoneInfo(calendar.zone)).date() - timedelta(days=1)
    for offset in range(HORIZON_DAYS):
        duties = _of_day(calendar, first + timedelta(days=offset))
        edges = sorted(edge for duty in duties for edge in (duty.begins, duty.ends) if edge > at)
        for edge in edges:
            if on_duty(calendar, edge) is not before:
                return edge
    return None


def stays_over_lunch(calendar: Calendar, at: datetime) -> frozenset[str]:
    """Whose turn lunch-break duty is at `at`; empty outside the break, and where no turn is written."""
    if calendar.lunch is None or not calendar.lunch_turns:
        return frozenset()
    local = at.astimezone(ZoneInfo(calendar.zone))
    minute = local.hour * 60 + local.minute
    breaks = _over_lunch(calendar.lunch, _worked(calendar, local.date()))
    if not any(b.opens <= minute < b.closes for b in breaks):
        return frozenset()
    weekday = _weekday(calendar, local.date())
    return frozenset(n for turn in calendar.lunch_turns if weekday in turn.weekdays for n in turn.people)


def reason_at(calendar: Calendar, at: datetime) -> str:
    """What makes the day or hour of `at` unlike others, "" for nothing."""
    closure = next((c for c in calendar.closures if c.begins <= at < c.ends), None)
    if closure is not None:
        return closure.reason or "closed for once"
    day = at.astimezone(ZoneInfo(calendar.zone)).date()
    if day in calendar.make_up:
        return "a make-up working day"
    return "a holiday" if day in calendar.holidays else ""


def _around(calendar: Calendar, at: datetime) -> Iterator[Duty]:
    """The duty of the days that may touch `at`: margins reach over midnight."""
    day = at.astimezone(ZoneInfo(calendar.zone)).date()
    for offset in (-1, 0, 1):
        yield from _of_day(calendar, day + timedelta(days=offset))


@lru_cache(maxsize=4096)
def _of_day(calendar: Calendar, day: date) -> tuple[Duty, ...]:
    return tuple(_open(calendar, day))


def _open(calendar: Calendar, day: date) -> Iterator[Duty]:
    zone = ZoneInfo(calendar.zone)
    margin = timedelta(minutes=calendar.margin_minutes)
    for hours in _hours_of(calendar, day):
        begins = _moment(day, hours.opens, zone) - margin
        ends = _moment(day, hours.closes, zone) + margin
        yield from _without(calendar.closures, Duty(begins, ends))


def _moment(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """Local wall time as a moment; 1440 is the next day's midnight."""
    day += timedelta(days=minutes // 1440)
    return datetime.combine(day, time(minutes % 1440 // 60, minutes % 60), zone)


def _hours_of(calendar: Calendar, day: date) -> tuple[Hours, ...]:
    worked = _worked(calendar, day)
    return (*worked, *_over_lunch(calendar.lunch, worked)) if calendar.lunch else worked


def _worked(calendar: Calendar, day: date) -> tuple[Hours, ...]:
    if day in calendar.holidays and day not in calendar.make_up:
        return ()
    weekday = _weekday(calendar, day)
    season = next((s for s in calendar.seasons if s.covers(day)), None)
    return tuple(h for h in (season.hours if season else calendar.hours) if weekday in h.weekdays)


def _weekday(calendar: Calendar, day: date) -> int:
    """The ISO weekday by whose hours `day` goes."""
    return calendar.make_up_weekday if day in calendar.make_up else day.isoweekday()


def _over_lunch(lunch: tuple[int, int], worked: tuple[Hours, ...]) -> Iterator[Hours]:
    """Those parts of the breaks between a day's spans that lie within lunch duty. No break, no lunch."""
    spans = sorted(worked, key=lambda h: h.opens)
    for i, following in enumerate(spans[1:], 1):
        begins = max(lunch[0], *(h.closes for h in spans[:i]))
        ends = min(lunch[1], following.opens)
        if begins < ends:
            yield Hours(following.weekdays, begins, ends, following.line)


def _without(closures: tuple[Closure, ...], duty: Duty) -> Iterator[Duty]:
    """What is left of `duty` when the closures are taken out."""
    left = [duty]
    for closure in closures:
        rest = []
        for piece in left:
            if closure.ends <= piece.begins or piece.ends <= closure.begins:
                rest.append(piece)
                continue
            if piece.begins < closure.begins:
                rest.append(Duty(piece.begins, closure.begins))
            if closure.ends < piece.ends:
                rest.append(Duty(closure.ends, piece.ends))
        left = rest
    yield from left
