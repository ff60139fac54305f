"""One decision: what is done next, why, and by which line of the rules."""

from __future__ import annotations

from dataclasses import dataclass

from switchboard.domain.actions import Action
from switchboard.domain.call import Call


@dataclass(frozen=True, slots=True)
class Decision:
    """The call as it goes on, and the action it goes on with.

    `reason` is one English sentence for the record; `rule` the dotted path in the rules file that
    caused it ("" when none did).
    """

    call: Call
    action: Action
    reason: str
    rule: str = ""
