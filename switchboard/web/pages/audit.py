"""The page of the audit: who did what, when, from where, by author and action (A16)."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from aiohttp import web

from switchboard.domain.roles import Permission
from switchboard.web.answers import Refused
from switchboard.web.pages import audit_words
from switchboard.web.parts import PARTS
from switchboard.web.permissions import needs
from switchboard.web.rendering import render

SHOWN = 60
LONGEST = 80


@needs(Permission.AUDIT)
async def audit_page(request: web.Request) -> web.StreamResponse:
    """GET /audit: `author` (a user's name), `action` (its first letters), `before` (a row's number)."""
    author, action = (request.query.get(name, "").strip() for name in ("author", "action"))
    before = request.query.get("before", "")
    if (
        any(len(word) > LONGEST or not word.isprintable() for word in (author, action))
        or not (before == "" or (before.isascii() and before.isdecimal()))
        or len(before) > 15
    ):
        raise Refused(422, "not_valid")
    whose = f"user:{author}" if author and ":" not in author else author
    rows = await request.app[PARTS].audit.rows(SHOWN, int(before) if before else None, whose, action)
    filters = {k: v for k, v in (("author", author), ("action", action)) if v}
    older = urlencode({**filters, "before": rows[-1]["id"]}) if len(rows) == SHOWN else ""
    return await render(
        request,
        "audit.html",
        rows=rows,
        author=author,
        action=action,
        older=older,
        paged=bool(before),
        query=urlencode(filters),
        moment=datetime.fromisoformat,
        words=audit_words,
    )


def add(app: web.Application) -> None:
    """Routes."""
    app.router.add_get("/audit", audit_page)
