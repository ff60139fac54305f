"""The second interpreter: what would happen to a call, without a telephone."""

from switchboard.rehearsal.interpreter import Moment, Rehearsal, rehearse
from switchboard.rehearsal.situation import Answer, Situation

__all__ = ["Answer", "Moment", "Rehearsal", "Situation", "rehearse"]
