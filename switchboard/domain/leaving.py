"""The ends of a call: a message, a goodbye."""

from __future__ import annotations

from switchboard.domain import prompt_keys as p
from switchboard.domain.actions import FindTicket, Hangup, MessageReason, Say, TakeMessage
from switchboard.domain.call import Call, Stage
from switchboard.domain.company import Rules
from switchboard.domain.decision import Decision
from switchboard.domain.outcomes import MessageTaken, Outcome, TicketFound
from switchboard.domain.phrases import Digits, Text


def message_intro(call: Call, rules: Rules) -> Decision:
    """Tell the caller to speak after the tone."""
    why = call.why or MessageReason.NO_ANSWER
    return Decision(
        call.to(Stage.MESSAGE_INTRO, why=why),
        Say((Text(p.LEAVE_MESSAGE),)),
        f"a message for {_mailbox(call, rules)}: {why.value}",
        f"extensions.{call.target}",
    )


def after_intro(call: Call, outcome: Outcome, rules: Rules) -> Decision:
    """The tone, and the caller's message."""
    mailbox = _mailbox(call, rules)
    return Decision(
        call.to(Stage.MESSAGE),
        TakeMessage(mailbox, call.why or MessageReason.NO_ANSWER, rules.copies_of(mailbox)),
        f"the caller speaks to mailbox {mailbox}",
        f"extensions.{mailbox}",
    )


def find_ticket(call: Call) -> Decision:
    """The number of the complaint's ticket, to be told before goodbye."""
    return Decision(call.to(Stage.TICKET_NUMBER), FindTicket(), "the ticket's number", "complaints")


def ticket_found(call: Call, outcome: Outcome, rules: Rules) -> Decision:
    """Tell the ticket's number, and goodbye."""
    number = outcome.number if isinstance(outcome, TicketFound) else ""
    if not number.isdecimal():
        return goodbye(call, "the ticket's number isn't known yet")
    phrases = (Text(p.TICKET), Digits(number), Text(p.GOODBYE))
    return Decision(call.to(Stage.GOODBYE), Say(phrases), f"ticket {number} is told", "complaints")


def after_message(call: Call, outcome: Outcome, rules: Rules) -> Decision:
    """Say what became of it."""
    taken = isinstance(outcome, MessageTaken)
    if call.complaint:  # the number is told whatever became of the message
        return find_ticket(call)
    return goodbye(
        call,
        "the message is in the mailbox" if taken else "nothing was recorded",
        p.MESSAGE_SAVED if taken else p.MESSAGE_FAILED,
    )


def goodbye(call: Call, reason: str, *before: str) -> Decision:
    """Say `before` and goodbye; the call ends after it."""
    return Decision(call.to(Stage.GOODBYE), Say((*map(Text, before), Text(p.GOODBYE))), reason)


def end(call: Call, outcome: Outcome, rules: Rules) -> Decision:
    """Hang up: everything has been said."""
    return Decision(call.to(Stage.ENDED), Hangup(), "everything has been said")


def _mailbox(call: Call, rules: Rules) -> str:
    return rules.mailbox_of(call.target)
