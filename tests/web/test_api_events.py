"""The live stream over the network: whole pictures, bounded lines, sessions that end, fifty readers."""

from __future__ import annotations

import asyncio
import resource
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import ClientSession, TCPConnector

from switchboard.domain.roles import Permission, Role
from switchboard.web.api import events
from tests.web.api_house import Api, api_house
from tests.web.stream import Stream, stream


@pytest_asyncio.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    async with api_house(tmp_path) as it:
        yield it


@pytest_asyncio.fixture
async def session() -> AsyncIterator[ClientSession]:
    async with ClientSession(connector=TCPConnector(limit=0), read_bufsize=2**16) as it:
        yield it


def url(api: Api) -> str:
    return str(api.house.client.make_url("")).rstrip("/")


async def test_a_call_appears_and_goes(api: Api, session: ClientSession) -> None:
    """The board first, then what changes; never held back by a proxy or a cache."""
    async with stream(session, url(api), api.token) as read:
        assert read.answer.headers["Cache-Control"] == "no-store"
        assert read.answer.headers["X-Accel-Buffering"] == "no"
        name, board = await read.next()
        assert (name, board["calls"]) == ("board", [])
        api.switchboard.caller("1.1", "13800000001")
        call = await read.until(lambda name, data: name == "call")
        assert call["caller"]["number"] == "13800000001"
        api.switchboard.gone("1.1")
        assert (await read.until(lambda name, data: name == "gone")) == {"id": "1.1"}


async def test_what_callers_send_stays_data(api: Api, session: ClientSession) -> None:
    """A name with line ends and markup doesn't become an event."""
    async with stream(session, url(api), api.token) as read:
        await read.next()
        state = api.switchboard
        state.caller("1.1", "13800000001")
        from switchboard.domain.call import Call

        state.live.watch(Call(id="1.1", rules="1"), "say", "x\n\nevent: pbx\ndata: {}\n\n")
        call = await read.until(lambda name, data: name == "call" and data["step"] is not None)
        assert call["step"]["reason"] == "x\n\nevent: pbx\ndata: {}\n\n"


async def test_a_quiet_stream_says_that_it_lives(
    api: Api, session: ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that neither side waits for a dead one."""
    monkeypatch.setattr(events, "HEARTBEAT_SECONDS", 0.2)
    async with stream(session, url(api), api.token) as read:
        await read.next()
        with pytest.raises(TimeoutError):
            await read.until(lambda name, data: False, 1.5)
        assert read.comments >= 2


@pytest.mark.parametrize("how", ["locked", "token", "role"])
async def test_a_stream_ends_with_the_right_to_it(
    api: Api, session: ClientSession, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """Locked out, the token taken back, the role taken away: at the next heartbeat nothing more is told."""
    monkeypatch.setattr(events, "HEARTBEAT_SECONDS", 0.2)
    await api.house.add("li", Role.AGENT)
    token = await api.token_of("li", Permission.LIVE)
    async with stream(session, url(api), token) as read:
        await read.next()
        if how == "locked":
            await api.house.users.lock("li")
        elif how == "token":
            (kept,) = await api.house.users.tokens("li")
            await api.house.users.remove_token(kept.id)
        else:
            await api.house.users.change("li", roles=frozenset({Role.INSPECTOR}))
        with pytest.raises(EOFError):
            await read.until(lambda name, data: False, 5)


async def test_who_may_not_see_calls_gets_no_stream(api: Api, session: ClientSession) -> None:
    """403 with the API's error."""
    await api.house.add("in", Role.INSPECTOR)
    headers = {"Authorization": f"Bearer {await api.token_of('in')}"}
    async with session.get(f"{url(api)}/api/v1/events", headers=headers) as answer:
        assert answer.status == 403


async def test_one_user_does_not_take_everybodys_streams(
    api: Api, session: ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Past their share they are refused; others are not; whoever closes one gets another."""
    monkeypatch.setattr(events, "MOST_OF_ONE", 1)
    await api.house.add("li", Role.OPERATOR)
    async with stream(session, url(api), api.token) as read:
        await read.next()
        headers = {"Authorization": f"Bearer {api.token}"}
        async with session.get(f"{url(api)}/api/v1/events", headers=headers) as answer:
            assert answer.status == 429
            assert (await answer.json())["error"]["code"] == "too_many_readers"
        async with stream(session, url(api), await api.token_of("li")) as other:
            await other.next()
    async with asyncio.timeout(5):
        while len(api.switchboard.live.readers):
            await asyncio.sleep(0.05)
    async with stream(session, url(api), api.token) as read:
        await read.next()


async def test_fifty_readers_see_the_same_in_order(api: Api, session: ClientSession) -> None:
    """Each one everything, nothing twice."""
    reads: list[Stream] = []
    async with asyncio.TaskGroup() as group:
        done = asyncio.Event()

        async def one() -> None:
            async with stream(session, url(api), api.token) as read:
                await read.next()
                reads.append(read)
                await done.wait()
                while len({d["id"] for n, d in read.seen if n == "call"}) < 100:
                    await read.next()

        for _ in range(50):
            group.create_task(one())
        while len(reads) < 50:
            await asyncio.sleep(0.02)
        for n in range(100):
            api.switchboard.caller(f"1.{n}", f"138000000{n:02}")
        done.set()
    orders = {tuple(d["id"] for n, d in read.seen if n == "call")[:100] for read in reads}
    assert len(orders) == 1
    async with asyncio.timeout(events.LOOK_SECONDS + 2):  # who has gone is noticed without anything to tell
        while len(api.switchboard.live.readers):
            await asyncio.sleep(0.05)


async def test_a_reader_that_stops_reading_is_let_go_and_memory_stays(api: Api) -> None:
    """A console that was put to sleep: its connection is cut, nothing is kept for it, the others go on."""
    host, port = api.house.client.server.host, api.house.client.server.port
    sleepers = []
    for _ in range(10):
        sleeper = socket.socket()
        sleeper.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sleeper.connect((host, port))
        asking = f"GET /api/v1/events HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {api.token}\r\n\r\n"
        sleeper.send(asking.encode())
        sleepers.append(sleeper)
    live = api.switchboard.live
    while len(live.readers) < 10:
        await asyncio.sleep(0.01)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    async with ClientSession() as session, stream(session, url(api), api.token) as good:
        await good.next()
        for turn in range(60):
            for n in range(100):
                api.switchboard.caller(f"{turn}.{n}", f"138{turn:04}{n:04}")
            await good.until(lambda name, data, t=turn: name == "call" and data["id"] == f"{t}.99")
            for n in range(100):
                api.switchboard.gone(f"{turn}.{n}")
        async with asyncio.timeout(events.WRITE_SECONDS + 5):
            while len(live.readers) > 1:
                await asyncio.sleep(0.05)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 60_000, f"{grown} KiB more"
    for sleeper in sleepers:
        sleeper.close()


async def test_stopping_does_not_wait_for_streams(tmp_path: Path) -> None:
    """The application's end ends them at once; pages connect again to whoever comes next."""
    loop = asyncio.get_running_loop()
    async with ClientSession() as session:
        async with api_house(tmp_path) as api:
            answer = await session.get(
                f"{url(api)}/api/v1/events", headers={"Authorization": f"Bearer {api.token}"}
            )
            await Stream(answer).next()
            began = loop.time()
        assert loop.time() - began < 3
