"""What is recorded, as the contract shows it: `calls` and `messages`, newest first, times with offset."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from switchboard.storage.database import Database
from switchboard.storage.tables import calls as calls_table
from switchboard.storage.tables import messages as messages_table
from switchboard.storage.tables import steps as steps_table

MOST = 500
"""Calls whose steps are fetched by one statement."""


async def calls(database: Database, limit: int = 100, call: str = "") -> list[dict[str, Any]]:
    """The newest `limit` calls, or the one with id `call`; each with its steps in order."""
    wanted = select(calls_table).order_by(calls_table.c.started.desc(), calls_table.c.id.desc()).limit(limit)
    if call:
        wanted = wanted.where(calls_table.c.id == call)
    async with database.read() as connection:
        rows = (await connection.execute(wanted)).all()
        taken: dict[str, list[dict[str, Any]]] = {row.id: [] for row in rows}
        ids = list(taken)
        for start in range(0, len(ids), MOST):
            some = steps_table.c.call_id.in_(ids[start : start + MOST])
            found = await connection.execute(select(steps_table).where(some).order_by(steps_table.c.id))
            for step in found:
                taken[step.call_id].append(step_told(step))
    return [{**call_told(row), "steps": taken[row.id]} for row in rows]


async def messages(database: Database, limit: int = 100, mailbox: str = "") -> list[dict[str, Any]]:
    """The newest `limit` messages, of one mailbox or of all."""
    wanted = (
        select(messages_table)
        .order_by(messages_table.c.received.desc(), messages_table.c.id.desc())
        .limit(limit)
    )
    if mailbox:
        wanted = wanted.where(messages_table.c.mailbox == mailbox)
    async with database.read() as connection:
        rows = (await connection.execute(wanted)).all()
    return [_message(row) for row in rows]


def call_told(row: Row[Any]) -> dict[str, Any]:
    """A call without its steps."""
    return {
        "id": row.id,
        "caller": row.caller,
        "name": row.name,
        "dialled": row.dialled,
        "origin": row.origin,
        "trunk": row.trunk,
        "started": _time(row.started),
        "answered": _time(row.answered),
        "connected": _time(row.connected),
        "ended": _time(row.ended),
        "outcome": row.outcome,
        "connected_to": row.connected_to,
        "rules": row.rules,
        "fallback": row.fallback,
    }


def step_told(row: Row[Any]) -> dict[str, Any]:
    """One step of a call."""
    return {
        "n": row.n,
        "at": _time(row.at),
        "action": row.action,
        "detail": row.detail,
        "outcome": row.outcome,
        "reason": row.reason,
        "rule_line": row.rule_line,
    }


def _message(row: Row[Any]) -> dict[str, Any]:
    return {
        "id": row.id,
        "mailbox": row.mailbox,
        "call": row.call_id,
        "caller": row.caller,
        "name": row.name,
        "received": _time(row.received),
        "seconds": row.seconds,
        "reason": row.reason,
        "file": row.file,
        "state": row.state,
        "heard": _time(row.heard),
        "handled": _time(row.handled),
        "mended": row.mended,
    }


def _time(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="milliseconds")


async def versions_of_open_calls(database: Database, live: set[str] | None = None) -> set[str]:
    """Rules versions that calls without an end began with; only of the calls in `live`, when given."""
    wanted = select(calls_table.c.id, calls_table.c.rules).where(calls_table.c.ended.is_(None))
    async with database.read() as connection:
        rows = (await connection.execute(wanted)).all()
    return {row.rules for row in rows if row.rules and (live is None or row.id in live)}
