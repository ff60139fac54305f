"""Feature codes dialled on a phone inside, and codes an operator transfers a caller to (A2, A11, A16).

`asker` is the phone that dialled, known by its account and not by what it shows; `back` the phone that
transferred somebody here. Codes of the desk are for operators; who isn't one is told so, and it is kept.
"""

from __future__ import annotations

from switchboard.domain import agents, greeting, leaving, reach
from switchboard.domain import prompt_keys as p
from switchboard.domain.actions import (
    Ask,
    ChangeMode,
    CheckPin,
    Expect,
    Hangup,
    Look,
    MessageReason,
    OrderAgent,
    Say,
    Sign,
)
from switchboard.domain.call import Call, Stage
from switchboard.domain.company import Rules
from switchboard.domain.decision import Decision
from switchboard.domain.duty import DutyWord
from switchboard.domain.mode import Mode
from switchboard.domain.outcomes import Done, Entered, Outcome, Pin, PinChecked, Seen
from switchboard.domain.phrases import Number, Phrase, Text

TRIES = 3
"""Wrong PINs or minutes in one call; wrong PINs are counted over calls too (`flows.pins`)."""

MOST_MINUTES = 24 * 60

_CONFIRMED = {
    "manual": p.NOW_MANUAL,
    "automatic": p.NOW_AUTOMATIC,
    "schedule": p.NOW_SCHEDULE,
    "operator_in": p.SIGNED_IN,
    "operator_out": p.SIGNED_OUT,
    "away": p.NOW_AWAY,
}

_AGENT_NAMES = {
    agents.AgentWord.IN: "agent_in",
    agents.AgentWord.OUT: "agent_out",
    agents.AgentWord.PAUSE: "pause",
    agents.AgentWord.UNPAUSE: "unpause",
}

_AGENT_CONFIRMED = {
    agents.AgentWord.IN: p.AGENT_IN,
    agents.AgentWord.OUT: p.AGENT_OUT,
    agents.AgentWord.PAUSE: p.AGENT_PAUSED,
    agents.AgentWord.UNPAUSE: p.AGENT_UNPAUSED,
}


def dialled(call: Call, rules: Rules) -> Decision:
    """A code begins: whom it is for, and whether a PIN comes first."""
    if (target := _transfer(call, rules)) is not None:
        return target
    name = _name(call, rules)
    code = agents.read_code(rules, call.asker, call.dialled)
    if not name and code.word is not None and not call.back:
        return _agent(call, code, rules)
    if name not in (*_CONFIRMED, "hear_mode"):
        return _refuse(call, p.NO_SUCH_NUMBER, f"{call.dialled} is no code for a phone")
    if call.back or call.asker not in rules.operators:
        return _refuse(call, p.NOT_ALLOWED, f"{call.asker or 'nobody'} is no operator")
    if name in rules.codes.ask_pin:
        return _ask(call.to(Stage.PIN), p.ASK_PIN, f"{call.dialled} asks for the PIN")
    return _begin(call, rules)


def pin_entered(call: Call, outcome: Outcome, rules: Rules) -> Decision:
    """A PIN, to be compared."""
    entry = outcome.digits if isinstance(outcome, Entered) else ""
    return Decision(
        call.to(Stage.PIN_CHECK), CheckPin(call.asker, entry), "compares the PIN", "codes.ask_pin"
    )


def pin_checked(call: Call, outcome: Outcome, rules: Rules) -> Decision:
    """Right: go on. Wrong: again, three times. Locked: said so."""
    verdict = outcome.verdict if isinstance(outcome, PinChecked) else Pin.WRONG
    if verdict is Pin.RIGHT:
        return _begin(call.to(Stage.PIN_CHECK, tries=0), rules)
    if verdict is Pin.LOCKED or call.tries + 1 >= TRIES:
        return _refuse(call, p.PIN_LOCKED if verdict is Pin.LOCKED else p.PIN_WRONG, f"PIN {verdict.value}")
    return _ask(call.to(Stage.PIN, tries=call.tries + 1), p.PIN_WRONG, "wrong PIN", p.ASK_PIN)


def minutes_entered(call: Call, outcome: Outcome, rules: Rules) -> Decision:
    """How long somebody is away."""
    entry = outcome.digits if isinstance(outcome, Entered) else ""
    if entry.isdecimal() and 1 <= int(entry) <= MOST_MINUTES:
        return Decision(
            call.to(Stage.CODE_DONE, entry=str(int(entry))),
            Sign(call.asker, DutyWord.AWAY, int(entry)),
            f"{call.asker} is away for {int(entry)} minutes",
            "codes.away",
        )
    if call.tries + 1 >= TRIES:
        return leaving.goodbye(call, "no minutes were entered")
    return _ask(call.to(Stage.MINUTES, tries=call.tries + 1), p.ASK_MINUTES, "asks for the minutes again")


def done(call: Call, outcome: Outcome, rules: Rules) -> Decision:
    """Confirm what was done, in words; the lamp follows by itself."""
    name = _name(call, rules)
    code = agents.read_code(rules, call.asker, call.dialled)
    if not name and code.word is not None:
        key = _AGENT_CONFIRMED[code.word] if isinstance(outcome, Done) and outcome.done else p.TROUBLE
        return _confirm(call, (Text(key),), f"{call.dialled}: {key}")
    if name == "hear_mode":
        mode = outcome.mode if isinstance(outcome, Seen) else Mode.AUTOMATIC
        key = p.IS_MANUAL if mode is Mode.MANUAL else p.IS_AUTOMATIC
        return _confirm(call, (Text(key),), f"the mode is {mode.value}")
    if not (isinstance(outcome, Done) and outcome.done):
        return _confirm(call, (Text(p.TROUBLE),), "it could not be done")
    phrases: tuple[Phrase, ...] = (Text(_CONFIRMED.get(name, p.GOODBYE)),)
    if name == "away":
        phrases = (*phrases, Number(int(call.entry)), Text(p.MINUTES))
    return _confirm(call, phrases, f"{call.dialled} is done")


def _agent(call: Call, code: agents.AgentCode, rules: Rules) -> Decision:
    """An agent's code: a queue of theirs, a reason that there is; then whatever PIN the rules ask for."""
    assert code.word is not None
    if not code.queues:
        return _refuse(call, p.AGENT_NONE, f"{call.asker or 'nobody'} is no agent there")
    if code.reason_missing:
        return _refuse(call, p.AGENT_REASON, f"{call.dialled} needs the number of a reason")
    name = _AGENT_NAMES[code.word]
    if name in rules.codes.ask_pin and call.stage is not Stage.PIN_CHECK:
        return _ask(call.to(Stage.PIN), p.ASK_PIN, f"{call.dialled} asks for the PIN")
    return Decision(
        call.to(Stage.CODE_DONE, tries=0),
        OrderAgent(call.asker, code.word, code.queues, code.reason),
        f"{call.asker}: {code.word.value} {code.reason}".rstrip(),
        f"codes.{name}",
    )


def _begin(call: Call, rules: Rules) -> Decision:
    name = _name(call, rules)
    code = agents.read_code(rules, call.asker, call.dialled)
    if not name and code.word is not None:
        return _agent(call, code, rules)
    rule = f"codes.{name}"
    done_next = call.to(Stage.CODE_DONE, tries=0)
    match name:
        case "manual":
            return Decision(done_next, ChangeMode(call.asker, Mode.MANUAL), "manual mode by phone", rule)
        case "automatic":
            return Decision(
                done_next, ChangeMode(call.asker, Mode.AUTOMATIC), "automatic mode by phone", rule
            )
        case "schedule":
            return Decision(done_next, ChangeMode(call.asker, None), "back to the schedule by phone", rule)
        case "operator_in":
            return Decision(done_next, Sign(call.asker, DutyWord.IN), f"{call.asker} signs in", rule)
        case "operator_out":
            return Decision(done_next, Sign(call.asker, DutyWord.OUT), f"{call.asker} signs out", rule)
        case "away":
            return _ask(call.to(Stage.MINUTES, tries=0), p.ASK_MINUTES, "asks for how many minutes")
        case _:
            return Decision(done_next, Look(desk=True), "which mode is it", rule)


def _transfer(call: Call, rules: Rules) -> Decision | None:
    """Codes that a caller is transferred to; None when this is none of them."""
    codes, code = rules.codes, call.dialled
    if code == codes.to_greeting and call.back:
        return greeting.greet(call, rules, f"sent to the greeting by {call.back}", rule="codes.to_greeting")
    if code == codes.complaint and rules.complaints in rules.extensions:
        reason_rule = "codes.complaint"
        return reach.complaint(call, rules.complaints, rules, reason_rule)
    target = code.removeprefix(codes.to_message)
    if code.startswith(codes.to_message) and target in rules.extensions and call.back:
        why = MessageReason.OPERATOR
        return leaving.message_intro(call.to(Stage.MESSAGE_INTRO, target=target, why=why), rules)
    return None


def _name(call: Call, rules: Rules) -> str:
    """The code's name in the rules, "" for none."""
    names = ("manual", "automatic", "away", "schedule", "hear_mode", "operator_in", "operator_out")
    return next((n for n in names if getattr(rules.codes, n) == call.dialled), "")


def _ask(call: Call, key: str, reason: str, *more: str) -> Decision:
    phrases = (Text(key), *map(Text, more))
    return Decision(call, Ask(phrases, Expect.NUMBER, first_seconds=8.0, digit_seconds=4.0), reason, "codes")


def _refuse(call: Call, key: str, reason: str) -> Decision:
    return Decision(call.to(Stage.REFUSED), Say((Text(key),)), reason, "codes")


def _confirm(call: Call, phrases: tuple[Phrase, ...], reason: str) -> Decision:
    return Decision(call.to(Stage.GOODBYE), Say(phrases), reason, "codes")


def refused(call: Call, outcome: Outcome, rules: Rules) -> Decision:
    """It was said: end."""
    return Decision(call.to(Stage.ENDED), Hangup(refused=True), "refused", "codes")
