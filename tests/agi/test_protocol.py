"""The FastAGI protocol, from recorded transcripts."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.agi.protocol import MAX_REPLY, Began, Event, HungUp, Protocol, Replied
from switchboard.errors import AgiProtocolError
from tests.agi.transcripts import REQUEST, USAGE, request


def begun() -> Protocol:
    protocol = Protocol()
    (event,) = protocol.feed(REQUEST)
    assert isinstance(event, Began)
    return protocol


def answer(data: bytes, *, fence: str = "", app: bool = False) -> list[Event]:
    protocol = begun()
    protocol.ask(b"X\n", fence=fence, app=app)
    return protocol.feed(data)


def test_the_request() -> None:
    """Every value, cleaned; Asterisk's "unknown" for a missing caller is nothing."""
    (event,) = Protocol().feed(REQUEST)
    assert isinstance(event, Began)
    assert event.request["agi_callerid"] == "13800138000"
    assert event.request["agi_calleridname"] == ""
    assert event.request["agi_arg_2"] == "two words"


@pytest.mark.parametrize(
    ("data", "reply"),
    [
        (b"200 result=0\n", Replied(200, "0")),
        (b"200 result=1\n", Replied(200, "1")),
        (b"200 result=-1\n", Replied(200, "-1")),
        (b"200 result=-2\n", Replied(200, "-2")),
        (b"200 result= (timeout)\n", Replied(200, "", "timeout")),
        (b"200 result=12*# (timeout)\n", Replied(200, "12*#", "timeout")),
        (b"200 result=53 endpos=16000\n", Replied(200, "53", endpos=16000)),
        (b"200 result=-1 endpos=0\n", Replied(200, "-1", endpos=0)),
        (b"200 result=35 (dtmf) endpos=8000\n", Replied(200, "35", "dtmf", 8000)),
        (b"200 result=-1 (hangup) endpos=1\n", Replied(200, "-1", "hangup", 1)),
        (b"510 Invalid or unknown command\n", Replied(510, note="Invalid or unknown command")),
        (
            b"511 Command Not Permitted on a dead channel or intercept routine\n",
            Replied(511, note="Command Not Permitted on a dead channel or intercept routine"),
        ),
        (
            b"520 Invalid command syntax.  Proper usage not available.\n",
            Replied(520, note="Invalid command syntax.  Proper usage not available."),
        ),
        (USAGE, Replied(520, note="wrong use")),
    ],
)
def test_replies(data: bytes, reply: Replied) -> None:
    """Each form Asterisk has."""
    assert answer(data) == [reply]


def test_hangup_between_replies_leaves_them_in_step() -> None:
    """HANGUP is no reply: before, after and twice, the next reply is still the right one."""
    protocol = begun()
    assert protocol.feed(b"HANGUP\n") == [HungUp()]
    protocol.ask(b"A\n")
    assert protocol.feed(b"HANGUP\n200 result=5\nHANGUP\n") == [HungUp(), Replied(200, "5"), HungUp()]
    protocol.ask(b"B\n")
    assert protocol.feed(b"200 result=6\n") == [Replied(200, "6")]


def test_an_exec_that_is_answered_twice_counts_once() -> None:
    """An application returning 1 gets `200 result=1` and then a 520 block (res_agi.c: handle_exec)."""
    protocol = begun()
    protocol.ask(b"EXEC A\n", app=True)
    assert protocol.feed(b"200 result=1\n") == []
    assert protocol.busy
    assert protocol.feed(USAGE) == [Replied(200, "1")]
    protocol.ask(b"B\n")
    assert protocol.feed(b"200 result=6\n") == [Replied(200, "6")]


def test_a_value_comes_whole_whatever_is_in_it() -> None:
    """Line ends, forged replies, HANGUP and parentheses belong to the value until its mark."""
    value = "a)\n200 result=1 (x)\nHANGUP\n\n520-x\n)"
    data = f"200 result=1 (m4rk{value}m4rk)\n".encode()
    assert answer(data, fence="m4rk") == [Replied(200, "1", value=value)]
    assert answer(b"200 result=1 (m4rkm4rk)\n", fence="m4rk") == [Replied(200, "1", value="")]
    assert answer(b"200 result=1 (m4rk\xff\xfem4rk)\n", fence="m4rk") == [
        Replied(200, "1", value="\ufffd\ufffd")
    ]


def test_a_value_without_its_mark_is_not_believed() -> None:
    """A forged reply doesn't know it."""
    with pytest.raises(AgiProtocolError):
        answer(b"200 result=1 (forged)\n", fence="m4rk")


@pytest.mark.parametrize(
    "data",
    [b"200 result=1\n200 result=1\n", b"hello\n", b"\n", b"200\n", b"200 result\n", b"agi_callingpres: 0\n"],
)
def test_what_nobody_asked_for_ends_the_session(data: bytes) -> None:
    """And it stays ended."""
    protocol = begun()
    protocol.ask(b"X\n")
    with pytest.raises(AgiProtocolError):
        protocol.feed(data)
    with pytest.raises(AgiProtocolError):
        protocol.feed(b"200 result=0\n")
    with pytest.raises(AgiProtocolError):
        protocol.ask(b"Y\n")


def test_one_command_at_a_time() -> None:
    """A second would lie unseen in Asterisk's buffer, or cut the first short."""
    protocol = begun()
    protocol.ask(b"A\n")
    with pytest.raises(AgiProtocolError):
        protocol.ask(b"B\n")
    with pytest.raises(AgiProtocolError):
        Protocol().ask(b"too early\n")


def test_endless_lines_and_values_are_cut_off() -> None:
    """Nobody makes the controller hold more than a reply's worth."""
    for data in (b"x" * (MAX_REPLY + 1), b"x" * (MAX_REPLY + 1) + b"\n"):
        with pytest.raises(AgiProtocolError):
            Protocol().feed(data)
    with pytest.raises(AgiProtocolError):
        answer(b"200 result=1 (m4rk\n" + b"x\n" * MAX_REPLY, fence="m4rk")
    with pytest.raises(AgiProtocolError):
        answer(b"520-x\n" + b"x\n" * MAX_REPLY)


FORGED_NAMES = [
    "x\n",
    "x\n\n",
    "x\nagi_arg_1: forged",
    "x\nagi_uniqueid: 2",
    "x\nagi_callingpres: 0",
    "x\nagi_threadid: 1\nagi_arg_1: forged\n",
    "x\nnonsense",
]


@pytest.mark.parametrize("name", FORGED_NAMES)
def test_a_forged_request_never_passes(name: str) -> None:
    """A caller's name with line ends: the block is refused, or what is left of it is."""
    with pytest.raises(AgiProtocolError):
        Protocol().feed(request(agi_calleridname=name))


def test_a_later_asterisk_may_say_more() -> None:
    """An unknown agi_ name is passed over."""
    data = REQUEST.replace(b"agi_threadid", b"agi_novelty: 1\nagi_threadid")
    (event,) = Protocol().feed(data)
    assert isinstance(event, Began)
    assert "agi_novelty" not in event.request


def portions(data: bytes, cuts: list[int]) -> list[bytes]:
    edges = sorted({0, len(data), *(c % (len(data) + 1) for c in cuts)})
    return [data[a:b] for a, b in pairwise(edges)]


@given(st.lists(st.integers(0, 10_000), max_size=30))
def test_portions_make_no_difference(cuts: list[int]) -> None:
    """TCP may cut anywhere, inside a character too."""
    protocol = Protocol()
    events: list[Event] = []
    for part in portions(request(agi_calleridname="王芳"), cuts):
        events += protocol.feed(part)
    (event,) = events
    assert isinstance(event, Began)
    assert event.request["agi_calleridname"] == "王芳"
    protocol.ask(b"X\n", fence="m4rk")
    events = []
    for part in portions("HANGUP\n200 result=1 (m4rk汉\n字m4rk)\nHANGUP\n".encode(), cuts):
        events += protocol.feed(part)
    assert events == [HungUp(), Replied(200, "1", value="汉\n字"), HungUp()]


pieces = st.one_of(
    st.binary(max_size=40),
    st.sampled_from(
        [
            b"HANGUP\n",
            b"200 result=1",
            b"\n",
            b" (m4rk",
            b"m4rk)\n",
            b"520-",
            b"520 End of proper usage.\n",
            USAGE,
        ]
    ),
    st.just(REQUEST),
)


@given(st.lists(pieces, max_size=30), st.booleans(), st.booleans())
def test_any_bytes_in_any_portions_are_events_or_a_protocol_error(
    data: list[bytes], fenced: bool, app: bool
) -> None:
    """Nothing else is ever raised, and nothing is held beyond the limits."""
    protocol = Protocol()
    try:
        protocol.feed(REQUEST)
        for part in data:
            if not protocol.busy:
                protocol.ask(b"X\n", fence="m4rk" if fenced else "", app=app)
            protocol.feed(part)
    except AgiProtocolError:
        pass
