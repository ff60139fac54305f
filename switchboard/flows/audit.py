"""The trail of what people did: added to and read, never changed (A16)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol


class Audit(Protocol):
    """Kept by `switchboard.storage.AuditRows`. Both methods raise StorageError when the database fails."""

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
        """`action` is a word such as `user.add`, `about` what it was done to, `details` the rest."""

    async def rows(
        self, limit: int = 100, before: int | None = None, author: str = "", action: str = ""
    ) -> list[dict[str, Any]]:
        """Newest first, as JSON-ready dicts: id, at, author, via, address, action, about, details."""
