"""A telephone provider whose subscribers answer at once: it notes who is called, and hangs up when told."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field

SDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 8\r\n"


@dataclass
class AnsweringProvider(asyncio.DatagramProtocol):
    """`called` has the number of each call."""

    called: list[str] = field(default_factory=list)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, sender: tuple[str, int]) -> None:
        text = data.decode("utf-8", "replace")
        method, uri = text.split(" ", 2)[:2]
        if method not in ("INVITE", "OPTIONS", "BYE", "CANCEL"):
            return
        body = ""
        if method == "INVITE":
            number = re.match(r"sip:([^@]*)@", uri)
            assert number
            if _call_id(text) not in self._known:  # not the same request once more
                self._known.add(_call_id(text))
                self.called.append(number[1])
            body = SDP
        kept = [h for h in text.split("\r\n") if re.match(r"(Via|From|Call-ID|CSeq|Record-Route):", h)]
        to = re.search(r"^To:.*", text, re.MULTILINE)
        assert to
        end = "" if "tag=" in to[0] else ";tag=p"
        host, port = self.transport.get_extra_info("sockname")
        lines = ["SIP/2.0 200 OK", *kept, to[0].strip() + end, f"Contact: <sip:p@{host}:{port}>"]
        lines += ["Content-Type: application/sdp"] if body else []
        answer = "\r\n".join([*lines, f"Content-Length: {len(body)}", "", body])
        self.transport.sendto(answer.encode(), sender)  # type: ignore[attr-defined]

    def __post_init__(self) -> None:
        self._known: set[str] = set()


def _call_id(text: str) -> str:
    found = re.search(r"^Call-ID:\s*(\S+)", text, re.MULTILINE)
    return found[1] if found else ""
