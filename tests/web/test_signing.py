"""Signing in, out and everywhere: against the real application."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from switchboard.domain.roles import Permission, Role
from switchboard.flows.accounts import Accounts, SignInRefused
from switchboard.flows.passwords import Hasher
from switchboard.storage import UserRows, open_database
from tests.web.site import PASSWORD, Clock, House, house


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path) as one:
        await one.add("wang", Role.OPERATOR, extension="8011", name="王芳")
        await one.add("boss", Role.ADMINISTRATOR)
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


@pytest.mark.parametrize(
    "elsewhere", ["//evil.example", "https://evil.example/", "/\\evil.example", "/a\r\nSet-Cookie: x=1", ""]
)
async def test_signing_in_never_leads_to_another_site(site: House, elsewhere: str) -> None:
    """Whatever stands in `next`, the way leads to a page of ours and adds no header."""
    answer = await site.try_to_sign_in("wang", next=elsewhere)
    assert (answer.status, answer.headers["Location"]) == (303, "/")
    assert "x" not in answer.cookies


async def test_an_unknown_name_and_a_wrong_password_are_answered_alike(site: House) -> None:
    """Same status, same page but for the name that was typed."""
    pages = []
    for name in ("wang", "nobody"):
        answer = await site.try_to_sign_in(name, "wrong-password-1")
        assert answer.status == 403
        pages.append(re.sub(rf"{name}|[0-9a-f]{{64}}", "", await answer.text()))
    assert pages[0] == pages[1]


async def test_an_unknown_name_costs_as_much_work_as_a_known_one(tmp_path: Path) -> None:
    """A password is hashed in both cases, with the same parameters: time tells nothing."""

    class Counting(Hasher):
        seen: list[str]

        async def verify(self, hash_: str, password: str) -> bool:
            self.seen.append(hash_.rsplit("$", 2)[0])
            return await super().verify(hash_, password)

    hasher = Counting(memory_kib=64)
    hasher.seen = []
    database = await open_database(f"sqlite:///{tmp_path}/db.sqlite")
    accounts = Accounts(UserRows(database), hasher, Clock())
    async with house(tmp_path, accounts=accounts) as site:
        await site.add("wang", Role.OPERATOR)
        for name in ("wang", "nobody"):
            await site.try_to_sign_in(name, "wrong-password-1")
    await database.close()
    assert len(hasher.seen) == 2
    assert hasher.seen[0] == hasher.seen[1]


async def test_after_failures_a_name_is_locked_for_a_while_and_the_page_says_until_when(site: House) -> None:
    """Five wrong passwords from one address: wait, even with the right one; then it works."""
    for _ in range(4):
        assert (await site.try_to_sign_in("wang", "wrong-password-1")).status == 403
    answer = await site.try_to_sign_in("wang", "wrong-password-1")
    assert answer.status == 429
    assert answer.headers["Retry-After"] == "15"
    assert "17:00:15" in await answer.text()  # the company's time
    assert (await site.try_to_sign_in("wang")).status == 429
    assert (await site.try_to_sign_in("boss")).status == 303  # others are not kept out
    site.clock.pass_by(seconds=16)
    assert (await site.try_to_sign_in("wang")).status == 303


async def test_waits_grow_and_outlive_a_restart(tmp_path: Path) -> None:
    """Each further failure doubles the wait; the count is in the database."""
    clock = Clock()
    async with house(tmp_path) as site:
        await site.add("wang", Role.OPERATOR)
        for _ in range(5):
            await site.try_to_sign_in("wang", "wrong-password-1")
    async with house(tmp_path) as site:
        assert (await site.try_to_sign_in("wang")).headers["Retry-After"] == "15"
        site.clock.now = clock.now
        site.clock.pass_by(seconds=16)
        answer = await site.try_to_sign_in("wang", "wrong-password-1")
        assert answer.headers["Retry-After"] == "30"


async def test_failures_are_in_the_audit_but_never_what_was_typed(site: House) -> None:
    """People type their password where the name belongs; and a flood of tries doesn't fill the audit."""
    await site.try_to_sign_in("plum-rain-42-lantern", "x")
    for _ in range(8):
        await site.try_to_sign_in("wang", "wrong-password-1")
    rows = await site.parts.audit.rows(100)
    assert [(r["action"], r["about"]) for r in reversed(rows)] == [
        ("sign-in.wrong", "?"),
        *[("sign-in.wrong", "wang")] * 4,
        ("sign-in.locked", "wang"),
    ]


async def test_a_flood_of_tries_is_turned_away_early(site: House) -> None:
    """Beyond those that wait already, nothing is asked of the database."""
    tries = [site.parts.accounts.sign_in(f"user{n}", "x", f"192.0.2.{n}") for n in range(100)]
    ends = await asyncio.gather(*tries, return_exceptions=True)
    codes = [e.code for e in ends if isinstance(e, SignInRefused)]
    assert sorted(codes) == ["busy"] * 36 + ["wrong"] * 64


async def test_a_name_nobody_has_is_locked_like_any_other(site: House) -> None:
    """Being locked doesn't tell that there is such a user."""
    for _ in range(5):
        answer = await site.try_to_sign_in("nobody", "wrong-password-1")
    assert answer.status == 429


async def test_passwords_tried_at_once_are_counted_one_by_one(site: House) -> None:
    """Thirty guesses sent together are no way round the count: at most five are looked at."""
    form = {"csrf": await site.csrf(), "user": "wang", "password": "wrong-password-1"}
    answers = await asyncio.gather(
        *(site.client.post("/sign-in", data=form, allow_redirects=False) for _ in range(30))
    )
    assert sorted(a.status for a in answers) == [403] * 4 + [429] * 26


async def test_signing_in_from_several_browsers_at_once_works(site: House) -> None:
    """Ten of the same user together, with the right password: each is let in with a session of its own."""

    async def one() -> int:
        browser = site.another_browser()
        try:
            page = await (await browser.get("/sign-in")).text()
            token = re.search(r'name="csrf" value="([0-9a-f]+)"', page)
            assert token
            form = {"csrf": token[1], "user": "wang", "password": PASSWORD}
            await browser.post("/sign-in", data=form, allow_redirects=False)
            return (await browser.get("/account", allow_redirects=False)).status
        finally:
            await browser.session.close()

    statuses = [await one() for _ in range(3)]
    statuses += await asyncio.gather(*(one() for _ in range(4)))
    assert statuses == [200] * 7


async def test_a_session_planted_before_signing_in_is_worth_nothing_after(site: House) -> None:
    """Session fixation: what the cookie held before is not what it holds after, and opens nothing."""
    await site.client.get("/sign-in")
    planted = {c.key: c.value for c in site.client.session.cookie_jar}
    await site.sign_in("wang")
    stranger = site.another_browser()
    stranger.session.cookie_jar.update_cookies(planted)
    assert (await stranger.get("/account", allow_redirects=False)).status == 303
    await stranger.session.close()


async def test_signing_out_ends_the_session_itself_not_only_the_cookie(site: House) -> None:
    """A copy of the cookie, kept by somebody, opens nothing afterwards."""
    token = await site.sign_in("wang")
    copied = {c.key: c.value for c in site.client.session.cookie_jar}
    assert (await site.client.post("/sign-out", data={"csrf": token}, allow_redirects=False)).status == 303
    site.client.session.cookie_jar.update_cookies(copied)
    assert (await site.client.get("/account", allow_redirects=False)).status == 303


async def test_signing_out_everywhere_acts_at_once_in_every_browser(site: House) -> None:
    """The other browser's next request is a stranger's."""
    await site.sign_in("wang")
    other = dict((c.key, c.value) for c in site.client.session.cookie_jar)
    site.client.session.cookie_jar.clear()
    token = await site.sign_in("wang")
    answer = await site.client.post("/sign-out-everywhere", data={"csrf": token}, allow_redirects=False)
    assert answer.status == 303
    site.client.session.cookie_jar.update_cookies(other)
    assert (await site.client.get("/account", allow_redirects=False)).status == 303


async def test_roles_act_with_the_next_request(site: House) -> None:
    """An operator who is made an inspector may no longer choose the mode, without signing in again."""
    secret, _ = await site.parts.accounts.sign_in("wang", PASSWORD, "192.0.2.9")
    account = await site.parts.accounts.by_session(secret)
    assert account
    assert account.may(Permission.MODE)
    await site.users.change("wang", roles=frozenset({Role.INSPECTOR}))
    account = await site.parts.accounts.by_session(secret)
    assert account
    assert not account.may(Permission.MODE)


@pytest.mark.parametrize("how", ["lock", "remove", "sign_out", "new_password"])
async def test_locked_removed_and_signed_out_users_are_out_at_once(site: House, how: str) -> None:
    """What an administrator does to a user ends the session under way."""
    await site.sign_in("wang")
    await getattr(site.users, how)("wang")
    assert (await site.client.get("/account", allow_redirects=False)).status == 303


async def test_a_locked_user_learns_it_only_with_the_right_password(site: House) -> None:
    """A stranger can't find out which accounts are closed."""
    await site.users.lock("wang")
    right = await (await site.try_to_sign_in("wang")).text()
    wrong = await (await site.try_to_sign_in("wang", "wrong-password-1")).text()
    assert "停用" in right or "closed" in right
    assert "停用" not in wrong
    assert "closed" not in wrong


async def test_sessions_end_when_unused_and_in_any_case_after_a_week(site: House) -> None:
    """Twelve hours without a request; seven days with."""
    await site.sign_in("wang")
    site.clock.pass_by(hours=11)
    assert (await site.client.get("/account")).status == 200
    site.clock.pass_by(hours=12, minutes=2)
    assert (await site.client.get("/account", allow_redirects=False)).status == 303
    await site.sign_in("wang")
    for _ in range(16):
        site.clock.pass_by(hours=10)
        assert (await site.client.get("/account", allow_redirects=False)).status == 200
    site.clock.pass_by(hours=10)
    assert (await site.client.get("/account", allow_redirects=False)).status == 303


async def test_a_password_given_by_somebody_else_is_changed_first(site: House) -> None:
    """Until then every page leads to the account, and the API says why."""
    given = await site.users.add("new", frozenset({Role.ADMINISTRATOR}))
    answer = await site.try_to_sign_in("new", given)
    assert answer.headers["Location"] == "/account"
    token = await site.csrf("/account")
    form = {"csrf": token, "old": given, "new": "quiet-bamboo-77-river", "again": "quiet-bamboo-77-river"}
    answer = await site.client.post("/account/password", data=form, allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (303, "/")
    stored = await site.users.find("new")
    assert not stored.account.must_change
    assert (await site.client.get("/account")).status == 200  # this session goes on


async def test_changing_the_password_ends_the_other_sessions(site: House) -> None:
    """Who knew the old one is out; who changed it stays."""
    secret, _ = await site.parts.accounts.sign_in("wang", PASSWORD, "192.0.2.9")
    token = await site.sign_in("wang")
    form = {"csrf": token, "old": PASSWORD, "new": "quiet-bamboo-77-river", "again": "quiet-bamboo-77-river"}
    assert (await site.client.post("/account/password", data=form)).status == 200
    assert await site.parts.accounts.by_session(secret) is None
    assert (await site.client.get("/account")).status == 200


@pytest.mark.parametrize(
    ("new", "again"),
    [
        ("short", "short"),
        ("long-enough-password", "another-password-77"),
        ("Password123456", "Password123456"),
        ("wang-long-enough-1", "wang-long-enough-1"),
        ("x" * 300, "x" * 300),
        ("aaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaa"),
    ],
)
async def test_weak_passwords_are_refused_with_the_reason(site: House, new: str, again: str) -> None:
    """Short, common, with the name in it, endless or mistyped: the old one stays."""
    token = await site.sign_in("wang")
    form = {"csrf": token, "old": PASSWORD, "new": new, "again": again}
    answer = await site.client.post("/account/password", data=form)
    assert answer.status == 422
    assert 'class="notice fault"' in await answer.text()
    assert (await site.parts.accounts.sign_in("wang", PASSWORD, "192.0.2.9"))[1].user == "wang"


async def test_a_very_long_password_costs_no_more_work(site: House) -> None:
    """A megabyte in the password field is refused by its size; 10,000 characters are simply wrong."""
    assert (await site.try_to_sign_in("wang", "x" * 1_000_000)).status == 413
    assert (await site.try_to_sign_in("wang", "x" * 10_000)).status == 403


async def test_names_have_one_spelling(site: House) -> None:
    """Capitals, full-width letters and spaces around are the same user."""
    for spelling in ("WANG", "ｗａｎｇ", " wang "):
        assert (await site.try_to_sign_in(spelling)).status == 303
        site.client.session.cookie_jar.clear()


async def test_markup_in_names_is_shown_not_obeyed(site: House) -> None:
    """A display name and a typed name with tags stand in the page as text."""
    evil = '"><script>alert(1)</script>'
    await site.add("li", Role.OPERATOR, name=evil)
    page = await (await site.try_to_sign_in(evil, "wrong-password-1")).text()
    assert "<script>alert" not in page
    await site.sign_in("li")
    page = await (await site.client.get("/account")).text()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


async def test_the_chosen_language_and_look_are_kept_for_the_user(site: House) -> None:
    """In another browser, too."""
    token = await site.sign_in("wang")
    form = {"csrf": token, "language": "en", "theme": "dark"}
    assert (await site.client.post("/account/preferences", data=form)).status == 200
    site.client.session.cookie_jar.clear()
    await site.sign_in("wang")
    page = await (await site.client.get("/account", headers={"Accept-Language": "zh"})).text()
    assert '<html lang="en" data-theme="dark">' in page


async def test_a_visitor_reads_in_the_language_of_the_browser_or_the_one_chosen(site: House) -> None:
    """Accept-Language, else the company's; the switch in the header wins."""
    page = await (await site.client.get("/sign-in", headers={"Accept-Language": "en-GB,zh;q=0.5"})).text()
    assert "Sign in to the switchboard" in page
    page = await (await site.client.get("/sign-in", headers={"Accept-Language": "fr"})).text()
    assert "登录总机台" in page
    form = {"csrf": await site.csrf(), "to": "en", "next": "/sign-in"}
    page = await (await site.client.post("/language", data=form)).text()
    assert "Sign in to the switchboard" in page
