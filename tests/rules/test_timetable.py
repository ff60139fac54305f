"""From written hours to duty: seasons, China's holidays and make-up days, closures, lunch (A3)."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from switchboard.domain.calendar import on_duty
from switchboard.domain.company import Screened
from switchboard.rules import load_text
from tests.rules.small import SMALL

ZONE = ZoneInfo("Asia/Shanghai")

HOURS = """\
  margin: 10
  lunch: {from: "12:00", to: "13:00"}
  seasons:
    - from: 07-01
      to: 08-31
      weekly: [{days: mon-fri, from: "08:00", to: "15:00"}]
  holidays: cn
  extra_holidays: [2026-09-20, 2026-12-24 to 2026-12-25]
  extra_working_days: [2026-10-07]
  closures:
    - {from: 2026-11-25 11:00, to: 2026-11-25 12:30, reason: fire drill}
    - {from: 2026-11-30, to: 2026-12-01}
"""


@pytest.fixture(scope="module")
def rules():
    text = SMALL.replace("hours:\n", f"hours:\n{HOURS}", 1)
    text = text.replace(
        'deputy: "8101"',
        'deputy: "8101", hours: [{days: "mon-fri", from: "10:00", to: "11:00"}], also: ["8102"]',
    )
    loaded = load_text(text, today=date(2026, 6, 1))
    assert loaded.problems == ()
    return loaded.rules


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-23 08:49", False),
        ("2026-11-23 08:50", True),  # the margin
        ("2026-11-23 12:30", True),  # lunch duty
        ("2026-11-23 18:10", False),
        ("2026-07-15 08:00", True),  # summer
        ("2026-07-15 15:30", False),
        ("2026-10-01 10:00", False),  # National Day
        ("2026-10-06 10:00", False),  # free in exchange
        ("2026-10-10 10:00", True),  # a Saturday worked in exchange
        ("2026-10-17 10:00", False),  # a Saturday like any other
        ("2026-10-07 10:00", True),  # public, but the company works
        ("2026-09-20 10:00", False),  # make-up day, but the company doesn't
        ("2026-12-25 10:00", False),  # the company's own holiday
        ("2026-11-25 10:59", True),
        ("2026-11-25 11:00", False),  # closed for once
        ("2026-11-25 12:30", True),
        ("2026-11-30 10:00", False),  # closed for two whole days
        ("2026-12-01 23:59", False),
        ("2026-12-02 10:00", True),
        ("2025-10-11 10:00", True),  # last year, for calls replayed
        ("2027-10-01 10:00", False),  # by law, also before it is announced
    ],
)
def test_written_hours_become_duty(rules, moment, expected):
    """Each key of `hours`, at its edge."""
    assert on_duty(rules.calendar, datetime.fromisoformat(moment).replace(tzinfo=ZONE)) is expected


def test_an_executives_hours_are_their_own_without_margin(rules):
    """Holidays and closures hold for them as well."""
    executive = rules.extensions["8801"]
    assert isinstance(executive, Screened)
    assert executive.also == ("8102",)

    def takes(text: str) -> bool:
        return on_duty(executive.hours, datetime.fromisoformat(text).replace(tzinfo=ZONE))

    assert takes("2026-11-23 10:00")
    assert not takes("2026-11-23 09:59")
    assert not takes("2026-10-01 10:30")
    assert not takes("2026-12-01 10:30")


def test_closures_name_their_line_and_reason(rules):
    """Whoever asks why nobody is on duty is told."""
    closure = rules.calendar.closures[0]
    assert closure.reason == "fire drill"
    assert (
        closure.line
        == SMALL.split("\n").index("hours:")
        + 1
        + HOURS.split("\n").index("    - {from: 2026-11-25 11:00, to: 2026-11-25 12:30, reason: fire drill}")
        + 1
    )
