"""The audit: who did what, when, from where. Rows are added and read, nothing else (A16)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from switchboard.storage.database import Database
from switchboard.storage.tables import audit

DETAILS_LIMIT = 4000
"""Characters kept of what is noted with an action."""


class AuditRows:
    """Implements `flows.audit.Audit`. Every method raises StorageError when it fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def note(
        self,
        at: datetime,
        author: str,
        via: str,
        address: str,
        action: str,
        about: str = "",
        details: Mapping[str, Any] | None = None,
    ) -> None:
        """Add a row."""
        text = json.dumps(details or {}, ensure_ascii=False, default=str, sort_keys=True)
        if len(text) > DETAILS_LIMIT:
            text = json.dumps({"too_long": text[: DETAILS_LIMIT // 2]}, ensure_ascii=False)
        async with self._database.write() as connection:
            await connection.execute(
                insert(audit).values(
                    at=at,
                    author=author,
                    via=via,
                    address=address,
                    action=action[:60],
                    about=about[:500],
                    details=text,
                )
            )

    async def rows(
        self, limit: int = 100, before: int | None = None, author: str = "", action: str = ""
    ) -> list[dict[str, Any]]:
        """The newest `limit` rows, older than row `before`; only those whose author or action begins so."""
        query = select(audit).order_by(audit.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(audit.c.id < before)
        if author:
            query = query.where(audit.c.author.startswith(author, autoescape=True))
        if action:
            query = query.where(audit.c.action.startswith(action, autoescape=True))
        async with self._database.read() as connection:
            found = (await connection.execute(query)).all()
        return [
            {
                "id": row.id,
                "at": row.at.isoformat(timespec="milliseconds"),
                "author": row.author,
                "via": row.via,
                "address": row.address,
                "action": row.action,
                "about": row.about,
                "details": json.loads(row.details),
            }
            for row in found
        ]
