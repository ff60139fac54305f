"""The automatic greeting (A5): who we are, what to dial, and what the caller's entry means."""

from __future__ import annotations

from switchboard.domain import enquiry, reach
from switchboard.domain import prompt_keys as p
from switchboard.domain.actions import Ask, Expect
from switchboard.domain.call import Call, Stage
from switchboard.domain.company import LANGUAGES, KeyAction, Rules
from switchboard.domain.decision import Decision
from switchboard.domain.outcomes import Entered, Outcome
from switchboard.domain.phrases import Digits, Phrase, Spoken, Text


def greet(call: Call, rules: Rules, reason: str, *before: str, rule: str = "greeting") -> Decision:
    """Say who we are and what can be dialled."""
    call = call.to(Stage.GREETING, tries=0, target="", via="", why=None, entry="", page=0, rung=0, waits=0)
    opening = (*map(Text, before), Text(p.HELLO), *_offer_language(rules))
    return _ask(call, rules, opening, reason, rule)


def again(call: Call, rules: Rules, before: str, reason: str) -> Decision:
    """Say what was wrong and what can be dialled."""
    return _ask(call.to(Stage.GREETING), rules, (Text(before),), reason)


def entered(call: Call, outcome: Outcome, rules: Rules) -> Decision:
    """What the caller dialled in the greeting: a key, an extension, nothing, or something unknown."""
    if not isinstance(outcome, Entered):
        return reach.to_unclear(call, rules, "silence after the greeting")
    if (key := rules.greeting_keys.get(outcome.digits)) is not None:
        return _pressed(call, key.action, key.extension, rules, f"greeting.keys.{key.key}")
    return dialled(call, outcome, rules)


def dialled(call: Call, outcome: Outcome, rules: Rules) -> Decision:
    """An extension was asked for: reach it, or ask again, three times at most."""
    digits = outcome.digits if isinstance(outcome, Entered) else ""
    if digits in rules.extensions:
        return reach.reach(call, digits, rules)
    if digits == rules.main_number or digits == "*":
        return greet(call, rules, "the main number again")
    tries = call.tries + 1
    if tries >= rules.greeting.tries:
        return reach.to_unclear(call, rules, f"{tries} entries that are no number of ours")
    before = p.WRONG if digits else p.NOTHING_HEARD
    reason = f"{digits} is no number of ours" if digits else "nothing was dialled"
    if call.stage is Stage.OTHER:
        return reach.ask_extension(call.to(Stage.OTHER, tries=tries), before)
    return again(call.to(call.stage, tries=tries), rules, before, reason)


def _pressed(call: Call, action: KeyAction, extension: str, rules: Rules, rule: str) -> Decision:
    match action:
        case KeyAction.LANGUAGE:
            other = next(code for code in LANGUAGES if code != call.language)
            return greet(
                call.to(Stage.GREETING, language=other), rules, f"the caller wants {other}", rule=rule
            )
        case KeyAction.COMPLAINT:
            return reach.complaint(call, extension, rules, rule)
        case KeyAction.ENQUIRY:
            return enquiry.begin(call, rule)
        case KeyAction.EXTENSION:
            return reach.reach(call, extension, rules, f"the key stands for {extension}", rule)


def _ask(
    call: Call, rules: Rules, before: tuple[Phrase, ...], reason: str, rule: str = "greeting"
) -> Decision:
    announced: list[Phrase] = []
    for number in rules.greeting.announced:
        announced += [Spoken(number), Digits(number)]
    phrases = (*before, Text(p.DIAL_EXTENSION), *_offer_complaint(rules), Text(p.LISTEN), *announced)
    greeting = rules.greeting
    keys = "".join(rules.greeting_keys)
    ask = Ask(phrases, Expect.EXTENSION, keys, greeting.silence_seconds, greeting.digit_seconds)
    return Decision(call, ask, reason, rule)


def _offer_language(rules: Rules) -> tuple[Phrase, ...]:
    return _offer(rules, KeyAction.LANGUAGE, p.OTHER_LANGUAGE)


def _offer_complaint(rules: Rules) -> tuple[Phrase, ...]:
    return _offer(rules, KeyAction.COMPLAINT, p.COMPLAINT_KEY)


def _offer(rules: Rules, action: KeyAction, key: str) -> tuple[Phrase, ...]:
    return (Text(key),) if any(k.action is action for k in rules.greeting.keys) else ()
