"""Queues and call-backs by AMI: what is read from app_queue's events, what is never sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from switchboard.ami import Gateway
from switchboard.ami.callbacks import AmiCallBacks
from switchboard.ami.gateway import Reply
from switchboard.ami.queues import AmiQueues
from switchboard.domain.queueing import rank
from switchboard.errors import AmiRefused
from switchboard.flows.callback import Promise
from switchboard.flows.queues import Member
from tests.ami.test_board import event


@dataclass
class Asked:
    """Answers every action with the same events, and notes what was asked."""

    events: tuple[Any, ...] = ()
    actions: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    async def action(self, name: str, **fields: Any) -> Reply:
        self.actions.append((name, fields))
        return Reply(event("Response"), self.events)


def member(number: str, **more: str) -> Any:
    told = {"Name": number, "Status": "1", "InCall": "0", "Paused": "0"} | more
    return event("QueueMember", Queue="8600", **told)


async def test_callers_have_their_rank_and_members_their_state() -> None:
    """Free, talking, ringing, unregistered, paused with and without a reason."""
    events = (
        event("QueueParams", Queue="8600", Calls="1"),
        event("QueueEntry", Queue="8600", Uniqueid="1.7", Priority="104571999"),
        member("8601"),
        member("8602", Status="2", InCall="1"),
        member("8603", Status="6", LastCall="1795428000"),
        member("8604", Status="5"),
        member("8605", Paused="1", PausedReason="lunch"),
        member("8606", Paused="1", PausedReason=""),
    )
    asked = Asked(events)
    found = await AmiQueues(cast(Gateway, asked), set).queue("8600")
    assert found.ranks == {"1.7": 104_571_999}
    assert found.members == (
        Member("8601", True, True),
        Member("8602", True, False),
        Member("8603", True, False, talked=1_795_428_000),
        Member("8604", False, False),
        Member("8605", True, True, "lunch"),
        Member("8606", True, True, "pause"),
    )


async def test_a_queue_that_is_not_there_is_refused_and_not_empty() -> None:
    """Otherwise every caller would be told that nobody works."""
    with pytest.raises(AmiRefused):
        await AmiQueues(cast(Gateway, Asked()), set).queue("8600")


async def test_pausing_names_the_member_and_the_reason() -> None:
    """And ends with an empty one; nothing that could be more than a number is sent."""
    asked = Asked()
    it = AmiQueues(cast(Gateway, asked), set)
    await it.pause("8600", "8601", "lunch")
    await it.pause("8600", "8601", "")
    assert [(f["Interface"], f["Paused"], f["Reason"]) for _, f in asked.actions] == [
        ("Local/8601@agent", "true", "lunch"),
        ("Local/8601@agent", "false", None),
    ]
    for queue, extension, reason in (
        ("8600\r\n", "8601", ""),
        ("8600", "8601@x", ""),
        ("8600", "1", "a\r\nb"),
    ):
        with pytest.raises(AmiRefused):
            await it.pause(queue, extension, reason)
    assert len(asked.actions) == 2


async def test_a_call_back_is_ordered_with_the_callers_place_and_nothing_but_digits() -> None:
    """Agent first: the agent's half is the channel, the outside half what follows."""
    asked = Asked()
    it = AmiCallBacks(cast(Gateway, asked), set)
    promise = Promise(7, "1.1", "8600", "13800138000", "en", 5, 1_795_428_000)
    await it.call_back(promise, agent_first=True, seconds=60)
    ((name, fields),) = asked.actions
    assert name == "Originate"
    assert (fields["Channel"], fields["Context"], fields["Exten"]) == (
        "Local/agent@call-back/n",
        "call-back",
        "out",
    )
    assert fields["ChannelId"] == "cb-1795428000-7"
    assert f"SB_PRIORITY={rank(5, 1_795_428_000)}" in fields["Variable"]
    assert "SB_NUMBER=13800138000" in fields["Variable"]
    for number in ("110&PJSIP/8899", "+8613800138000", "", "1" * 21):
        bad = Promise(7, "1.1", "8600", number, "zh", 0, 1)
        with pytest.raises(AmiRefused):
            await it.call_back(bad, agent_first=True, seconds=60)
    assert len(asked.actions) == 1
