"""What a caller meets in the automatic flow, told as sentences (A5, A6, A7, A9, A10)."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime

import pytest

from switchboard.domain import prompt_keys as p
from switchboard.domain.actions import (
    Action,
    Ask,
    Dial,
    Enqueue,
    FindTicket,
    Hangup,
    Look,
    LookAtQueue,
    MessageReason,
    OpenTicket,
    Record,
    Say,
    Screen,
    TakeMessage,
    Wait,
)
from switchboard.domain.calendar import Calendar
from switchboard.domain.call import Call, Stage
from switchboard.domain.company import Rules, Trunk
from switchboard.domain.engine import STEPS, next_step
from switchboard.domain.outcomes import (
    Arrived,
    Dialled,
    DialResult,
    Done,
    Entered,
    Interrupted,
    LeftQueue,
    MessageFailed,
    MessageTaken,
    Outcome,
    PhoneState,
    QueueExit,
    QueueSeen,
    Recorded,
    Said,
    ScreenEnded,
    Seen,
    Silent,
    TicketFound,
    Verdict,
    Waited,
)
from switchboard.domain.phrases import Digits, Spoken
from tests.company import company

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


class Caller:
    """A call driven by outcomes; remembers what was done."""

    def __init__(self, rules: Rules | None = None, **call: object) -> None:
        self.rules = rules or company()
        self.call = Call(id="1.1", rules=self.rules.version, **call)  # type: ignore[arg-type]
        self.done: list[Action] = []
        self.reasons: list[str] = []
        self.rule = ""
        if isinstance(self.meets(Arrived()), Look):
            self.meets(Seen())  # automatic mode

    def meets(self, *outcomes: Outcome) -> Action:
        """Feed outcomes; the action that follows the last."""
        for outcome in outcomes:
            decision = next_step(self.call, outcome, self.rules, NOW)
            self.call = decision.call
            self.done.append(decision.action)
            self.reasons.append(decision.reason)
            self.rule = decision.rule
        return self.done[-1]

    def presses(self, digits: str) -> Action:
        action = self.meets(Entered(digits))
        return self.meets(Seen()) if action == Look(desk=True) else action

    def finds(self, **states: PhoneState) -> Action:
        """请稍等 is said; the phones are seen: n8201=IDLE."""
        return self.meets(Said(), Seen({k[1:]: v for k, v in states.items()}))

    @property
    def heard(self) -> list[str]:
        """Keys of the texts in the latest action, numbers of names, digits, numbers as text."""
        action = self.done[-1]
        phrases = action.phrases if isinstance(action, Say | Ask | Record) else ()
        return [str(next(iter(getattr(x, f.name) for f in fields(x)))) for x in phrases]


IDLE, IN_USE, GONE = PhoneState.IDLE, PhoneState.BUSY, PhoneState.UNREACHABLE


def test_the_greeting_names_the_company_then_what_to_dial_then_the_departments() -> None:
    """A5: the three prescribed sentences in order, then each announced department with its number."""
    caller = Caller()
    assert caller.heard == [
        p.HELLO,
        p.OTHER_LANGUAGE,
        p.DIAL_EXTENSION,
        p.COMPLAINT_KEY,
        p.LISTEN,
        *("8100", "8100", "8200", "8200"),
    ]


def test_an_extension_is_reached_after_please_hold_on() -> None:
    """A7: 请稍等, a look at the phone, then it rings."""
    caller = Caller()
    caller.presses("8201")
    assert caller.heard == [p.HOLD_ON]
    assert caller.meets(Said()) == Look(("8201",))
    assert caller.meets(Seen({"8201": IDLE})) == Dial(("8201",), 25, "8201")
    assert caller.meets(Dialled(DialResult.ANSWERED)) == Hangup()


@pytest.mark.parametrize(
    ("result", "phrase", "why"),
    [
        (DialResult.BUSY, p.BUSY, MessageReason.BUSY),
        (DialResult.NO_ANSWER, p.NO_ANSWER, MessageReason.NO_ANSWER),
        (DialResult.UNAVAILABLE, p.NO_ANSWER, MessageReason.UNAVAILABLE),
    ],
)
def test_an_unanswered_call_is_told_why_and_may_leave_a_message(
    result: DialResult, phrase: str, why: MessageReason
) -> None:
    """A7: the phrase for busy or no answer, then message or other extension; the message keeps the reason."""
    caller = Caller()
    caller.presses("8202")
    caller.finds(n8202=IDLE)
    caller.meets(Dialled(result))
    assert caller.heard == [phrase, p.CHOICE]
    caller.presses("1")
    assert caller.heard == [p.LEAVE_MESSAGE]
    assert caller.meets(Said()) == TakeMessage("8202", why)
    caller.meets(MessageTaken())
    assert caller.heard == [p.MESSAGE_SAVED, p.GOODBYE]
    assert caller.meets(Said()) == Hangup()


def test_a_phone_in_use_is_busy_without_ringing() -> None:
    """A phone in a conversation isn't rung for a second caller."""
    caller = Caller()
    caller.presses("8202")
    caller.finds(n8202=IN_USE)
    assert caller.heard == [p.BUSY, p.CHOICE]


def test_a_phone_that_is_not_registered_is_no_answer() -> None:
    """A7: out of service is told as no answer, at once."""
    caller = Caller()
    caller.presses("8202")
    caller.finds(n8202=GONE)
    assert caller.heard == [p.NO_ANSWER, p.CHOICE]
    assert caller.call.why is MessageReason.UNAVAILABLE


def test_another_extension_may_be_tried() -> None:
    """A7: key 2 asks for another extension, which is reached like the first."""
    caller = Caller()
    caller.presses("8202")
    caller.finds(n8202=IN_USE)
    caller.presses("2")
    assert caller.heard == [p.OTHER_EXTENSION]
    caller.presses("701")
    assert caller.finds(n701=IDLE) == Dial(("701",), 25, "701")


def test_a_caller_may_wait_for_a_busy_line_where_the_rules_allow() -> None:
    """A7: key 3 waits with music; when the line is free it rings; after two minutes the caller is asked."""
    caller = Caller()
    caller.presses("8201")
    caller.finds(n8201=IN_USE)
    assert p.CHOICE_WAIT in caller.heard
    caller.presses("3")
    assert caller.heard == [p.WAIT_ON]
    assert isinstance(caller.meets(Said()), Wait)
    assert caller.meets(Waited()) == Look(("8201",))
    assert isinstance(caller.meets(Seen({"8201": IN_USE})), Wait)
    assert caller.meets(Waited(), Seen({"8201": IDLE})) == Dial(("8201",), 25, "8201")
    caller.meets(Dialled(DialResult.BUSY), Entered("3"), Said())
    while isinstance(caller.done[-1], Wait):
        caller.meets(Waited(), Seen({"8201": IN_USE}))
    assert caller.heard[0] == p.BUSY


def test_waiting_is_not_offered_where_the_rules_do_not_allow_it() -> None:
    """Key 3 is no choice for a person without wait_when_busy."""
    caller = Caller()
    caller.presses("8202")
    caller.finds(n8202=IN_USE)
    assert p.CHOICE_WAIT not in caller.heard
    caller.presses("3")
    assert caller.heard == [p.BUSY, p.CHOICE]


def test_a_choice_nobody_makes_becomes_a_message() -> None:
    """Somebody without keys can still speak: silence twice leads to the tone."""
    caller = Caller()
    caller.presses("8202")
    caller.finds(n8202=IN_USE)
    caller.meets(Silent(), Silent())
    assert caller.heard == [p.LEAVE_MESSAGE]


def test_three_wrong_numbers_lead_to_general_administration() -> None:
    """A5, A10: said so and asked again; after the third, the place for unclear calls."""
    caller = Caller()
    caller.presses("8999")
    assert caller.heard[0] == p.WRONG
    assert p.DIAL_EXTENSION in caller.heard
    caller.presses("5")
    assert caller.heard[0] == p.WRONG
    caller.presses("1234")
    assert caller.heard == [p.UNCLEAR]
    assert caller.finds(n8101=IDLE, n8102=IN_USE) == Dial(("8101",), 25, "8100")


def test_silence_leads_to_general_administration_and_unanswered_to_a_message() -> None:
    """A5, A10: silence is unclear too; nobody there: a message in the department's mailbox."""
    caller = Caller()
    caller.meets(Silent())
    assert caller.heard == [p.UNCLEAR]
    caller.finds(n8101=IDLE)
    caller.meets(Dialled(DialResult.NO_ANSWER))
    assert caller.heard == [p.NO_ANSWER]
    caller.meets(Said())
    assert caller.heard == [p.LEAVE_MESSAGE]
    assert caller.meets(Said()) == TakeMessage("8100", MessageReason.UNCLEAR)


def test_a_direct_number_reaches_its_extension_without_the_greeting() -> None:
    """A trunk's number may stand for one extension; an executive's is protected as ever."""
    caller = Caller(dialled="8201")
    assert caller.heard == [p.HOLD_ON]
    assert caller.finds(n8201=IDLE) == Dial(("8201",), 25, "8201")
    assert Caller(dialled="8801").meets(Seen()) != Dial(("8801",), 25, "8801")


def test_key_nine_starts_the_greeting_again_in_the_other_language() -> None:
    """The language is the call's from then on."""
    caller = Caller()
    caller.presses("9")
    assert caller.call.language == "en"
    assert caller.heard[0] == p.HELLO
    caller.presses("9")
    assert caller.call.language == "zh"


def test_a_group_rings_only_phones_that_are_free() -> None:
    """A department rings those of its members who are neither talking nor away."""
    caller = Caller()
    caller.presses("8100")
    assert caller.finds(n8101=IDLE, n8102=IDLE) == Dial(("8101", "8102"), 25, "8100")
    caller = Caller()
    caller.presses("8100")
    assert caller.finds(n8101=GONE, n8102=IDLE) == Dial(("8102",), 25, "8100")


def test_a_group_in_turn_rings_one_after_another() -> None:
    """Each member once, in the order written, then the caller is told."""
    caller = Caller()
    caller.presses("8200")
    assert caller.finds(n8201=IDLE, n8202=IDLE, n8203=IDLE) == Dial(("8201",), 25, "8200")
    assert caller.meets(Dialled(DialResult.NO_ANSWER)) == Look(("8202", "8203"))
    assert caller.meets(Seen({"8202": IN_USE, "8203": IDLE})) == Dial(("8203",), 25, "8200")
    caller.meets(Dialled(DialResult.NO_ANSWER))
    assert caller.heard == [p.NO_ANSWER, p.CHOICE]


def test_the_chairman_is_reached_only_through_the_secretary() -> None:
    """A9: the secretary's phone rings; absent: a message for the chairman."""
    caller = Caller()
    caller.presses("8899")
    assert caller.meets(Said()) == Look(("8890",))
    assert caller.meets(Seen({"8890": IDLE})) == Dial(("8890",), 25, "8899")
    caller.meets(Dialled(DialResult.NO_ANSWER))
    assert caller.heard == [p.SECRETARY_ABSENT]
    assert caller.meets(Said(), Said()) == TakeMessage("8899", MessageReason.SECRETARY_ABSENT, ("8890",))


def screened(**changes: object) -> Caller:
    """A caller for the general manager, three questions answered."""
    caller = Caller(company(**changes))
    caller.presses("8801")
    caller.meets(Seen())
    return caller


def test_a_screened_executives_phone_rings_only_to_ask() -> None:
    """A8: three answers, then a Screen; taken: they talk."""
    caller = screened()
    for question in (p.SCREEN_NAME, p.SCREEN_ORGANISATION, p.SCREEN_PURPOSE):
        assert caller.heard[-1] == question
        caller.meets(Recorded(2.0))
    assert caller.heard == [p.SCREEN_HOLD]
    assert caller.meets(Said()) == Screen(("8801",), 25, 115)
    assert caller.meets(ScreenEnded(Verdict.ACCEPTED)) == Hangup()


@pytest.mark.parametrize("verdict", [Verdict.MESSAGE, Verdict.NONE])
def test_a_screened_caller_who_is_not_taken_hears_the_same_words_whatever_the_cause(verdict: Verdict) -> None:
    """Declined, no key, a machine, absent: a message, or the head of general administration."""
    caller = screened()
    caller.meets(Recorded(2.0), Recorded(2.0), Recorded(2.0), Said(), ScreenEnded(verdict))
    assert caller.heard == [p.NOT_AVAILABLE, p.CHOICE_HEAD]
    caller.presses("2")
    assert caller.finds(n8101=IDLE) == Dial(("8101",), 25, "8101")


def test_a_call_passed_to_the_deputy_rings_the_deputy() -> None:
    """Key 3 of the executive."""
    caller = screened()
    caller.meets(Recorded(2.0), Recorded(2.0), Recorded(2.0), Said(), ScreenEnded(Verdict.DEPUTY))
    assert caller.finds(n8101=IDLE) == Dial(("8101",), 25, "8101")


def test_a_known_number_comes_through_only_by_a_trusted_trunk() -> None:
    """A8: the number alone opens nothing."""
    vip = replace(company().extensions["8801"], unscreened=("1390",))
    trunks = (Trunk("good", {}, trusted=True), Trunk("other", {}))
    rules = company(extensions={**company().extensions, "8801": vip}, trunks=trunks)
    for trunk, caller_id, straight in (
        ("good", "13900001", True),
        ("other", "13900001", False),
        ("good", "1350", False),
    ):
        caller = Caller(rules, trunk=trunk, caller=caller_id)
        caller.presses("8801")
        caller.meets(Seen())
        assert (caller.heard == [p.HOLD_ON]) is straight
        if straight:
            assert caller.finds(n8801=IDLE) == Dial(("8801",), 25, "8801")


def test_an_assistant_is_rung_first_and_then_the_questions_follow() -> None:
    """Rules may put somebody in front."""
    boss = replace(company().extensions["8801"], assistant="8890")
    caller = Caller(company(extensions={**company().extensions, "8801": boss}))
    assert caller.presses("8801") == Look(("8890",))
    assert caller.meets(Seen({"8890": IDLE})) == Dial(("8890",), 25, "8801")
    caller.meets(Dialled(DialResult.NO_ANSWER))
    assert caller.heard == [p.SCREEN_INTRO, p.SCREEN_NAME]


def test_outside_the_executives_hours_nobody_is_rung() -> None:
    """The same words as ever."""
    boss = replace(company().extensions["8801"], hours=Calendar())
    caller = Caller(company(extensions={**company().extensions, "8801": boss}))
    caller.presses("8801")
    caller.meets(Seen())
    assert caller.heard == [p.NOT_AVAILABLE, p.CHOICE_HEAD]


def test_a_transfer_that_fails_comes_back_to_who_transferred() -> None:
    """Not to nowhere: 8101 is rung again; if they don't take it, the caller chooses."""
    caller = Caller(dialled="8201", back="8101", asker="8101")
    caller.finds(n8201=IDLE)
    assert caller.meets(Dialled(DialResult.NO_ANSWER)) == Dial(("8101",), 25, "8201")
    caller.meets(Dialled(DialResult.NO_ANSWER))
    assert caller.heard == [p.NO_ANSWER, p.CHOICE]


def test_the_secretary_puts_a_call_through_and_nobody_else_does() -> None:
    """A9: transferred by the secretary the principal's phone rings; by anybody else the secretary's does."""
    through = Caller(dialled="8899", back="8890", asker="8890")
    assert through.finds(n8899=IDLE) == Dial(("8899",), 25, "8899")
    other = Caller(dialled="8899", back="8101", asker="8101")
    assert other.finds(n8890=IDLE) == Dial(("8890",), 25, "8899")


def test_whom_the_secretary_sent_to_the_greeting_does_not_reach_the_chairman() -> None:
    """A9: what the caller dials there is the caller's doing: the secretary's phone rings."""
    caller = Caller(dialled="*50", back="8890", asker="8890")
    caller.presses("8899")
    assert caller.finds(n8890=IDLE) == Dial(("8890",), 25, "8899")


def test_a_failed_transfer_does_not_come_back_to_an_executives_phone() -> None:
    """A9: no road rings it; the caller goes on as if they had dialled."""
    caller = Caller(dialled="8202", back="8899", asker="8899")
    caller.finds(n8202=IDLE)
    caller.meets(Dialled(DialResult.NO_ANSWER))
    assert caller.heard == [p.NO_ANSWER, p.CHOICE]


def test_a_message_for_the_chairman_goes_to_the_secretary_too_unless_the_rules_say_no() -> None:
    """A9: delivered to both, as the rules say."""
    alone = replace(company().extensions["8899"], copy_to_secretary=False)
    caller = Caller(company(extensions={**company().extensions, "8899": alone}))
    caller.presses("8899")
    caller.finds(n8890=GONE)
    caller.meets(Said())
    assert caller.meets(Said()) == TakeMessage("8899", MessageReason.SECRETARY_ABSENT)


def test_an_operator_sends_a_caller_to_a_mailbox_or_to_the_greeting() -> None:
    """Codes reached by blind transfer."""
    message = Caller(dialled="*558202", back="8101", asker="8101")
    assert message.heard == [p.LEAVE_MESSAGE]
    assert message.meets(Said()) == TakeMessage("8202", MessageReason.OPERATOR)
    assert Caller(dialled="*50", back="8101", asker="8101").heard[0] == p.HELLO


def test_a_queue_that_nobody_answers_ends_in_its_mailbox() -> None:
    """A12: overflow is a message for the queue."""
    caller = Caller()
    caller.presses("8600")
    assert caller.meets(Said()) == LookAtQueue("8600")
    caller.meets(QueueSeen(1, 0, 1, 1, 1))
    caller.meets(LeftQueue(QueueExit.NO_AGENT))
    assert caller.heard == [p.QUEUE_NONE]
    assert caller.meets(Said(), Said()) == TakeMessage("8600", MessageReason.QUEUE_OVERFLOW)


def test_a_complaint_goes_to_customer_service_at_once() -> None:
    """A11: key 7, patiently told, into the queue; the record names the rule's line."""
    caller = Caller()
    assert caller.presses("7") == OpenTicket()
    assert caller.rules.line(caller.rule) == 12
    caller.meets(Done())
    assert caller.heard == [p.COMPLAINT_HOLD]
    assert caller.meets(Said()) == LookAtQueue("8600", priority=5)
    since = int(NOW.timestamp())
    assert caller.meets(QueueSeen(1, 0, 1, 1, 1)) == Enqueue("8600", 30, priority=5, since=since)
    assert caller.meets(LeftQueue(QueueExit.SERVED)) == FindTicket()
    caller.meets(TicketFound("1042"))
    assert caller.heard == [p.TICKET, "1042", p.GOODBYE]


def test_a_name_is_found_by_pinyin_initials_and_read_as_a_choice() -> None:
    """A6: 99 is zw: Zhang Wei and Zhao Wen; their departments tell them apart."""
    caller = Caller()
    caller.presses("0")
    assert caller.heard == [p.ASK_NAME]
    caller.presses("99")
    assert [w for w in caller.heard if w.startswith("82")] == ["8201", "8200", "8202", "8200"]
    caller.presses("2")
    assert caller.finds(n8202=IDLE) == Dial(("8202",), 25, "8202")


def test_an_unlisted_person_is_never_found_and_an_internal_one_only_inside() -> None:
    """A6: He Jing is unlisted, Zeng Li internal."""
    caller = Caller()
    caller.presses("0")
    caller.presses("435464")  # hejing
    assert caller.heard == [p.NO_MATCH, p.ASK_NAME]
    caller.presses("936454")  # zengli
    assert caller.heard == [p.NO_MATCH, p.ASK_NAME]
    inside = Caller(inside=True)
    inside.presses("0")
    inside.presses("936454")
    assert "8102" in inside.heard


def test_the_list_reads_departments_and_takes_a_number_at_any_time() -> None:
    """A6: key 1 in the enquiry reads what is listed."""
    caller = Caller()
    caller.presses("0")
    caller.presses("1")
    assert caller.heard[:3] == ["8100", p.LIST_NUMBER, "8100"]
    assert "8203" not in caller.heard
    caller.presses("8201")
    assert caller.heard == [p.HOLD_ON]


def test_star_goes_back_from_the_enquiry_and_from_the_choices() -> None:
    """* is back, everywhere in the enquiry."""
    caller = Caller()
    caller.presses("0")
    caller.presses("99")
    caller.presses("*")
    assert caller.heard == [p.ASK_NAME]
    caller.presses("*")
    assert caller.heard[0] == p.HELLO


def test_a_question_cut_off_by_a_dead_controller_is_asked_again() -> None:
    """Interrupted: the same question, without counting a try."""
    caller = Caller()
    caller.presses("8202")
    caller.finds(n8202=IN_USE)
    before = caller.done[-1]
    assert caller.meets(Interrupted()) == before
    assert caller.call.tries == 0


def test_a_call_that_goes_round_and_round_ends() -> None:
    """The bound of steps: an apology, and the call is over."""
    caller = Caller()
    for _ in range(STEPS * 2):
        if isinstance(caller.done[-1], Hangup):
            break
        caller.presses("9") if isinstance(caller.done[-1], Ask) else caller.meets(Said())
    assert isinstance(caller.done[-1], Hangup)
    assert p.TROUBLE in [getattr(x, "key", "") for x in caller.done[-2].phrases]  # type: ignore[union-attr]


def test_every_decision_names_a_reason() -> None:
    """The record explains itself: no step without a reason."""
    caller = Caller()
    caller.presses("8202")
    caller.finds(n8202=IN_USE)
    caller.presses("1")
    caller.meets(Said(), MessageFailed(), Said())
    assert all(caller.reasons)
    assert caller.call.stage is Stage.ENDED


def test_digits_of_an_announced_number_are_read_one_by_one() -> None:
    """A name, then its digits."""
    action = Caller().done[1]
    assert isinstance(action, Ask)
    assert action.phrases[-2:] == (Spoken("8200"), Digits("8200"))
