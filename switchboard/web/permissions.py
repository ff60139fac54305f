"""What each route asks of whoever calls it. Deny by default: an unmarked route stops the start.

@needs(Permission.LIVE)
async def board(request): …          # request[USER] is there, and may see live calls

@public
async def sign_in(request): …        # for everybody
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from aiohttp import web

from switchboard.domain.roles import Permission

BODY_LIMIT = 64 * 1024
"""Bytes of a request's body, unless its route says otherwise."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
H = TypeVar("H", bound=Handler)

_MARK = "__switchboard_door__"


@dataclass(frozen=True, slots=True)
class Door:
    """What a route asks. `permission` None: open to everybody. `any_host`: also asked by other names."""

    permission: Permission | None
    body: int = BODY_LIMIT
    any_host: bool = False


def needs(permission: Permission, *, body: int = BODY_LIMIT) -> Callable[[H], H]:
    """Only for whoever has `permission`; bodies of at most `body` bytes."""

    def mark(handler: H) -> H:
        setattr(handler, _MARK, Door(permission, body))
        return handler

    return mark


def public(handler: H) -> H:
    """For everybody, signed in or not."""
    setattr(handler, _MARK, Door(None))
    return handler


def machine(handler: H) -> H:
    """For everybody, by whatever name we are called: for monitoring, never for browsers' data."""
    setattr(handler, _MARK, Door(None, any_host=True))
    return handler


def door_of(handler: Any) -> Door | None:
    """What a route's handler asks; None when nobody said."""
    return getattr(handler, _MARK, None)


def check_routes(app: web.Application) -> None:
    """Raises RuntimeError naming every route that says nothing about who may use it."""
    unmarked = [
        f"{route.method} {route.resource.canonical if route.resource else '?'}"
        for route in app.router.routes()
        if door_of(route.handler) is None and not isinstance(route.resource, web.StaticResource)
    ]
    if unmarked:
        raise RuntimeError(f"routes without @needs or @public: {', '.join(sorted(unmarked))}")
