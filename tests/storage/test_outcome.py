"""How a call ended, from what journal and Asterisk say: the rules of `storage.outcome`, each by example."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from switchboard.storage import cdr as cdr_file
from switchboard.storage.outcome import Told, close_steps, summarise
from switchboard.storage.records import Begun, Cdr, Step, Unreadable, party
from tests.storage.conftest import CALL, START, cdr

BEGUN = Begun(START, caller="138", name="王", dialled="8000", origin="outside", trunk="main", rules="1-a")


def record(ending: str | None = "", **values: object) -> Cdr:
    """One CDR; `ending` is added to what every call's says, None leaves it out."""
    common = "origin=outside;trunk=main;dialled=8000;caller=13800001111"
    text = "" if ending is None else f"{common};{ending}"
    return cdr_file.parse(cdr(ending=text, **values).encode())


def taken(*actions: tuple[str, str | None]) -> tuple[Step, ...]:
    """Steps: (action, outcome)."""
    steps = enumerate(actions)
    return tuple(Step(n, START + timedelta(seconds=n), a, "8201", o) for n, (a, o) in steps)


def leg(result: str, phone: str = "8201", **values: object) -> Cdr:
    """A phone that was rung, as Asterisk records it."""
    return record(None, dstchannel=f"PJSIP/{phone}-0000000a", lastapp="Dial", disposition=result, **values)


TABLE = [
    # sentence, steps, CDRs, has a message, outcome, connected to
    ("nothing but the journal: under way", taken(("say", None)), [], False, None, ""),
    ("hung up in the greeting", taken(("ask", "hung_up")), [record()], False, "abandoned", ""),
    (
        "promised to be called back, and hung up in the goodbye",
        taken(("enqueue", "timed_out"), ("call_back", "done"), ("say", "hung_up")),
        [record("verb=enqueue;status=TIMEOUT;talked=0")],
        False,
        "queue_callback",
        "",
    ),
    (
        "a promise that couldn't be kept is none",
        taken(("call_back", "not_done"), ("enqueue", None)),
        [record("verb=enqueue;status=;talked=0")],
        False,
        "abandoned",
        "",
    ),
    (
        "an agent talked for eight seconds",
        taken(("enqueue", None)),
        [record("verb=enqueue;status=CONTINUE;by=8601;talked=8", dstchannel="PJSIP/8601-1")],
        False,
        "connected",
        "8601",
    ),
    (
        "hung up while it rang",
        taken(("dial", None)),
        [leg("NO ANSWER"), record("verb=dial;status=CANCEL")],
        False,
        "abandoned",
        "",
    ),
    (
        "answered by the extension that the handler names",
        taken(("dial", None)),
        [record("verb=dial;status=ANSWER;by=8202;talked=7", dstchannel="PJSIP/8202-1", lastapp="Dial")],
        False,
        "connected",
        "8202",
    ),
    (
        "answered for less than a second",
        taken(("dial", None)),
        [record("verb=dial;status=ANSWER;by=8202;talked=0", dstchannel="PJSIP/8202-1", lastapp="Dial")],
        False,
        "connected",
        "8202",
    ),
    (
        "answered; the handler never ran",
        (),
        [leg("BUSY", "8202"), leg("ANSWERED", "8201", sequence=2)],
        False,
        "connected",
        "8201",
    ),
    (
        "an executive picked up, was asked, and didn't take it",
        taken(("screen", "message"), ("ask", "hung_up")),
        [leg("ANSWERED", "8801", channel="Local/8801@screened-leg-00000001;2"), record("verb=screen")],
        False,
        "abandoned",
        "",
    ),
    (
        "an executive took it",
        taken(("screen", None)),
        [
            leg("ANSWERED", "8801", channel="Local/8801@screened-leg-00000001;2"),
            record("verb=screen", dstchannel="Local/8801@screened-leg-00000001;1", lastapp="Dial"),
        ],
        False,
        "connected",
        "8801",
    ),
    (
        "a queue's member took it",
        taken(("enqueue", None)),
        [leg("NO ANSWER", "8601"), record("verb=enqueue", dstchannel="PJSIP/8602-0000000b", lastapp="Queue")],
        False,
        "connected",
        "8602",
    ),
    (
        "waited in the queue in vain",
        taken(("enqueue", None)),
        [
            record(
                "verb=enqueue;status=",
                dstchannel="PJSIP/8601-0000000b",
                lastapp="Queue",
                disposition="NO ANSWER",
            )
        ],
        False,
        "abandoned",
        "",
    ),
    (
        "busy, then a message",
        taken(("dial", "busy"), ("message", None)),
        [leg("BUSY"), record("verb=message;status=SUCCESS;mailbox=8201")],
        False,
        "message",
        "",
    ),
    (
        "a message that was too short",
        taken(("message", None)),
        [record("verb=message;status=FAILED")],
        False,
        "abandoned",
        "",
    ),
    ("the mailbox has it, whatever the status", taken(("message", None)), [record()], True, "message", ""),
    (
        "a message, then goodbye",
        taken(("message", "recorded"), ("hangup", None)),
        [record("verb=hangup")],
        False,
        "message",
        "",
    ),
    (
        "spoke, then left a message",
        (),
        [leg("ANSWERED"), record("verb=message;status=SUCCESS", sequence=2)],
        False,
        "connected",
        "8201",
    ),
    (
        "a number that may not be dialled",
        taken(("hangup", None)),
        [record("verb=refuse")],
        False,
        "refused",
        "",
    ),
    (
        "a number that Asterisk doesn't know",
        (),
        [record(None, answer="0.000000", disposition="FAILED")],
        False,
        "failed",
        "",
    ),
    ("the trunk is full", (), [record(None, answer="0", disposition="CONGESTION")], False, "failed", ""),
    (
        "inside, nobody answered",
        (),
        [
            leg("NO ANSWER", answer="0"),
            record("status=NOANSWER", answer="0", disposition="FAILED", sequence=2),
        ],
        False,
        "abandoned",
        "",
    ),
    (
        "an outside number, by a trunk",
        (),
        [record("status=ANSWER;by=trunk-main;talked=3", dstchannel="PJSIP/trunk-main-2", lastapp="Dial")],
        False,
        "connected",
        "8000",
    ),
    (
        "a phone listened to its mailbox",
        (),
        [record(None, dst="*97", lastapp="VoiceMailMain")],
        False,
        "connected",
        "*97",
    ),
    (
        "the fallback connected it, no journal",
        (),
        [record("status=ANSWER;by=8201;talked=2;fallback=1", dstchannel="PJSIP/8201-1")],
        False,
        "connected",
        "8201",
    ),
]


@pytest.mark.parametrize(
    ("steps", "cdrs", "has_message", "outcome", "to"), [t[1:] for t in TABLE], ids=[t[0] for t in TABLE]
)
def test_how_a_call_ended(steps, cdrs, has_message, outcome, to):
    """Each rule of the merge by an example."""
    summary = summarise(CALL, Told(BEGUN if steps else None, steps, cdrs, has_message))
    assert summary is not None
    assert (summary.outcome, summary.connected_to) == (outcome, to)


@pytest.mark.parametrize("order", [1, -1])
def test_the_order_in_which_records_come_changes_nothing(order):
    """Asterisk writes the legs of a call in any order; files are followed one after another."""
    cdrs = [leg("BUSY"), leg("ANSWERED", "8202", sequence=2), record("verb=dial;status=ANSWER", sequence=3)]
    assert summarise(CALL, Told(BEGUN, (), cdrs[::order])) == summarise(CALL, Told(BEGUN, (), cdrs))


def test_a_call_whose_pbx_died_has_failed_when_it_was_last_heard_of():
    """No CDR will ever come; the last step is the last that is known."""
    told = Told(BEGUN, taken(("say", "said"), ("dial", None)), (), lost=START + timedelta(hours=1))
    summary = summarise(CALL, told)
    assert summary is not None
    assert (summary.outcome, summary.ended) == ("failed", START + timedelta(seconds=1))
    assert close_steps(told)[-1].outcome == "lost"


def test_a_lost_call_that_left_a_message_did_not_fail():
    """Its recording was mended: the message is what became of the call."""
    told = Told(BEGUN, taken(("message", None)), (), has_message=True, lost=START + timedelta(hours=1))
    summary = summarise(CALL, told)
    assert summary is not None
    assert summary.outcome == "message"
    assert close_steps(told)[-1].outcome == "recorded"


def test_without_the_journal_the_row_comes_from_asterisk():
    """What happened while the controller was down isn't missing."""
    summary = summarise(CALL, Told(cdrs=[record("fallback=1")]))
    assert summary is not None
    assert (summary.caller, summary.dialled, summary.origin, summary.trunk) == (
        "13800001111",
        "8000",
        "outside",
        "main",
    )
    assert (summary.started, summary.fallback, summary.rules) == (START, True, "")


def test_without_the_hangup_handler_channels_say_where_a_call_came_from():
    """Trunks' channels are named after them."""
    summary = summarise(CALL, Told(cdrs=[record(None)]))
    assert summary is not None
    assert (summary.origin, summary.trunk, summary.dialled) == ("outside", "main", "8000")
    inside = replace(record(None), channel="PJSIP/8201-00000002")
    assert summarise(CALL, Told(cdrs=[inside])).origin == "inside"


def test_the_journals_word_on_the_caller_goes_before_asterisks():
    """It was sanitised, and is what decisions were made on."""
    summary = summarise(CALL, Told(BEGUN, cdrs=[record("caller=999")]))
    assert summary is not None
    assert (summary.caller, summary.name, summary.rules) == ("138", "王", "1-a")


def test_the_moment_of_connection_is_the_end_less_the_talk():
    """Nobody writes it down; the length of the conversation is known to the second."""
    talk = record("verb=dial;status=ANSWER;by=8201;talked=4", dstchannel="PJSIP/8201-1", lastapp="Dial")
    summary = summarise(CALL, Told(BEGUN, cdrs=[talk]))
    assert summary is not None
    assert summary.connected == START + timedelta(seconds=6)
    assert summary.answered == START + timedelta(seconds=0.1)


def test_a_step_under_way_when_the_call_ends_gets_its_outcome():
    """The dialplan doesn't come back to the controller after a conversation; Asterisk's record tells."""
    talk = record("verb=dial;status=ANSWER;by=8201;talked=4", dstchannel="PJSIP/8201-1", lastapp="Dial")
    assert [
        s.outcome for s in close_steps(Told(BEGUN, taken(("ask", "entered"), ("dial", None)), [talk]))
    ] == ["entered", "answered"]
    assert close_steps(Told(BEGUN, taken(("dial", None)), [record()]))[-1].outcome == "hung_up"
    assert close_steps(Told(BEGUN, taken(("hangup", None)), [record()]))[-1].outcome == "done"
    assert close_steps(Told(BEGUN, taken(("dial", None)), []))[-1].outcome is None


def test_nothing_known_makes_no_row():
    """A message's linked id alone isn't a call."""
    assert summarise(CALL, Told(has_message=True)) is None


@pytest.mark.parametrize(
    ("channel", "who"),
    [
        ("PJSIP/8201-00000002", "8201"),
        ("PJSIP/8201-web-00000003", "8201"),
        ("PJSIP/trunk-main-0000000a", "trunk-main"),
        ("Local/8201@reach-00000001;1", "8201"),
        ("8201", "8201"),
        ("", ""),
        ("strange", "strange"),
    ],
)
def test_who_is_at_the_end_of_a_channel(channel, who):
    """Channels are named <technology>/<endpoint>-<number>."""
    assert party(channel) == who


@pytest.mark.parametrize(
    "line",
    [
        b'"a","b"\n',
        cdr(start="0").encode(),
        cdr(start="soon").encode(),
        cdr(start="1e300").encode(),
        cdr(start="nan").encode(),
        cdr(linkedid="").encode(),
        cdr(linkedid="1; drop").encode(),
        b'"unfinished\n',
    ],
)
def test_what_is_no_record_says_so(line):
    """The follower sets such a line aside."""
    with pytest.raises(Unreadable):
        cdr_file.parse(line)


def test_a_caller_who_was_sent_outside_talked_with_that_number() -> None:
    """The last word is the goodbye, and Asterisk's record knows only the trunk: the journal knows."""
    mobile = [record("verb=hangup;status=", dstchannel="PJSIP/trunk-main-2", lastapp="Dial")]
    for action in ("dial_outside", "connect"):
        steps = (
            Step(1, START, "dial", "8201", "no_answer"),
            Step(2, START, action, "13900001111", "answered"),
            Step(3, START, "hangup", "", "done"),
        )
        summary = summarise(CALL, Told(BEGUN, steps, mobile))
        assert summary is not None
        assert (summary.outcome, summary.connected_to) == ("connected", "13900001111")


def test_a_conversation_outside_that_the_caller_ends_closes_its_step() -> None:
    """The handler names the number; the step that was under way is said to be answered."""
    cdrs = [record("verb=dial;status=ANSWER;by=13900001111;talked=3", dstchannel="PJSIP/trunk-main-2")]
    told = Told(BEGUN, (Step(1, START, "dial_outside", "13900001111", None),), cdrs)
    assert close_steps(told)[-1].outcome == "answered"
    summary = summarise(CALL, told)
    assert summary is not None
    assert summary.connected_to == "13900001111"
