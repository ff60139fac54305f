"""Ports for a phone, below the range the system hands out by itself.

Phones of several processes choose at the same moment, and baresip opens the ports for sound only in a call:
looking whether they are free is not enough (two phones on one port lose each other's sound). So a phone
claims a whole span by listening on its last port for as long as it lives.
"""

from __future__ import annotations

import random
import socket
from contextlib import closing

from switchboard.softphone.configuration import Ports
from switchboard.softphone.faults import SoftphoneError

FIRST, LAST = 20000, 32000
SPAN = 32
"""Ports claimed together: two for SIP, one for control, then those for sound, the last as the claim."""


LOOPBACK = "127.0.0.1"
"""Where phones claim their ports and are controlled, wherever they call."""


def towards(server: str) -> str:
    """The address of ours that `server` is reached from; loopback when there is no way there."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as probe:
        try:
            probe.connect((server, 9))  # connecting a datagram socket sends nothing
        except OSError:
            return LOOPBACK
        return str(probe.getsockname()[0])


def claim(address: str = LOOPBACK) -> tuple[Ports, socket.socket]:
    """Ports on `address`, and one on loopback to be controlled by, that are this phone's until the socket is
    closed. Raises SoftphoneError when none are left."""
    places = list(range(FIRST, LAST, SPAN))
    random.shuffle(places)
    for base in places:
        mark = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            mark.bind((LOOPBACK, base + SPAN - 1))
            mark.listen(1)
        except OSError:
            mark.close()
            continue
        if all(_free(where, port) for where in {address, LOOPBACK} for port in range(base, base + SPAN - 1)):
            return Ports(base, base + 2, base + 4, base + SPAN - 2), mark
        mark.close()
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
