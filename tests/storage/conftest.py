"""A data folder with the files that a follower follows, and a follower of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from switchboard import storage
from switchboard.dialplan import CDR_COLUMNS
from switchboard.storage import Follower, Journal, open_database

START = datetime(2026, 11, 22, 7, 0, 0, tzinfo=UTC)
CALL = "switchboard-1795360228.2"


def at(seconds: float) -> str:
    """A moment `seconds` after START, as the journal writes it."""
    return (START + timedelta(seconds=seconds)).isoformat()


def cdr(**values: object) -> str:
    """One line of Asterisk's call record, of a caller that nobody spoke to unless told otherwise."""
    begun = START.timestamp()
    row: dict[str, object] = {
        "linkedid": CALL,
        "uniqueid": CALL,
        "sequence": 1,
        "channel": "PJSIP/trunk-main-00000001",
        "dstchannel": "",
        "src": "13800001111",
        "dst": "8000",
        "dcontext": "switchboard",
        "lastapp": "AGI",
        "start": f"{begun:.6f}",
        "answer": f"{begun + 0.1:.6f}",
        "end": f"{begun + 10:.6f}",
        "duration": "10.0",
        "billsec": "9.9",
        "disposition": "ANSWERED",
        "ending": "origin=outside;trunk=main;dialled=8000;caller=13800001111",
    } | values
    return ",".join('"' + str(row[name]).replace('"', '""') + '"' for name, _ in CDR_COLUMNS) + "\n"


def started(call: str = CALL, **values: object) -> dict[str, Any]:
    """The journal's record of a call's beginning."""
    record = {
        "at": at(0),
        "kind": "started",
        "call": call,
        "caller": "13800001111",
        "name": "王",
        "dialled": "8000",
    }
    return record | {"origin": "outside", "trunk": "main", "rules": "1-abcdef01"} | values


def step(n: int, action: str, outcome: str, call: str = CALL, **values: object) -> dict[str, Any]:
    """The journal's record of a decision; `outcome` is what the one before came to."""
    record = {
        "at": at(n),
        "kind": "step",
        "call": call,
        "n": n,
        "action": action,
        "detail": "",
        "reason": "why",
    }
    return record | {"rule_line": 12, "outcome": outcome} | values


@dataclass
class Desk:
    """The files and the database of one switchboard."""

    folder: Path
    journal: Journal
    database: storage.Database
    follower: Follower

    @property
    def cdr(self) -> Path:
        return self.follower.cdr

    @property
    def spool(self) -> Path:
        return self.follower.spool.folder

    def write_cdr(self, *lines: str) -> None:
        with self.cdr.open("a") as file:
            file.writelines(lines)

    async def calls(self) -> list[dict[str, Any]]:
        await self.follower.catch_up()
        return await storage.calls(self.database)

    async def messages(self) -> list[dict[str, Any]]:
        await self.follower.catch_up()
        return await storage.messages(self.database)


def follower_in(folder: Path, database: storage.Database) -> Follower:
    """A follower of the files below `folder`, which are made."""
    spool, cdr_file = folder / "spool" / "sb", folder / "cdr" / "calls.csv"
    for path in (spool, cdr_file.parent):
        path.mkdir(parents=True, exist_ok=True)
    return Follower(database, journal=folder / "journal", cdr=cdr_file, spool=spool, kept=folder / "messages")


@pytest.fixture
async def desk(tmp_path: Path, database_url: str) -> AsyncIterator[Desk]:
    """A switchboard's records, empty."""
    database = await open_database(database_url)
    yield Desk(tmp_path, Journal(tmp_path / "journal"), database, follower_in(tmp_path, database))
    await database.close()
