"""Agents of the queues: who begins, pauses, goes on and ends, by codes on their own phone (A12, A16).

An agent whom the rules name is at work as soon as their phone is registered, until they sign out. Signing
out and pausing are kept, queue by queue, until the contrary is said, whatever restarts meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from switchboard.domain.company import Person, Principal, Queue, Rules, Screened


class AgentWord(StrEnum):
    """What an agent said last of a queue."""

    IN = "in"
    OUT = "out"
    PAUSE = "pause"
    UNPAUSE = "unpause"


OUT_REASON = "signed out"
"""Why those are paused in app_queue who signed out: its configured members can't be removed."""


@dataclass(frozen=True, slots=True)
class AgentState:
    """An agent's last word in one queue, as it is kept."""

    extension: str
    queue: str
    word: AgentWord
    reason: str = ""
    at: datetime | None = None

    @property
    def rests(self) -> str:
        """Why the agent gets no calls of this queue; "" for one at work."""
        if self.word is AgentWord.OUT:
            return OUT_REASON
        return (self.reason or "pause") if self.word is AgentWord.PAUSE else ""


@dataclass(frozen=True, slots=True)
class AgentCode:
    """A code as an agent dialled it. `queues` empty: they are no agent there; `word` None: no such code."""

    word: AgentWord | None
    queues: tuple[str, ...] = ()
    reason: str = ""
    reason_missing: bool = False


def queues_of(rules: Rules, extension: str) -> tuple[str, ...]:
    """Queues in which `extension` may work. Nobody may who is only reached by way of somebody else."""
    person = rules.extensions.get(extension)
    if not isinstance(person, Person) or isinstance(person, Screened | Principal):
        return ()
    return tuple(
        q.number for q in rules.extensions.values() if isinstance(q, Queue) and extension in q.members
    )


def read_code(rules: Rules, extension: str, dialled: str) -> AgentCode:
    """What `extension` orders by dialling a code: *73 and *74 with a queue, or alone for all of their own;
    *75 with the number of a reason; *76."""
    codes, own = rules.codes, queues_of(rules, extension)
    for word, code in ((AgentWord.IN, codes.agent_in), (AgentWord.OUT, codes.agent_out)):
        if dialled.startswith(code):
            queue = dialled.removeprefix(code)
            return AgentCode(word, tuple(q for q in own if queue in ("", q)))
    if dialled == codes.unpause:
        return AgentCode(AgentWord.UNPAUSE, own)
    if dialled.startswith(codes.pause):
        return _pause(rules, own, dialled.removeprefix(codes.pause))
    return AgentCode(None)


def resting(states: Iterable[AgentState], rules: Rules) -> Mapping[tuple[str, str], str]:
    """(queue, extension) -> why, of the members who get no calls there."""
    return {
        (s.queue, s.extension): s.rests
        for s in states
        if s.rests and s.queue in queues_of(rules, s.extension)
    }


def _pause(rules: Rules, own: tuple[str, ...], key: str) -> AgentCode:
    """The first of the agent's queues that has reasons says what they are."""
    lists = [q.pause_reasons for n in own if isinstance(q := rules.extensions[n], Queue) and q.pause_reasons]
    if not lists:
        return AgentCode(AgentWord.PAUSE if not key else None, own)
    if not key:
        return AgentCode(AgentWord.PAUSE, own, reason_missing=True)
    if not key.isdecimal() or not 1 <= int(key) <= len(lists[0]):
        return AgentCode(None)
    return AgentCode(AgentWord.PAUSE, own, lists[0][int(key) - 1])
