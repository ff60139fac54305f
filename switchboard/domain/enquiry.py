"""Directory enquiry on the keypad (A6): letters of a name, the matches read as choices, or the list."""

from __future__ import annotations

from switchboard.domain import prompt_keys as p
from switchboard.domain import reach
from switchboard.domain.actions import Ask, Expect, Look
from switchboard.domain.call import Call, Stage
from switchboard.domain.company import Department, Person, Queue, Rules
from switchboard.domain.decision import Decision
from switchboard.domain.outcomes import Entered, Outcome
from switchboard.domain.phrases import Digits, Phrase, Spoken, Text
from switchboard.domain.search import find, tellable

PAGE = 8
"""Choices read at a time: keys 1 to 8; 9 goes on."""

MANY = 3 * PAGE
"""More matches than this aren't read; the caller is asked for more letters."""

LIST_KEY, DESK_KEY, BACK_KEY, MORE_KEY = "1", "0", "*", "9"


def begin(call: Call, rule: str) -> Decision:
    """Key 0: an operator when one is on duty (`domain.desk` decides), else letters of a name."""
    call = call.to(Stage.ARRIVED, via="enquiry", rung=0, waits=0, page=0)
    return Decision(call, Look(desk=True), "directory enquiry: is an operator on duty", rule)


def ask(call: Call, rules: Rules, *before: str, rule: str = "") -> Decision:
    """Ask for letters of a name."""
    if call.stage is not Stage.SEARCH:
        call = call.to(Stage.SEARCH, tries=0, entry="", page=0)
    phrases = (*map(Text, before), Text(p.ASK_NAME))
    greeting = rules.greeting
    keys = LIST_KEY + DESK_KEY + BACK_KEY
    question = Ask(phrases, Expect.NAME, keys, greeting.silence_seconds, greeting.digit_seconds)
    return Decision(call, question, "directory enquiry by name", rule or "greeting.keys")


def spelled(call: Call, outcome: Outcome, rules: Rules) -> Decision:
    """Letters, or a key, or silence, came."""
    if not isinstance(outcome, Entered):
        return _once_more(call, rules, p.NOTHING_HEARD, "nothing was entered")
    if outcome.digits == LIST_KEY:
        return listing(call, rules)
    if outcome.digits == DESK_KEY:
        return reach.to_unclear(call, rules, "the caller wants a person for the enquiry")
    found = find(rules, outcome.digits, call.inside)
    if not found:
        return _once_more(call, rules, p.NO_MATCH, "nobody has these letters")
    if len(found) > MANY:
        return _once_more(call, rules, p.TOO_MANY, f"{len(found)} names have these letters")
    return choices(call.to(Stage.MATCHES, entry=outcome.digits, page=0, tries=0), rules)


def choices(call: Call, rules: Rules) -> Decision:
    """Read one page of the matches."""
    shown = _page(call, rules)
    more = len(find(rules, call.entry, call.inside)) > (call.page + 1) * PAGE
    phrases: list[Phrase] = []
    for key, number in enumerate(shown, start=1):
        phrases += [Text(p.CHOICE_FOR), Spoken(number), *_of_department(number, rules, call)]
        phrases += [Text(p.CHOICE_PRESS), Digits(str(key))]
    if more:
        phrases.append(Text(p.MORE))
    phrases.append(Text(p.BACK))
    keys = "".join(map(str, range(1, len(shown) + 1))) + (MORE_KEY if more else "") + BACK_KEY
    greeting = rules.greeting
    question = Ask(tuple(phrases), Expect.KEY, keys, greeting.silence_seconds, greeting.digit_seconds)
    return Decision(
        call.to(Stage.MATCHES), question, f"reads {len(shown)} names to choose from", "greeting.keys"
    )


def picked(call: Call, outcome: Outcome, rules: Rules) -> Decision:
    """A name was chosen, or another page, or nothing that is on offer."""
    key = outcome.digits if isinstance(outcome, Entered) else ""
    shown = _page(call, rules)
    if key == BACK_KEY:
        return ask(call, rules)
    if key.isdecimal() and 1 <= int(key) <= len(shown):
        number = shown[int(key) - 1]
        return reach.reach(call, number, rules, f"chosen by name: {number}")
    pages = -(-len(find(rules, call.entry, call.inside)) // PAGE)
    if key == MORE_KEY and pages > 1:
        return choices(call.to(Stage.MATCHES, page=(call.page + 1) % pages), rules)
    tries = call.tries + 1
    if tries >= rules.greeting.tries:
        return reach.to_unclear(call, rules, "no name was chosen")
    return choices(call.to(Stage.MATCHES, tries=tries), rules)


def listing(call: Call, rules: Rules) -> Decision:
    """Read the departments and their numbers; a number may be dialled at any time."""
    phrases: list[Phrase] = []
    for entry in rules.extensions.values():
        if isinstance(entry, Department | Queue) and tellable(entry, call.inside):
            phrases += [Spoken(entry.number), Text(p.LIST_NUMBER), Digits(entry.number)]
    greeting = rules.greeting
    question = Ask(
        (*phrases, Text(p.OTHER_EXTENSION)),
        Expect.EXTENSION,
        BACK_KEY,
        greeting.silence_seconds,
        greeting.digit_seconds,
    )
    return Decision(call.to(Stage.LISTING), question, "reads the departments and their numbers", "extensions")


def _once_more(call: Call, rules: Rules, before: str, reason: str) -> Decision:
    tries = call.tries + 1
    if tries >= rules.greeting.tries:
        return reach.to_unclear(call, rules, reason)
    decision = ask(call.to(Stage.SEARCH, tries=tries), rules, before)
    return Decision(decision.call, decision.action, reason, decision.rule)


def _page(call: Call, rules: Rules) -> tuple[str, ...]:
    return find(rules, call.entry, call.inside)[call.page * PAGE : (call.page + 1) * PAGE]


def _of_department(number: str, rules: Rules, call: Call) -> tuple[Phrase, ...]:
    """Which department a person belongs to, when the caller may be told of it."""
    person = rules.extensions[number]
    department = rules.extensions.get(person.department) if isinstance(person, Person) else None
    if department is None or not tellable(department, call.inside):
        return ()
    return (Text(p.IN_DEPARTMENT), Spoken(department.number))
