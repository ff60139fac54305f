"""Ports for switchboards of tests, so that several test processes don't meet."""

from __future__ import annotations

import random
import socket
from contextlib import closing
from pathlib import Path

from switchboard.errors import SwitchboardError

SPEAKING_RATE = 170
"""Percent: callers of tests listen faster than people do."""

SPAN = 400
"""Ports a switchboard for tests takes together."""


def settings_of(folder: Path, base: int) -> dict[str, str]:
    return {
        "SWITCHBOARD_RULES": str(folder / "rules.yaml"),
        "SWITCHBOARD_DATA_DIR": str(folder / "data"),
        "SWITCHBOARD_BIND": "127.0.0.1",
        "SWITCHBOARD_SIP_PORT": str(base),
        "SWITCHBOARD_SIPS_PORT": str(base + 1),
        "SWITCHBOARD_HTTP_PORT": str(base + 2),
        "SWITCHBOARD_HTTPS_PORT": str(base + 3),
        "SWITCHBOARD_WSS_PORT": str(base + 4),
        "SWITCHBOARD_AMI_PORT": str(base + 5),
        "SWITCHBOARD_AGI_PORT": str(base + 6),
        "SWITCHBOARD_RTP_PORTS": f"{base + 100}-{base + 299}",
        "SWITCHBOARD_SPEAKING_RATE": str(SPEAKING_RATE),
    }


def claim_ports() -> socket.socket:
    """Claim 400 ports below those the system gives away, by listening on the last; the first is 399 less.

    Several test processes choose at the same moment: who can't listen on a claim's last port looks on.
    """
    for base in random.sample(range(12000, 19600, SPAN), (19600 - 12000) // SPAN):
        claim = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            claim.bind(("127.0.0.1", base + SPAN - 1))
            claim.listen(1)
        except OSError:
            claim.close()
            continue
        if all(_free(p) for p in range(base, base + 16)):
            return claim
        claim.close()
    raise SwitchboardError("no free ports for a switchboard")


def _free(port: int) -> bool:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with closing(socket.socket(socket.AF_INET, kind)) as s:
            try:
                s.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True
