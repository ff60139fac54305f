"""Netstrings (`5:hello,`): how baresip's ctrl_tcp frames its JSON. Sans I/O.

Source: baresip modules/ctrl_tcp, and D. J. Bernstein's definition of the format.
"""

from __future__ import annotations

from switchboard.softphone.faults import SoftphoneError

LIMIT = 1_000_000
"""Bytes one netstring may have. baresip's longest event, an SDP body, is far below."""


def encode(payload: bytes) -> bytes:
    """`payload` as one netstring."""
    return b"%d:%s," % (len(payload), payload)


class Decoder:
    """Cuts a stream of bytes into payloads, however the chunks fall."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, chunk: bytes) -> list[bytes]:
        """Payloads completed by `chunk`. Raises SoftphoneError for bytes that are no netstring."""
        self._rest += chunk
        payloads: list[bytes] = []
        while True:
            head, colon, body = self._rest.partition(b":")
            if not colon:
                if len(head) > len(str(LIMIT)) or (head and not head.isdigit()):
                    raise SoftphoneError(f"the softphone sent no netstring: {head[:40]!r}")
                return payloads
            if not head.isdigit() or int(head) > LIMIT:
                raise SoftphoneError(f"the softphone sent no netstring: {head[:40]!r}")
            length = int(head)
            if len(body) <= length:
                return payloads
            if body[length : length + 1] != b",":
                raise SoftphoneError("the softphone sent a netstring without its closing comma")
            payloads.append(body[:length])
            self._rest = body[length + 1 :]
