"""Noting in the audit what a request changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from switchboard.web.parts import PARTS, USER

_NOTED = web.RequestKey("noted", bool)


async def audit(
    request: web.Request, action: str, about: str = "", details: Mapping[str, Any] | None = None
) -> None:
    """Keep that whoever asks did `action` (like `caller.change`) to `about`. Raises StorageError.

    Note before doing what can't be undone, so that nothing is done that isn't kept.
    """
    request[_NOTED] = True
    parts = request.app[PARTS]
    account = request.get(USER)
    author, via = (account.author, account.via) if account else ("", "web")
    await parts.audit.note(parts.now(), author, via, request.remote or "", action, about, details)


async def note_unnoted(request: web.Request) -> None:
    """Keep at least that a request was made which its handler has noted nothing of."""
    if _NOTED not in request:
        await audit(request, "request", f"{request.method} {request.path}")
