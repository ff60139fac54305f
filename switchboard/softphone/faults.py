"""What can go wrong with a softphone of ours."""

from __future__ import annotations

from switchboard.errors import SwitchboardError


class SoftphoneError(SwitchboardError):
    """The softphone program is missing, died, or refused a command; the text says which and why."""


class NothingHappened(SoftphoneError):
    """A wait ended without what was waited for; the text says what, and what happened instead."""
