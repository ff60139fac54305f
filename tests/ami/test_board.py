"""The live board, from events and snapshots."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from switchboard.ami import Board, Gateway, Message, actions
from switchboard.ami.actions import channels, device_states, endpoints, queues
from switchboard.errors import AmiRefused
from tests.ami.fake_asterisk import FakeAsterisk, Fields, message


def event(kind: str, **headers: str) -> Message:
    made = Message.from_line("\r\n".join([f"Event: {kind}", *(f"{k}: {v}" for k, v in headers.items())]))
    assert made is not None
    return made


def channel(kind: str, name: str, unique: str, linked: str = "1.1", **more: str) -> Message:
    state = more.pop("state", "Ring")
    caller = more.pop("caller", "13800138000")
    return event(
        kind,
        Channel=name,
        ChannelStateDesc=state,
        CallerIDNum=caller,
        Uniqueid=unique,
        Linkedid=linked,
        **more,
    )


@pytest.fixture
def board() -> Board:
    return Board(Gateway("127.0.0.1", 1, "x", "y"), now=lambda: 100.0)


def test_a_call_from_ringing_to_talking_to_gone(board: Board) -> None:
    """One call, its two legs, and nothing left afterwards."""
    board.apply(channel("Newchannel", "PJSIP/trunk-test-00000001", "1.1", Exten="8201"))
    assert [(c.id, c.state, c.dialled, c.caller, c.since) for c in board.calls] == [
        ("1.1", "ringing", "8201", "13800138000", 100.0)
    ]
    board.apply(channel("Newstate", "PJSIP/trunk-test-00000001", "1.1", state="Up", Exten="s"))
    board.apply(channel("Newchannel", "PJSIP/8201-00000002", "1.2", state="Ringing", caller="8201"))
    assert [(c.state, c.dialled, c.phones) for c in board.calls] == [("up", "8201", ("8201", "trunk-test"))]
    board.apply(channel("BridgeEnter", "PJSIP/trunk-test-00000001", "1.1", state="Up", BridgeUniqueid="b"))
    board.apply(channel("BridgeEnter", "PJSIP/8201-00000002", "1.2", state="Up", BridgeUniqueid="b"))
    assert [c.state for c in board.calls] == ["talking"]
    board.apply(channel("BridgeLeave", "PJSIP/8201-00000002", "1.2", state="Up", BridgeUniqueid="b"))
    board.apply(channel("Hangup", "PJSIP/8201-00000002", "1.2", state="Up"))
    assert [c.state for c in board.calls] == ["up"]
    board.apply(channel("Hangup", "PJSIP/trunk-test-00000001", "1.1", state="Up"))
    board.apply(channel("Newstate", "PJSIP/trunk-test-00000001", "1.1", state="Up"))  # late: stays gone
    assert board.calls == []


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("NOT_INUSE", "idle"),
        ("INUSE", "busy"),
        ("RINGING", "ringing"),
        ("RINGINUSE", "busy"),
        ("ONHOLD", "busy"),
        ("UNAVAILABLE", "unreachable"),
        ("INVALID", "unreachable"),
        ("NEW_WORD", "unreachable"),
    ],
)
def test_phones(board: Board, word: str, state: str) -> None:
    """In the board's words; what isn't a phone is no phone, one never seen is unreachable."""
    board.apply(event("DeviceStateChange", Device="PJSIP/8201", State=word))
    board.apply(event("DeviceStateChange", Device="Queue:8600", State="INUSE"))
    board.apply(event("DeviceStateChange", Device="Custom:mode", State="INUSE"))
    assert board.phones == {"8201": state}
    assert board.phone("8202") == "unreachable"


def test_a_page_and_a_desk_phone_are_one_phone(board: Board) -> None:
    """Told once, under the owner's number, and only when the two together are in another state."""
    told: list[tuple[str, str]] = []
    board.watch(lambda kind, name: told.append((kind, name)))
    for device, word in (
        ("8011", "UNAVAILABLE"),
        ("8011-web", "NOT_INUSE"),  # the page registers: reachable
        ("8011", "NOT_INUSE"),  # the desk phone too: nothing new
        ("8011-web", "INUSE"),  # talks in the page
        ("8011", "INUSE"),
        ("8011-web", "UNAVAILABLE"),  # page closed: still talks on the desk phone
    ):
        board.apply(event("DeviceStateChange", Device=f"PJSIP/{device}", State=word))
    assert board.phones == {"8011": "busy"}
    assert told == [("phone", "8011")] * 3


def test_a_call_in_the_page_is_its_owners(board: Board) -> None:
    """Whose phone rings is told by the extension, whichever device it is."""
    board.apply(channel("Newchannel", "PJSIP/trunk-test-00000001", "1.1", state="Up"))
    board.apply(channel("Newchannel", "PJSIP/8011-web-00000002", "1.2", linked="1.1", state="Ringing"))
    (call,) = board.calls
    assert call.asked == ("8011",)


def listing(*events: tuple[str, ...]) -> Callable[[Fields], bytes]:
    def answer(fields: Fields) -> bytes:
        mine = f"ActionID: {fields['actionid']}"
        made = message("Response: Success", mine, "EventList: start", "Message: will follow")
        for lines in events:
            made += message(*lines, mine)
        return made + message("Event: Complete", mine, "EventList: Complete")

    return answer


async def test_a_snapshot_replaces_what_was_and_a_failed_one_is_tried_again() -> None:
    """After a reconnect nothing of before stays; a refusal doesn't end the board."""
    asterisk = FakeAsterisk()
    await asterisk.start()
    asterisk.answers["DeviceStateList"] = listing(
        ("Event: DeviceStateChange", "Device: PJSIP/8202", "State: INUSE")
    )
    asterisk.answers["CoreShowChannels"] = listing(
        (
            "Event: CoreShowChannel",
            "Channel: PJSIP/8202-0000000a",
            "ChannelStateDesc: Up",
            "CallerIDNum: 8202",
            "CallerIDName: <unknown>",
            "Exten: 8000",
            "Uniqueid: 5.1",
            "Linkedid: 5.1",
            "Duration: 00:01:02",
            "BridgeId: ",
        )
    )
    gateway = Gateway("127.0.0.1", asterisk.port, "a", "b")
    board = Board(gateway, now=lambda: 1000.0)
    board.apply(event("DeviceStateChange", Device="PJSIP/8201", State="INUSE"))
    board.apply(channel("Newchannel", "PJSIP/8201-00000001", "1.1"))
    assert await gateway.start()
    await board.start()
    async with asyncio.timeout(5):
        while not board.fresh:
            await asyncio.sleep(0.001)
    assert board.phones == {"8202": "busy"}
    (call,) = board.calls
    assert (call.id, call.caller, call.caller_name, call.dialled, call.state) == (
        "5.1",
        "8202",
        "",
        "8000",
        "up",
    )
    assert call.since == 1000.0 - 62
    board.apply(channel("Newchannel", "PJSIP/forged-00000001", "6.1", linked="6.1"))
    await board.stop()
    board.resnapshot_seconds = 0.02  # an event that was forged or missed is healed by the next look
    await board.start()
    async with asyncio.timeout(5):
        while [c.id for c in board.calls] != ["5.1"]:
            await asyncio.sleep(0.001)
    await board.stop()
    await gateway.stop()
    await asterisk.stop()
    assert not board.fresh


async def test_typed_lists() -> None:
    """Queues, endpoints, devices and channels as values."""
    asterisk = FakeAsterisk()
    await asterisk.start()
    asterisk.answers["QueueStatus"] = listing(
        ("Event: QueueParams", "Queue: 8600", "Calls: 2"),
        ("Event: QueueMember", "Queue: 8600", "Location: PJSIP/8601", "Status: 5", "Paused: 0"),
        ("Event: QueueMember", "Queue: 8600", "Location: PJSIP/8602", "Status: 1", "Paused: 1"),
    )
    asterisk.answers["PJSIPShowEndpoints"] = listing(
        (
            "Event: EndpointList",
            "ObjectName: 8201",
            "DeviceState: Unavailable",
            "Contacts: ",
            "ActiveChannels: ",
        ),
        (
            "Event: EndpointList",
            "ObjectName: 8202",
            "DeviceState: In use",
            "Contacts: 8202/sip:x@y,",
            "ActiveChannels: PJSIP/8202-1",
        ),
    )
    asterisk.answers["CoreShowChannels"] = listing()
    asterisk.answers["DeviceStateList"] = listing()
    gateway = Gateway("127.0.0.1", asterisk.port, "a", "b")
    assert await gateway.start()
    (queue,) = await queues(gateway)
    assert (queue.waiting, queue.members) == (2, {"PJSIP/8601": "unavailable", "PJSIP/8602": "paused"})
    away, here = await endpoints(gateway)
    assert (away.reachable, here.reachable, here.contacts, here.channels) == (False, True, 1, 1)
    assert await channels(gateway) == []
    assert await device_states(gateway) == {}
    await gateway.stop()
    await asterisk.stop()


async def test_helpers_refuse_what_could_mean_more() -> None:
    """Before anything is sent."""
    gateway = Gateway("127.0.0.1", 1, "a", "b")
    for refused in (
        actions.reload(gateway, "x.so\r\nAction: y"),
        actions.reload(gateway, "../x"),
        actions.refresh_mailbox(gateway, "8201@other", "sb"),
        actions.mailbox_count(gateway, "8201,8202", "sb"),
        actions.hangup(gateway, "/.*/"),
        actions.hangup(gateway, ""),
    ):
        with pytest.raises(AmiRefused):
            await refused


def test_whoever_watches_is_told_which_call_changed(board: Board) -> None:
    """Each change by the call's id or the phone's name; nothing for a phone that stays as it was."""
    told: list[tuple[str, str]] = []
    board.watch(lambda kind, name: told.append((kind, name)))
    board.apply(channel("Newchannel", "PJSIP/trunk-test-00000001", "1.1"))
    board.apply(event("DeviceStateChange", Device="PJSIP/8201", State="RINGING"))
    board.apply(event("DeviceStateChange", Device="PJSIP/8201", State="RINGING"))
    board.apply(channel("Hangup", "PJSIP/trunk-test-00000001", "1.1"))
    assert told == [("call", "1.1"), ("phone", "8201"), ("call", "1.1")]
    assert board.call("1.1") is None
    assert board.ids == []


def test_a_channel_that_joins_another_call_leaves_its_own(board: Board) -> None:
    """After a transfer its linked id is the older one's; the call it came from is gone."""
    board.apply(channel("Newchannel", "PJSIP/trunk-test-00000001", "1.1"))
    board.apply(channel("Newchannel", "PJSIP/8201-00000002", "1.2", linked="1.2"))
    assert board.ids == ["1.1", "1.2"]
    told: list[str] = []
    board.watch(lambda _, name: told.append(name))
    board.apply(channel("BridgeEnter", "PJSIP/8201-00000002", "1.2", linked="1.1", BridgeUniqueid="b"))
    assert board.ids == ["1.1"]
    assert set(told) == {"1.1", "1.2"}
    seen = board.call("1.1")
    assert seen is not None
    assert seen.channels == ("1.1", "1.2")


def test_who_rings_who_talks_and_whose_key_holds(board: Board) -> None:
    """The caller's own channel is none of them."""
    board.apply(channel("Newchannel", "PJSIP/trunk-test-00000001", "1.1", state="Up"))
    board.apply(channel("Newchannel", "PJSIP/8201-00000002", "1.2", state="Ringing"))
    seen = board.call("1.1")
    assert seen is not None
    assert (seen.asked, seen.joined, seen.channel) == (("8201",), (), "PJSIP/trunk-test-00000001")
    for name, unique in (("PJSIP/trunk-test-00000001", "1.1"), ("PJSIP/8201-00000002", "1.2")):
        board.apply(channel("BridgeEnter", name, unique, state="Up", BridgeUniqueid="b"))
    board.apply(channel("Hold", "PJSIP/8201-00000002", "1.2", state="Up"))
    seen = board.call("1.1")
    assert seen is not None
    assert (seen.asked, seen.joined, seen.on_hold) == ((), ("8201",), ("8201",))
    board.apply(channel("Unhold", "PJSIP/8201-00000002", "1.2", state="Up"))
    seen = board.call("1.1")
    assert seen is not None
    assert seen.on_hold == ()


async def test_where_somebody_is_parked() -> None:
    """Entering the parking bridge has the board ask for the place; leaving it ends that."""
    asterisk = FakeAsterisk()
    await asterisk.start()
    asterisk.answers["DeviceStateList"] = asterisk.answers["CoreShowChannels"] = listing()
    name = "PJSIP/trunk-test-00000001"
    asterisk.answers["Getvar"] = lambda fields: message(
        "Response: Success",
        f"ActionID: {fields['actionid']}",
        f"Value: {name if fields['variable'] == 'PARKED_3' else ''}",
    )
    gateway = Gateway("127.0.0.1", asterisk.port, "a", "b")
    board = Board(gateway)
    await board.start()
    await gateway.start()
    try:
        async with asyncio.timeout(5):
            while not board.fresh:
                await asyncio.sleep(0.01)
            ids = ("Uniqueid: 1.1", "Linkedid: 1.1", "ChannelStateDesc: Up")
            asterisk.say(message("Event: Newchannel", f"Channel: {name}", *ids))
            parking = ("BridgeName: parking", "BridgeUniqueid: b")
            asterisk.say(message("Event: BridgeEnter", f"Channel: {name}", *ids, *parking))
            while (seen := board.call("1.1")) is None or not seen.place:
                await asyncio.sleep(0.01)
            assert seen.place == "3"
            asterisk.say(message("Event: BridgeLeave", f"Channel: {name}", *ids, *parking))
            while (seen := board.call("1.1")) is None or seen.place:
                await asyncio.sleep(0.01)
    finally:
        await board.stop()
        await gateway.stop()
        await asterisk.stop()


def test_a_caller_who_is_asked_about_does_not_talk(board: Board) -> None:
    """The operator and who is asked are in one bridge, and by their linked id in the caller's call."""
    board.apply(channel("Newchannel", "PJSIP/trunk-test-00000001", "1.1", state="Up"))
    for name, unique in (("PJSIP/8011-00000002", "1.2"), ("PJSIP/8201-00000003", "1.3")):
        board.apply(channel("Newchannel", name, unique, state="Up"))
        board.apply(channel("BridgeEnter", name, unique, state="Up", BridgeUniqueid="b"))
    seen = board.call("1.1")
    assert seen is not None
    assert (seen.state, seen.joined) == ("up", ("8011", "8201"))
