"""What a token never does, whatever its scopes: make users, change them, give roles, make tokens (B8)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web

from switchboard.domain.roles import SIGNED_IN_ONLY, Permission, Role
from switchboard.web.permissions import door_of
from tests.web.site import PASSWORD, House, house

SAYS = {"zh": "登录", "en": "signs in"}


@pytest_asyncio.fixture
async def site(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path) as it:
        await it.add("boss", *Role, extension="8011")
        await it.add("wang", Role.OPERATOR)
        yield it


def changing(site: House) -> list[str]:
    """Every path by which users are changed, for wang."""
    assert site.client.app is not None
    found = [
        route.resource.canonical.replace("{user}", "wang")
        for route in site.client.app.router.routes()
        if route.method not in ("GET", "HEAD")
        and (door := door_of(route.handler)) is not None
        and door.permission in SIGNED_IN_ONLY
        and route.resource is not None
        and not isinstance(route.resource, web.StaticResource)
    ]
    assert len(found) >= 9
    return [*found, "/account/password"]


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_a_token_changes_no_user(site: House, language: str) -> None:
    """An administrator's, with every scope there is: refused with the reason, and nothing changed."""
    token = await site.users.add_token("boss", "a program", frozenset(Permission))
    headers = {"Authorization": f"Bearer {token}", "Accept-Language": language}
    before = [(one.account, one.locked) for one in await site.users.listed()]
    form = {"user": "eve", "role": "administrator", "name": "Eve", "extension": "8012", "token": "1"}
    form |= {
        "label": "x",
        "scope": "users",
        "old": PASSWORD,
        "new": "new-" + PASSWORD,
        "again": "new-" + PASSWORD,
    }
    another = site.another_browser()
    for path in changing(site):
        answer = await another.post(path, data=form, headers=headers, allow_redirects=False)
        told = await answer.json()
        assert (answer.status, told["error"]["code"]) == (403, "sign_in_needed"), path
        assert SAYS[language] in told["error"]["message"]
    assert [(one.account, one.locked) for one in await site.users.listed()] == before
    assert len(await site.users.tokens()) == 1
    assert (await site.try_to_sign_in("boss")).status == 303
    await another.close()


async def test_a_token_sees_users_as_its_scope_says(site: House) -> None:
    """Reading them is no change."""
    token = await site.users.add_token("boss", "a program", frozenset({Permission.USERS}))
    answer = await site.client.get("/api/v1/users", headers={"Authorization": f"Bearer {token}"})
    assert [one["user"] for one in await answer.json()] == ["boss", "wang"]


async def test_who_signs_in_makes_administrators(site: House) -> None:
    """The same form, by somebody who is there."""
    csrf = await site.sign_in("boss")
    form = {"csrf": csrf, "role": "administrator", "name": "Wang"}
    assert (await site.client.post("/users/wang", data=form)).status == 200
    assert (await site.users.find("wang")).account.roles == {Role.ADMINISTRATOR}
