"""Whose channels are whose, and moving none but those that are meant."""

from __future__ import annotations

import pytest

from switchboard.ami.actions import ChannelSeen
from switchboard.ami.gateway import Gateway
from switchboard.ami.redirect import CallLines, seen
from switchboard.errors import AmiRefused
from switchboard.flows.wording import owner_of_leg
from tests.ami.fake_asterisk import FakeAsterisk, message


def leg(name: str, unique: str, bridge: str = "", state: str = "Up", application: str = "") -> ChannelSeen:
    return ChannelSeen(name, unique, "1.1", state, "", "", "", application, bridge)


CALLER = leg("PJSIP/trunk-main-00000001", "1.1", "b1")


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("PJSIP/8011-0000002a", "8011"),
        ("PJSIP/8011-web-0000002a", "8011"),
        ("Local/8601@agent-0000002a;1", "8601"),
        ("Local/8011@consult-leg-0000002a;2", "8011"),
        ("PJSIP/trunk-8011-0000002a", ""),
        ("PJSIP/8011&PJSIP/8899-0000002a", ""),
        ("PJSIP/call-us-0000002a", ""),
        ("Message/ast_msg_queue", ""),
    ],
)
def test_whose_channel_it_is(name: str, number: str) -> None:
    """A desk phone, the phone in the page, an agent's leg; a trunk is nobody's."""
    assert owner_of_leg(name) == number


def test_a_conversation_a_ringing_phone_and_a_parked_caller() -> None:
    """Who is in the caller's bridge talks with them; in the parking bridge nobody does."""
    operator = leg("PJSIP/8011-web-00000002", "1.2", "b1")
    ringing = leg("PJSIP/8012-00000003", "1.3", state="Ringing")
    line = seen(CALLER, [CALLER, operator, ringing], "packed", "8011")
    assert (line.talks_with, line.rings, line.leg, line.parked) == (
        ("8011",),
        ("8012",),
        "PJSIP/8011-web-00000002",
        False,
    )
    parked = leg("PJSIP/trunk-main-00000001", "1.1", "b9", application="BridgeWait")
    line = seen(parked, [parked, leg("PJSIP/trunk-x-00000009", "9.9", "b9")], "packed", "8011")
    assert (line.talks_with, line.parked, line.leg) == ((), True, "")


@pytest.fixture
def gateway() -> Gateway:
    return Gateway("127.0.0.1", 1, "x", "y")


@pytest.mark.parametrize("name", ["", "/.*/", "PJSIP/8011\r\nAction: Hangup", "8011", "PJSIP/8011,a"])
async def test_no_other_name_is_sent(gateway: Gateway, name: str) -> None:
    """Patterns, lines and lists are refused before anything is sent."""
    lines = CallLines(gateway)
    with pytest.raises(AmiRefused):
        await lines.move(name)
    with pytest.raises(AmiRefused):
        await lines.consult("PJSIP/8011-00000001", name or "x", "8011", "8201")


@pytest.mark.parametrize(
    ("answer", "moved"),
    [
        ("Response: Success", True),
        ("Response: Error\r\nMessage: Channel does not exist: PJSIP/x", False),
        ("Response: Error\r\nMessage: Redirect failed, channel not up.", False),
    ],
)
async def test_a_call_that_ended_or_is_being_moved_is_not_moved(answer: str, moved: bool) -> None:
    """Asterisk's words for both; the redirect names channel, context and extension."""
    asterisk = FakeAsterisk()
    await asterisk.start()
    asterisk.answers["Redirect"] = lambda fields: message(answer, f"ActionID: {fields['actionid']}")
    gateway = Gateway("127.0.0.1", asterisk.port, "a", "b")
    await gateway.start()
    try:
        assert await CallLines(gateway).move("PJSIP/trunk-main-00000001") is moved
        sent = next(fields for fields in asterisk.asked if fields["action"] == "Redirect")
        assert (sent["context"], sent["exten"], sent["priority"]) == ("switchboard", "ordered", "1")
    finally:
        await gateway.stop()
        await asterisk.stop()
