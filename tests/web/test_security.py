"""What strangers, other sites and tampered cookies come to: against the real application."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from switchboard.domain.roles import PERMISSIONS, Permission, Role
from switchboard.web import security
from switchboard.web.permissions import check_routes, door_of, public
from tests.web.site import House, house


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path) as one:
        await one.add("wang", Role.OPERATOR, extension="8011")
        await one.add("boss", Role.ADMINISTRATOR)
        yield one


CHANGES = [
    ("/sign-out", {}),
    ("/sign-out-everywhere", {}),
    ("/account/preferences", {"language": "en", "theme": "dark"}),
    ("/language", {"to": "en", "next": "/"}),
]


@pytest.mark.parametrize(("path", "form"), CHANGES)
@pytest.mark.parametrize("token", [None, "", "0" * 64, "é"])
async def test_a_change_without_the_sessions_token_is_refused(
    site: House, path: str, form: dict[str, str], token: str | None
) -> None:
    """No token, an empty one, a made-up one: 403, and nothing changes."""
    await site.sign_in("wang")
    sent = form | ({"csrf": token} if token is not None else {})
    assert (await site.client.post(path, data=sent, allow_redirects=False)).status == 403
    assert (await site.client.get("/account", allow_redirects=False)).status == 200


async def test_another_sessions_token_doesnt_fit(site: House) -> None:
    """A token is worth something in its own session only."""
    stolen = await site.sign_in("boss")
    site.client.session.cookie_jar.clear()
    await site.sign_in("wang")
    assert (await site.client.post("/sign-out", data={"csrf": stolen})).status == 403


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]
)
async def test_a_change_from_another_sites_page_is_refused(site: House, headers: dict[str, str]) -> None:
    """Even with the right token."""
    token = await site.sign_in("wang")
    answer = await site.client.post("/sign-out", data={"csrf": token}, headers=headers)
    assert answer.status == 403


async def test_the_sign_in_form_itself_needs_its_token(site: House) -> None:
    """Nobody is signed in to a stranger's account by a stranger's page."""
    form = {"user": "wang", "password": "plum-rain-42-lantern"}
    assert (await site.client.post("/sign-in", data=form)).status == 403


@pytest.mark.parametrize("how", ["flip", "cut", "empty", "json", "long"])
async def test_a_tampered_cookie_is_a_strangers(site: House, how: str) -> None:
    """Changed by a bit, cut short, or something else altogether: signed out, no error."""
    await site.sign_in("wang")
    (cookie,) = (c for c in site.client.session.cookie_jar if c.key.startswith("switchboard"))
    value = {
        "flip": cookie.value[:40] + ("A" if cookie.value[40] != "A" else "B") + cookie.value[41:],
        "cut": cookie.value[:-10],
        "empty": "",
        "json": '{"secret": 1}',
        "long": "A" * 4000,
    }[how]
    answer = await site.another_browser().get(
        "/account", allow_redirects=False, headers={"Cookie": f'{cookie.key}="{value}"'}
    )
    assert answer.status == 303


async def test_the_cookie_shows_nothing_and_scripts_cant_read_it(site: House) -> None:
    """HttpOnly, SameSite, a session cookie; its content is encrypted."""
    answer = await site.try_to_sign_in("wang")
    header = answer.headers["Set-Cookie"]
    assert "HttpOnly" in header
    assert "SameSite=Lax" in header
    assert "Max-Age" not in header
    assert "wang" not in header
    assert "Secure" not in header  # plain HTTP: a Secure cookie would never come back


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8080", "", "a b", "127.0.0.1.evil.example"])
async def test_a_strangers_name_for_us_is_refused(site: House, host: str) -> None:
    """DNS rebinding: a page of evil.example that comes to lead here reads nothing."""
    answer = await site.client.get("/sign-in", headers={"Host": host})
    assert answer.status in (400, 421)


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1:8080", "[::1]:8080", "192.0.2.7", "switchboard.test", "SWITCHBOARD.TEST"]
)
async def test_our_names_and_any_address_are_fine(site: House, host: str) -> None:
    """An address in the name can't be rebound."""
    assert (await site.client.get("/sign-in", headers={"Host": host})).status == 200


async def test_every_answer_carries_the_headers_that_shut_the_page_in(site: House) -> None:
    """Pages, errors, redirects and static files; the socket of phones is the only other place."""
    for path in ("/sign-in", "/nowhere", "/", "/static/base/base.css", "/api/v1/nothing"):
        headers = (await site.client.get(path, allow_redirects=False)).headers
        policy = dict(p.strip().partition(" ")[::2] for p in headers["Content-Security-Policy"].split(";"))
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == "'self'"
        assert policy["connect-src"] == "'self' wss://127.0.0.1:8089"
        assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Server"] == "switchboard"
        assert headers["Cache-Control"] == ("no-cache" if "static" in path else "no-store")


async def test_a_strange_host_gets_no_say_in_the_policy(site: House) -> None:
    """What stands in the Host header doesn't reach the policy unless it is ours."""
    answer = await site.client.get("/sign-in", headers={"Host": "evil.example"})
    assert "evil" not in answer.headers["Content-Security-Policy"]


async def test_pages_name_no_outside_address_and_hold_no_inline_script(site: House) -> None:
    """Everything a page loads is ours; no script or style stands in it."""
    await site.sign_in("boss")
    for path in ("/account", "/nowhere"):
        page = await (await site.client.get(path)).text()
        assert not re.search(r"""(?:src|href|action)=["']?(?:https?:)?//""", page)
        assert not re.search(r"<script(?![^>]*(?:src=|application/json))", page)
        assert not re.search(r"\son\w+=|\sstyle=|<style", page)


async def test_an_error_page_is_a_page_like_any_other(site: House) -> None:
    """In the user's language, with their navigation and name; a stranger's has neither."""
    await site.sign_in("boss")
    page = await site.client.get("/nowhere", headers={"Accept-Language": "en"})
    assert page.status == 404
    text = await page.text()
    assert "There is no such page." in text
    assert 'href="/account"' in text
    site.client.session.cookie_jar.clear()
    assert 'href="/account"' not in await (await site.client.get("/nowhere")).text()
    assert (await site.client.get("/nowhere", headers={"Authorization": "Bearer x"})).status != 500


@pytest.mark.parametrize("size", [64 * 1024 + 1, 1024 * 1024])
async def test_a_body_that_is_too_long_is_refused(site: House, size: int) -> None:
    """By its stated length at once; without one while it comes."""
    token = await site.csrf()
    answer = await site.client.post("/sign-in", data={"csrf": token, "user": "x" * size})
    assert answer.status == 413

    async def unstated():  # type: ignore[no-untyped-def]
        for _ in range(size // 1024 + 1):
            yield b"x" * 1024

    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert (await site.client.post("/sign-in", data=unstated(), headers=headers)).status == 413


async def test_a_body_that_never_ends_is_given_up(site: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sender that dawdles holds a connection for a while, not for ever."""
    monkeypatch.setattr(security, "BODY_SECONDS", 0.3)

    async def dawdling():  # type: ignore[no-untyped-def]
        yield b"csrf="
        await asyncio.sleep(1)
        yield b"x"

    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert (await site.client.post("/sign-in", data=dawdling(), headers=headers)).status == 408


async def test_a_header_cant_be_smuggled_in(site: House) -> None:
    """Line ends in a path or query never become a header of the answer."""
    answer = await site.client.get("/account?x=%0d%0aX-Evil:%201", allow_redirects=False)
    assert "X-Evil" not in answer.headers
    assert "\n" not in answer.headers["Location"]


@pytest.mark.parametrize(
    "path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/static/"]
)
async def test_static_files_are_only_those(site: House, path: str) -> None:
    """No way up, no listing."""
    assert (await site.client.get(path)).status in (403, 404)


async def test_an_api_token_may_what_its_owner_and_its_scopes_both_may(site: House) -> None:
    """A scope beyond the owner's roles gives nothing; a removed token, nothing at all."""
    token = await site.users.add_token("wang", "wallboard", frozenset({Permission.LIVE, Permission.USERS}))
    account = await site.parts.accounts.by_token(token)
    assert account
    assert account.permissions == {Permission.LIVE, Permission.LIVE_OWN}
    (row,) = await site.users.tokens("wang")
    assert token not in repr(row)
    await site.users.remove_token(row.id)
    assert await site.parts.accounts.by_token(token) is None


@pytest.mark.parametrize("header", ["Bearer sbt_wrong", "Bearer", "Basic d2FuZzp4", "Bearer  ", "x" * 5000])
async def test_a_bad_token_is_refused_whatever_cookie_comes_along(site: House, header: str) -> None:
    """401 with the way to do it right; the session beside it doesn't help."""
    await site.sign_in("wang")
    for path in ("/account", "/api/v1/me", "/nowhere"):
        answer = await site.client.get(path, headers={"Authorization": header}, allow_redirects=False)
        assert answer.status == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert (await answer.json())["error"]["code"] == "bad_token"


async def test_a_route_that_says_nothing_stops_the_start() -> None:
    """Deny by default, noticed by whoever wrote it."""

    async def forgotten(request: web.Request) -> web.Response:
        return web.Response()

    app = web.Application()
    app.router.add_get("/fine", public(lambda request: forgotten(request)))
    check_routes(app)
    app.router.add_get("/forgotten", forgotten)
    with pytest.raises(RuntimeError, match="/forgotten"):
        check_routes(app)


async def test_every_change_of_a_user_is_in_the_audit(site: House) -> None:
    """What a handler doesn't note itself is noted as the request it was; a refused one changed nothing."""
    token = await site.sign_in("wang")
    await site.client.post("/account/preferences", data={"csrf": token, "language": "en"})
    await site.client.post("/account/preferences", data={"csrf": token, "language": "fr"})
    await site.client.get("/account")
    first, second = reversed(await site.parts.audit.rows(10))
    assert first["action"] == "sign-in"
    assert (second["action"], second["about"]) == ("request", "POST /account/preferences")
    assert (second["author"], second["via"], second["address"]) == (
        "user:wang (8011)",
        "session",
        "127.0.0.1",
    )


def some_path(resource: web.AbstractResource) -> str:
    """A path that leads to this resource, whatever its placeholders take."""
    info = resource.get_info()
    for word in ("1", "8201", "8201-1795360228-00000001", "1-abcdef01", "call"):
        path = re.sub(r"\{[^}]*\}", word, resource.canonical)
        if "pattern" not in info or info["pattern"].fullmatch(path):
            return path
    raise AssertionError(f"no path of this test's leads to {resource.canonical}")


async def test_every_route_is_closed_to_strangers_but_these(site: House) -> None:
    """All routes of the application, asked without signing in: a list that grows only on purpose."""
    doors = [
        (route, door_of(route.handler))
        for route in site.client.server.app.router.routes()
        if not isinstance(route.resource, web.StaticResource)
    ]
    public_ones = {
        r.resource.canonical for r, door in doors if door and door.permission is None and r.resource
    }
    assert public_ones <= {
        "/healthz",
        "/readyz",
        "/metrics",
        "/language",
        "/sign-in",
        "/sign-out",
        "/certificate",
        "/certificate/switchboard-ca.crt",
        "/certificate/switchboard-ca.pem",
        "/api/v1/openapi.json",
    }
    closed = 0
    for route, door in doors:
        if not door or door.permission is None or not route.resource or route.method in ("*", "HEAD"):
            continue
        path = some_path(route.resource)
        headers = {"Accept": "application/json"}
        answer = await site.client.request(route.method, path, headers=headers, allow_redirects=False)
        assert answer.status in ((401,) if route.method == "GET" else (401, 403)), (route.method, path)
        closed += 1
    assert closed > 3


@pytest.mark.parametrize("role", list(Role))
async def test_nobody_gets_beyond_their_role(site: House, role: Role) -> None:
    """Each role asks for everything it may not: 403 each time, before the handler sees it."""
    await site.add("somebody", role)
    token = await site.sign_in("somebody")
    tried = 0
    for route in site.client.server.app.router.routes():
        door = door_of(route.handler)
        if door is None or door.permission in (None, *PERMISSIONS[role]) or not route.resource:
            continue
        if route.method in ("*", "HEAD"):
            continue
        path = some_path(route.resource)
        headers = {"Accept": "application/json", "X-CSRF-Token": token}
        answer = await site.client.request(route.method, path, headers=headers, allow_redirects=False)
        assert answer.status == 403, (route.method, path)
        assert (await answer.json())["error"]["code"] == "not_allowed"
        tried += 1
    assert tried or role is Role.SUPERVISOR
