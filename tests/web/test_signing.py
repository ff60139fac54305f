"""Signing in, out and everywhere: against the real application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from switchboard.domain.roles import Role
from tests.web.site import House, house


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path) as one:
        await one.add("wang", Role.OPERATOR, extension="8011", name="王芳")
        yield one


async def test_who_is_not_signed_in_is_led_to_the_form_and_back(site: House) -> None:
    """A page leads to the sign-in form; after it, to the page that was wanted."""
    answer = await site.client.get("/account", allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (303, "/sign-in?next=%2Faccount")
    answer = await site.try_to_sign_in("wang", next="/account")
    assert (answer.status, answer.headers["Location"]) == (303, "/account")
    page = await (await site.client.get("/account")).text()
    assert "王芳" in page
    assert await site.audited() == ["sign-in"]
