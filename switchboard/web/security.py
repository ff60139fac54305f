"""What stands between the network and handlers: headers, host names, who asks, whether they may.

In this order, outermost first: a proxy's visitor, size of the body, the session's cookie, errors put into
words, the host's name, who asks, whether the request is theirs (CSRF), whether they may.
"""

from __future__ import annotations

import asyncio
from urllib.parse import quote

import structlog
from aiohttp import web
from aiohttp.typedefs import Middleware
from aiohttp_session import session_middleware

from switchboard.domain.roles import SIGNED_IN_ONLY, Permission
from switchboard.errors import StorageError
from switchboard.flows.accounts import Account
from switchboard.web.answers import CODES, Refused, error_json, for_program
from switchboard.web.hosts import host_name, in_address, known
from switchboard.web.language import LANGUAGES, t
from switchboard.web.parts import LANGUAGE, PARTS, USER
from switchboard.web.permissions import BODY_LIMIT, Door, Handler, door_of
from switchboard.web.proxies import visitor
from switchboard.web.rendering import render
from switchboard.web.session import CSRF_FIELD, CSRF_HEADER, CookieStorage, csrf_fits, secret_of
from switchboard.web.trail import note_unnoted

log = structlog.get_logger()

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FORM = "application/x-www-form-urlencoded"
BODY_SECONDS = 30.0
"""How long a body may take to arrive."""


def middlewares(key: bytes, port: int) -> list[Middleware]:
    """All of them, outermost first."""
    return [visitor, body_limit, session_middleware(CookieStorage(key, port)), in_words, host, guard]


async def harden(request: web.Request, response: web.StreamResponse) -> None:
    """Headers of every answer (on_response_prepare)."""
    headers = response.headers
    headers["Content-Security-Policy"] = _policy(request)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "microphone=(self), speaker-selection=(self), camera=(), geolocation=()"
    headers["Server"] = "switchboard"
    static = request.path.startswith("/static/") and response.status in (200, 206, 304)
    headers.setdefault("Cache-Control", "no-cache" if static else "no-store")


def _policy(request: web.Request) -> str:
    name = host_name(request.host)
    wss = ""
    if name and known(request, name):
        wss = f" wss://{in_address(name)}:{request.app[PARTS].site.wss_port}"
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        f"connect-src 'self'{wss}; media-src 'self' blob:; manifest-src 'self'; frame-ancestors 'none'; "
        "base-uri 'none'; form-action 'self'"
    )


@web.middleware
async def body_limit(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Bodies are as long as the route allows: told before reading where the length is given."""
    door = door_of(request.match_info.handler)
    limit = door.body if door else BODY_LIMIT
    return await handler(request if limit == BODY_LIMIT else request.clone(client_max_size=limit))


@web.middleware
async def in_words(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Errors become a page or the API's JSON, in the reader's language. Faults of ours are logged."""
    try:
        length = request.content_length
        if length is not None and length > request.client_max_size:
            raise Refused(413, "too_large")
        return await handler(request)
    except Refused as refused:
        return await _error(
            request, refused.status, refused.code, refused.message, refused.headers, refused.values
        )
    except web.HTTPException as error:
        if error.status < 400:
            raise
        headers = {k: v for k, v in error.headers.items() if k in ("Allow", "WWW-Authenticate")}
        return await _error(request, error.status, CODES.get(error.status, "bad_request"), "", headers)
    except StorageError as error:
        log.error("request_without_database", path=request.path, error=str(error))
        return await _error(request, 503, "no_database")
    except ConnectionError:
        raise  # the browser has gone
    except Exception:
        log.exception("request_failed", method=request.method, path=request.path)
        return await _error(request, 500, "internal")


async def _error(
    request: web.Request,
    status: int,
    code: str,
    message: str = "",
    headers: dict[str, str] | None = None,
    values: dict[str, object] | None = None,
) -> web.StreamResponse:
    message = message or t(request, f"errors.{code}", **(values or {}))
    if for_program(request):
        response: web.StreamResponse = error_json(status, code, message)
    elif status == 401:
        there = request.path_qs if request.method == "GET" else "/"
        response = web.Response(status=303, headers={"Location": f"/sign-in?next={quote(there, safe='')}"})
    else:
        response = await render(request, "error.html", status=status, message=message)
    response.headers.update(headers or {})
    return response


@web.middleware
async def host(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Only by names we know: a stranger's name that leads here would let that stranger's pages read ours."""
    door = door_of(request.match_info.handler)
    if (door is None or not door.any_host) and not known(request, host_name(request.host)):
        raise Refused(421, "wrong_host")
    return await handler(request)


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Who asks, whether the request is theirs, whether they may; and that what it changed is in the audit."""
    if request.path.startswith("/static/"):
        return await handler(request)
    account = await _known_user(request)
    if request.match_info.http_exception is not None:
        return await handler(request)  # nothing is there: told in the user's language, with their navigation
    door = door_of(request.match_info.handler)
    if door is None:
        raise Refused(403, "not_allowed")
    _check_permission(request, door, account)
    if request.method in SAFE:
        return await handler(request)
    await _take_body(request)
    if account is None or account.via == "session":
        await _check_origin(request)
    if account is None:
        return await handler(request)
    try:
        response = await handler(request)
    except web.HTTPRedirection:
        await note_unnoted(request)
        raise
    if response.status < 400:
        await note_unnoted(request)
    return response


async def _known_user(request: web.Request) -> Account | None:
    """Who asks, noted in the request together with their language."""
    account = await who(request)
    if account is not None:
        request[USER] = account
        if account.language in LANGUAGES:
            request[LANGUAGE] = account.language
    return account


async def who(request: web.Request) -> Account | None:
    """Who asks, by token or session as they are now. Raises Refused for a token that isn't good."""
    accounts = request.app[PARTS].accounts
    header = request.headers.get("Authorization")
    if header is not None:
        kind, _, token = header.partition(" ")
        account = await accounts.by_token(token.strip()) if kind.lower() == "bearer" else None
        if account is None:
            refused = Refused(401, "bad_token")
            refused.headers["WWW-Authenticate"] = "Bearer"
            raise refused
        return account
    secret = await secret_of(request)
    return await accounts.by_session(secret) if secret else None


async def _take_body(request: web.Request) -> None:
    """Read what was sent, up to the route's limit, and not for ever."""
    try:
        async with asyncio.timeout(BODY_SECONDS):
            await request.read()
    except TimeoutError:
        raise Refused(408, "too_slow") from None


async def _check_origin(request: web.Request) -> None:
    """Changes asked by a browser come from our own pages: same origin, and the session's token."""
    origin = request.headers.get("Origin")
    if origin is not None and origin != f"{request.scheme}://{request.host}":
        raise Refused(403, "foreign_page")
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise Refused(403, "foreign_page")
    token = request.headers.get(CSRF_HEADER, "")
    if not token and request.content_type == FORM:
        value = (await request.post()).get(CSRF_FIELD, "")
        token = value if isinstance(value, str) else ""
    if not await csrf_fits(request, token):
        raise Refused(403, "stale_page")


def _check_permission(request: web.Request, door: Door, account: Account | None) -> None:
    if door.permission is None:
        return
    if account is None:
        raise Refused(401, "not_signed_in")
    if not account.may(door.permission):
        raise Refused(403, "not_allowed")
    if account.via == "token" and door.permission in SIGNED_IN_ONLY and request.method not in SAFE:
        raise Refused(403, "sign_in_needed")
    if account.must_change and account.via == "session" and door.permission is not Permission.SELF:
        if for_program(request):
            raise Refused(403, "password_change_needed")
        raise web.HTTPSeeOther("/account")
