"""Pages of administration: status, rules, users, audit, callers; whose they are, and what they refuse."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import pytest_asyncio

from switchboard.bootstrap.rules_room import RulesRoom
from switchboard.domain.callers import CallerNote, Grade
from switchboard.domain.roles import Role
from switchboard.flows.enforcement import Fault, RulesState
from switchboard.flows.wording import _ACTION_NAMES
from switchboard.rules import load_text
from switchboard.rules.store import RulesStore
from switchboard.settings import SOURCE
from switchboard.storage import Journal
from switchboard.web.language import texts
from switchboard.web.pages.rules import compared, excerpts
from tests.storage.conftest import started, step
from tests.web.working import Work, work

SAMPLE = (SOURCE / "routing_rules.yaml").read_bytes()
HOSTILE = "</script><script>alert(1)</script>"


async def status() -> dict[str, Any]:
    """A PBX that answers, one phone away, a full disk."""
    at = "2026-11-20T08:00:00+08:00"
    return {
        "ready": True,
        "pbx": {"state": "up", "started": at, "version": "22.10.1"},
        "controller": {"version": "0.0.0", "started": at},
        "python": "3.11",
        "database": "up",
        "rules": {"version": "2-1f2e3d4c", "state": "in_force"},
        "calls": 7,
        "readers": 3,
        "phones": [
            {"extension": "8011", "name": "周婷", "name_en": HOSTILE, "state": "busy", "devices": [HOSTILE]},
            {"extension": "8012", "name": "吴磊", "name_en": "Wu", "state": "unreachable", "devices": []},
        ],
        "trunks": [{"name": "telecom", "state": "registered", "host": "sip.example", "numbers": ["8000"]}],
        "disk": {"free_bytes": 1, "total_bytes": 100},
    }


@pytest.fixture
def room(tmp_path: Path) -> RulesRoom:
    """Two versions in force one after the other, and a file with a mistake that was refused."""
    store = RulesStore(tmp_path / "kept")
    for content in (SAMPLE, SAMPLE.replace(b"ring_for: 25", b"ring_for: 30")):
        store.put_in_force(store.keep(content, f"by {HOSTILE}"))
    wrong = SAMPLE.replace(b'mailbox_openers: ["8401"]', b'mailbox_openers: ["8499"]')
    (tmp_path / "routing_rules.yaml").write_bytes(wrong)
    errors = tuple(Fault(p.said, p.line, advice=p.advice) for p in load_text(wrong).errors)
    enforcement = SimpleNamespace(state=RulesState(store.version_in_force() or "", "refused", errors))
    return RulesRoom(tmp_path / "routing_rules.yaml", store, enforcement, lambda rules: [])  # type: ignore[arg-type]


@pytest_asyncio.fixture
async def desk(tmp_path: Path, room: RulesRoom) -> AsyncIterator[Work]:
    """A console with an administrator signed in."""
    async with work(tmp_path, rules_room=room, status=status) as it:
        await it.house.add("boss", Role.ADMINISTRATOR)
        await it.house.add("op", Role.OPERATOR, extension="8011")
        await it.house.sign_in("boss")
        yield it


async def page(desk: Work, path: str, status: int = 200) -> str:
    answer = await desk.house.client.get(path)
    assert answer.status == status, await answer.text()
    return await answer.text()


async def send(desk: Work, path: str, **form: Any) -> tuple[int, str]:
    """A form, filled in; status and page."""
    data = [("csrf", await desk.house.csrf("/account"))]
    for name, value in form.items():
        data += [(name, one) for one in (value if isinstance(value, list) else [value])]
    answer = await desk.house.client.post(path, data=data, allow_redirects=False)
    return answer.status, await answer.text()


PAGES = ("/status", "/rules", "/rules/versions/1", "/users", "/users/op", "/audit")


@pytest.mark.parametrize("path", PAGES)
async def test_pages_of_administration_are_shut_to_operators(desk: Work, path: str) -> None:
    """Not shown in their navigation, not opened by address."""
    await desk.house.sign_in("op")
    assert (await desk.house.client.get(path)).status == 403
    assert f'href="{path}"' not in await page(desk, "/messages")


@pytest.mark.parametrize("path", [*PAGES, "/callers", "/messages", "/calls"])
@pytest.mark.parametrize("language", ["zh", "en"])
async def test_every_page_has_all_its_texts(desk: Work, path: str, language: str) -> None:
    """No key shows itself, in neither language, and no script or style stands in the page."""
    form = {"csrf": await desk.house.csrf("/account"), "to": language}
    await desk.house.client.post("/language", data=form, allow_redirects=False)
    shown = re.sub(r"<code>[a-z.-]+</code>", "", await page(desk, path))  # names of scopes
    features = "messages|calls|callers|status|rules|users|audit|work|nav|base|roles"
    assert not re.search(rf">\s*({features})\.[a-z_.]+\s*<", shown)
    assert not re.search(r"\sstyle=|\son[a-z]+=|javascript:", shown)
    assert not re.search(r"<script(?![^>]*(src=|application/json))", shown)


async def test_status_shows_what_is_wrong_and_finds_phones(desk: Work) -> None:
    """Counts by state; a nearly full disk is marked; names of phones and devices are words."""
    shown = await page(desk, "/status")
    assert 'class="dot bad"' in shown
    assert HOSTILE not in shown
    assert "吴磊" in shown
    assert "吴磊" not in await page(desk, "/status?phones=busy")
    assert "周婷" not in await page(desk, "/status?q=wu")


async def test_refused_rules_are_shown_with_the_lines_around(desk: Work) -> None:
    """The line itself, three before and three behind, and what should stand there, in Chinese."""
    shown = await page(desk, "/rules")
    at = SAMPLE.decode().splitlines().index('    mailbox_openers: ["8401"]') + 1
    assert f"<span>{at}</span>" in shown
    assert f"<span>{at - 3}</span>" in shown
    assert f"<span>{at + 4}</span>" not in shown
    assert "没有 8499 这个号码；应为人员或领导的号码。" in shown
    assert "是否应为 8899 (陆承志)" in shown
    assert "which no entry has" not in shown
    assert HOSTILE not in shown


def test_an_error_without_a_line_or_of_another_file_has_no_excerpt() -> None:
    """Example calls lie in another file; a line behind the end is a file that changed meanwhile."""
    told = [
        {"file": "examples.yaml", "line": 2, "message": "a"},
        {"file": "", "line": None, "message": "b"},
        {"file": "", "line": 99, "message": "c"},
        {"file": "", "line": 1, "message": "d"},
    ]
    found = excerpts(told, "one\ntwo\n")
    assert [len(one.lines) for one in found] == [0, 0, 0, 2]


async def test_a_version_is_shown_with_what_it_changed(desk: Work) -> None:
    """Line by line against the one in force, and the whole file; an unknown version isn't there."""
    shown = await page(desk, "/rules/versions/1")
    assert 'class="line added"' in shown
    assert "ring_for: 25" in shown
    assert "/rules/back" in shown
    assert HOSTILE not in shown
    await page(desk, "/rules/versions/77", 404)


def test_comparing_is_bounded() -> None:
    """Files of a hundred thousand lines are not compared line by line."""
    assert compared("a\nb\n", "a\nc\n") == [("@", "@ -1,2 +1,2 @@"), (" ", "a"), ("-", "b"), ("+", "c")]
    assert compared("a\n" * 30_000, "b\n") == []


async def test_a_user_is_added_with_a_password_shown_once(desk: Work) -> None:
    """It signs in, and must be changed; afterwards the page doesn't show it."""
    status, shown = await send(desk, "/users", user="wang", name=HOSTILE, extension="8012", role=["operator"])
    assert status == 200
    password = re.search(r'class="secret">([^<]+)<', shown)
    assert password
    assert HOSTILE not in shown
    assert password[1] not in await page(desk, "/users/wang")
    assert "user.add" in await desk.house.audited()
    answer = await desk.house.try_to_sign_in("wang", password[1])
    assert (answer.status, answer.headers["Location"]) == (303, "/account")


async def test_a_users_roles_change_at_once_and_the_last_administrator_stays(desk: Work) -> None:
    """Taking the last administrator's role, locking or removing them is refused in words."""
    assert (await send(desk, "/users/op", name="Op", extension="8011", role=["agent"]))[0] == 200
    listed = {one.account.user: one.account.roles for one in await desk.house.users.listed()}
    assert listed["op"] == {Role.AGENT}
    for path, form in (
        ("/users/boss", {"role": ["operator"]}),
        ("/users/boss/lock", {}),
        ("/users/boss/remove", {}),
    ):
        status, shown = await send(desk, path, **form)
        assert (status, "最后一位管理员" in shown) == (422, True)
    assert (await send(desk, "/users/op/remove"))[0] == 303
    await page(desk, "/users/op", 404)


async def test_a_token_is_shown_once_and_does_what_its_scopes_allow(desk: Work) -> None:
    """Made in the page, used as a bearer, taken back."""
    status, shown = await send(desk, "/users/op/token", label="crm", scope=["callers"], days="30")
    assert status == 200
    token = re.search(r"sbt_[A-Za-z0-9_-]+", shown)
    assert token
    program = desk.house.another_browser()
    bearer = {"Authorization": f"Bearer {token[0]}"}
    assert (await program.get("/api/v1/callers", headers=bearer)).status == 200
    assert (await program.get("/api/v1/messages", headers=bearer)).status == 403
    shown = await page(desk, "/users/op")
    assert token[0] not in shown
    number = re.search(r'name="token" value="(\d+)"', shown)
    assert number
    assert (await send(desk, "/users/boss/remove-token", token=number[1]))[0] == 422
    assert (await send(desk, "/users/op/remove-token", token=number[1]))[0] == 200
    assert (await program.get("/api/v1/callers", headers=bearer)).status == 401


async def test_the_audit_is_filtered_by_who_and_what(desk: Work) -> None:
    """By the user's name and the action's first letters, page by page; nonsense is refused."""
    await desk.house.sign_in("op")
    await desk.house.client.put(
        "/api/v1/callers/13800001111",
        json={"name": HOSTILE},
        headers={"X-CSRF-Token": await desk.house.csrf("/account")},
    )
    await desk.house.sign_in("boss")
    shown = await page(desk, "/audit?action=caller")
    assert "caller.change" in shown
    assert "sign-in</small>" not in shown
    assert HOSTILE not in shown
    assert "caller.change" not in await page(desk, "/audit?author=boss")
    for nonsense in ("?before=x", "?author=" + "x" * 100, "?action=%00"):
        assert (await desk.house.client.get("/audit" + nonsense)).status == 422


async def test_callers_are_found_and_shown_with_what_is_noted(desk: Work) -> None:
    """By a few letters; any writing of a number leads to the one page; markup is words."""
    note = CallerNote("+8613800001111", HOSTILE, "星海贸易", Grade.NUISANCE, HOSTILE)
    await desk.house.parts.callers.keep(note, "user:op")
    assert "星海贸易" in await page(desk, "/callers?q=星海")
    assert "星海贸易" not in await page(desk, "/callers?q=nobody")
    answer = await desk.house.client.get("/callers/+8613800001111", allow_redirects=False)
    assert answer.headers["Location"] == "/callers/13800001111"
    shown = await page(desk, "/callers/13800001111")
    assert "骚扰" in shown
    assert HOSTILE not in shown
    assert (await desk.house.client.get("/callers?q=" + "x" * 100)).status == 422


async def test_a_call_is_shown_step_by_step_with_reasons_in_the_readers_language(desk: Work) -> None:
    """Who called whom, what was done and why, with the rules' line; an unknown call isn't there."""
    journal = Journal(desk.follower.journal)
    for record in (
        started("c-1", name=HOSTILE),
        step(1, "ask", "arrived", "c-1", reason="is an operator free now", detail=HOSTILE, rule_line=17),
    ):
        journal.append(record)
    await desk.follower.catch_up()
    shown = await page(desk, "/calls/c-1")
    assert "现在是否有话务员空闲" in shown
    assert ">17<" in shown
    assert HOSTILE not in shown
    assert "c-1" in await page(desk, "/calls?number=13800001111")
    assert "c-1" not in await page(desk, "/calls?number=13800001112")
    assert "c-1" not in await page(desk, "/calls?outcome=message")
    await page(desk, "/calls/c-2", 404)
    assert (await desk.house.client.get("/calls?outcome=lost")).status == 422


def test_every_action_of_a_call_has_a_word_for_people() -> None:
    """In both languages."""
    for language in ("zh", "en"):
        missing = [name for name in _ACTION_NAMES.values() if f"calls.do.{name}" not in texts(language)]
        assert missing == []
