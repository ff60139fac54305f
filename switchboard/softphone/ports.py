"""Free ports for a phone, below the range the system hands out by itself."""

from __future__ import annotations

import random
import socket
from contextlib import closing

from switchboard.softphone.configuration import Ports
from switchboard.softphone.faults import SoftphoneError

FIRST, LAST = 20000, 32000
SPAN = 32
"""Ports looked at together: two for SIP, one for control, the rest for sound (two a call)."""


def choose(address: str = "127.0.0.1") -> Ports:
    """Ports that nobody listens on at this moment. Raises SoftphoneError after 50 crowded places."""
    for _ in range(50):
        base = random.randrange(FIRST, LAST - SPAN, 2)  # noqa: S311  (no secret: only to stay apart)
        if all(_free(address, port) for port in range(base, base + SPAN)):
            return Ports(sip=base, control=base + 2, rtp_low=base + 4, rtp_high=base + SPAN - 1)
    raise SoftphoneError(f"no {SPAN} free ports in a row between {FIRST} and {LAST} for a softphone")


def _free(address: str, port: int) -> bool:
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        with closing(socket.socket(socket.AF_INET, kind)) as s:
            if kind == socket.SOCK_STREAM:
                s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                s.bind((address, port))
            except OSError:
                return False
    return True
