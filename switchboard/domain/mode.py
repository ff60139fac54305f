"""Who answers the main number: an operator or the machine (A1, A2).

The last explicit choice wins until its stated end; without one, until the next change of duty. When it has
ended, the schedule rules. The mode is worked out from the choices kept and the time, never stored: a clock
that jumps, a restart, a night without power leave nothing to repair.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from switchboard.domain.calendar import Calendar, next_change, on_duty, reason_at


class Mode(StrEnum):
    """How the main number is answered."""

    MANUAL = "manual"
    AUTOMATIC = "automatic"


class Source(StrEnum):
    """From where a mode was chosen (A2)."""

    SCHEDULE = "schedule"
    PHONE = "phone"
    COMMAND = "command"
    CONSOLE = "console"
    API = "api"
    OPERATORS = "operators"  # the last operator went away


@dataclass(frozen=True, slots=True)
class Choice:
    """An explicit choice, as it is kept. `mode` None is the choice to go back to the schedule.

    `until` is the moment it ends (None: only another choice ends it), worked out when it was made.
    """

    mode: Mode | None
    at: datetime
    until: datetime | None
    source: Source
    author: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ModeNow:
    """The mode in force, with who or what is behind it. `until` None: as long as the schedule never changes,
    or until somebody changes it."""

    mode: Mode
    source: Source
    author: str
    until: datetime | None
    reason: str = ""


def choose(
    calendar: Calendar,
    at: datetime,
    mode: Mode | None,
    source: Source,
    author: str,
    *,
    minutes: int | None = None,
    until_changed: bool = False,
    reason: str = "",
) -> Choice:
    """A choice made at `at`: for `minutes`, until changed, or (neither given) until duty changes."""
    until: datetime | None = None
    if minutes is not None:
        until = at + timedelta(minutes=minutes)
    elif mode is not None and not until_changed:
        until = next_change(calendar, at)
    return Choice(mode, at, until, source, author, reason)


def mode_at(calendar: Calendar, last: Choice | None, at: datetime) -> ModeNow:
    """The mode at `at`, given the last choice made."""
    if last is not None and last.mode is not None and (last.until is None or at < last.until):
        return ModeNow(last.mode, last.source, last.author, last.until, last.reason)
    mode = Mode.MANUAL if on_duty(calendar, at) else Mode.AUTOMATIC
    return ModeNow(mode, Source.SCHEDULE, "", next_change(calendar, at), reason_at(calendar, at))
