"""Each fault of panoramisk 1.4 that we know: how it shows there, and that it doesn't here."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from panoramisk import Manager
from panoramisk.actions import Action as PanoramiskAction
from panoramisk.ami_protocol import AMIProtocol
from panoramisk.message import Message as PanoramiskMessage

from switchboard.ami.wire import MAX_MESSAGE, Action, Message, Wire
from switchboard.errors import AmiDisconnected, AmiRefused
from tests.ami.fake_asterisk import GREETING, message


class FakeTransport:
    def __init__(self) -> None:
        self.sent = b""
        self.aborted = False

    def write(self, data: bytes) -> None:
        self.sent += data

    def abort(self) -> None:
        self.aborted = True

    close = abort


def wire(*wanted: str) -> tuple[Wire, FakeTransport, list[Message]]:
    events: list[Message] = []
    made = Wire(events.append, dict.fromkeys(wanted, ()))
    transport = FakeTransport()
    made.connection_made(transport)
    made.data_received(GREETING)
    return made, transport, events


def plain() -> tuple[AMIProtocol, list[Any]]:
    """panoramisk's own protocol under its own Manager."""
    events: list[Any] = []
    manager = Manager(loop=asyncio.get_running_loop())
    manager.register_event("*", lambda _, event: events.append(event))
    protocol = AMIProtocol()
    protocol.connection_made(FakeTransport())
    protocol.factory = manager
    protocol.encoding = "utf8"
    return protocol, events


def asked(made: Wire, name: str, **fields: Any) -> Action:
    action = Action(name, fields)
    made.ask(action)
    return action


async def test_a_reply_that_says_queued_without_async() -> None:
    """There: KeyError in the middle of reading. Here: a reply like any other."""
    lines = ("Response: Success", "Message: Originate successfully queued")
    protocol, _ = plain()
    theirs = PanoramiskAction({"Action": "Originate"})
    protocol.send(theirs, as_list=None)
    with pytest.raises(KeyError):
        protocol.data_received(message(*lines, f"ActionID: {theirs.id}"))

    made, _, _ = wire()
    action = asked(made, "Originate")
    made.data_received(message(*lines, f"ActionID: {action.id}"))
    assert [m.text("Message") for m in await action.future] == ["Originate successfully queued"]


async def test_queue_add_is_no_list() -> None:
    """There: waits for ever for more. Here: done with its reply."""
    lines = ("Response: Success", "Message: Added interface to queue")
    protocol, _ = plain()
    theirs = PanoramiskAction({"Action": "QueueAdd"})
    future = protocol.send(theirs, as_list=None)
    protocol.data_received(message(*lines, f"ActionID: {theirs.id}"))
    assert not future.done()

    made, _, _ = wire()
    action = asked(made, "QueueAdd", Queue="8600")
    made.data_received(message(*lines, f"ActionID: {action.id}"))
    assert action.future.done()


async def test_an_action_is_never_sent_again() -> None:
    """There: kept for the next connection (two Originates). Here: the asker learns that the link fell."""
    protocol, _ = plain()
    protocol.send(PanoramiskAction({"Action": "Originate"}))
    protocol.factory.loop = FakeLoop()
    protocol.connection_lost(None)
    assert len(protocol.factory.awaiting_actions) == 1

    made, transport, _ = wire()
    action = asked(made, "Originate")
    made.connection_lost(None)
    with pytest.raises(AmiDisconnected, match="fell during Originate"):
        await action.future
    assert made.lost.done()
    assert transport.sent.count(b"Originate") == 1
    with pytest.raises(AmiDisconnected):
        asked(made, "Ping")


class FakeLoop:
    def call_later(self, *_: object) -> None: ...

    call_soon = call_later


async def test_line_ends_in_values() -> None:
    """There: a value becomes headers and whole actions. Here: refused, and nothing is sent."""
    evil = "x\r\n\r\nAction: Originate\r\nChannel: PJSIP/8899"
    assert str(PanoramiskAction({"Action": "Setvar", "Value": evil})).count("Action:") == 2

    made, transport, _ = wire()
    for value in (evil, "a\nb", "a\rb", "a\0b", ["fine", "a\r\nb"]):
        with pytest.raises(AmiRefused):
            asked(made, "Setvar", Value=value)
    for field in ("Va\r\nlue", "a: b", "", "Wert ü"):
        with pytest.raises(AmiRefused):
            made.ask(Action("Setvar", {field: "x"}))
    with pytest.raises(AmiRefused):
        Action("Setvar", {"ActionID": "mine"})
    assert transport.sent == b""
    assert made.responses == {}


async def test_a_character_across_two_portions() -> None:
    """There: eaten. Here: whole."""
    data = message("Event: Newchannel", "CallerIDName: 王芳")
    cut = data.index("芳".encode()) + 1
    protocol, theirs = plain()
    protocol.data_received(data[:cut])
    protocol.data_received(data[cut:])
    assert theirs[0]["CallerIDName"] != "王芳"

    made, _, events = wire("newchannel")
    made.data_received(data[:cut])
    made.data_received(data[cut:])
    assert events[0].text("CallerIDName") == "王芳"


async def test_a_repeated_event_header() -> None:
    """There: AttributeError, the link is gone. Here: what came first says what it is."""
    data = message(
        "Event: UserEvent", "Event: Hangup", "Output: a", "Output: b", "ActionID: 1", "ActionID: 2"
    )
    protocol, _ = plain()
    with pytest.raises(AttributeError):
        protocol.data_received(message("Event: UserEvent", "Event: Hangup"))

    made, _, events = wire("userevent")
    made.data_received(data)
    assert events[0].text("Event") == "UserEvent"
    assert events[0].text("ActionID") == "1"
    assert events[0].texts("Output") == ["a", "b"]


async def test_a_consumer_that_raises() -> None:
    """There: the exception reaches the transport, which closes. Here: it is logged, the next one comes."""
    protocol, _ = plain()
    protocol.factory.register_event("Hangup", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        protocol.data_received(message("Event: Hangup"))

    seen: list[Message] = []

    def consumer(event: Message) -> None:
        seen.append(event)
        raise ZeroDivisionError

    made = Wire(consumer, {"hangup": ()})
    made.connection_made(FakeTransport())
    made.data_received(GREETING + message("Event: Hangup") * 2)
    assert len(seen) == 2
    assert not made.closed


async def test_no_trace_is_left_of_an_action_given_up() -> None:
    """There: each timeout imposed from outside leaks an entry. Here: forgotten; a late answer is nothing."""
    protocol, _ = plain()
    future = protocol.send(PanoramiskAction({"Action": "Ping"}))
    future.cancel()
    assert len(protocol.responses) == 1

    made, _, events = wire("queuemember")
    action = asked(made, "QueueStatus")
    made.forget(action)
    assert made.responses == {}
    made.data_received(message("Response: Success", f"ActionID: {action.id}", "EventList: start"))
    made.data_received(message("Event: QueueStatusComplete", f"ActionID: {action.id}", "EventList: Complete"))
    assert events == []


async def test_a_list() -> None:
    """Events between start and complete, other traffic between them, an event's own ActionID included."""
    made, _, events = wire("hangup", "originateresponse")
    action = asked(made, "QueueStatus")
    mine = f"ActionID: {action.id}"
    made.data_received(
        message("Response: Success", mine, "EventList: start", "Message: Queue status will follow")
        + message("Event: QueueParams", "Queue: 8600", mine)
        + message("Event: Hangup", "Channel: x")
        + message("Event: OriginateResponse", "ActionID: another")
        + message("Event: QueueMember", "Queue: 8600", mine)
        + message("Event: QueueStatusComplete", mine, "EventList: Complete", "ListItems: 2")
    )
    assert [m.text("Event") for m in await action.future] == [
        "",
        "QueueParams",
        "QueueMember",
        "QueueStatusComplete",
    ]
    assert [e.text("Event") for e in events] == ["Hangup", "OriginateResponse"]


async def test_only_wanted_events_are_read() -> None:
    """The rest costs next to nothing; names are taken in any case."""
    made, _, events = wire("hangup")
    made.data_received(message("Event: VarSet", "Variable: x") * 1000 + message("Event: hangup"))
    assert len(events) == 1


async def test_endless_messages_are_cut_off() -> None:
    """A peer that never ends a message loses the link."""
    made, transport, _ = wire()
    for _ in range(MAX_MESSAGE // 65_536 + 2):
        made.data_received(b"x" * 65_536)
    assert made.closed
    assert transport.aborted


def test_messages() -> None:
    """Values keep colons and blanks; lines that are no header are passed over."""
    made = Message.from_line("Event: X\r\nA:\r\nB: c: d \r\nnonsense\r\nE F: 1\r\nResult: a%20b")
    assert made is not None
    assert (made.text("a"), made.text("B"), made.text("missing"), made.text("Result")) == (
        "",
        "c: d ",
        "",
        "a%20b",
    )
    assert Message.from_line("A: b") is None
    assert PanoramiskMessage.from_line("Event: X\r\nResult: a%20b")["Result"] == "a b"  # changed there


pieces = st.one_of(
    st.binary(max_size=50),
    st.sampled_from(
        [
            b"\r\n",
            b"\r\n\r\n",
            b"Event: Hangup\r\n",
            b"Response: Success\r\n",
            b"ActionID: {id}\r\n",
            b"EventList: start\r\n",
            b"EventList: Complete\r\n",
            "名: 王\r\n".encode(),
        ]
    ),
)


@given(st.lists(pieces, max_size=40))
def test_any_bytes_in_any_portions(data: list[bytes]) -> None:
    """Nothing is raised, and the link stays."""

    async def story() -> None:
        made, _, _ = wire("hangup")
        action = asked(made, "QueueStatus")
        for part in data:
            made.data_received(part.replace(b"{id}", action.id.encode()))
        assert not made.closed
        made.close()

    asyncio.run(story())


@given(st.dictionaries(st.from_regex(r"[A-Za-z]{1,10}", fullmatch=True), st.text(max_size=40), max_size=5))
def test_what_is_sent_is_what_asterisk_reads(fields: dict[str, str]) -> None:
    """Any value arrives as one header with that value, or nothing is sent."""

    async def story() -> None:
        try:
            sent = Action("Setvar", fields).encoded()
        except AmiRefused:
            return
        text = sent.decode()
        assert text.count("\r\n\r\n") == 1
        read = dict(line.split(": ", 1) for line in text.strip("\r\n").split("\r\n"))
        last = {name.lower(): value for name, value in fields.items()}
        assert {n.lower(): v for n, v in read.items() if n.lower() in last} == last

    asyncio.run(story())
