"""A caller and a number outside in the live view (B1): where it rings, who is asked, who talks."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from switchboard.ami.linked import CallSeen
from switchboard.domain.call import Call, Stage
from switchboard.domain.live import LiveState
from switchboard.flows.live_row import Told, row

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
MOBILE, LINE = "13900001111", "trunk-line2"
SENT = Call("1.1", "1-a", caller="138", dialled="8000", stage=Stage.OUTSIDE_RINGING, outside=MOBILE)
ASKED = Call("1.1", "1-a", caller="138", dialled="8000", stage=Stage.HELD, held_by="8011", consult=MOBILE)


def looks(call: Call, state: str = "up", **seen: Any) -> Any:
    """The row of a call whose caller came in by the same line."""
    on_board = CallSeen("1.1", "138", "", "8000", state, ("8011", LINE), NOW.timestamp(), **seen)
    return row("1.1", on_board, Told(call), None, NOW, {}, lambda phone: "unreachable")


def test_a_caller_sent_outside_rings_and_talks_there() -> None:
    """The row names the number; none of our phones is with the caller."""
    ringing = looks(SENT, asked=(LINE,))
    assert (ringing.state, ringing.target, ringing.phones) == (LiveState.RINGING, MOBILE, ())
    talking = looks(SENT, "talking", joined=(LINE,))
    assert (talking.state, talking.target, talking.phones) == (LiveState.TALKING, MOBILE, ())


@pytest.mark.parametrize(
    ("seen", "word"),
    [({}, "calling"), ({"asked": (LINE,)}, "ringing"), ({"joined": ("8011", LINE)}, "talking")],
)
def test_asking_outside_is_told_as_it_goes(seen: dict[str, Any], word: str) -> None:
    """From the call to the conversation, after which the caller can be connected."""
    assert looks(ASKED, **seen).consult == {"by": "8011", "target": MOBILE, "state": word}
