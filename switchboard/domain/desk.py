"""Manual mode: an operator answers within three rings, or the call goes on automatically (A4, A6).

While every operator talks the caller waits in line, is told the place, and is rung for in turn. The line is
answered only when there is something to say: an operator who answers at once is all the caller hears.
"""

from __future__ import annotations

from datetime import datetime

from switchboard.domain import enquiry, greeting, leaving
from switchboard.domain import prompt_keys as p
from switchboard.domain.actions import Dial, Look, Say, Wait
from switchboard.domain.calendar import stays_over_lunch
from switchboard.domain.call import Call, Stage
from switchboard.domain.company import RingOrder, Rules
from switchboard.domain.decision import Decision
from switchboard.domain.mode import Mode
from switchboard.domain.outcomes import Dialled, DialResult, Outcome, PhoneState, Said, Seen
from switchboard.domain.phrases import Number, Text

WAIT_SECONDS = 5
"""Music between two looks at the desk."""

RULE = "operators"


def arrive(call: Call, outcome: Outcome, rules: Rules) -> Decision:
    """The main number was dialled: who answers it now?"""
    stage = Stage.ARRIVED if call.stage is Stage.NEW else Stage.DESK  # who comes back waits already
    call = call.to(stage, via="desk", rung=0, waits=0, page=0)
    return Decision(call, Look(desk=True), "who answers the main number now", RULE)


def seen(call: Call, outcome: Outcome, rules: Rules, now: datetime) -> Decision:
    """Mode and operators are known: ring, wait in line, or go on automatically."""
    facts = outcome if isinstance(outcome, Seen) else Seen()
    if facts.mode is not Mode.MANUAL:
        return _automatic(call, rules, "automatic mode", sorry=False)
    if not facts.operators:
        return _automatic(call, rules, "no operator is signed in", sorry=False)  # nobody was waited for
    operators = _not_at_lunch(facts.operators, rules, now)
    states = {n: facts.phones.get(n, PhoneState.UNREACHABLE) for n in operators}
    if not any(state is not PhoneState.UNREACHABLE for state in states.values()):
        return _automatic(call, rules, "no operator can be reached")
    free = [n for n, state in states.items() if state is PhoneState.IDLE]
    if free and facts.place <= 1:
        return _ring(call, tuple(free), rules)
    if call.waits * WAIT_SECONDS >= rules.desk.line_seconds:
        return _automatic(call, rules, f"waited {rules.desk.line_seconds} s for the desk")
    return _wait(call, facts.place)


def _not_at_lunch(operators: tuple[str, ...], rules: Rules, now: datetime) -> tuple[str, ...]:
    """Over lunch those whose turn it is (A3). None of them signed in: whoever is there."""
    staying = stays_over_lunch(rules.calendar, now)
    return tuple(n for n in operators if n in staying) or operators


def look_again(call: Call, outcome: Outcome, rules: Rules) -> Decision:
    """The ringing was cut off: all rings anew."""
    return Decision(call.to(Stage.DESK, rung=0), Look(desk=True), "who is on duty", RULE)


def rang(call: Call, outcome: Outcome, rules: Rules) -> Decision:
    """Nobody took the call: the next operator in turn, or on automatically."""
    if isinstance(outcome, Dialled) and outcome.result is DialResult.ANSWERED:
        return leaving.end(call, outcome, rules)
    if rules.desk.ring is RingOrder.IN_TURN and call.rung < rules.desk.rings:
        return Decision(call.to(Stage.DESK), Look(desk=True), "the next operator", RULE)
    return _automatic(call, rules, f"not answered within {rules.desk.rings} rings")


def in_line(call: Call, outcome: Outcome, rules: Rules) -> Decision:
    """The place was told, or music played a while: look again."""
    if isinstance(outcome, Said):
        return Decision(call.to(Stage.DESK_LINE), Wait(WAIT_SECONDS), "waits in line for the desk", RULE)
    return Decision(
        call.to(Stage.DESK, waits=call.waits + 1), Look(desk=True), "is an operator free now", RULE
    )


def _ring(call: Call, free: tuple[str, ...], rules: Rules) -> Decision:
    """All free operators for all rings; in turn, each for one ring."""
    rings = rules.desk.rings - call.rung
    if rules.desk.ring is RingOrder.IN_TURN:
        free, rings = (free[call.rung % len(free)],), 1
    seconds = round(rings * rules.ring_cycle_seconds)
    call = call.to(Stage.DESK_RINGING, rung=call.rung + rings)
    return Decision(
        call, Dial(free, seconds, rules.main_number), f"rings {', '.join(free)} for {rings} rings", RULE
    )


def _wait(call: Call, place: int) -> Decision:
    """Tell the place when it is new, else music. `page` remembers the place told."""
    if call.page == place:
        return Decision(call.to(Stage.DESK_LINE), Wait(WAIT_SECONDS), f"waits in line, place {place}", RULE)
    phrases = (Text(p.DESK_BUSY), Text(p.LINE_PLACE), Number(place))
    return Decision(call.to(Stage.DESK_LINE, page=place), Say(phrases), f"place {place} in the line", RULE)


def _automatic(call: Call, rules: Rules, reason: str, sorry: bool = True) -> Decision:
    """The rest of this call is automatic: the greeting, or the enquiry it came from."""
    if call.via == "enquiry":
        return enquiry.ask(call.to(Stage.DESK, via=""), rules)
    return greeting.greet(call, rules, reason, *((p.DESK_SORRY,) if sorry else ()))
