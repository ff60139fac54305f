"""Whether this machine's clock and time zone can be believed: told at the start, since calls depend on it.

Containers and small machines come without zones, or wake up in 1970; nothing else would say so, and opening
hours, records and certificates would all be wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from switchboard.errors import SettingsError

ZONES = Path("/usr/share/zoneinfo")
EARLIEST_YEAR = 2025
"""This program is younger than that; a clock that isn't was never set."""


def check_clock(environ: Mapping[str, str], now: datetime, zones: Path = ZONES) -> None:
    """Raise SettingsError when the zone in TZ doesn't exist here or the clock stands before our time."""
    zone = environ.get("TZ", "").removeprefix(":")
    named = "/" in zone and not zone.startswith("/")  # not a rule like CST-8, nor a file
    if named and not (zones / zone).is_file():
        raise SettingsError(
            f"TZ: there is no time zone {zone!r} here; expected one like Asia/Shanghai"
            + ("" if zones.is_dir() else f" (no zones are installed at all: {zones})")
        )
    if now.year < EARLIEST_YEAR:
        raise SettingsError(f"the clock says {now:%Y-%m-%d}: set this machine's clock, calls depend on it")
