"""FastAGI: how the controller holds a caller's channel for the length of a step.

`AgiServer` runs a handler for each session, `Channel` has the verbs. Our own: the call path is what this
product exists for, and every FastAGI library tried lost step when a caller hung up.
"""

from switchboard.agi.channel import MAX_SOUND_SECONDS, Channel, Recording
from switchboard.agi.server import AgiServer
from switchboard.agi.values import clean

__all__ = ["MAX_SOUND_SECONDS", "AgiServer", "Channel", "Recording", "clean"]
