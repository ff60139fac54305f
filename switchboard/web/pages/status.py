"""The page of the machine's state: PBX, phones, trunks, disk (B3)."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from aiohttp import web

from switchboard.domain.roles import Permission
from switchboard.web.parts import PARTS
from switchboard.web.permissions import needs
from switchboard.web.rendering import render

PHONES_SHOWN = 300
STATES = ("idle", "ringing", "busy", "away", "unreachable")
LOW_DISK_SHARE = 0.1


@needs(Permission.STATUS)
async def status_page(request: web.Request) -> web.StreamResponse:
    """GET /status: `phones` shows those of one state, `q` those with these letters."""
    told = await request.app[PARTS].status()
    wanted, words = request.query.get("phones", ""), request.query.get("q", "").strip().lower()[:80]
    phones: list[dict[str, Any]] = told["phones"]
    chosen = [
        phone
        for phone in phones
        if (wanted not in STATES or phone["state"] == wanted)
        and words in f"{phone['extension']} {phone['name']} {phone['name_en']}".lower()
    ]
    return await render(
        request,
        "status.html",
        told=told,
        counts=Counter(phone["state"] for phone in phones),
        states=STATES,
        wanted=wanted if wanted in STATES else "",
        words=words,
        phones=chosen[:PHONES_SHOWN],
        left_out=max(0, len(chosen) - PHONES_SHOWN),
        free=told["disk"]["free_bytes"] / max(1, told["disk"]["total_bytes"]),
        low=LOW_DISK_SHARE,
        moment=_moment,
    )


def _moment(text: str | None) -> datetime | None:
    """A time that was told as text."""
    return datetime.fromisoformat(text) if text else None


def add(app: web.Application) -> None:
    """Routes."""
    app.router.add_get("/status", status_page)
