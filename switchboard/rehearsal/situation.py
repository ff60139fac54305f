"""What is supposed in a rehearsal: who calls, when, what they press, and what phones do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from switchboard.domain.mode import Mode
from switchboard.domain.order import OrderKind


class Answer(StrEnum):
    """What a phone does when it is wanted."""

    ANSWERS = "answers"
    BUSY = "busy"  # in a conversation already
    DECLINES = "declines"  # rings, and its owner turns the call away
    NO_ANSWER = "no_answer"  # rings, and nobody comes
    UNREACHABLE = "unreachable"
    PASSES_ON = "passes_on"  # an executive who is asked, and passes the call to the deputy
    WANTS_MESSAGE = "wants_message"  # an executive who is asked, and has a message taken


@dataclass(frozen=True, slots=True)
class Situation:
    """A supposed call. `at` is aware of its zone.

    `presses` are entries in the order of the questions, each without a closing #: "" is silence, "#" that key
    alone; a question beyond the last is met with silence. Phones that `phones` doesn't name do `others`; so
    do a queue's agents. `orders` (kind and target) are given in turn by whoever talks with the caller.
    """

    at: datetime
    caller: str = ""
    dialled: str = ""
    trunk: str = ""
    inside: bool = False
    language: str = ""  # "" = the rules' first language
    presses: tuple[str, ...] = ()
    phones: Mapping[str, Answer] = field(default_factory=dict)
    others: Answer = Answer.ANSWERS
    mode: Mode = Mode.AUTOMATIC
    operators: tuple[str, ...] = ()  # signed in and not away
    speaks: bool = True  # leaves a message when asked to
    orders: tuple[tuple[OrderKind, str], ...] = ()
    knows_pin: bool = True  # of a phone inside, where a code asks for it

    def answer(self, phone: str) -> Answer:
        """What `phone` does."""
        return self.phones.get(phone, self.others)
