"""Between the dialplan's words and the engine's values."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from switchboard.dialplan import ENDPOINT_PAGE_SUFFIX, VOICEMAIL_CONTEXT, Var, Verb
from switchboard.domain.actions import (
    Action,
    Ask,
    ChangeMode,
    CheckPin,
    Connect,
    Dial,
    DialOutside,
    Enqueue,
    FindTicket,
    Hangup,
    Long,
    Look,
    LookAtQueue,
    OpenTicket,
    OrderAgent,
    OrderCallBack,
    Park,
    Record,
    Say,
    Screen,
    Sign,
    TakeMessage,
    Wait,
)
from switchboard.domain.outcomes import (
    Arrived,
    ConsultationEnded,
    Dialled,
    DialResult,
    Done,
    Entered,
    Interrupted,
    LeftQueue,
    MessageFailed,
    MessageTaken,
    Ordered,
    Outcome,
    PhoneState,
    PinChecked,
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
from switchboard.domain.phrases import Phrase
from switchboard.domain.queueing import rank

INTERRUPTED = "interrupted"
"""Stands in SB_OUTCOME while a short action is under way."""

ORDERED = "ordered"
"""An order moved the call here: which one, the step has to claim."""

_LEG = re.compile(r"(?:PJSIP|Local)/[A-Za-z0-9@;_-]{1,80}", re.ASCII)
"""Names of channels that a call may be connected with."""

_OWNED = re.compile(
    rf"(?:PJSIP/([0-9]{{1,20}})(?:{ENDPOINT_PAGE_SUFFIX})?|Local/([0-9]{{1,20}})@[a-z-]{{1,40}})"
    r"-[0-9a-f]{1,16}(?:;[12])?",
    re.ASCII,
)

_DIAL = {
    "ANSWER": DialResult.ANSWERED,
    "BUSY": DialResult.BUSY,
    "NOANSWER": DialResult.NO_ANSWER,
    "CANCEL": DialResult.NO_ANSWER,
}
"""DIALSTATUS (Asterisk: apps/app_dial.c); every other word means that no phone could be rung."""

_QUEUE = {
    "TIMEOUT": QueueExit.TIMED_OUT,
    "FULL": QueueExit.FULL,
    "CONTINUE": QueueExit.SERVED,
}
"""QUEUESTATUS (apps/app_queue.c); every other word means that no agent was there."""

_VERDICT = {verdict.value: verdict for verdict in Verdict}
"""What an executive's phone left behind; anything else is no yes."""

_PHONE = {
    "NOT_INUSE": PhoneState.IDLE,
    "INUSE": PhoneState.BUSY,
    "BUSY": PhoneState.BUSY,
    "RINGING": PhoneState.BUSY,
    "RINGINUSE": PhoneState.BUSY,
    "ONHOLD": PhoneState.BUSY,
}
"""DEVICE_STATE() (main/devicestate.c); UNAVAILABLE, INVALID and UNKNOWN can't be rung."""


def read_outcome(word: str) -> Outcome:
    """The outcome that the dialplan left in SB_OUTCOME. An unknown word is an interruption."""
    verb, _, status = word.partition(":")
    match verb:
        case "arrived":
            return Arrived()
        case "dial":
            return Dialled(_DIAL.get(status, DialResult.UNAVAILABLE))
        case "connect":
            return Dialled(DialResult.ANSWERED if status == "SUCCESS" else DialResult.UNAVAILABLE)
        case "unasked":
            return ConsultationEnded(begun=False)
        case "consulted":
            return ConsultationEnded(status if _LEG.fullmatch(status) else "")
        case "queue":
            return LeftQueue(_QUEUE.get(status, QueueExit.NO_AGENT))
        case "screen":
            return ScreenEnded(_VERDICT.get(status, Verdict.NONE))
        case "waited":
            return Waited(asking=status == "asking")
        case "message":
            return MessageTaken() if status == "SUCCESS" else MessageFailed()
        case _:
            return Interrupted()


def owner_of_leg(channel: str) -> str:
    """The extension whose channel this is: of PJSIP/8011-0000002a, of the page's PJSIP/8011-web-0000002b, of
    an agent's Local/8601@agent-0000002a;1. "" for a trunk's."""
    match = _OWNED.fullmatch(channel)
    return match[1] or match[2] if match else ""


def read_phone_state(word: str) -> PhoneState:
    """A phone's state from Asterisk's word for its device."""
    return _PHONE.get(word, PhoneState.UNREACHABLE)


def orders(action: Long) -> Mapping[Var, str]:
    """The variables that tell the dialplan to run `action`."""
    match action:
        case Dial(phones, seconds, for_number, comes_back):
            return {
                Var.PHONES: "&".join(f"{n}w" for n in phones),  # w: ring whatever else they do
                Var.SECONDS: str(seconds),
                Var.FOR: for_number,
                Var.VERB: Verb.SERIAL if comes_back else Verb.DIAL,
            }
        case DialOutside(number, by, seconds):
            return {Var.NUMBER: number, Var.BY: by, Var.SECONDS: str(seconds), Var.VERB: Verb.OUTSIDE}
        case Screen(phones, ring_seconds, seconds):
            return {
                Var.PHONES: "&".join(phones),
                Var.RING: str(ring_seconds),
                Var.SECONDS: str(seconds),
                Var.VERB: Verb.SCREEN,
            }
        case Connect(leg, number):
            return {Var.LEG: leg, Var.WITH: number, Var.VERB: Verb.CONNECT}
        case Park(by):
            return {Var.BACK: by, Var.VERB: Verb.PARK}
        case Enqueue(queue, seconds, priority, since):
            return {
                Var.QUEUE: queue,
                Var.SECONDS: str(seconds),
                Var.PRIORITY: str(rank(priority, since)),
                Var.FOR: queue,
                Var.VERB: Verb.ENQUEUE,
            }
        case Wait(seconds):
            return {Var.SECONDS: str(seconds), Var.VERB: Verb.WAIT}
        case TakeMessage(mailbox, reason, copies):
            return {
                Var.MAILBOX: mailbox,
                Var.COPIES: "".join(f"&{copy}@{VOICEMAIL_CONTEXT}" for copy in copies),
                Var.REASON: reason.value,
                Var.VERB: Verb.MESSAGE,
            }
        case Hangup(refused):
            return {Var.VERB: Verb.REFUSE if refused else Verb.HANGUP}


def detail(action: Action, text: Callable[[Phrase], str]) -> str:
    """What is said, rung or recorded, for people. Never a PIN."""
    match action:
        case Say(phrases) | Ask(phrases) | Record(phrases):
            return " ".join(map(text, phrases))
        case Look(phones, desk):
            return " ".join([*phones, *(("desk",) if desk else ())])
        case Dial(phones) | Screen(phones):
            return " ".join(phones)
        case Connect(_, number) | Park(number) | DialOutside(number):
            return number
        case Enqueue(queue) | LookAtQueue(queue):
            return queue
        case OrderAgent(extension, said, queues, reason):
            return " ".join([extension, said.value, *queues, reason]).rstrip()
        case OrderCallBack(queue, number):
            return f"{queue} {number}"
        case TakeMessage(mailbox, reason):
            return f"{mailbox} {reason.value}"
        case Wait(seconds):
            return f"{seconds} s"
        case ChangeMode(extension, mode):
            return f"{extension} {mode.value if mode else 'schedule'}"
        case Sign(extension, word, minutes):
            return f"{extension} {word.value} {minutes or ''}".rstrip()
        case CheckPin(extension):
            return extension
        case _:
            return ""


def read_queue_seen(word: str) -> QueueSeen:
    """What `outcome_word` made of a look at a queue. Raises ValueError for anything else."""
    numbers = dict(pair.partition("=")[::2] for pair in word.split())
    names = ("place", "waiting", "present", "agents", "free", "handling")
    if set(numbers) != set(names):
        raise ValueError(f"no look at a queue: {word!r:.60}")
    return QueueSeen(*(int(numbers[name]) for name in names))


def action_name(action: Action) -> str:
    """The action's word in the record."""
    return _ACTION_NAMES[type(action)]


def outcome_word(outcome: Outcome) -> str:
    """The outcome in the record: one word, and what belongs to it."""
    match outcome:
        case Entered(digits):
            return f"entered {digits}".rstrip()
        case Seen(phones, mode, operators, place):
            desk = [f"operators={','.join(operators)}"] if operators else []
            desk += [f"place={place}"] if place > 1 else []
            states = (f"{n}={state.value}" for n, state in phones.items())
            return " ".join(["seen", mode.value, *desk, *states])
        case QueueSeen(place, waiting, present, working, free, handling):
            return (
                f"place={place} waiting={waiting} present={present} agents={working} free={free} "
                f"handling={handling}"
            )
        case Dialled(result):
            return result.value
        case LeftQueue(why):
            return why.value
        case ScreenEnded(verdict) | PinChecked(verdict):
            return verdict.value
        case Recorded(seconds):
            return f"recorded {seconds} s"
        case Done(done):
            return "done" if done else "not_done"
        case Ordered(order):
            return f"{ORDERED} {order.kind.value} by {order.by} {order.target}".rstrip()
        case TicketFound(number):
            return f"ticket {number}".rstrip()
        case _:
            return _OUTCOME_NAMES[type(outcome)]


_ACTION_NAMES: Mapping[type, str] = {
    Say: "say",
    Ask: "ask",
    Look: "look",
    Dial: "dial",
    DialOutside: "dial_outside",
    Connect: "connect",
    Park: "park",
    Enqueue: "enqueue",
    Wait: "wait",
    TakeMessage: "message",
    Hangup: "hangup",
    Record: "record",
    Screen: "screen",
    CheckPin: "check_pin",
    ChangeMode: "change_mode",
    Sign: "sign",
    LookAtQueue: "look_at_queue",
    OrderAgent: "order_agent",
    OrderCallBack: "call_back",
    OpenTicket: "open_ticket",
    FindTicket: "find_ticket",
}

_OUTCOME_NAMES: Mapping[type, str] = {
    Arrived: "arrived",
    Interrupted: "interrupted",
    Said: "said",
    Silent: "silent",
    Waited: "waited",
    ConsultationEnded: "consultation_over",
    MessageTaken: "recorded",
    MessageFailed: "not_recorded",
}
