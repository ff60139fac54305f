"""The API, asked as programs ask it: the real application over a real SQLite, without a PBX."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from switchboard.bootstrap.examples import FORCE
from switchboard.domain.call import Call, Stage
from switchboard.domain.roles import Permission, Role
from switchboard.flows.enforcement import Fault
from switchboard.flows.orders import LineSeen
from switchboard.settings import SOURCE
from switchboard.web.api import described
from tests.web.api_house import SAMPLE, Api, api_house


@pytest_asyncio.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    async with api_house(tmp_path) as it:
        yield it


async def test_nobody_gets_anything_without_signing_in(api: Api) -> None:
    """Every operation but the document itself answers 401."""
    api.house.client.session.cookie_jar.clear()
    document = await (await api.house.client.get("/api/v1/openapi.json")).json()
    asked = 0
    for path, operations in document["paths"].items():
        for method in operations:
            there = path.replace("{", "").replace("}", "")
            answer = await api.house.client.request(method, there)
            assert answer.status in (401, 403), (method, path, answer.status)
            assert set((await answer.json())["error"]) == {"code", "message"}
            asked += 1
    assert asked > 20


async def test_a_token_does_what_its_scopes_and_its_users_roles_both_allow(api: Api) -> None:
    """A scope without the role, and a role without the scope: refused."""
    await api.house.add("li", Role.AGENT)
    only_live = await api.token_of("li", Permission.LIVE, Permission.RULES)
    assert (await api.ask("GET", "/calls/live", only_live))[0] == 200
    assert (await api.ask("GET", "/rules", only_live))[0] == 403
    assert (await api.ask("GET", "/messages", only_live))[0] in (403, 404)


async def test_who_asks(api: Api) -> None:
    """Roles, permissions and the token for changes; a program needs none."""
    me = await api.get("/me")
    assert (me["user"], me["extension"], me["via"], me["csrf"]) == ("boss", "8011", "token", "")
    assert "rules.edit" in me["permissions"]


async def test_the_mode_is_shown_and_chosen(api: Api) -> None:
    """With who chose it and until when; both kept in the audit."""
    status, body = await api.ask("PUT", "/mode", json={"mode": "automatic", "minutes": 30, "reason": "会议"})
    assert status == 200
    assert (body["mode"], body["source"], body["author"]) == ("automatic", "api", "user:boss (8011)")
    assert body["until"].startswith("2026-11-20T")
    assert (await api.get("/mode"))["reason"] == "会议"
    await api.ask("PUT", "/mode", json={"mode": "schedule"})
    assert (await api.get("/mode"))["source"] == "schedule"
    assert [a for a in await api.house.audited() if a == "mode"] == ["mode", "mode"]


async def test_an_operator_signs_in_goes_away_and_the_company_follows(api: Api) -> None:
    """The last one's going turns it automatic; presence tells it."""
    assert (await api.ask("POST", "/duty", json={"word": "in"}))[1]["operators"] == ["8011"]
    status, body = await api.ask("PUT", "/mode", json={"mode": "away", "minutes": 20})
    assert status == 200
    assert (body["mode"], body["source"]) == ("automatic", "operators")
    assert [a["extension"] for a in body["away"]] == ["8011"]
    assert (await api.ask("PUT", "/mode", json={"mode": "away"}))[0] == 409
    assert (await api.ask("POST", "/duty", json={"word": "in", "extension": "8201"}))[0] == 409


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"mode": "sometimes"}, 422),
        ({"mode": "manual", "minutes": 0}, 422),
        ({"mode": "manual", "minutes": "5"}, 422),
        ({"mode": "manual", "minutes": True}, 422),
        ({"mode": "manual", "surprise": 1}, 422),
        ({"mode": "manual", "reason": "a\x00b"}, 422),
        ([], 422),
        ("manual", 422),
    ],
)
async def test_what_is_not_declared_is_refused_with_its_place(api: Api, body: object, status: int) -> None:
    """Wrong values, wrong types and unknown names; nothing changes."""
    assert (await api.ask("PUT", "/mode", json=body))[0] == status
    assert (await api.get("/mode"))["source"] == "schedule"


@pytest.mark.parametrize(
    ("sent", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"[" * 50_000, "application/json", 400),
        (b'{"mode": "manual"}', "text/plain", 415),
        (b'{"mode": "manual"}', "application/x-www-form-urlencoded", 415),
        (b" " * 70_000, "application/json", 413),
    ],
)
async def test_bodies_that_are_none_are_refused(api: Api, sent: bytes, kind: str, status: int) -> None:
    """Broken, of another type, too long."""
    assert (await api.ask("PUT", "/mode", data=sent, headers={"Content-Type": kind}))[0] == status


async def test_an_error_is_told_in_the_language_of_who_asks(api: Api) -> None:
    """The code is the same in both."""
    for language, words in (("zh", "通话"), ("en", "call")):
        status, body = await api.ask(
            "POST", "/calls/1.1/orders", json={"kind": "hold"}, headers={"Accept-Language": language}
        )
        assert (status, body["error"]["code"]) == (409, "gone")
        assert words in body["error"]["message"]


async def test_the_directory_is_searched_with_presence(api: Api) -> None:
    """As somebody types; unlisted entries only for those who put calls through."""
    found = await api.get("/directory?q=lixiu&limit=3") or await api.get("/directory?limit=3")
    assert found
    assert {"number", "name", "name_en", "presence", "listed"} <= set(found[0])
    everything = await api.get("/directory?limit=200")
    unlisted = {e["number"] for e in everything if e["listed"] == "unlisted"}
    await api.house.add("li", Role.AGENT)
    theirs = await api.get("/directory?limit=200", token=await api.token_of("li"))
    assert not unlisted & {e["number"] for e in theirs}
    assert len(theirs) == len(everything) - len(unlisted)
    presence = {e["number"]: e["presence"] for e in everything}
    assert presence["8200"] is None
    assert presence["8201"] == "unreachable"


async def test_the_document_is_the_same_as_the_one_kept_in_the_docs(api: Api) -> None:
    """`docs/openapi.json` is what programs are written against."""
    kept = json.loads((SOURCE / "docs" / "openapi.json").read_text("utf-8"))
    assert kept == described(), "docs/openapi.json is out of date: run tools/openapi.py"


async def test_rules_are_tried_out_and_put_in_force(api: Api) -> None:
    """A broken file changes nothing and says where it is broken; a good one is written and rules."""
    yaml = {"Content-Type": "application/yaml"}
    status, found = await api.ask("POST", "/rules/check", data=b"company: [", headers=yaml)
    assert status == 200
    assert not found["ok"]
    assert found["problems"][0]["line"] >= 1
    status, state = await api.ask("POST", "/rules", data=b"company: [", headers=yaml)
    assert (status, state["state"]) == (200, "refused")
    assert state["errors"][0]["line"] >= 1
    assert api.switchboard.rules_file.read_bytes() == SAMPLE
    changed = SAMPLE.replace(b"ring_for: 25 ", b"ring_for: 20 ", 1)
    assert changed != SAMPLE
    status, found = await api.ask("POST", "/rules/check", data=changed, headers=yaml)
    assert found["ok"]
    assert found["changes"]
    before = (await api.get("/rules"))["version"]
    status, state = await api.ask("POST", "/rules", data=changed, headers=yaml)
    assert (status, state["state"]) == (200, "in_force")
    assert state["version"] != before
    assert api.switchboard.rules_file.read_bytes() == changed
    versions = await api.get("/rules/versions")
    assert versions[0]["state"] == "in_force"
    assert versions[0]["changed"]
    assert (await api.get(f"/rules/versions/{before}"))["content"].encode() == SAMPLE
    status, state = await api.ask("POST", "/rules/back", json={"version": before})
    assert status == 200
    assert api.switchboard.rules_file.read_bytes() == SAMPLE
    for language, words in {"zh": " 保存", "en": "routing_rules.yaml, by "}.items():
        newest = (await api.get("/rules/versions?limit=2", headers={"Accept-Language": language}))[1]
        assert words in newest["source"], newest
    assert (await api.ask("GET", "/rules/versions/999"))[0] == 404
    assert (await api.ask("POST", "/rules/back", json={"version": "999"}))[0] == 404


async def test_a_program_reads_what_is_wrong_in_its_own_language(api: Api) -> None:
    """Of a rules file, whole; and of a request, by place, without what was sent."""
    yaml = {"Content-Type": "application/yaml"}
    wrong = SAMPLE.replace(b'mailbox_openers: ["8401"]', b'mailbox_openers: ["8499"]')
    expected = {
        "zh": ("没有 8499 这个号码；应为人员或领导的号码。", "是否应为 8899 (陆承志)？"),
        "en": (
            "Found 8499, which no entry has; expected the number of a person or an executive.",
            "Did you mean 8899 (陆承志)?",
        ),
    }
    for language, words in expected.items():
        headers = {**yaml, "Accept-Language": language}
        _, found = await api.ask("POST", "/rules/check", data=wrong, headers=headers)
        (error,) = (p for p in found["problems"] if p["severity"] == "error")
        assert (error["code"], error["message"], error["hint"]) == ("unknown-extension", *words)
        _, state = await api.ask("POST", "/rules", data=wrong, headers=headers)
        assert (state["errors"][0]["message"], state["errors"][0]["hint"]) == words
    for language, words_ in {"zh": "query.limit: 至多为 500", "en": "query.limit: at most 500 is"}.items():
        headers = {"Accept-Language": language}
        status, refused = await api.ask("GET", "/rules/versions?limit=secret9999", headers=headers)
        assert status == 422
        assert "secret" not in refused["error"]["message"]
        status, refused = await api.ask("GET", "/rules/versions?limit=9999", headers=headers)
        assert (status, words_ in refused["error"]["message"]) == (422, True)


async def test_rules_that_example_calls_object_to_need_force(api: Api) -> None:
    """The objection is told; with force they rule all the same."""
    api.switchboard.examples += [Fault("the chairman's phone rings", 7, "calls.yaml"), FORCE]
    changed = SAMPLE.replace(b"ring_for: 25 ", b"ring_for: 21 ", 1)
    yaml = {"Content-Type": "application/yaml"}
    status, found = await api.ask("POST", "/rules/check", data=changed, headers=yaml)
    assert found["ok"]
    assert found["unmet"] == ["calls.yaml:7: the chairman's phone rings"]
    status, state = await api.ask("POST", "/rules", data=changed, headers=yaml)
    assert state["state"] == "refused"
    assert len(state["errors"]) == 1
    assert (state["errors"][0]["file"], state["errors"][0]["line"]) == ("calls.yaml", 7)
    assert api.switchboard.rules_file.read_bytes() == SAMPLE
    status, state = await api.ask("POST", "/rules?force=true", data=changed, headers=yaml)
    assert (status, state["state"]) == (200, "in_force")


async def record(api: Api, call: str, **more: Any) -> None:
    """A call in the records, as the journal brings it there."""
    at = api.house.clock.now
    api.switchboard.journal.append(
        {
            "at": at.isoformat(),
            "kind": "started",
            "call": call,
            "caller": "13800000001",
            "name": "王<b>",
            "dialled": "8000",
            "origin": "outside",
            "trunk": "provider",
            "rules": "1-00000000",
        }
        | more
    )
    api.switchboard.journal.append(
        {
            "at": at.isoformat(),
            "kind": "step",
            "call": call,
            "n": 1,
            "action": "say",
            "detail": "您好",
            "reason": "the greeting",
            "rule_line": 12,
            "outcome": "arrived",
        }
    )
    api.house.clock.pass_by(seconds=1)


async def follow(api: Api) -> None:
    """The records have taken in what the journal holds."""
    await api.switchboard.messages._recorded("")


async def test_recorded_calls_are_paged_through_and_shown(api: Api) -> None:
    """Newest first; the next page begins where the last one ended; one of them with its steps."""
    for n in range(7):
        await record(api, f"170000000{n}.1")
    await follow(api)
    first = await api.get("/calls?limit=3")
    assert [c["id"] for c in first] == ["1700000006.1", "1700000005.1", "1700000004.1"]
    second = await api.get(f"/calls?limit=3&before={first[-1]['id']}")
    assert [c["id"] for c in second] == ["1700000003.1", "1700000002.1", "1700000001.1"]
    shown = await api.get("/calls/1700000003.1")
    assert (shown["name"], shown["steps"][0]["reason"]) == ("王<b>", "the greeting")
    assert shown["ended"] is None
    assert [c["id"] for c in await api.get("/calls?number=%2B8613800000001&limit=2")] == [
        "1700000006.1",
        "1700000005.1",
    ]
    assert await api.get("/calls?number=999") == []
    assert await api.get("/calls?outcome=connected") == []
    assert (await api.ask("GET", "/calls/1700000099.1"))[0] == 404


async def test_tickets_are_worked_on_and_every_change_is_kept(api: Api) -> None:
    """Two people don't undo each other; done is opened again only with a reason."""
    at = api.house.clock.now.isoformat()
    api.switchboard.journal.append(
        {
            "at": at,
            "kind": "ticket",
            "call": "1.1",
            "what": "complaint",
            "caller": "13800000001",
            "author": "",
        }
    )
    await follow(api)
    (ticket,) = await api.get("/tickets?state=open")
    there = f"/tickets/{ticket['id']}"
    status, body = await api.ask("POST", there, json={"state": "working", "was": "open"})
    assert (status, body["state"]) == (200, "working")
    assert (await api.ask("POST", there, json={"state": "done", "was": "open"}))[0] == 409
    assert (await api.ask("POST", there, json={"state": "done", "note": "已道歉\n已退款"}))[0] == 200
    assert (await api.ask("POST", there, json={"state": "open"}))[0] == 409
    assert (await api.ask("POST", there, json={"state": "open", "note": "又来电"}))[0] == 200
    changes = (await api.get(there))["changes"]
    assert [c["state"] for c in changes] == ["working", "done", "open"]
    assert changes[1]["note"] == "已道歉\n已退款"
    assert {c["author"] for c in changes} == {"user:boss (8011)"}
    assert (await api.ask("GET", "/tickets/999"))[0] == 404
    assert (await api.ask("POST", "/tickets/999", json={"state": "done"}))[0] == 404


async def test_an_order_is_placed_and_followed(api: Api) -> None:
    """The row's number and state; a second one for the same call is refused while the first is open."""
    call = Call(id="1.1", rules=api.switchboard.rules().version, stage=Stage.DESK_LINE)
    api.switchboard.lines.seen["1.1"] = LineSeen("PJSIP/trunk-provider-1", call.pack())
    await api.ask("POST", "/duty", json={"word": "in"})
    status, body = await api.ask("POST", "/calls/1.1/orders", json={"kind": "transfer", "target": "8201"})
    assert status == 202, body
    assert api.switchboard.lines.moved == ["PJSIP/trunk-provider-1"]
    shown = await api.get(f"/orders/{body['id']}")
    assert (shown["kind"], shown["by"], shown["target"], shown["state"]) == (
        "transfer",
        "8011",
        "8201",
        "placed",
    )
    status, body = await api.ask("POST", "/calls/1.1/orders", json={"kind": "hangup"})
    assert (status, body["error"]["code"]) == (409, "taken")
    assert "order.transfer" in await api.house.audited()
    assert (await api.ask("GET", "/orders/999"))[0] == 404


@pytest.mark.parametrize(
    ("order", "status", "code"),
    [
        ({"kind": "transfer", "target": "1"}, 422, "unknown_target"),
        ({"kind": "consult", "target": "8899"}, 403, "not_allowed"),
        ({"kind": "connect"}, 409, "not_possible"),
        ({"kind": "transfer", "target": "8201;rm"}, 422, "not_valid"),
        ({"kind": "screen", "target": "8801", "typed": {"surname": "x" * 61}}, 422, "not_valid"),
    ],
)
async def test_an_order_that_can_not_be_is_refused_with_its_code(
    api: Api, order: dict[str, Any], status: int, code: str
) -> None:
    """Each with a status of its own; nothing is moved."""
    call = Call(id="1.1", rules=api.switchboard.rules().version, stage=Stage.DESK_LINE)
    api.switchboard.lines.seen["1.1"] = LineSeen("PJSIP/trunk-provider-1", call.pack())
    await api.ask("POST", "/duty", json={"word": "in"})
    got, body = await api.ask("POST", "/calls/1.1/orders", json=order)
    assert (got, body["error"]["code"]) == (status, code)
    assert api.switchboard.lines.moved == []


async def test_users_and_the_audit_are_for_administrators(api: Api) -> None:
    """Nothing in them is secret; nobody else reads them."""
    assert [u["user"] for u in await api.get("/users")] == ["boss"]
    await api.ask("PUT", "/mode", json={"mode": "manual"})
    row = (await api.get("/audit?limit=1"))[0]
    assert (row["action"], row["author"], row["via"]) == ("mode", "user:boss (8011)", "token")
    assert await api.get(f"/audit?before={row['id']}") == []
    assert await api.get("/audit?author=%25") == []
    await api.house.add("su", Role.SUPERVISOR)
    for path in ("/users", "/audit"):
        assert (await api.ask("GET", path, await api.token_of("su")))[0] == 403


async def test_how_everything_is(api: Api) -> None:
    """For those who look after it."""
    assert (await api.get("/status"))["pbx"]["state"] == "up"
    await api.house.add("li", Role.OPERATOR)
    assert (await api.ask("GET", "/status", await api.token_of("li")))[0] == 403


async def test_what_is_noted_of_a_caller_shows_in_their_call_at_once(api: Api) -> None:
    """However their number is written by the trunk."""
    api.switchboard.caller("1.1", "+8613800000001")
    note = {"name": "王芳", "organisation": "星光", "grade": "valued", "notes": "慢慢说"}
    status, body = await api.ask("PUT", "/callers/13800000001", json=note)
    assert status == 200, body
    for _ in range(40):
        caller = (await api.get("/calls/live"))[0]["caller"]
        if caller["name"]:
            break
        await asyncio.sleep(0.05)
    assert {k: caller[k] for k in note} == note
