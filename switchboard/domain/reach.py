"""Reaching whom the caller wants (A7–A10, A12): who rings, and what happens when nobody takes the call.

Executives are never rung from here: a screened one gets messages or their caller the head of general
administration, a principal's caller gets the secretary.
"""

from __future__ import annotations

from dataclasses import replace

from switchboard.domain import leaving, queueing, screening
from switchboard.domain import prompt_keys as p
from switchboard.domain.actions import (
    Ask,
    Dial,
    Expect,
    Look,
    MessageReason,
    OpenTicket,
    Say,
    Wait,
)
from switchboard.domain.call import Call, Stage
from switchboard.domain.company import Department, Person, Principal, Queue, RingOrder, Rules, Screened
from switchboard.domain.decision import Decision
from switchboard.domain.outcomes import (
    Dialled,
    DialResult,
    Entered,
    Outcome,
    PhoneState,
    Seen,
    Verdict,
)
from switchboard.domain.phrases import Text

RETURN_SECONDS = 25
"""How long the phone that transferred a caller rings when the transfer failed."""

WAIT_SECONDS = 5
"""Music between two looks at a busy line."""

WAITS = 24
"""Looks at a busy line before the caller is asked again: two minutes."""

_WHY = {
    DialResult.BUSY: MessageReason.BUSY,
    DialResult.NO_ANSWER: MessageReason.NO_ANSWER,
    DialResult.UNAVAILABLE: MessageReason.UNAVAILABLE,
}


def reach(call: Call, number: str, rules: Rules, reason: str = "", rule: str = "") -> Decision:
    """Begin to reach `number`, which is an extension of the rules."""
    entry = rules.extensions[number]
    rule = rule or f"extensions.{number}"
    call = call.to(Stage.HOLD_ON, target=number, via="", why=None, tries=0, entry="", page=0, rung=0, waits=0)
    match entry:
        case Screened():
            return screening.begin(call, entry, rules)
        case Principal():
            if _put_through(call, entry):
                return Decision(
                    call, Say((Text(p.HOLD_ON),)), f"put through by the secretary, {call.asker}", rule
                )
            reason = reason or f"{number} is reached through the secretary, {entry.secretary}"
            return Decision(
                call.to(Stage.HOLD_ON, via=entry.secretary), Say((Text(p.HOLD_ON),)), reason, rule
            )
        case _:
            return Decision(call, Say((Text(p.HOLD_ON),)), reason or f"the caller wants {number}", rule)


def to_unclear(call: Call, rules: Rules, reason: str) -> Decision:
    """It is unclear whom the caller wants: general administration (A10), then a message there."""
    call = call.to(
        Stage.TRANSFER, target=rules.unclear, via="", why=MessageReason.UNCLEAR, tries=0, rung=0, waits=0
    )
    return Decision(call, Say((Text(p.UNCLEAR),)), reason, "unclear")


def complaint(call: Call, number: str, rules: Rules, rule: str) -> Decision:
    """Someone complains (A11): a ticket first, whatever becomes of the call; then customer service."""
    call = call.to(Stage.TICKET, target=number, via="", why=None, tries=0, rung=0, waits=0, complaint=True)
    return Decision(call, OpenTicket(), "a complaint: a ticket is opened", rule)


def ticket_opened(call: Call, outcome: Outcome, rules: Rules) -> Decision:
    """Say that we are sorry; then at once to customer service."""
    return Decision(
        call.to(Stage.TRANSFER),
        Say((Text(p.COMPLAINT_HOLD),)),
        f"a complaint: customer service, {call.target}",
        f"extensions.{call.target}",
    )


def look(call: Call, outcome: Outcome, rules: Rules) -> Decision:
    """请稍等 has been said: see who is free. Queues find out by themselves."""
    entry = rules.extensions[call.target]
    if isinstance(entry, Queue):
        return queueing.begin(call, entry)
    phones = _phones(call, rules)
    return Decision(call.to(Stage.LOOKING), Look(phones), "who is free", f"extensions.{call.target}")


def ring(call: Call, outcome: Outcome, rules: Rules) -> Decision:
    """Ring who is free, or tell the caller why nobody is."""
    seen = outcome.phones if isinstance(outcome, Seen) else {}
    phones = _phones(call, rules)
    free = tuple(n for n in phones if _free(n, seen.get(n, PhoneState.UNREACHABLE), rules))
    if not free:
        busy = any(seen.get(n) is PhoneState.BUSY for n in phones)
        result = DialResult.BUSY if busy else DialResult.UNAVAILABLE
        return unanswered(call.to(call.stage, rung=0), Dialled(result), rules)  # of a group: nobody is left
    entry = rules.extensions[call.via or call.target]
    if isinstance(entry, Department) and entry.ring is RingOrder.IN_TURN:
        phone = free[0]
        call = call.to(Stage.RINGING, rung=entry.members.index(phone) + 1)
        free = (phone,)
    seconds = entry.ring_seconds if isinstance(entry, Department | Person) else 25
    return Decision(
        call.to(Stage.RINGING),
        Dial(free, seconds, call.target, comes_back=bool(call.serial)),
        f"rings {', '.join(free)} for {seconds} s",
        f"extensions.{entry.number}",
    )


def unanswered(call: Call, outcome: Outcome, rules: Rules) -> Decision:
    """Ringing ended. Nobody talked: the next of a group, or the right words and a choice."""
    if not isinstance(outcome, Dialled) or outcome.result is DialResult.ANSWERED:
        return leaving.end(call, outcome, rules)
    entry = rules.extensions[call.target]
    if (
        isinstance(entry, Department)
        and entry.ring is RingOrder.IN_TURN
        and 0 < call.rung < len(entry.members)
    ):
        return Decision(
            call.to(Stage.LOOKING),
            Look(_phones(call, rules)),
            "the next of the group",
            f"extensions.{entry.number}",
        )
    back = rules.extensions.get(call.back)
    if call.back and call.why is not MessageReason.UNCLEAR and not isinstance(back, Screened | Principal):
        return return_again(call.to(Stage.RETURNING, why=_WHY[outcome.result]), outcome, rules)
    return failed(call, outcome, rules)


def return_again(call: Call, outcome: Outcome, rules: Rules) -> Decision:
    """Ring who transferred the caller; again, when that was cut off."""
    dial = Dial((call.back,), RETURN_SECONDS, call.target)
    reason = f"the transfer failed: back to {call.back}"
    return Decision(call, dial, reason, f"extensions.{call.target}")


def returned(call: Call, outcome: Outcome, rules: Rules) -> Decision:
    """Who transferred doesn't take the caller back: on as if the caller had dialled."""
    if isinstance(outcome, Dialled) and outcome.result is DialResult.ANSWERED:
        return leaving.end(call, outcome, rules)
    results = {why: result for result, why in _WHY.items()}
    result = results.get(call.why, DialResult.NO_ANSWER) if call.why else DialResult.NO_ANSWER
    return failed(call.to(Stage.RINGING, back=""), Dialled(result), rules)


def failed(call: Call, outcome: Dialled, rules: Rules) -> Decision:
    """Nobody took the call: the right words, and what can be done. From here on it is the caller who asks."""
    call = replace(call, asker="")
    entry = rules.extensions[call.target]
    rule = f"extensions.{call.target}"
    if call.why is MessageReason.UNCLEAR:
        return _sorry(call, p.NO_ANSWER, "nobody at the place for unclear calls", rule)
    if isinstance(entry, Principal) and call.via:
        call = call.to(Stage.SORRY, why=MessageReason.SECRETARY_ABSENT)
        return _sorry(call, p.SECRETARY_ABSENT, f"the secretary, {call.via}: {outcome.result.value}", rule)
    return choice(call.to(Stage.CHOICE, why=_WHY[outcome.result], tries=0), rules)


def choice(call: Call, rules: Rules) -> Decision:
    """Say what stands in the way and offer what can be done (A7, A8)."""
    entry = rules.extensions[call.target]
    if isinstance(entry, Screened):
        return not_available(call, rules)
    busy = call.why is MessageReason.BUSY
    phrases = [p.BUSY if busy else p.NO_ANSWER, p.CHOICE]
    keys = "12"
    if busy and isinstance(entry, Person) and entry.wait_when_busy:
        phrases.append(p.CHOICE_WAIT)
        keys = "123"
    return Decision(
        call.to(Stage.CHOICE),
        _question(phrases, keys, rules),
        f"{call.target}: {call.why.value if call.why else 'unanswered'}; message or another extension",
        f"extensions.{call.target}",
    )


def not_available(call: Call, rules: Rules, verdict: Verdict = Verdict.NONE) -> Decision:
    """An executive who takes no call now: the same words whatever the cause (A8). The record knows it."""
    declined = verdict is Verdict.MESSAGE or call.why is MessageReason.DECLINED
    return Decision(
        call.to(Stage.CHOICE, why=MessageReason.DECLINED if declined else MessageReason.UNAVAILABLE),
        _question([p.NOT_AVAILABLE, p.CHOICE_HEAD], "12", rules),
        f"{call.target} is not put through; message or the head of general administration",
        f"extensions.{call.target}",
    )


def chosen(call: Call, outcome: Outcome, rules: Rules) -> Decision:
    """The caller chose, or didn't: then a message, since somebody without keys can still speak."""
    key = outcome.digits if isinstance(outcome, Entered) else ""
    screened = isinstance(rules.extensions[call.target], Screened)
    if key == "2" and screened:
        return reach(
            call,
            rules.general_head,
            rules,
            "the caller chose the head of general administration",
            "general_head",
        )
    if key == "2":
        return ask_extension(call.to(Stage.OTHER, tries=0))
    if key == "3" and not screened and call.why is MessageReason.BUSY and _may_wait(call, rules):
        call = call.to(Stage.TRANSFER, waits=1)
        return Decision(
            call, Say((Text(p.WAIT_ON),)), f"waits until {call.target} is free", f"extensions.{call.target}"
        )
    if key == "1" or call.tries + 1 >= rules.choice_tries or (not key and call.tries >= 1):
        return leaving.message_intro(call, rules)
    return choice(call.to(Stage.CHOICE, tries=call.tries + 1), rules)


def ask_extension(call: Call, *before: str) -> Decision:
    """Ask for another extension."""
    phrases = (*map(Text, before), Text(p.OTHER_EXTENSION))
    return Decision(call.to(Stage.OTHER), Ask(phrases, Expect.EXTENSION), "which other extension")


def told(call: Call, outcome: Outcome, rules: Rules) -> Decision:
    """The caller was told where the call goes; go there."""
    if call.waits:
        return wait(call, rules)
    return look(call, outcome, rules)


def wait(call: Call, rules: Rules) -> Decision:
    """Music until the next look at the busy line."""
    return Decision(
        call.to(Stage.WAITING),
        Wait(WAIT_SECONDS),
        f"waits for {call.target}, {call.waits}",
        f"extensions.{call.target}",
    )


def waited(call: Call, outcome: Outcome, rules: Rules) -> Decision:
    """Look again whether the line is free."""
    return Decision(
        call.to(Stage.LOOKING, waits=call.waits + 1),
        Look(_phones(call, rules)),
        "is the line free now",
        f"extensions.{call.target}",
    )


def looked(call: Call, outcome: Outcome, rules: Rules) -> Decision:
    """Facts are there: ring, or keep waiting for a busy line."""
    if 0 < call.waits <= WAITS and isinstance(outcome, Seen):
        state = outcome.phones.get(call.target, PhoneState.UNREACHABLE)
        if state is PhoneState.BUSY:
            return wait(call, rules)
    return ring(call.to(Stage.LOOKING, waits=0), outcome, rules)


def _sorry(call: Call, key: str, reason: str, rule: str) -> Decision:
    return Decision(call.to(Stage.SORRY), Say((Text(key),)), reason, rule)


def _question(keys_of_prompts: list[str], keys: str, rules: Rules) -> Ask:
    return Ask(
        tuple(map(Text, keys_of_prompts)),
        Expect.KEY,
        keys,
        rules.greeting.silence_seconds,
        rules.greeting.digit_seconds,
    )


def _may_wait(call: Call, rules: Rules) -> bool:
    entry = rules.extensions[call.target]
    return isinstance(entry, Person) and entry.wait_when_busy


def _put_through(call: Call, entry: Principal) -> bool:
    """Whether that secretary's own phone asks for the principal. What a caller whom it transferred dials
    later on, in the greeting or after a failed transfer, is the caller's doing."""
    return bool(call.asker) and call.asker == entry.secretary and call.dialled == entry.number


def _phones(call: Call, rules: Rules) -> tuple[str, ...]:
    """Phones that may ring for the call now. Never an executive's own."""
    entry = rules.extensions[call.via or call.target]
    match entry:
        case Principal() if _put_through(call, entry):
            return (entry.number,)
        case Screened() if call.cleared:
            return (entry.number, *(n for n in entry.also if n in rules.extensions))
        case Screened() | Principal() | Queue():
            return ()
        case Department(ring=RingOrder.IN_TURN):
            numbers = entry.members[call.rung :]
        case Department():
            numbers = entry.members
        case _:
            numbers = (entry.number,)
    return tuple(n for n in numbers if not isinstance(rules.extensions.get(n), Screened | Principal))


def _free(number: str, state: PhoneState, rules: Rules) -> bool:
    person = rules.extensions.get(number)
    waiting = isinstance(person, Person) and person.call_waiting
    return state is PhoneState.IDLE or (waiting and state is PhoneState.BUSY)
