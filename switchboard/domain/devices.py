"""A person's devices seen as one: a desk phone and the phone in the page are one person's phone."""

from __future__ import annotations

from collections.abc import Iterable

_RANK = (
    "INVALID",
    "UNKNOWN",
    "UNAVAILABLE",
    "NOT_INUSE",
    "ONHOLD",
    "RINGING",
    "INUSE",
    "BUSY",
    "RINGINUSE",
)
"""Words of Asterisk's for a device, the one that wins last (main/devicestate.c: state_order)."""

_TALKS = {"INUSE", "ONHOLD", "BUSY"}


def together(states: Iterable[str]) -> str:
    """One word for several devices of a person, as Asterisk itself puts a hint's devices together.

    "INVALID" (no such device) for none; a word that Asterisk doesn't use counts as "UNKNOWN".
    """
    found = {state if state in _RANK else "UNKNOWN" for state in states}
    if "RINGING" in found and found & _TALKS:
        return "RINGINUSE"
    return max(found, key=_RANK.index, default="INVALID")
