"""Signing in and out, and one's own account: language, look, password, sessions."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from switchboard.domain.roles import Permission
from switchboard.flows.accounts import SignInRefused
from switchboard.flows.passwords import PasswordTooWeak
from switchboard.web import session
from switchboard.web.addresses import asked_from
from switchboard.web.answers import Refused
from switchboard.web.language import t
from switchboard.web.parts import PARTS, USER
from switchboard.web.permissions import needs, public
from switchboard.web.rendering import render
from switchboard.web.trail import audit
from switchboard.web.ways import own_path

THEMES = ("auto", "light", "dark")


@public
async def sign_in_page(request: web.Request) -> web.StreamResponse:
    """GET /sign-in: the form; straight on for whoever is signed in."""
    there = own_path(request.query.get("next", "/"))
    if USER in request:
        raise web.HTTPSeeOther(there)
    return await _form(request, there)


@public
async def sign_in(request: web.Request) -> web.StreamResponse:
    """POST /sign-in {user, password, next}."""
    form = await request.post()
    name, password = _text(form, "user"), _text(form, "password")
    there = own_path(_text(form, "next") or "/")
    accounts, address = request.app[PARTS].accounts, asked_from(request)
    old = await session.secret_of(request)
    try:
        secret, account = await accounts.sign_in(
            name, password, address, request.headers.get("User-Agent", "")
        )
    except SignInRefused as refused:
        if refused.tried:  # one that only waits is no news, and rows of the audit stay for ever
            await audit(request, f"sign-in.{refused.code}", refused.user or "?")
        status = {"locked": 429, "busy": 503}.get(refused.code, 403)
        response = await _form(request, there, status, name, refused)
        if refused.until:
            seconds = (refused.until - request.app[PARTS].now()).total_seconds()
            response.headers["Retry-After"] = str(max(1, round(seconds)))
        return response
    if old:
        await accounts.sign_out(old)
    await session.begin(request, secret)
    request[USER] = account
    await audit(request, "sign-in", account.user)
    raise web.HTTPSeeOther("/account" if account.must_change else there)


async def _form(
    request: web.Request,
    there: str,
    status: int = 200,
    name: str = "",
    refused: SignInRefused | None = None,
) -> web.Response:
    return await render(request, "sign-in.html", status=status, there=there, name=name[:64], refused=refused)


@public
async def sign_out(request: web.Request) -> web.StreamResponse:
    """POST /sign-out: this session ends."""
    if USER in request:
        await audit(request, "sign-out", request[USER].user)
    secret = await session.secret_of(request)
    if secret:
        await request.app[PARTS].accounts.sign_out(secret)
    await session.end(request)
    raise web.HTTPSeeOther("/sign-in")


@needs(Permission.SELF)
async def sign_out_everywhere(request: web.Request) -> web.StreamResponse:
    """POST /sign-out-everywhere: all sessions of this user end, this one too."""
    await audit(request, "sign-out.everywhere", request[USER].user)
    await request.app[PARTS].accounts.sign_out_everywhere(request[USER])
    await session.end(request)
    raise web.HTTPSeeOther("/sign-in")


@needs(Permission.SELF)
async def account_page(request: web.Request) -> web.StreamResponse:
    """GET /account."""
    said = t(request, "account.changed") if "changed" in request.query else ""
    return await render(request, "account.html", said=said, fault="")


@needs(Permission.SELF)
async def preferences(request: web.Request) -> web.StreamResponse:
    """POST /account/preferences {language, theme}."""
    form = await request.post()
    language, theme = _text(form, "language"), _text(form, "theme")
    if language not in ("", "zh", "en") or theme not in ("", *THEMES):
        raise Refused(422, "not_valid")
    await request.app[PARTS].accounts.prefer(request[USER], language=language, theme=theme)
    raise web.HTTPSeeOther("/account")


@needs(Permission.SELF)
async def change_password(request: web.Request) -> web.StreamResponse:
    """POST /account/password {old, new, again}: other sessions of the user end."""
    form = await request.post()
    old, new, again = (_text(form, k) for k in ("old", "new", "again"))
    fault, status = "", 422
    if request[USER].via != "session":
        raise Refused(403, "sign_in_needed")
    if new != again:
        fault = t(request, "account.differ")
    else:
        try:
            await request.app[PARTS].accounts.change_password(request[USER], old, new, asked_from(request))
        except PasswordTooWeak as weak:
            fault = t(request, f"account.weak_{weak.code}")
        except SignInRefused as refused:
            fault, status = t(request, f"account.{refused.code}"), 403
            await audit(request, "password.refused", request[USER].user)
    if fault:
        return await render(request, "account.html", status=status, said="", fault=fault)
    await audit(request, "password.change", request[USER].user)
    raise web.HTTPSeeOther("/account?changed=1" if not request[USER].must_change else "/")


def _text(form: Any, key: str) -> str:
    value = form.get(key, "")
    return value if isinstance(value, str) else ""


def add(app: web.Application) -> None:
    """Routes."""
    app.router.add_get("/sign-in", sign_in_page)
    app.router.add_post("/sign-in", sign_in)
    app.router.add_post("/sign-out", sign_out)
    app.router.add_post("/sign-out-everywhere", sign_out_everywhere)
    app.router.add_get("/account", account_page)
    app.router.add_post("/account/preferences", preferences)
    app.router.add_post("/account/password", change_password)
