"""What an agent's page is told of real calls: their queue's and their own phone's, and no others (B8)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientSession, TCPConnector

from switchboard.domain import prompt_keys as p
from switchboard.softphone import Incoming
from tests.live.ear import asks_for
from tests.live.house import House, PhoneOf
from tests.live.test_live_view import url
from tests.live.test_mode_codes import choose
from tests.web.stream import stream

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="session")]

ELSEWHERE, QUEUED = "13800007101", "13800007102"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def tokens(telephones: House) -> AsyncIterator[tuple[str, str]]:
    """Of the agent at 8601, of an operator; the machine answers."""
    cli, made = telephones.cli, []
    for user, role, extension in (("lin", "agent", "8601"), ("zhou", "operator", "8011")):
        cli("user", "add", user, "--role", role, "--extension", extension)
        scopes = [word for scope in ("live", "order", "duty") for word in ("--scope", scope)]
        made.append(str(cli("user", "token", "add", user, "test", *scopes)["token"]))
    choose(telephones, "automatic", until_changed=True)
    yield made[0], made[1]
    choose(telephones, "schedule")


async def test_an_agent_is_told_of_their_queue_and_their_phone_alone(
    telephones: House, tokens: tuple[str, str], phone: PhoneOf, caller: PhoneOf
) -> None:
    """A caller in the greeting isn't theirs; one in the queue is, until an operator takes them out of it; a
    call that they make themselves is, to its end."""
    agent, colleague, operator = await phone("8601"), await phone("8201"), await phone("8011")
    stranger, customer = await caller(ELSEWHERE), await caller(QUEUED)
    async with ClientSession(connector=TCPConnector(limit=0)) as session:

        async def order(path: str, **body: str) -> None:
            headers = {"Authorization": f"Bearer {tokens[1]}"}
            there = f"{url(telephones)}/api/v1{path}"
            async with session.post(there, json=body, headers=headers) as answer:
                assert answer.status in (200, 202), await answer.text()

        await order("/duty", word="in")
        async with (
            stream(session, url(telephones), tokens[0]) as mine,
            stream(session, url(telephones), tokens[1]) as all_,
        ):
            assert (await mine.next())[1]["calls"] == []
            await all_.next()
            await stranger.dial("8000")
            await stranger.hears("zh/" + p.HELLO)
            await asks_for(customer, "8600")
            call = await mine.until(lambda name, data: name == "call" and _from(data, QUEUED), 20)
            await agent.expect(Incoming, 20)
            await order(f"/calls/{call['id']}/orders", kind="answer")
            await operator.expect(Incoming, 10)
            await operator.accept()
            gone = await mine.until(lambda name, data: name == "gone")
            assert gone == {"id": call["id"], "elsewhere": True}
            await all_.until(
                lambda name, data: name == "call" and _from(data, QUEUED) and data["with"] == ["8011"]
            )
            await agent.dial("8201")
            await colleague.expect(Incoming)
            own = await mine.until(lambda name, data: name == "call" and data["with"] == ["8201"])
            await agent.hangup()
            assert await mine.until(lambda name, data: name == "gone") == {"id": own["id"]}
            assert not any(_from(data, ELSEWHERE) for name, data in mine.seen if name == "call")
            assert any(_from(data, ELSEWHERE) for name, data in all_.seen if name == "call")
            await stranger.hangup()
            await customer.hangup()
        await order("/duty", word="out")


def _from(call: dict[str, Any], number: str) -> bool:
    return bool(call["caller"]["number"] == number)
