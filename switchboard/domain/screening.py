"""Screening a general manager's callers (A8): three questions, then the executive decides.

The caller answers after the tone, in three short recordings; the executive's phones ring while the caller
waits with music; whoever answers there hears the recordings and presses a key. Whatever else happens there
(another key, none, a machine, nobody) is one path for the caller, with the same words. The questions are
asked whether or not the executive can be reached, so that their coming or not tells nothing.
"""

from __future__ import annotations

from datetime import datetime

from switchboard.domain import leaving, reach
from switchboard.domain import prompt_keys as p
from switchboard.domain.actions import Dial, Look, Record, Say, Screen
from switchboard.domain.calendar import on_duty
from switchboard.domain.call import Call, Stage
from switchboard.domain.company import Person, Principal, Rules, Screened
from switchboard.domain.decision import Decision
from switchboard.domain.outcomes import (
    Dialled,
    DialResult,
    Outcome,
    PhoneState,
    Recorded,
    ScreenEnded,
    Seen,
    Verdict,
)
from switchboard.domain.phrases import Text

QUESTIONS = (p.SCREEN_NAME, p.SCREEN_ORGANISATION, p.SCREEN_PURPOSE)

ANSWER_SECONDS = 12
"""An answer lasts that long at most."""

PAUSE_SECONDS = 2
"""Silence that ends an answer."""

SHORTEST_SECONDS = 0.4
"""Less than this is no answer: a click, a breath."""

DECIDING_SECONDS = 90
"""How long the executive may take to listen and decide, beyond the ringing."""


def begin(call: Call, entry: Screened, rules: Rules) -> Decision:
    """Somebody wants the executive: known callers come straight through, everybody else is asked."""
    rule = f"extensions.{entry.number}"
    call = call.to(Stage.SCREEN_LOOK, page=0, cleared=_is_known(call, entry, rules))
    assistant = rules.extensions.get(entry.assistant)
    first = isinstance(assistant, Person) and not isinstance(assistant, Screened | Principal)
    phones = (entry.assistant,) if first and not call.cleared else ()
    return Decision(call, Look(phones), "who may take the executive's call first", rule)


def looked(call: Call, outcome: Outcome, rules: Rules, now: datetime) -> Decision:
    """Hours, the assistant, the known caller; else the first question."""
    entry = _entry(call, rules)
    rule = f"extensions.{entry.number}"
    if entry.hours is not None and not on_duty(entry.hours, now):
        return reach.not_available(call, rules)
    if call.cleared:
        reason = f"{call.caller} comes through unscreened by trunk {call.trunk}"
        return Decision(call.to(Stage.HOLD_ON), Say((Text(p.HOLD_ON),)), reason, rule)
    seen = outcome.phones if isinstance(outcome, Seen) else {}
    if entry.assistant and seen.get(entry.assistant) is PhoneState.IDLE:
        dial = Dial((entry.assistant,), entry.ring_seconds, entry.number)
        return Decision(call.to(Stage.ASSISTANT), dial, f"the assistant, {entry.assistant}, first", rule)
    return ask(call.to(Stage.SCREEN_LOOK, page=0, tries=0), rules)


def assistant_rang(call: Call, outcome: Outcome, rules: Rules) -> Decision:
    """The assistant doesn't take it: the questions."""
    if isinstance(outcome, Dialled) and outcome.result is DialResult.ANSWERED:
        return leaving.end(call, outcome, rules)
    return ask(call.to(Stage.SCREEN_LOOK, page=0, tries=0), rules)


def ask(call: Call, rules: Rules) -> Decision:
    """Ask the question whose turn it is; `page` counts them."""
    intro = (Text(p.SCREEN_INTRO),) if call.page == 0 and call.tries == 0 else ()
    question = QUESTIONS[call.page]
    action = Record((*intro, Text(question)), call.page + 1, ANSWER_SECONDS, PAUSE_SECONDS)
    return Decision(call.to(Stage.SCREENING), action, f"asks: {question}", f"extensions.{call.target}")


def answered(call: Call, outcome: Outcome, rules: Rules) -> Decision:
    """An answer, or silence: asked once more, then the next question; after the last the phones ring."""
    heard = isinstance(outcome, Recorded) and outcome.seconds >= SHORTEST_SECONDS
    if not heard and call.tries == 0:
        return ask(call.to(Stage.SCREENING, tries=1), rules)
    if call.page + 1 < len(QUESTIONS):
        return ask(call.to(Stage.SCREENING, page=call.page + 1, tries=0), rules)
    rule = f"extensions.{call.target}"
    return Decision(
        call.to(Stage.SCREEN_HOLD), Say((Text(p.SCREEN_HOLD),)), "the questions are answered", rule
    )


def ring(call: Call, outcome: Outcome, rules: Rules) -> Decision:
    """Ring the executive's phones; each asks for itself before it counts as answered."""
    entry = _entry(call, rules)
    phones = (entry.number, *entry.also)
    return Decision(
        call.to(Stage.SCREEN_RINGING),
        Screen(phones, entry.ring_seconds, entry.ring_seconds + DECIDING_SECONDS),
        f"rings {', '.join(phones)}, to ask whether the call is taken",
        f"extensions.{entry.number}",
    )


def decided(call: Call, outcome: Outcome, rules: Rules) -> Decision:
    """What the executive said. The caller learns only whom they speak with."""
    verdict = outcome.verdict if isinstance(outcome, ScreenEnded) else Verdict.NONE
    if verdict is Verdict.ACCEPTED:
        return leaving.end(call, outcome, rules)
    entry = _entry(call, rules)
    if verdict is Verdict.DEPUTY and entry.deputy in rules.extensions:
        reason = f"{entry.number} passes the call to the deputy, {entry.deputy}"
        return reach.reach(call, entry.deputy, rules, reason, f"extensions.{entry.number}")
    return reach.not_available(call, rules, verdict)


def _entry(call: Call, rules: Rules) -> Screened:
    entry = rules.extensions[call.target]
    assert isinstance(entry, Screened), f"{call.target} is not screened"
    return entry


def _is_known(call: Call, entry: Screened, rules: Rules) -> bool:
    """A number opens doors only when a trusted trunk vouches for it."""
    trusted = any(t.name == call.trunk and t.trusted for t in rules.trunks)
    return (
        trusted and bool(call.caller) and bool(entry.unscreened) and call.caller.startswith(entry.unscreened)
    )
