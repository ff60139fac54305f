"""Live calls over the network for whoever sees only what is theirs: stream, list, tokens, roles (B8)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import ClientSession, TCPConnector

from switchboard.domain.call import Call, Stage
from switchboard.domain.roles import Permission, Role
from switchboard.web.api import events
from tests.web.api_house import Api, api_house, told
from tests.web.stream import stream


@pytest_asyncio.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    """With the agent lin, whose phone 8601 is a member of the sample's queue 8600."""
    async with api_house(tmp_path) as it:
        await it.house.add("lin", Role.AGENT, extension="8601")
        yield it


@pytest_asyncio.fixture
async def session() -> AsyncIterator[ClientSession]:
    async with ClientSession(connector=TCPConnector(limit=0), read_bufsize=2**16) as it:
        yield it


def url(api: Api) -> str:
    return str(api.house.client.make_url("")).rstrip("/")


def queued(api: Api, unique: str, stage: Stage = Stage.QUEUED) -> None:
    """Somebody who waits in the queue 8600."""
    api.switchboard.caller(unique, "13800000001", "Up")
    api.switchboard.live.watch(Call(id=unique, rules="1", target="8600", stage=stage), "enqueue", "waits")


async def test_an_agents_stream_and_list_hold_their_queues_calls_alone(
    api: Api, session: ClientSession
) -> None:
    """With the mode and the phones; the company's other calls go by unseen."""
    token = await api.token_of("lin")
    async with stream(session, url(api), token) as read:
        _, board = await read.next()
        assert (board["calls"], "messages" in board) == ([], False)
        assert board["mode"]["mode"] in ("manual", "automatic")
        api.switchboard.caller("1.1", "13900000001")
        queued(api, "2.1")
        call = await read.until(lambda name, data: name == "call")
        assert (call["id"], call["state"]) == ("2.1", "queued")
        assert [one["id"] for one in await api.get("/calls/live", token=token)] == ["2.1"]
        assert {one["id"] for one in await api.get("/calls/live")} == {"1.1", "2.1"}
        api.switchboard.board.apply(told("DeviceStateChange", Device="PJSIP/8201", State="NOT_INUSE"))
        phone = await read.until(lambda name, data: name == "phone" and data["extension"] == "8201")
        assert phone["state"] == "idle"
        queued(api, "2.1", Stage.HELD)
        assert await read.until(lambda name, data: name == "gone") == {"id": "2.1", "elsewhere": True}
        assert await api.get("/calls/live", token=token) == []
        assert not [data for name, data in read.seen if name in ("call", "gone") and data["id"] == "1.1"]
        assert (await api.get("/mode", token=token))["mode"] == board["mode"]["mode"]


@pytest.mark.parametrize(
    ("user", "scope", "sees"),
    [
        ("lin", Permission.LIVE, {"2.1"}),
        ("lin", Permission.LIVE_OWN, {"2.1"}),
        ("boss", Permission.LIVE_OWN, set()),
        ("boss", Permission.LIVE, {"1.1", "2.1"}),
    ],
)
async def test_a_token_sees_what_its_scope_and_its_user_may(
    api: Api, user: str, scope: Permission, sees: set[str]
) -> None:
    """No scope makes an agent see everything; the narrow one keeps an operator to what is their own."""
    token = await api.token_of(user, scope)
    api.switchboard.caller("1.1", "13900000001")
    queued(api, "2.1")
    assert {one["id"] for one in await api.get("/calls/live", token=token)} == sees


@pytest.mark.parametrize("change", ["roles", "extension"])
async def test_another_role_or_phone_is_another_view(
    api: Api, session: ClientSession, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    """The stream ends with the next heartbeat, and whoever connects again sees what is theirs now."""
    monkeypatch.setattr(events, "HEARTBEAT_SECONDS", 0.2)
    token = await api.token_of("lin")
    api.switchboard.caller("1.1", "13900000001")
    queued(api, "2.1")
    async with stream(session, url(api), token) as read:
        assert [call["id"] for call in (await read.next())[1]["calls"]] == ["2.1"]
        if change == "roles":
            await api.house.users.change("lin", roles=frozenset({Role.AGENT, Role.OPERATOR}))
        else:
            await api.house.users.change("lin", extension="8201")
        with pytest.raises(EOFError):
            await read.until(lambda name, data: False, 5)
    async with stream(session, url(api), token) as read:
        calls = {call["id"] for call in (await read.next())[1]["calls"]}
        assert calls == ({"1.1", "2.1"} if change == "roles" else set())
