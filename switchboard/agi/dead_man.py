"""When the dead-man's switch will fire, as far as the controller knows.

The dialplan arms an absolute timeout of DEAD_MAN_SECONDS before it opens a session; the controller moves it
ahead of each command to that command's longest run plus DEAD_MAN_SECONDS. If the controller stalls, Asterisk
leaves the session when it fires, and the call goes on in the fallback.

Moving it costs a round trip, so it isn't moved when it already stands where it should: late enough for the
command to end and its answer to be acted on, early enough that a stall is noticed soon after.
"""

from __future__ import annotations

from switchboard.dialplan import DEAD_MAN_SECONDS

EARLIEST = DEAD_MAN_SECONDS / 2
"""The least that may remain after a command's longest run: time for the answer and our next command."""

LATEST = DEAD_MAN_SECONDS + 0.5
"""The most that may remain after it: with a greater rest a stall would be heard as silence."""


class DeadMan:
    """One session's switch. Times are seconds of one monotonic clock, given by the caller."""

    def __init__(self, now: float) -> None:
        self._fires: float | None = now + DEAD_MAN_SECONDS

    def wanted(self, now: float, run: float) -> float | None:
        """What to arm ahead of a command that may run `run` seconds; None when it stands right or is off."""
        if self._fires is None:
            return None
        rest = self._fires - now - run
        if EARLIEST <= rest <= LATEST:
            return None
        return run + DEAD_MAN_SECONDS

    def armed(self, now: float, seconds: float) -> None:
        """Noted: set at `now` to fire after `seconds`; 0 switches it off until it is armed again."""
        self._fires = now + seconds if seconds > 0 else None

    def fired(self, now: float) -> bool:
        """It must have fired by now (with 0.2 s for the difference of two clocks' readings)."""
        return self._fires is not None and now >= self._fires - 0.2
