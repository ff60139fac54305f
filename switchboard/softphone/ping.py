"""Does anybody answer SIP there?"""

from __future__ import annotations

import secrets
import socket
from contextlib import closing


def answers(address: str, port: int, seconds: float = 3.0) -> bool:
    """True when an OPTIONS request over UDP gets any answer within `seconds`. Blocks."""
    request = (
        "OPTIONS sip:ping@{there} SIP/2.0\r\nVia: SIP/2.0/UDP {here};rport;branch=z9hG4bK{mark}\r\n"
        "Max-Forwards: 1\r\nFrom: <sip:ping@{here}>;tag={mark}\r\nTo: <sip:ping@{there}>\r\n"
        "Call-ID: {mark}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
    )
    tries = 3
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as s:
        s.settimeout(seconds / tries)
        try:
            s.connect((address, port))
            here = "{}:{}".format(*s.getsockname())
            for _ in range(tries):
                mark = secrets.token_hex(8)
                s.send(request.format(here=here, there=f"{address}:{port}", mark=mark).encode())
                try:
                    return bool(s.recv(4096))
                except TimeoutError:
                    continue
        except OSError:
            pass  # port unreachable: nobody listens
    return False
