"""The clock and the time zone at the start."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from switchboard.clock import check_clock
from switchboard.errors import SettingsError

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
def zones(tmp_path: Path) -> Path:
    (tmp_path / "Asia").mkdir()
    (tmp_path / "Asia" / "Shanghai").touch()
    return tmp_path


@pytest.mark.parametrize("zone", ["", "Asia/Shanghai", ":Asia/Shanghai", "CST-8", "UTC"])
def test_zones_that_the_system_knows_are_taken(zone: str, zones: Path) -> None:
    """A name with a file, a rule written out, or none at all."""
    check_clock({"TZ": zone}, NOW, zones)


def test_a_zone_without_a_file_is_told(zones: Path) -> None:
    """The C library would take it for UTC without a word."""
    with pytest.raises(SettingsError, match="no time zone 'Mars/Base'"):
        check_clock({"TZ": "Mars/Base"}, NOW, zones)


def test_a_machine_without_any_zones_is_told(tmp_path: Path) -> None:
    """As in images that leave them out."""
    with pytest.raises(SettingsError, match="no zones are installed"):
        check_clock({"TZ": "Asia/Shanghai"}, NOW, tmp_path / "none")


def test_a_clock_that_was_never_set_is_told(zones: Path) -> None:
    """1970 would put every call out of hours."""
    with pytest.raises(SettingsError, match="the clock says 1970-01-01"):
        check_clock({}, datetime(1970, 1, 1, tzinfo=UTC), zones)
