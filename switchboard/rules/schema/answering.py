"""How calls are answered: the greeting, the operators, what phones inside can dial, what callers leave."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from switchboard.domain.company import FeatureCodes
from switchboard.rules.schema.base import Order, Seconds, Section
from switchboard.rules.values import Code, Email, Extension, Key, KeyMeaning

_CODES = FeatureCodes()


class Greeting(Section):
    """What a caller hears first, and what single keys do meanwhile."""

    announce: list[Extension] | None = Field(
        None, description="Numbers read out, in this order. Left out: every listed department and queue."
    )
    keys: dict[Key, KeyMeaning] = Field(
        default_factory=dict,
        description="What one key does: `language` (the other language), `enquiry` (find somebody by name), "
        "`complaint` (to `complaints`), or an extension, in quotes.",
    )
    tries: Annotated[int, Field(ge=1, le=10)] = Field(
        3, description="Wrong or missing entries before the call goes to `unclear`."
    )
    silence: Annotated[float, Field(ge=1, le=60)] = Field(
        5.0, description="Seconds to wait for the first digit once everything is said."
    )
    between_digits: Annotated[float, Field(ge=1, le=20)] = Field(
        3.0, description="Seconds to wait for each further digit."
    )


class Operators(Section):
    """Who works the switchboard."""

    people: list[Extension] = Field(
        default_factory=list, description="Extensions of `people` who may sign in as operators."
    )
    ring: Order = Field(
        "all", description="In manual mode: `all` together, or `in_turn`, in the order of `people`."
    )
    rings: Annotated[int, Field(ge=1, le=20)] = Field(
        3, description="Rings within which one answers; then the call goes on automatically."
    )
    longest_wait: Seconds = Field(
        180, description="Seconds a caller waits while all operators talk; then it goes on automatically."
    )
    longest_hold: Annotated[int, Field(ge=5, le=3600)] = Field(
        120, description="Seconds a caller stays on hold; then the operator's phone rings with the caller."
    )
    ring_cycle: Annotated[float, Field(ge=2, le=10)] = Field(
        5.0, description="Seconds one ring lasts, tone and pause: 5 in China."
    )


PinCode = Literal[
    "operator_in",
    "operator_out",
    "manual",
    "automatic",
    "away",
    "schedule",
    "hear_mode",
    "agent_in",
    "agent_out",
    "pause",
    "unpause",
]
"""Codes that a person dials and can be asked for a PIN; a call sent to a code by transfer can't."""


class Codes(Section):
    """Codes dialled on a phone inside, or reached by blind transfer: `*` and two digits, in quotes."""

    voicemail: Code = Field(_CODES.voicemail, description="One's own mailbox.")
    operator_in: Code = Field(_CODES.operator_in, description="Sign in as operator.")
    operator_out: Code = Field(_CODES.operator_out, description="Sign out.")
    manual: Code = Field(_CODES.manual, description="Operators answer; its lamp shows the mode.")
    automatic: Code = Field(_CODES.automatic, description="The machine answers.")
    away: Code = Field(_CODES.away, description="Away for a while: then minutes and `#`.")
    schedule: Code = Field(_CODES.schedule, description="Back to the schedule.")
    hear_mode: Code = Field(_CODES.hear_mode, description="Hear the mode.")
    agent_in: Code = Field(
        _CODES.agent_in, description="Sign in at a queue: then its number. Alone: at all of one's own."
    )
    agent_out: Code = Field(_CODES.agent_out, description="Sign out of queues, likewise.")
    pause: Code = Field(
        _CODES.pause, description="Pause as an agent: then the reason's place in `pause_reasons`, from 1."
    )
    unpause: Code = Field(_CODES.unpause, description="End the pause.")
    to_message: Code = Field(
        _CODES.to_message, description="Transfer a caller to a mailbox: then the extension."
    )
    to_greeting: Code = Field(_CODES.to_greeting, description="Transfer a caller to the greeting.")
    complaint: Code = Field(_CODES.complaint, description="Transfer a caller to `complaints`.")
    park: Code = Field(_CODES.park, description="Park a caller; the place is told.")
    fetch: Code = Field(_CODES.fetch, description="Fetch a parked caller: then the place.")
    pickup: Code = Field(
        _CODES.pickup,
        description="Take a call that rings elsewhere: then the extension. Alone: in one's own group.",
    )
    ask_pin: list[PinCode] = Field(
        default_factory=list,
        description="Codes, by the names above, that ask for the phone's PIN first: `[manual, automatic]`.",
    )


class Messages(Section):
    """What callers leave."""

    longest: Annotated[int, Field(ge=10, le=1800)] = Field(180, description="Seconds a message may last.")
    choice_tries: Annotated[int, Field(ge=1, le=10)] = Field(
        3, description="How often the choice of message or other extension is offered."
    )
    mail_from: Email | None = Field(None, description="Sender of mails with messages.")
