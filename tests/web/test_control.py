"""The command line's door to the controller."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp

from switchboard.errors import SwitchboardError
from switchboard.web import ControlServer


async def _get(socket: Path, path: str) -> tuple[int, object]:
    connector = aiohttp.UnixConnector(str(socket))
    async with (
        aiohttp.ClientSession(connector=connector) as session,
        session.get(f"http://switchboard{path}") as reply,
    ):
        return reply.status, await reply.json() if reply.status == 200 else None


async def test_a_route_answers_json_and_only_the_owner_may_ask(tmp_path: Path) -> None:
    """GET /status gives what the controller says; the socket has no rights for others; it goes away."""
    socket = tmp_path / "run" / "control.sock"

    async def status() -> dict[str, object]:
        return {"ready": True, "mode": "automatic"}

    server = ControlServer(socket, {"/status": status})
    await server.start()
    try:
        assert await _get(socket, "/status") == (200, {"ready": True, "mode": "automatic"})
        assert (await _get(socket, "/nothing"))[0] == 404
        assert stat.S_IMODE(socket.stat().st_mode) == 0o600
    finally:
        await server.stop()
    assert not socket.exists()


async def test_a_socket_left_behind_by_a_killed_controller_is_replaced(tmp_path: Path) -> None:
    """kill -9 leaves the file; the next controller listens all the same."""
    socket = tmp_path / "control.sock"
    socket.write_text("left behind")

    async def status() -> dict[str, object]:
        return {}

    server = ControlServer(socket, {"/status": status})
    await server.start()
    try:
        assert await _get(socket, "/status") == (200, {})
    finally:
        await server.stop()


async def test_an_order_is_carried_out_or_refused_with_its_reason(tmp_path: Path) -> None:
    """POST gives the answer; a refusal is 409 with the sentence; nonsense is 400."""
    socket = tmp_path / "control.sock"

    async def double(order: Mapping[str, Any]) -> dict[str, Any]:
        if "n" not in order:
            raise SwitchboardError("n is missing")
        return {"n": order["n"] * 2}

    server = ControlServer(socket, {}, {"/double": double})
    await server.start()
    connector = aiohttp.UnixConnector(str(socket))
    try:
        async with aiohttp.ClientSession(connector=connector) as session:
            url = "http://switchboard/double"
            good = await session.post(url, json={"n": 4})
            assert (good.status, await good.json()) == (200, {"n": 8})
            refused = await session.post(url, json={})
            assert (refused.status, await refused.json()) == (409, {"error": "n is missing"})
            for nonsense in (b"{", b"[1]"):
                assert (await session.post(url, data=nonsense)).status == 400
    finally:
        await server.stop()
