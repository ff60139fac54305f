"""A call and its rehearsal take the same steps: one engine, two interpreters (D4)."""

from __future__ import annotations

import asyncio
import re
from datetime import datetime
from typing import Any

import pytest

from switchboard.domain import prompt_keys as p
from switchboard.domain.company import Rules
from switchboard.domain.mode import Mode
from switchboard.flows.wording import action_name, detail, outcome_word
from switchboard.rehearsal import Answer, Situation, rehearse
from switchboard.rehearsal.compare import compare
from switchboard.rehearsal.recorded import RecordedCall
from switchboard.rules import load
from switchboard.softphone import Baresip, Closed, Incoming, sound
from tests.live.desk import dials_code
from tests.live.ear import both_hear_each_other, hears, leave_message
from tests.live.house import House, PhoneOf
from tests.live.test_mode_codes import choose

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="session")]

Steps = list[tuple[Any, ...]]

COMPARED = ("look", "look_at_queue", "dial", "screen", "enqueue", "message")
"""Actions whose detail is compared too; what is said is compared by its reason."""


def rules_of(house: House) -> Rules:
    """The rules that the switchboard of these tests runs under."""
    rules = load(house.rules_file).rules
    assert rules is not None
    return rules


def rehearsed(house: House, record: dict[str, Any], *presses: str, **phones: Answer) -> Steps:
    """The steps of the same situation without a telephone: phones that aren't named can't be reached."""
    rules = rules_of(house)
    known = {name.removeprefix("x"): answer for name, answer in phones.items()}
    situation = Situation(
        at=datetime.fromisoformat(record["started"]),
        caller=record["caller"],
        dialled=record["dialled"],
        trunk=record["trunk"],
        presses=presses,
        phones=known,
        others=Answer.UNREACHABLE,
        mode=Mode(house.status()["mode"]),
        operators=tuple(house.status()["operators"]),
    )
    return [
        _step(
            action_name(moment.action),
            detail(moment.action, str),
            moment.reason,
            moment.line,
            "answered" if moment.by else outcome_word(moment.outcome) if moment.outcome else "done",
        )
        for moment in rehearse(rules, situation).moments
    ]


def taken(record: dict[str, Any]) -> Steps:
    """The steps of a real call, as `switchboard calls --json` tells them."""
    return [
        _step(step["action"], step["detail"], step["reason"], step["rule_line"] or 0, step["outcome"])
        for step in record["steps"]
    ]


def _step(action: str, about: str, reason: str, line: int, outcome: str) -> tuple[Any, ...]:
    """What must be the same; a ticket's number and how long a queue's talks took lately can't be."""
    reason, outcome = (re.sub(r"(ticket |handling=)\d+", r"\1…", words) for words in (reason, outcome))
    return action, about if action in COMPARED else "", reason, line, outcome


async def speaks(outside: Baresip, *then: str) -> None:
    """Leave a message after the tone, and hear one of the prompts `then`."""
    await outside.hears("beep", timeout=40)
    await outside.say(sound.tone(620, 2.5))
    await asyncio.sleep(2.7)
    await outside.press("#")
    await outside.hears(*then)
    await outside.expect(Closed, 20)


async def dials(outside: Baresip, digits: str, language: str = "zh") -> None:
    """Call the main number and dial into the greeting."""
    await outside.dial("8000")
    await outside.hears(f"{language}/{p.HELLO}")
    await outside.press(digits)


async def same_steps(house: House, caller: str, *presses: str, **phones: Answer) -> None:
    """The record of `caller`'s call is its rehearsal, and its replay changes nothing."""
    record = await house.record(caller)
    assert taken(record) == rehearsed(house, record, *presses, **phones)
    rules = rules_of(house)
    assert compare(rules, rules, [RecordedCall.of(record)]).changed == 0


async def test_a_call_that_is_answered(switchboard: House, phone: PhoneOf, caller: PhoneOf) -> None:
    """8202 answers; the caller hangs up."""
    person, outside = await phone("8202"), await caller("13800000401")
    await dials(outside, "8202")
    await person.expect(Incoming)
    await person.accept()
    await both_hear_each_other(person, outside)
    await outside.hangup()
    await person.expect(Closed)
    await same_steps(switchboard, "13800000401", "8202", x8202=Answer.ANSWERS)


async def test_a_call_that_is_declined_and_leaves_a_message(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """486, the choice, key 1, a message."""
    person, outside = await phone("8203"), await caller("13800000402")
    await dials(outside, "8203")
    await person.expect(Incoming)
    await person.reject()
    end = await hears(outside, "zh/" + p.CHOICE)
    await outside.press("1")
    await leave_message(outside, after=end)
    await outside.expect(Closed, 20)
    await same_steps(switchboard, "13800000402", "8203", "1", x8203=Answer.DECLINES)


async def test_a_wrong_number_then_a_phone_that_is_off(switchboard: House, caller: PhoneOf) -> None:
    """No such number, asked again; 8304 isn't registered; key 1, a message."""
    outside = await caller("13800000403")
    await dials(outside, "1234#")
    await hears(outside, "zh/" + p.WRONG)
    await outside.press("8304")
    await hears(outside, "zh/" + p.CHOICE)
    await outside.press("1")
    end = await hears(outside, "zh/" + p.LEAVE_MESSAGE, timeout=40)
    await leave_message(outside, after=end - 0.5)
    await outside.expect(Closed, 20)
    await same_steps(switchboard, "13800000403", "1234", "8304", "1")


async def test_the_chairman_in_english_whose_secretary_is_out(switchboard: House, caller: PhoneOf) -> None:
    """Key 9, 8899, nobody at 8890: a message for the chairman."""
    outside = await caller("13800000404")
    await dials(outside, "9")
    await outside.hears(f"en/{p.HELLO}")
    await outside.press("8899")
    await speaks(outside, "en/" + p.MESSAGE_SAVED)
    await same_steps(switchboard, "13800000404", "9", "8899")


async def test_an_operator_who_turns_a_call_away(switchboard: House, phone: PhoneOf, caller: PhoneOf) -> None:
    """Manual mode: 8011 declines, the machine goes on, 8202 answers."""
    operator, person = await phone("8011"), await phone("8202")
    await dials_code(operator, "*71", p.SIGNED_IN)
    choose(switchboard, "manual")
    try:
        operator.forget()
        outside = await caller("13800000406")
        await outside.dial("8000")
        await operator.expect(Incoming)
        await operator.reject()
        await outside.hears("zh/" + p.HELLO, timeout=30)
        await outside.press("8202")
        await person.expect(Incoming)
        await person.accept()
        await both_hear_each_other(person, outside)
        await outside.hangup()
        await person.expect(Closed)
        phones = {"x8011": Answer.DECLINES, "x8202": Answer.ANSWERS}
        await same_steps(switchboard, "13800000406", "8202", **phones)
    finally:
        choose(switchboard, "schedule")
        await dials_code(operator, "*72", p.SIGNED_OUT)


async def test_a_complaint_without_agents(switchboard: House, caller: PhoneOf) -> None:
    """Key 7: a ticket, nobody in the queue, a message, the ticket's number."""
    outside = await caller("13800000405")
    await dials(outside, "7")
    await speaks(outside, "zh/" + p.TICKET)
    await same_steps(switchboard, "13800000405", "7")
