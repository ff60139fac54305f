"""GET /api/v1/phone: one's own account, where to connect, and nobody else's."""

from __future__ import annotations

from pathlib import Path

import pytest

from switchboard.domain.roles import Role
from switchboard.errors import AmiDisconnected
from switchboard.flows.page_phones import PagePhones
from tests.company import company
from tests.flows.test_page_phones import Drawer
from tests.web.site import House, house


def phones(*, away: bool = False) -> PagePhones:
    """Phones in pages beside a PBX that takes everything in, or is away."""

    async def publish() -> None:
        if away:
            raise AmiDisconnected("the PBX is away")

    async def entitled() -> set[str]:
        return set()

    return PagePhones(Drawer(), publish, company, entitled, lambda: pytest.fail("no time is asked for"))


async def asked(it: House, path: str = "/phone", **headers: str) -> tuple[int, dict[str, str]]:
    answer = await it.client.get(f"/api/v1{path}", headers=headers)
    return answer.status, await answer.json()


async def test_the_account_is_the_users_own_and_connects_where_the_page_came_from(tmp_path: Path) -> None:
    """By the name that the browser used, for which the certificate is too; the same when asked again."""
    async with house(tmp_path, page_phones=phones()) as it:
        await it.add("li", Role.OPERATOR, extension="8201")
        await it.sign_in("li")
        status, told = await asked(it, Host="switchboard.test:8443")
        assert status == 200
        assert told == {
            "uri": "sip:8201-web@switchboard.test",
            "username": "8201-web",
            "password": "8201:1",
            "ws": "wss://switchboard.test:8089/ws",
            "extension": "8201",
            "main_number": "8000",
        }
        assert await asked(it, Host="switchboard.test:8443") == (200, told)
        _, told = await asked(it, Host="[::1]:8443")
        assert (told["uri"], told["ws"]) == ("sip:8201-web@[::1]", "wss://[::1]:8089/ws")


async def test_who_has_no_phone_is_told_so_in_their_language(tmp_path: Path) -> None:
    """No extension; one that is no person's; a role without a phone; nobody signed in."""
    async with house(tmp_path, page_phones=phones()) as it:
        await it.add("a", Role.OPERATOR, language="en")
        await it.add("b", Role.OPERATOR, extension="8200", language="en")
        await it.add("c", Role.INSPECTOR, extension="8201", language="en")
        assert (await asked(it))[0] == 401
        for user, status, code in (
            ("a", 404, "no_extension"),
            ("b", 404, "no_such_phone"),
            ("c", 403, "not_allowed"),
        ):
            await it.sign_in(user)
            found, told = await asked(it)
            assert (found, told["error"]["code"]) == (status, code)  # type: ignore[index]
            it.client.session.cookie_jar.clear()


async def test_the_test_caller_is_for_administrators(tmp_path: Path) -> None:
    """Nobody at the desk needs to be a caller from outside."""
    async with house(tmp_path, page_phones=phones()) as it:
        await it.add("li", Role.OPERATOR, extension="8201")
        await it.sign_in("li")
        assert (await asked(it, "/phone/call-us"))[0] == 403


async def test_a_pbx_that_is_away_is_no_fault_of_the_page(tmp_path: Path) -> None:
    """503, to be tried again; no account is left that nobody knows."""
    async with house(tmp_path, page_phones=phones(away=True)) as it:
        await it.add("li", Role.OPERATOR, extension="8201", language="en")
        await it.sign_in("li")
        status, told = await asked(it)
        assert (status, told["error"]["code"]) == (503, "phone_not_now")  # type: ignore[index]
