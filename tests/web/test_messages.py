"""Messages over the API and in the page: whose they are, hearing them, seeing to them (A13, B8)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientResponse

from switchboard.domain.roles import Role
from switchboard.storage import MessageRows
from tests.storage.mailbox import wav
from tests.web.working import Work, work

HOSTILE = "<img src=x onerror=alert(1)>\u202egnp"


@pytest_asyncio.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Work]:
    """A console, with an operator signed in at 8011, who may open 8100's mailbox."""
    async with work(tmp_path) as it:
        await it.house.add("op", Role.OPERATOR, extension="8011")
        await it.house.add("agent", Role.AGENT, extension="8012")
        await it.house.sign_in("op")
        yield it


async def get(desk: Work, path: str, **headers: str) -> ClientResponse:
    return await desk.house.client.get(f"/api/v1{path}", headers=headers)


async def post(desk: Work, path: str, body: Any, method: str = "POST") -> ClientResponse:
    headers = {"X-CSRF-Token": await desk.house.csrf("/account")}
    return await desk.house.client.request(method, f"/api/v1{path}", json=body, headers=headers)


async def until(holds: Callable[[], Any], seconds: float = 5) -> None:
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.02)


async def until_async(ask: Callable[[], Any], holds: Callable[[Any], bool], seconds: float = 8) -> None:
    async with asyncio.timeout(seconds):
        while not holds(await ask()):
            await asyncio.sleep(0.05)


async def test_a_message_is_listed_with_who_may_open_it(desk: Work) -> None:
    """An operator sees that there are messages for everybody, and opens those the rules let them."""
    own = await desk.leave("8100/INBOX/msg0000")
    other = await desk.leave("8201/INBOX/msg0001")
    told = await (await get(desk, "/messages")).json()
    assert [(m["id"], m["opens"]) for m in told["messages"]] == [(other, False), (own, True)]
    assert (told["new"], told["boxes"]) == (1, ["8011", "8100"])
    assert told["messages"][1]["mailbox_name"] == "综合管理部"


async def test_an_agent_sees_only_what_they_may_open(desk: Work) -> None:
    """Other people's messages don't exist for them: not in the list, not by id."""
    other = await desk.leave("8201/INBOX/msg0000")
    own = await desk.leave("8012/INBOX/msg0001")
    await desk.house.sign_in("agent")
    told = await (await get(desk, "/messages")).json()
    assert [m["id"] for m in told["messages"]] == [own]
    assert (await (await get(desk, "/messages?mailbox=8201")).json())["messages"] == []
    for path in (f"/messages/{other}", f"/messages/{other}/audio"):
        assert (await get(desk, path)).status == 404


async def test_a_mailbox_one_may_not_open_stays_shut(desk: Work) -> None:
    """Neither heard nor handled nor forwarded, and that somebody tried is kept. The lamp stays lit."""
    other = await desk.leave("8201/INBOX/msg0000")
    assert (await get(desk, f"/messages/{other}/audio")).status == 403
    assert (await post(desk, f"/messages/{other}/heard", {})).status == 403
    assert (await post(desk, f"/messages/{other}/handled", {"outcome": "x"})).status == 403
    assert (await post(desk, f"/messages/{other}/forward", {"mailbox": "8100"})).status == 403
    shown = await (await get(desk, f"/messages/{other}")).json()
    assert (shown["state"], shown["peaks"], shown["text"]) == ("new", [], "")
    assert "message.refused" in await desk.house.audited()
    assert desk.mailboxes.lamps == []


async def test_sound_is_given_in_ranges(desk: Work) -> None:
    """A player asks for the middle of it; a range behind the end is refused. Listening is kept once."""
    id_ = await desk.leave("8100/INBOX/msg0000", 5)
    whole = wav(5)
    answer = await get(desk, f"/messages/{id_}/audio")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "audio/wav")
    assert await answer.read() == whole
    part = await get(desk, f"/messages/{id_}/audio", Range="bytes=1000-1999")
    assert (part.status, part.headers["Content-Range"]) == (206, f"bytes 1000-1999/{len(whole)}")
    assert await part.read() == whole[1000:2000]
    assert (await get(desk, f"/messages/{id_}/audio", Range=f"bytes={len(whole) + 5}-")).status == 416
    assert (await desk.house.audited()).count("message.listen") == 1
    acts = (await (await get(desk, f"/messages/{id_}")).json())["acts"]
    assert [(a["act"], a["author"]) for a in acts] == [("listened", "user:op (8011)")]


async def test_the_shape_of_a_sound_is_told_to_who_may_hear_it(desk: Work) -> None:
    """One number for each bar, 0 to 100."""
    id_ = await desk.leave("8100/INBOX/msg0000", 5)
    peaks = (await (await get(desk, f"/messages/{id_}")).json())["peaks"]
    assert len(peaks) == 240
    assert set(peaks) <= set(range(101))


async def test_heard_and_handled_move_it_in_the_spool(desk: Work) -> None:
    """The page says so at once; the mailbox follows; a second one is told that it is done."""
    id_ = await desk.leave("8100/INBOX/msg0000")
    assert (await post(desk, f"/messages/{id_}/heard", {})).status == 204
    assert (await (await get(desk, f"/messages/{id_}")).json())["state"] == "heard"
    await until(lambda: desk.mailboxes.lamps == ["8100"])
    spool = desk.follower.spool.folder / "8100"
    assert (list((spool / "INBOX").glob("*.txt")), len(list((spool / "Old").glob("*.txt")))) == ([], 1)
    assert (await post(desk, f"/messages/{id_}/handled", {"outcome": "已回电"})).status == 204
    assert (await post(desk, f"/messages/{id_}/handled", {"outcome": "again"})).status == 409
    shown = await (await get(desk, f"/messages/{id_}")).json()
    assert (shown["state"], shown["outcome"], shown["handled_by"]) == ("handled", "已回电", "user:op (8011)")


async def test_while_the_mailbox_is_open_on_the_phone_the_page_goes_on(desk: Work) -> None:
    """It says heard; the spool is left alone until whoever listens has hung up."""
    id_ = await desk.leave("8100/INBOX/msg0000")
    desk.mailboxes.opened.add("8100")
    assert (await post(desk, f"/messages/{id_}/heard", {})).status == 204
    await asyncio.sleep(0.3)
    assert desk.mailboxes.lamps == []
    assert (await (await get(desk, f"/messages/{id_}")).json())["state"] == "heard"
    desk.mailboxes.opened.clear()
    await until(lambda: desk.mailboxes.lamps == ["8100"])


async def test_a_typed_message_lies_in_the_mailbox_with_its_words_in_the_page(desk: Work) -> None:
    """Its author may read it; nobody else at the desk may. For a principal the secretary gets one too."""
    typed = {"mailbox": "8899", "name": "王小明", "caller": "+86 138-0000-1111", "text": "请回电"}
    answer = await post(desk, "/messages", typed)
    assert answer.status == 201
    id_ = (await answer.json())["id"]
    await until(lambda: sorted(desk.mailboxes.lamps) == ["8890", "8899"])
    told = (await (await get(desk, "/messages")).json())["messages"]
    assert {(m["mailbox"], m["text"], m["reason"], m["audio"]) for m in told} == {
        ("8890", "请回电", "operator", True),
        ("8899", "请回电", "operator", True),
    }
    assert told[0]["caller"] == "+8613800001111"
    assert (await post(desk, f"/messages/{id_}/heard", {})).status == 403, "its owner hasn't heard it"
    await desk.house.add("other", Role.OPERATOR, extension="8012")
    await desk.house.sign_in("other")
    shown = await (await get(desk, f"/messages/{id_}")).json()
    assert (shown["opens"], shown["text"]) == (False, "")


@pytest.mark.parametrize(
    "body",
    [
        {"mailbox": "9999", "text": "x"},
        {"mailbox": "8201", "text": " \n\u200b "},
        {"mailbox": "8201", "text": "x" * 1001},
        {"mailbox": "8201", "text": "x", "caller": "8201&PJSIP/8899"},
        {"mailbox": "8201", "text": "x", "call": "../../etc"},
        {"mailbox": "8201", "text": "x", "state": "handled"},
        {"mailbox": "../8201", "text": "x"},
    ],
)
async def test_a_wrong_message_is_refused_and_leaves_nothing(desk: Work, body: dict[str, str]) -> None:
    """No mailbox, no words, too many, no number, no call: 422 with a sentence."""
    answer = await post(desk, "/messages", body)
    assert answer.status == 422
    assert (await answer.json())["error"]["message"]
    assert (await (await get(desk, "/messages")).json())["messages"] == []


async def test_forwarding_is_done_once_for_each_mailbox(desk: Work) -> None:
    """The copy has the sound; whose it was is kept with it."""
    id_ = await desk.leave("8100/INBOX/msg0000")
    answer = await post(desk, f"/messages/{id_}/forward", {"mailbox": "8201"})
    assert answer.status == 201
    copy = (await answer.json())["id"]
    assert (await post(desk, f"/messages/{id_}/forward", {"mailbox": "8201"})).status == 409
    assert (await post(desk, f"/messages/{id_}/forward", {"mailbox": "8100"})).status == 409
    await until(lambda: desk.mailboxes.lamps == ["8201"])
    shown = await (await get(desk, f"/messages/{copy}")).json()
    assert (shown["source"], shown["author"], shown["mailbox"]) == (id_, "user:op (8011)", "8201")


async def test_calling_back_rings_ones_own_phone_and_is_placed_once(desk: Work) -> None:
    """As that phone would dial it, with the prefix; two clicks are one."""
    id_ = await desk.leave("8100/INBOX/msg0000", callerid='"王" <+8613800001111>')
    first, second = await asyncio.gather(
        post(desk, f"/messages/{id_}/call-back", {}), post(desk, f"/messages/{id_}/call-back", {})
    )
    assert sorted([first.status, second.status]) == [202, 409]
    assert desk.telephones.placed == [("8011", "913800001111", "13800001111")]
    assert (await post(desk, f"/messages/{id_}/call-back", {"extension": "8012"})).status == 403


@pytest.mark.parametrize(("caller", "status"), [("<0044123456>", 403), ("<8201>", 202), ("Unknown", 409)])
async def test_calling_back_may_what_the_phone_may(desk: Work, caller: str, status: int) -> None:
    """Abroad isn't allowed to this phone; a colleague is; a withheld number can't be called."""
    id_ = await desk.leave("8100/INBOX/msg0000", callerid=caller)
    assert (await post(desk, f"/messages/{id_}/call-back", {})).status == status


async def test_a_phone_in_use_is_not_rung_for_a_call_back(desk: Work) -> None:
    """Busy or not connected: said so, and nothing is placed."""
    id_ = await desk.leave("8100/INBOX/msg0000")
    for state in ("busy", "unreachable"):
        desk.telephones.states["8011"] = state
        answer = await post(desk, f"/messages/{id_}/call-back", {})
        assert (answer.status, (await answer.json())["error"]["code"]) == (409, state)
    assert desk.telephones.placed == []


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_page_shows_hostile_names_as_words(desk: Work, language: str) -> None:
    """Markup in a caller's name, in typed words and in outcomes is text on the page."""
    id_ = await desk.leave("8100/INBOX/msg0000", callerid=f'"{HOSTILE}" <13800001111>')
    await post(desk, "/messages", {"mailbox": "8201", "name": HOSTILE, "text": HOSTILE})
    await post(desk, f"/messages/{id_}/handled", {"outcome": HOSTILE})
    await desk.house.client.post(
        "/language", data={"csrf": await desk.house.csrf("/account"), "to": language}, allow_redirects=False
    )
    page = await (await desk.house.client.get(f"/messages/{id_}")).text()
    assert page.count("&lt;img src=x") >= 3
    assert "<img" not in page


async def test_the_page_filters_and_asks_for_signing_in(desk: Work) -> None:
    """By person, mailbox and state; strangers are sent to sign in; nonsense is refused in words."""
    await desk.leave("8100/INBOX/msg0000", callerid='"王小明" <13800001111>')
    await desk.leave("8201/INBOX/msg0001", callerid='"Ann Lee" <13900002222>')

    async def shown(query: str) -> tuple[bool, bool]:
        page = await (await desk.house.client.get(f"/messages{query}")).text()
        return "王小明" in page, "Ann Lee" in page

    assert await shown("") == (True, True)
    assert await shown("?person=ann") == (False, True)
    assert await shown("?person=1380") == (True, False)
    assert await shown("?mailbox=8100") == (True, False)
    assert await shown("?state=handled") == (False, False)
    assert await shown("?mine=true") == (True, False)
    assert (await desk.house.client.get("/messages?state=lost")).status == 422
    assert (await desk.house.client.get("/messages/8100-1-2")).status == 404
    stranger = await desk.house.another_browser().get("/messages", allow_redirects=False)
    assert (stranger.status, stranger.headers["Location"]) == (303, "/sign-in?next=%2Fmessages")


async def test_callers_are_noted_under_one_number(desk: Work) -> None:
    """+86…, 0086… and the bare number are one caller; what is noted can be changed and taken out."""
    note = {"name": "王小明", "organisation": "星海贸易", "grade": "valued", "notes": "老客户\n喜欢上午"}
    assert (await post(desk, "/callers/+8613800001111", note, "PUT")).status == 200
    for number in ("13800001111", "008613800001111", "+8613800001111", "013800001111"):
        card = await (await get(desk, f"/callers/{number}")).json()
        assert (card["number"], card["name"], card["grade"]) == ("13800001111", "王小明", "valued")
    assert [c["name"] for c in await (await get(desk, "/callers?q=星海")).json()] == ["王小明"]
    assert (await post(desk, "/callers/13800001111", {**note, "grade": "king"}, "PUT")).status == 422
    assert (await post(desk, "/callers/13800001111", None, "DELETE")).status == 204
    assert (await post(desk, "/callers/13800001111", None, "DELETE")).status == 404
    assert not (await (await get(desk, "/callers/13800001111")).json())["known"]
    audited = await desk.house.audited()
    assert audited.count("caller.change") == 1
    assert audited.count("caller.forget") == 1


async def test_an_agent_looks_callers_up_and_changes_nothing(desk: Work) -> None:
    """Noting callers is the desk's."""
    await desk.house.sign_in("agent")
    assert (await get(desk, "/callers/13800001111")).status == 200
    assert (await post(desk, "/callers/13800001111", {"name": "x"}, "PUT")).status == 403


async def test_a_message_that_cannot_be_moved_holds_up_no_other(desk: Work) -> None:
    """Its text in the spool is damaged: after a few tries it is left, and the others are moved."""
    damaged = await desk.leave("8100/INBOX/msg0000")
    good = await desk.leave("8100/INBOX/msg0001")
    text = desk.follower.spool.folder / "8100/INBOX/msg0000.txt"
    text.write_text(text.read_text().replace("msg_id=", "lost_id="))
    for id_ in (damaged, good):
        assert (await post(desk, f"/messages/{id_}/handled", {"outcome": "x"})).status == 204
    for _ in range(6):
        await desk.house.parts.messages.look()
    assert desk.mailboxes.lamps == ["8100"]
    assert not await MessageRows(desk.house.database).moving()
    assert (await (await get(desk, f"/messages/{damaged}")).json())["state"] == "handled"


async def test_a_forwarded_message_whose_sound_is_gone_is_told_so(desk: Work) -> None:
    """It isn't tried for ever, and is no message with sound."""
    id_ = await desk.leave("8100/INBOX/msg0000")
    desk.mailboxes.away = True
    answer = await post(desk, f"/messages/{id_}/forward", {"mailbox": "8201"})
    found = await desk.house.parts.messages.find(id_)
    Path(found.file).unlink()
    desk.mailboxes.away = False
    copy = (await answer.json())["id"]
    await until_async(lambda: desk.house.parts.messages.find(copy), lambda m: m.deposit == "failed")
    assert not (await (await get(desk, f"/messages/{copy}")).json())["audio"]


async def test_while_the_pbx_is_away_a_typed_message_waits_and_is_not_lost(desk: Work) -> None:
    """It is listed with its words at once, and delivered when the PBX is back, once."""
    desk.mailboxes.away = True
    answer = await post(desk, "/messages", {"mailbox": "8201", "text": "请回电"})
    id_ = (await answer.json())["id"]
    shown = await (await get(desk, f"/messages/{id_}")).json()
    assert (shown["state"], shown["text"], shown["audio"]) == ("new", "请回电", False)
    await asyncio.sleep(0.2)
    assert desk.mailboxes.lamps == []
    desk.mailboxes.away = False
    await until(lambda: desk.mailboxes.lamps == ["8201"])
    assert len(list((desk.follower.spool.folder / "8201/INBOX").glob("*.txt"))) == 1


async def test_two_who_handle_one_message_at_once_get_one_outcome(desk: Work) -> None:
    """The first counts, the other is told; the story has it once."""
    id_ = await desk.leave("8100/INBOX/msg0000")
    answers = await asyncio.gather(
        *(post(desk, f"/messages/{id_}/handled", {"outcome": word}) for word in ("one", "two"))
    )
    assert sorted(answer.status for answer in answers) == [204, 409]
    acts = (await (await get(desk, f"/messages/{id_}")).json())["acts"]
    assert [a["act"] for a in acts] == ["handled"]
