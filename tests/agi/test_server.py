"""The server: nobody's session disturbs another's."""

from __future__ import annotations

import asyncio
import contextlib
import socket

import pytest
from structlog.testing import capture_logs

from switchboard.agi import AgiServer, Channel
from switchboard.errors import AgiCommandFailed, CallerGone, PortTaken
from tests.agi.test_channel import FakeAsterisk
from tests.agi.transcripts import REQUEST


async def quick(channel: Channel) -> None:
    await channel.set_variable("SB_DONE", "1")


async def served(server: AgiServer) -> bool:
    """A whole session works now, within a second."""
    asterisk = FakeAsterisk()
    async with asyncio.timeout(1):
        await asterisk.run(server.port)
    return asterisk.asked == ["SET VARIABLE SB_DONE 1"]


async def ended(reader: asyncio.StreamReader) -> bool:
    """Our end closed the connection."""
    with contextlib.suppress(ConnectionResetError):
        await reader.read()
    return True


@pytest.mark.parametrize("sent", [b"", b"agi_network: yes\n", b"\0\xff\n\n", b"GET / HTTP/1.1\r\n\r\n"])
async def test_connect_and_close_disturbs_nobody(sent: bytes) -> None:
    """Fifty times, as a port scan would; panoramisk's server froze at the first."""
    async with AgiServer(quick, port=0) as server:
        for _ in range(50):
            _, writer = await asyncio.open_connection("127.0.0.1", server.port)
            writer.write(sent)
            writer.close()
        assert await served(server)


async def test_connect_and_say_nothing_is_ended_by_a_deadline() -> None:
    """And others are served meanwhile."""
    async with AgiServer(quick, port=0, request_seconds=0.1) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        assert await served(server)
        async with asyncio.timeout(2):
            assert await ended(reader)
        writer.close()
        assert server.sessions == 0


async def test_sessions_are_limited() -> None:
    """The one too many is closed at once, and a place that is free again is given."""
    async with AgiServer(quick, port=0, max_sessions=1, request_seconds=5) as server:
        _, first = await asyncio.open_connection("127.0.0.1", server.port)
        while server.sessions == 0:
            await asyncio.sleep(0)
        reader, second = await asyncio.open_connection("127.0.0.1", server.port)
        assert await ended(reader)
        second.close()
        first.close()
        while server.sessions:
            await asyncio.sleep(0)
        assert await served(server)


async def test_a_handler_that_raises_ends_only_its_session_and_is_logged_with_the_call() -> None:
    """A fault of ours is an error with the call's id; a caller who went is none."""
    errors: list[Exception] = [ZeroDivisionError("oh"), AgiCommandFailed("refused"), CallerGone("gone")]

    async def handler(channel: Channel) -> None:
        if errors:
            raise errors.pop(0)
        await quick(channel)

    with capture_logs() as logs:
        async with AgiServer(handler, port=0) as server:
            for _ in range(3):
                await FakeAsterisk().run(server.port)
            assert await served(server)
    told = [(e["event"], e["log_level"], e["call"]) for e in logs]
    assert told == [
        ("agi_handler_failed", "error", "1795360461.0"),
        ("agi_session_failed", "error", "1795360461.0"),
        ("agi_caller_gone", "debug", "1795360461.0"),
    ]


async def test_stop_lets_sessions_end_then_ends_them() -> None:
    """No task is left, no port is held."""
    begun = asyncio.Event()
    cancelled = False

    async def stuck(channel: Channel) -> None:
        nonlocal cancelled
        begun.set()
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled = True
            raise

    server = AgiServer(stuck, port=0)
    await server.start()
    call = asyncio.create_task(FakeAsterisk().run(server.port))
    await begun.wait()
    await server.stop(grace=0.05)
    assert cancelled
    assert server.sessions == 0
    with pytest.raises(OSError, match=r"[Cc]onnect"):
        await asyncio.open_connection("127.0.0.1", server.port)
    call.cancel()
    await server.stop()


async def test_a_taken_port_is_named() -> None:
    """With the setting that changes it."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PortTaken, match=f"{port}.*SWITCHBOARD_AGI_PORT"):
            await AgiServer(quick, port=port).start()


async def test_it_listens_on_loopback_unless_told_otherwise() -> None:
    """AGI has no password."""
    assert AgiServer(quick).host == "127.0.0.1"


async def test_many_sessions_at_once() -> None:
    """Two hundred calls, each answered."""
    async with AgiServer(quick, port=0) as server:
        assert all(await asyncio.gather(*(served(server) for _ in range(200))))


async def test_an_opening_out_of_step_reaches_no_handler() -> None:
    """A forged block that ends early leaves the true rest where an answer should be."""
    ran = False

    async def handler(_: Channel) -> None:
        nonlocal ran
        ran = True

    async with AgiServer(handler, port=0) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(REQUEST)
        await reader.readline()
        writer.write(b"agi_callingpres: 0\n")
        assert await ended(reader)
        writer.close()
    assert not ran
