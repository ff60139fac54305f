"""The page of users: who may do what, their passwords and tokens (A16, B8).

Plain forms: what a form makes that is secret (a password, a token) is shown once, in the answer to it, and
nowhere else. Every change is noted before it is made. Tokens don't get here: the guard sees to it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from switchboard.domain.roles import Permission, Role
from switchboard.flows.passwords import PasswordTooWeak
from switchboard.flows.users import UserRefused
from switchboard.web.answers import Refused
from switchboard.web.language import t
from switchboard.web.parts import PARTS
from switchboard.web.permissions import needs
from switchboard.web.rendering import render
from switchboard.web.trail import audit

LONGEST_DAYS = 3650

Form = Mapping[str, Any]
Change = Callable[[web.Request, Form], Awaitable[tuple[str, str]]]
"""Carries a form out; (text key of what was done, secret to be shown once or "")."""


@needs(Permission.USERS)
async def users_page(request: web.Request) -> web.StreamResponse:
    """GET /users and /users/{user}."""
    return await _page(request)


async def _page(
    request: web.Request, status: int = 200, said: str = "", fault: str = "", secret: str = ""
) -> web.Response:
    users = request.app[PARTS].users
    listed = await users.listed()
    name = request.match_info.get("user", "")
    chosen = next((one for one in listed if one.account.user == name), None)
    if name and chosen is None and not said:
        raise Refused(404, "not_found")
    return await render(
        request,
        "users.html",
        status=status,
        listed=listed,
        chosen=chosen,
        tokens=await users.tokens(chosen.account.user) if chosen else [],
        all_roles=[role.value for role in Role],
        all_scopes=[permission.value for permission in Permission],
        said=said,
        fault=fault,
        secret=secret,
    )


def _form(
    change: Change, *, may_end_user: bool = False
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """A handler that carries a form out and shows the page with what came of it."""

    @needs(Permission.USERS)
    async def handle(request: web.Request) -> web.StreamResponse:
        form = await request.post()
        try:
            key, secret = await change(request, form)
        except UserRefused as refused:
            return await _page(request, 422, fault=t(request, f"users.refused_{refused.code}"))
        except PasswordTooWeak as weak:
            return await _page(request, 422, fault=t(request, f"account.weak_{weak.code}"))
        if may_end_user:
            raise web.HTTPSeeOther("/users")
        return await _page(request, said=t(request, f"users.{key}"), secret=secret)

    return handle


async def _add(request: web.Request, form: Form) -> tuple[str, str]:
    user, roles = _text(form, "user"), _roles(form)
    await audit(request, "user.add", user[:64], {"roles": sorted(roles)})
    secret = await request.app[PARTS].users.add(
        user, roles, name=_text(form, "name"), extension=_text(form, "extension")
    )
    return "added", secret


async def _change(request: web.Request, form: Form) -> tuple[str, str]:
    user, roles = request.match_info["user"], _roles(form)
    name, extension = _text(form, "name"), _text(form, "extension")
    details = {"roles": sorted(roles), "name": name, "extension": extension}
    await audit(request, "user.change", user, details)
    await request.app[PARTS].users.change(user, roles=roles, name=name, extension=extension)
    return "changed", ""


async def _password(request: web.Request, form: Form) -> tuple[str, str]:
    user = request.match_info["user"]
    await audit(request, "user.password", user)
    return "password_made", await request.app[PARTS].users.new_password(user)


async def _lock(request: web.Request, form: Form) -> tuple[str, str]:
    user = request.match_info["user"]
    await audit(request, "user.lock", user)
    await request.app[PARTS].users.lock(user)
    return "locked_now", ""


async def _unlock(request: web.Request, form: Form) -> tuple[str, str]:
    user = request.match_info["user"]
    await audit(request, "user.unlock", user)
    await request.app[PARTS].users.unlock(user)
    return "unlocked", ""


async def _sign_out(request: web.Request, form: Form) -> tuple[str, str]:
    user = request.match_info["user"]
    await audit(request, "user.sign-out", user)
    await request.app[PARTS].users.sign_out(user)
    return "signed_out", ""


async def _remove(request: web.Request, form: Form) -> tuple[str, str]:
    user = request.match_info["user"]
    await audit(request, "user.remove", user)
    await request.app[PARTS].users.remove(user)
    return "removed", ""


async def _token(request: web.Request, form: Form) -> tuple[str, str]:
    user, label = request.match_info["user"], _text(form, "label")
    scopes = frozenset(p for p in Permission if p.value in _all(form, "scope"))
    details = {"label": label[:80], "scopes": sorted(scopes)}
    await audit(request, "token.add", user, details)
    until = _until(request, _text(form, "days"))
    return "token_made", await request.app[PARTS].users.add_token(user, label, scopes, until)


async def _remove_token(request: web.Request, form: Form) -> tuple[str, str]:
    number = _text(form, "token")
    if not (number.isascii() and number.isdecimal() and len(number) < 16):
        raise Refused(422, "not_valid")
    users, user = request.app[PARTS].users, request.match_info["user"]
    if int(number) not in [token.id for token in await users.tokens(user)]:
        raise UserRefused("no_token", "not this user's")
    await audit(request, "token.remove", user, {"token": int(number)})
    await users.remove_token(int(number))
    return "token_removed", ""


def _until(request: web.Request, days: str) -> datetime | None:
    """The end of a token that lasts so many days; none when nothing is said. Raises Refused."""
    if not days:
        return None
    if not (days.isascii() and days.isdecimal() and 1 <= int(days[:6]) <= LONGEST_DAYS):
        raise Refused(422, "not_valid")
    return request.app[PARTS].now() + timedelta(days=int(days))


def _roles(form: Form) -> frozenset[Role]:
    return frozenset(role for role in Role if role.value in _all(form, "role"))


def _all(form: Form, name: str) -> list[str]:
    return [str(value) for value in form.getall(name, [])]  # type: ignore[attr-defined]


def _text(form: Form, name: str) -> str:
    value = form.get(name, "")
    return value.strip() if isinstance(value, str) else ""


def add(app: web.Application) -> None:
    """Routes."""
    one = r"/users/{user:[^/{}]{1,64}}"
    app.router.add_get("/users", users_page)
    app.router.add_post("/users", _form(_add))
    app.router.add_get(one, users_page)
    app.router.add_post(one, _form(_change))
    for name, change in (
        ("password", _password),
        ("lock", _lock),
        ("unlock", _unlock),
        ("sign-out", _sign_out),
        ("token", _token),
        ("remove-token", _remove_token),
    ):
        app.router.add_post(f"{one}/{name}", _form(change))
    app.router.add_post(f"{one}/remove", _form(_remove, may_end_user=True))
