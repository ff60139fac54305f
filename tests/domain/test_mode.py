"""The mode of the main number (A1, A2)."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from switchboard.domain.calendar import Calendar, Hours
from switchboard.domain.mode import Mode, Source, choose, mode_at

SHANGHAI = ZoneInfo("Asia/Shanghai")
CALENDAR = Calendar(hours=(Hours((1, 2, 3, 4, 5), 540, 1080),))
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=SHANGHAI)


def test_without_a_choice_the_schedule_rules() -> None:
    """On duty manual, off duty automatic; the end is the next change of duty."""
    day, night = mode_at(CALENDAR, None, MONDAY), mode_at(CALENDAR, None, MONDAY.replace(hour=22))
    assert (day.mode, day.source, day.until) == (
        Mode.MANUAL,
        Source.SCHEDULE,
        MONDAY.replace(hour=18, minute=15),
    )
    assert night.mode is Mode.AUTOMATIC


def test_a_choice_without_an_end_lasts_until_the_next_change_of_duty() -> None:
    """Automatic at 10: manual again on the next morning, by schedule."""
    choice = choose(CALENDAR, MONDAY, Mode.AUTOMATIC, Source.PHONE, "8011")
    now = mode_at(CALENDAR, choice, MONDAY + timedelta(hours=2))
    assert (now.mode, now.author, now.until) == (Mode.AUTOMATIC, "8011", MONDAY.replace(hour=18, minute=15))
    assert mode_at(CALENDAR, choice, MONDAY + timedelta(days=1)).mode is Mode.MANUAL


def test_away_for_minutes_ends_by_itself() -> None:
    """Away 20 minutes: automatic for 20 minutes, to the second."""
    choice = choose(CALENDAR, MONDAY, Mode.AUTOMATIC, Source.PHONE, "8011", minutes=20)
    assert mode_at(CALENDAR, choice, MONDAY + timedelta(minutes=20, seconds=-1)).mode is Mode.AUTOMATIC
    assert mode_at(CALENDAR, choice, MONDAY + timedelta(minutes=20)).mode is Mode.MANUAL


def test_until_changed_outlasts_every_change_of_duty() -> None:
    """Only another choice ends it."""
    choice = choose(CALENDAR, MONDAY, Mode.AUTOMATIC, Source.COMMAND, "root", until_changed=True)
    now = mode_at(CALENDAR, choice, MONDAY + timedelta(days=30))
    assert (now.mode, now.until) == (Mode.AUTOMATIC, None)


def test_back_to_the_schedule_is_a_choice_too() -> None:
    """It ends an earlier choice and hands over to the schedule."""
    choice = choose(CALENDAR, MONDAY, None, Source.PHONE, "8011")
    assert mode_at(CALENDAR, choice, MONDAY).source is Source.SCHEDULE


def test_a_clock_that_jumps_back_repeats_no_choice() -> None:
    """The mode follows from choice and time alone: after a jump it is right again at once."""
    choice = choose(CALENDAR, MONDAY, Mode.AUTOMATIC, Source.PHONE, "8011", minutes=20)
    assert mode_at(CALENDAR, choice, MONDAY + timedelta(hours=1)).mode is Mode.MANUAL
    assert mode_at(CALENDAR, choice, MONDAY + timedelta(minutes=10)).mode is Mode.AUTOMATIC
