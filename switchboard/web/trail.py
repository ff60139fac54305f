"""Noting in the audit what a request changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from switchboard.web.parts import PARTS, USER


async def audit(
    request: web.Request, action: str, about: str = "", details: Mapping[str, Any] | None = None
) -> None:
    """Keep that whoever asks did `action` (like `caller.change`) to `about`. Raises StorageError.

    Note before doing what can't be undone, so that nothing is done that isn't kept.
    """
    parts = request.app[PARTS]
    account = request.get(USER)
    author, via = (account.author, account.via) if account else ("", "web")
    await parts.audit.note(parts.now(), author, via, request.remote or "", action, about, details)
