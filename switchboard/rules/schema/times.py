"""When the company works: A3 as an administrator writes it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from switchboard.rules.schema.base import Section
from switchboard.rules.values import ClockTime, Dates, Days, Extension, Line, Moment, MonthDay


class Span(Section):
    """One span of working time."""

    days: Days = Field(description="`mon-fri`, `sat`, or several: `mon, wed, fri`.")
    opens: ClockTime = Field(alias="from", description="Begin, `HH:MM`.")
    closes: ClockTime = Field(
        alias="to", description="End, `HH:MM`, later than the begin; `24:00` is midnight."
    )


class Season(Section):
    """Other hours for a part of every year, such as summer hours."""

    begins: MonthDay = Field(alias="from", description="First day, `MM-DD`.")
    ends: MonthDay = Field(alias="to", description="Last day, `MM-DD`; a season may run over New Year.")
    weekly: list[Span] = Field(description="Spans of a week in this season. `[]`: nobody works.")


class LunchTurn(Section):
    """Who stays over lunch on some days. On other days, and while none of them is signed in, all are rung."""

    days: Days = Field(description="`mon-fri`, `sat`, or several: `mon, wed, fri`.")
    people: list[Extension] = Field(min_length=1, description="Operators.")


class Lunch(Section):
    """Lunch-break duty: within these times operators stay on duty while the others have their break."""

    opens: ClockTime = Field(alias="from", description="Begin, `HH:MM`.")
    closes: ClockTime = Field(alias="to", description="End, `HH:MM`.")
    turns: list[LunchTurn] = Field(
        default_factory=list, description="Who of the operators stays. Left out: all who are signed in."
    )


class Closure(Section):
    """A one-off time when nobody works, such as a company outing."""

    begins: Moment = Field(
        alias="from", description="First day, `YYYY-MM-DD`, or moment: `2026-12-31 14:00`."
    )
    ends: Moment = Field(alias="to", description="Last day, the whole of it; or the moment it ends.")
    reason: Line | None = Field(None, description="Why; shown with the mode.")


class Hours(Section):
    """When the company works: then operators are on duty."""

    weekly: list[Span] = Field(default_factory=list, description="Spans of an ordinary week.")
    margin: Annotated[int, Field(ge=0, le=120)] = Field(
        15, description="Minutes that operators are on duty before and after each span."
    )
    lunch: Lunch | None = Field(None, description="Lunch-break duty. Left out: nobody between two spans.")
    seasons: list[Season] = Field(
        default_factory=list,
        description="Other hours for parts of the year; the first that covers a day counts.",
    )
    holidays: Literal["cn", "none"] = Field(
        "none",
        description="`cn`: China's public holidays are free, its make-up working days are worked by Friday's "
        "hours.",
    )
    extra_holidays: list[Dates] = Field(
        default_factory=list, description="Further free days: `YYYY-MM-DD`, or `YYYY-MM-DD to YYYY-MM-DD`."
    )
    extra_working_days: list[Dates] = Field(
        default_factory=list,
        description="Days worked by Friday's hours whatever else is said, written as `extra_holidays`.",
    )
    closures: list[Closure] = Field(default_factory=list, description="One-off times when nobody works.")
