"""When the company is on duty (A3)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.domain.calendar import (
    Calendar,
    Closure,
    Hours,
    LunchTurn,
    Season,
    next_change,
    on_duty,
    reason_at,
    stays_over_lunch,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
WEEK = (1, 2, 3, 4, 5)
OFFICE = (Hours(WEEK, 9 * 60, 12 * 60), Hours(WEEK, 13 * 60, 18 * 60))


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


OFFICE_CALENDAR = Calendar(
    hours=OFFICE,
    seasons=(
        Season((7, 1), (8, 31), (Hours(WEEK, 8 * 60, 15 * 60),)),
        Season((12, 20), (1, 10), (Hours(WEEK, 600, 960),)),
    ),
    holidays=frozenset({date(2026, 10, 1), date(2026, 10, 10)}),
    make_up=frozenset({date(2026, 10, 10)}),
    closures=(Closure(at("2026-11-25 11:00"), at("2026-11-25 14:00"), "fire drill"),),
)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-23 08:44", False),
        ("2026-11-23 08:45", True),  # 15 minutes before opening
        ("2026-11-23 12:14", True),
        ("2026-11-23 12:15", False),  # lunch, after its margin
        ("2026-11-23 12:45", True),
        ("2026-11-23 18:14", True),
        ("2026-11-23 18:15", False),  # 15 minutes after closing
        ("2026-11-22 10:00", False),  # Sunday
        ("2026-10-01 10:00", False),  # National Day
        ("2026-10-10 10:00", True),  # a Saturday worked in exchange
        ("2026-07-15 08:00", True),  # summer hours
        ("2026-07-15 16:00", False),
        ("2026-01-05 09:00", False),  # winter hours run over New Year's Eve: from 10:00
        ("2026-01-05 10:00", True),
        ("2026-11-25 10:59", True),
        ("2026-11-25 11:00", False),  # closed for once
        ("2026-11-25 14:00", True),
    ],
)
def test_duty_follows_hours_margins_seasons_holidays_and_closures(moment: str, expected: bool) -> None:
    """Each rule of A3, at its edge."""
    assert on_duty(OFFICE_CALENDAR, at(moment)) is expected


@pytest.mark.parametrize(
    ("moment", "change"),
    [
        ("2026-11-23 10:00", "2026-11-23 12:15"),
        ("2026-11-23 12:30", "2026-11-23 12:45"),
        ("2026-11-20 18:15", "2026-11-23 08:45"),  # over the weekend
        ("2026-11-25 10:00", "2026-11-25 11:00"),
    ],
)
def test_the_next_change_is_the_next_edge_of_duty(moment: str, change: str) -> None:
    """A mode without a stated end lasts until then (A2)."""
    assert next_change(OFFICE_CALENDAR, at(moment)) == at(change)


@pytest.mark.parametrize(
    ("moment", "reason"),
    [
        ("2026-11-23 10:00", ""),
        ("2026-11-25 11:30", "fire drill"),
        ("2026-10-01 10:00", "a holiday"),
        ("2026-10-10 10:00", "a make-up working day"),
    ],
)
def test_an_unusual_day_says_why(moment: str, reason: str) -> None:
    """Whoever wonders about the mode is told."""
    assert reason_at(OFFICE_CALENDAR, at(moment)) == reason


def test_lunch_duty_covers_the_break_and_nothing_else() -> None:
    """Operators stay on duty at noon on days that go on afterwards; a Saturday morning isn't made longer."""
    saturday = Hours((6,), 9 * 60, 12 * 60)
    calendar = Calendar(hours=(*OFFICE, saturday), lunch=(11 * 60 + 30, 14 * 60))
    assert next_change(calendar, at("2026-11-23 10:00")) == at("2026-11-23 18:15")
    assert next_change(calendar, at("2026-11-28 10:00")) == at("2026-11-28 12:15")
    assert not on_duty(calendar, at("2026-11-29 12:30"))


def test_who_stays_over_lunch_is_known_by_the_day_and_only_in_the_break() -> None:
    """Monday and Wednesday one, else the other; a make-up Sunday goes by its weekday; no break, no turn."""
    turns = (LunchTurn((1, 3), ("8011",)), LunchTurn((2, 4, 5), ("8012",)))
    sunday = at("2026-10-10 12:30")
    calendar = Calendar(
        hours=OFFICE, lunch=(12 * 60, 13 * 60), lunch_turns=turns, make_up=frozenset({sunday.date()})
    )
    assert stays_over_lunch(calendar, at("2026-11-23 12:30")) == {"8011"}
    assert stays_over_lunch(calendar, at("2026-11-24 12:00")) == {"8012"}
    assert stays_over_lunch(calendar, sunday) == {"8012"}  # by Friday's hours
    for moment in ("2026-11-23 11:59", "2026-11-23 13:00", "2026-11-22 12:30"):
        assert stays_over_lunch(calendar, at(moment)) == frozenset()
    assert stays_over_lunch(Calendar(hours=OFFICE, lunch=(12 * 60, 13 * 60)), sunday) == frozenset()


def test_lunch_duty_may_cover_part_of_the_break() -> None:
    """From 12 to 12:20, and a quarter of an hour more."""
    calendar = Calendar(hours=OFFICE, lunch=(12 * 60, 12 * 60 + 20))
    assert next_change(calendar, at("2026-11-23 10:00")) == at("2026-11-23 12:35")
    assert on_duty(calendar, at("2026-11-23 12:45"))


def test_margins_that_meet_are_no_change() -> None:
    """Lunch of 20 minutes: the margins overlap, the desk stays manned."""
    calendar = Calendar(hours=(Hours(WEEK, 540, 720), Hours(WEEK, 740, 1080)))
    assert next_change(calendar, at("2026-11-23 10:00")) == at("2026-11-23 18:15")


def test_round_the_clock_never_changes() -> None:
    """Midnight is no change when the next day goes on."""
    calendar = Calendar(hours=(Hours((1, 2, 3, 4, 5, 6, 7), 0, 1440),))
    assert on_duty(calendar, at("2026-11-23 00:00"))
    assert next_change(calendar, at("2026-11-23 10:00")) is None


def test_no_hours_are_no_duty() -> None:
    """Without hours nobody is on duty, ever."""
    assert not on_duty(Calendar(), at("2026-11-23 10:00"))
    assert next_change(Calendar(), at("2026-11-23 10:00")) is None


def test_summer_time_moves_no_opening() -> None:
    """In Berlin the clock jumps on 29 March 2026; the desk opens at 9 by the wall on both days around it."""
    berlin = ZoneInfo("Europe/Berlin")
    calendar = Calendar(
        zone="Europe/Berlin", hours=(Hours((1, 2, 3, 4, 5, 6, 7), 540, 1080),), margin_minutes=0
    )
    for day in ("2026-03-28", "2026-03-29", "2026-03-30", "2026-10-25"):
        assert on_duty(calendar, at(f"{day} 09:00", berlin))
        assert not on_duty(calendar, at(f"{day} 08:59", berlin))


@given(st.integers(min_value=0, max_value=364 * 24 * 60))
def test_duty_doesnt_change_before_the_next_change(minute: int) -> None:
    """Between now and the next change nothing changes; at it, it does."""
    moment = at("2026-01-01 00:00") + timedelta(minutes=minute)
    change = next_change(OFFICE_CALENDAR, moment)
    assert change is not None
    before = on_duty(OFFICE_CALENDAR, moment)
    assert on_duty(OFFICE_CALENDAR, moment + (change - moment) / 2) is before
    assert (
        on_duty(OFFICE_CALENDAR, change - timedelta(seconds=1)) is before
        or change - timedelta(seconds=1) < moment
    )
    assert on_duty(OFFICE_CALENDAR, change) is not before
