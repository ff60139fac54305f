"""Users, sessions, tokens and tries to sign in, on both kinds of database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from switchboard.domain.lockout import Attempt
from switchboard.domain.roles import Permission, Role
from switchboard.flows.accounts import Accounts, SignInRefused
from switchboard.flows.passwords import Hasher
from switchboard.flows.users import UserRefused, Users
from switchboard.storage import Database, UserRows, open_database

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
PASSWORD = "plum-rain-42-lantern"


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = await open_database(database_url)
    yield opened
    await opened.close()


@pytest.fixture
def users(database: Database) -> Users:
    return Users(UserRows(database), Hasher(memory_kib=64), lambda: NOON)


@pytest.fixture
def accounts(database: Database) -> Accounts:
    return Accounts(UserRows(database), Hasher(memory_kib=64), lambda: NOON)


async def test_a_user_is_kept_as_given(users: Users, accounts: Accounts) -> None:
    """Name, roles, extension and language; the password is kept as a hash only."""
    await users.add(
        "Wang.Fang", frozenset({Role.OPERATOR, Role.AGENT}), name=" 王芳 ", extension="8011", language="zh"
    )
    await users.add("li", frozenset({Role.ADMINISTRATOR}), password=PASSWORD)
    li, wang = await users.listed()
    assert (wang.account.user, wang.account.name, wang.account.extension) == ("wang.fang", "王芳", "8011")
    assert wang.account.roles == {Role.OPERATOR, Role.AGENT}
    assert wang.account.must_change
    assert PASSWORD not in repr(await users.find("li"))
    await accounts.sign_in("li", PASSWORD, "192.0.2.1")
    li, _ = await users.listed()
    assert (li.sessions, li.seen) == (1, NOON)


@pytest.mark.parametrize("name", ["", " ", "-x", "a b", "x" * 65, "a/b", "#1", "a\nb", "<b>"])
async def test_names_that_could_be_mistaken_are_refused(users: Users, name: str) -> None:
    """Letters of any script and digits, and signs between them."""
    with pytest.raises(UserRefused) as refused:
        await users.add(name, frozenset({Role.AGENT}))
    assert refused.value.code == "name"


async def test_a_name_belongs_to_one(users: Users) -> None:
    """Also when both are added at the same moment."""
    added = await asyncio.gather(
        *(users.add(name, frozenset({Role.AGENT})) for name in ("wang", "WANG", "ｗａｎｇ")),
        return_exceptions=True,
    )
    assert sorted(type(a).__name__ for a in added) == ["UserRefused", "UserRefused", "str"]


async def test_a_removed_users_name_is_free_and_nothing_of_theirs_works(
    users: Users, accounts: Accounts
) -> None:
    """A namesake who comes later gets none of it."""
    await users.add("wang", frozenset({Role.OPERATOR}), password=PASSWORD)
    secret, _ = await accounts.sign_in("wang", PASSWORD, "192.0.2.1")
    token = await users.add_token("wang", "wallboard", frozenset({Permission.LIVE}))
    await users.remove("wang")
    assert await users.listed() == []
    await users.add("wang", frozenset({Role.OPERATOR}))
    assert await accounts.by_session(secret) is None
    assert await accounts.by_token(token) is None
    with pytest.raises(SignInRefused):
        await accounts.sign_in("wang", PASSWORD, "192.0.2.1")


@pytest.mark.parametrize("how", ["lock", "remove", "roles"])
async def test_the_last_administrator_stays(users: Users, how: str) -> None:
    """Somebody must be able to let others in; a locked administrator doesn't count."""
    for name in ("boss", "deputy"):
        await users.add(name, frozenset({Role.ADMINISTRATOR}))
    await users.lock("deputy")
    change = (
        users.change("boss", roles=frozenset({Role.AGENT})) if how == "roles" else getattr(users, how)("boss")
    )
    with pytest.raises(UserRefused) as refused:
        await change
    assert refused.value.code == "last_administrator"
    await users.unlock("deputy")
    await users.remove("boss")


async def test_a_token_ends_when_it_was_said_to(database: Database) -> None:
    """And is listed with when it was last used, never as itself."""
    time = [NOON]
    users = Users(UserRows(database), Hasher(memory_kib=64), lambda: time[0])
    accounts = Accounts(UserRows(database), Hasher(memory_kib=64), lambda: time[0])
    await users.add("wang", frozenset({Role.OPERATOR}))
    token = await users.add_token("wang", "crm", frozenset({Permission.CALLS}), NOON + timedelta(days=1))
    account = await accounts.by_token(token)
    assert account
    assert (account.via, account.permissions) == ("token", {Permission.CALLS})
    (row,) = await users.tokens()
    assert (row.label, row.seen, row.until) == ("crm", NOON, NOON + timedelta(days=1))
    time[0] += timedelta(days=1)
    assert await accounts.by_token(token) is None


async def test_tries_made_at_once_see_each_other(database: Database) -> None:
    """Each of ten is told of all that were kept before it: the counts are 0 to 9."""
    rows = UserRows(database)
    attempt = Attempt(NOON, "wang", "192.0.2.1", worked=False)
    found = await asyncio.gather(*(rows.begin_attempt(attempt, NOON - timedelta(hours=1)) for _ in range(10)))
    assert sorted(len(before) for _, before in found) == list(range(10))
    assert len({number for number, _ in found}) == 10


async def test_an_old_hash_is_renewed_when_its_owner_signs_in(database: Database) -> None:
    """Stronger parameters reach everybody, one by one."""
    await Users(UserRows(database), Hasher(memory_kib=64), lambda: NOON).add(
        "wang", frozenset({Role.OPERATOR}), password=PASSWORD, must_change=False
    )
    stronger = Accounts(UserRows(database), Hasher(memory_kib=128), lambda: NOON)
    await stronger.sign_in("wang", PASSWORD, "192.0.2.1")
    stored = await UserRows(database).user("wang")
    assert stored
    assert "m=128" in stored.hash
    await stronger.sign_in("wang", PASSWORD, "192.0.2.1")
