"""Looking after a real switchboard by programs: how it is, and its rules (B3, D3)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientSession

from tests.live.house import House, PhoneOf

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="session")]

YAML = {"Content-Type": "application/yaml"}


class Program:
    """Asks with an administrator's token."""

    def __init__(self, house: House, session: ClientSession, token: str) -> None:
        self._url = f"http://127.0.0.1:{house.settings.http_port}/api/v1"
        self._session = session
        self._headers = {"Authorization": f"Bearer {token}"}

    async def ask(self, method: str, path: str, **more: Any) -> Any:
        """The JSON of an answer that must be fine."""
        headers = self._headers | more.pop("headers", {})
        async with self._session.request(method, self._url + path, headers=headers, **more) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def program(telephones: House) -> AsyncIterator[Program]:
    telephones.cli("user", "add", "keeper", "--role", "administrator")
    scopes = [word for scope in ("status", "rules", "rules.edit") for word in ("--scope", scope)]
    made = telephones.cli("user", "token", "add", "keeper", "test", *scopes)
    async with ClientSession() as session:
        yield Program(telephones, session, str(made["token"]))


async def test_how_pbx_phones_and_trunks_are(switchboard: House, program: Program, phone: PhoneOf) -> None:
    """A phone that registers is idle and shows what it is; one that doesn't is unreachable."""
    await phone("8201")
    await switchboard.unplug("8202")
    async with asyncio.timeout(10):
        while True:
            status = await program.ask("GET", "/status")
            phones = {p["extension"]: p for p in status["phones"]}
            if phones["8201"]["state"] == "idle":
                break
            await asyncio.sleep(0.2)
    assert "baresip" in phones["8201"]["devices"][0].lower()
    assert (phones["8202"]["state"], phones["8202"]["devices"]) == ("unreachable", [])
    assert (status["ready"], status["pbx"]["state"], status["database"]) == (True, "up", "up")
    assert status["pbx"]["version"].startswith("22")
    assert status["pbx"]["started"] is not None
    assert [t["state"] for t in status["trunks"]] == ["waiting"]
    assert 0 < status["disk"]["free_bytes"] < status["disk"]["total_bytes"]


async def test_rules_put_in_force_by_a_program_rule_once_and_go_back(
    switchboard: House, program: Program
) -> None:
    """The file is the one truth: what was put is in it, is one version, though the file is watched too."""
    before = await program.ask("GET", "/rules")
    text = switchboard.rules_file.read_bytes()
    changed = text.replace(b"ring_for: 6 ", b"ring_for: 7 ", 1)
    assert changed != text
    versions = len(await program.ask("GET", "/rules/versions?limit=100"))
    state = await program.ask("POST", "/rules", data=changed, headers=YAML)
    assert (state["state"], state["version"] != before["version"]) == ("in_force", True)
    assert switchboard.rules_file.read_bytes() == changed
    await asyncio.sleep(2)  # the file's own watcher has looked
    after = await program.ask("GET", "/rules")
    assert (after["state"], after["version"]) == ("in_force", state["version"])
    kept = await program.ask("GET", "/rules/versions?limit=100")
    assert len(kept) == versions + 1
    assert "user:keeper" in kept[0]["source"]
    number = before["version"].partition("-")[0]
    back = await program.ask("POST", "/rules/back", json={"version": number})
    assert back["state"] == "in_force"
    assert switchboard.rules_file.read_bytes() == text
    broken = await program.ask("POST", "/rules", data=text.replace(b"8201", b"8201x"), headers=YAML)
    assert broken["state"] == "refused"
    assert broken["errors"][0]["line"] > 0
    assert (await program.ask("GET", "/rules"))["state"] == "in_force"
    assert switchboard.rules_file.read_bytes() == text
