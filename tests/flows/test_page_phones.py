"""Accounts of phones in pages: made once, taken in by the PBX or not at all, and gone with their users."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest

from switchboard.errors import AmiDisconnected
from switchboard.flows.page_phones import VISIT, NoPhone, PagePhones
from tests.company import company


class Drawer:
    """Passwords, in memory."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}
        self.made = 0

    def page(self, name: str) -> str:
        if name not in self.known:
            self.made += 1
            self.known[name] = f"{name}:{self.made}"
        return self.known[name]

    def pages(self) -> dict[str, str]:
        return dict(self.known)

    def close_pages(self, names: Iterable[str]) -> None:
        for name in names:
            self.known.pop(name, None)


class Scene:
    """Phones in pages, with what a test decides around them."""

    def __init__(self) -> None:
        self.drawer = Drawer()
        self.published: list[set[str]] = []
        self.away = False
        self.entitled = {"8101", "8201"}
        self.now = datetime(2026, 11, 22, tzinfo=UTC)
        self.phones = PagePhones(self.drawer, self._publish, company, self._entitled, lambda: self.now)

    async def _publish(self) -> None:
        if self.away:
            raise AmiDisconnected("the PBX is away")
        self.published.append(set(self.drawer.known))

    async def _entitled(self) -> set[str]:
        return self.entitled


@pytest.fixture
def scene() -> Scene:
    return Scene()


async def test_an_account_is_made_once_and_stays(scene: Scene) -> None:
    """The PBX takes it in when it is made; asked for again it is the same, without another reload."""
    first = await scene.phones.account("8201")
    assert (first.username, first.extension) == ("8201-web", "8201")
    assert await scene.phones.account("8201") == first
    assert scene.published == [{"8201"}]


async def test_who_has_no_phone_in_the_rules_has_none_in_the_page(scene: Scene) -> None:
    """No extension, a department's, or one that nobody has: nothing is made for it."""
    for extension, code in (("", "no_extension"), ("8200", "no_such_phone"), ("9999", "no_such_phone")):
        with pytest.raises(NoPhone) as none:
            await scene.phones.account(extension)
        assert none.value.code == code
    assert scene.drawer.known == {}
    assert scene.published == []


async def test_an_account_that_the_pbx_did_not_take_in_is_not_kept(scene: Scene) -> None:
    """Else a page would be given, for ever, a password that the PBX doesn't know."""
    scene.away = True
    with pytest.raises(AmiDisconnected):
        await scene.phones.account("8201")
    assert scene.drawer.known == {}
    scene.away = False
    await scene.phones.account("8201")
    assert scene.published == [{"8201"}]


async def test_an_account_ends_with_its_user(scene: Scene) -> None:
    """Locked, removed, another role: the password is no longer good, and a later one is another."""
    first = await scene.phones.account("8201")
    await scene.phones.account("8101")
    await scene.phones.tidy()
    assert len(scene.published) == 2  # nothing to tidy, nothing to reload
    scene.entitled = {"8101"}
    await scene.phones.tidy()
    assert scene.published[-1] == {"8101"}
    scene.entitled = {"8101", "8201"}
    assert (await scene.phones.account("8201")).password != first.password


async def test_the_test_callers_account_lasts_for_an_hour(scene: Scene) -> None:
    """After it was last asked for; one left by an earlier controller goes at once."""
    await scene.phones.visitor()
    scene.now += VISIT - timedelta(minutes=1)
    visitor = await scene.phones.visitor()
    assert (visitor.username, visitor.extension) == ("call-us", "")
    scene.now += VISIT - timedelta(minutes=1)
    await scene.phones.tidy()
    assert "call-us" in scene.drawer.known
    scene.now += timedelta(minutes=2)
    await scene.phones.tidy()
    assert scene.drawer.known == {}
    scene.drawer.page("call-us")
    later = PagePhones(scene.drawer, scene._publish, company, scene._entitled, lambda: scene.now)
    await later.tidy()
    assert scene.drawer.known == {}
