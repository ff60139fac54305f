"""What screening is tried with: rules with a second phone and a direct number, and what both sides do."""

from __future__ import annotations

from switchboard.domain import prompt_keys as p
from switchboard.softphone import Baresip, Incoming
from tests.live.ear import hears, zh

DIRECT = "80018801"

CHANGES = {
    '    numbers: {"8000": "8000"}': '    trusted: true\n    numbers: {"8000": "8000", "80018801": "8801"}',
    '      # also: ["8102", "13900000000"]': '      also: ["8102"]\n      #',
    '      # unscreened: ["02988886666"]': '      unscreened: ["1390000"]\n      #',
}
"""The manager has a direct number and a second phone; the trunk is trusted."""

REFUSED = zh(p.SCREEN_HOLD, p.NOT_AVAILABLE, p.CHOICE_HEAD)
"""What a refused caller hears, whatever the cause."""


async def listens(executive: Baresip) -> None:
    """Pick up and begin to listen."""
    await executive.expect(Incoming, 10)
    await executive.accept()
    await executive.hears("zh/" + p.SCREEN_CALL)


async def is_refused(outside: Baresip, timeout: float = 15) -> None:
    """Hears that the executive is not available, and nothing else."""
    await hears(outside, "zh/" + p.CHOICE_HEAD, timeout=timeout)
    names = [h.name for h in outside.heard()]
    assert names[names.index(REFUSED[0]) :] == REFUSED
