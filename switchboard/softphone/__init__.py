"""Real phones without hardware: placing calls, answering them, and knowing what was heard.

`Baresip` drives Debian's baresip; `heard` recognises prompts by their sound, `tones` tells tones apart.
Only `switchboard call` and the live tests use this package: no caller's way leads through it.
"""

from __future__ import annotations

from switchboard.softphone.baresip import Baresip
from switchboard.softphone.configuration import Account
from switchboard.softphone.events import Closed, Established, Incoming, Lamp, Registered, Ringing
from switchboard.softphone.faults import NothingHappened, SoftphoneError
from switchboard.softphone.heard import Heard, Repertoire, recognise
from switchboard.softphone.program import find

__all__ = [
    "Account",
    "Baresip",
    "Closed",
    "Established",
    "Heard",
    "Incoming",
    "Lamp",
    "NothingHappened",
    "Registered",
    "Repertoire",
    "Ringing",
    "SoftphoneError",
    "find",
    "recognise",
]
