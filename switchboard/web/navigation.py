"""The pages a person can go to, by what they may do; only those this switchboard has."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from switchboard.domain.roles import Permission
from switchboard.web.parts import USER


@dataclass(frozen=True, slots=True)
class Page:
    """An entry of the navigation. Its text is `nav.<key>`."""

    key: str
    path: str
    permission: Permission


PAGES = (
    Page("desk", "/desk", Permission.LIVE_OWN),
    Page("messages", "/messages", Permission.MESSAGES),
    Page("callers", "/callers", Permission.CALLERS),
    Page("calls", "/calls", Permission.CALLS),
    Page("status", "/status", Permission.STATUS),
    Page("rules", "/rules", Permission.RULES),
    Page("users", "/users", Permission.USERS),
    Page("audit", "/audit", Permission.AUDIT),
    Page("call_us", "/call-us", Permission.TEST_CALL),
    Page("account", "/account", Permission.SELF),
)
"""In the order in which they are shown; the first one somebody may see is where they begin."""


def pages_for(request: web.Request) -> list[Page]:
    """What the navigation shows to whoever asks."""
    account = request.get(USER)
    if account is None or account.must_change:
        return []
    there = {resource.canonical for resource in request.app.router.resources()}
    return [p for p in PAGES if p.path in there and account.may(p.permission)]
