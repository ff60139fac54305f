"""Phones of agents, made letter by letter: each registers, answers at once, talks for a while and hangs up.

Real phones would do, but not five of them beside fifty callers on two cores without measuring themselves.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
import time
from dataclasses import dataclass, field

SDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 8\r\n"


@dataclass
class Agent(asyncio.DatagramProtocol):
    """One phone at the PBX on this machine's `port`. `talks` has when each conversation ended."""

    number: str
    password: str
    port: int
    talk_seconds: float
    talks: list[float] = field(default_factory=list)
    registered: bool = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._here = "{}:{}".format(*transport.get_extra_info("sockname"))
        self._calls: dict[str, asyncio.TimerHandle | None] = {}
        self._register(1)

    def datagram_received(self, data: bytes, sender: tuple[str, int]) -> None:
        text = data.decode("utf-8", "replace")
        first = text.split("\r\n", 1)[0]
        if first.startswith("SIP/2.0 401") and "REGISTER" in text:
            self._register(2, text)
        elif first.startswith("SIP/2.0 200") and "REGISTER" in text:
            self.registered = True
        elif first.startswith("INVITE "):
            self._answer(text, SDP)
            call = _header(text, "Call-ID")
            if call not in self._calls:
                loop = asyncio.get_running_loop()
                self._calls[call] = loop.call_later(self.talk_seconds, self._hang_up, text)
        elif first.startswith("BYE "):
            self._answer(text)
            self._ended(_header(text, "Call-ID"))
        elif not first.startswith(("SIP/2.0", "ACK ")):
            self._answer(text)

    def _send(self, *lines: str, body: str = "") -> None:
        head = [*lines, *(["Content-Type: application/sdp"] if body else []), f"Content-Length: {len(body)}"]
        text = "\r\n".join([*head, "", body])
        self._transport.sendto(text.encode(), ("127.0.0.1", self.port))  # type: ignore[attr-defined]

    def _register(self, turn: int, challenge: str = "") -> None:
        target, proof = f"sip:127.0.0.1:{self.port}", []
        if challenge:
            nonce, opaque = _quoted(challenge, "nonce"), _quoted(challenge, "opaque")
            secret = _md5(f"{self.number}:asterisk:{self.password}")
            response = _md5(f"{secret}:{nonce}:00000001:c:auth:{_md5(f'REGISTER:{target}')}")
            proof = [
                f'Authorization: Digest username="{self.number}",realm="asterisk",nonce="{nonce}",'
                f'uri="{target}",response="{response}",algorithm=MD5,cnonce="c",nc=00000001,qop=auth,'
                f'opaque="{opaque}"'
            ]
        who = f"<sip:{self.number}@127.0.0.1>"
        self._send(
            f"REGISTER {target} SIP/2.0",
            f"Via: SIP/2.0/UDP {self._here};rport;branch=z9hG4bK{secrets.token_hex(6)}",
            f"From: {who};tag=r",
            f"To: {who}",
            f"Call-ID: register-{self.number}",
            f"CSeq: {turn} REGISTER",
            "Max-Forwards: 70",
            f"Contact: <sip:{self.number}@{self._here}>",
            *proof,
        )

    def _answer(self, request: str, body: str = "") -> None:
        to = _header(request, "To")
        self._send(
            "SIP/2.0 200 OK",
            *re.findall(r"^(?:Via|From|Call-ID|CSeq|Record-Route):[^\r]*", request, re.MULTILINE),
            f"To: {to if 'tag=' in to else to + ';tag=a'}",
            f"Contact: <sip:{self.number}@{self._here}>",
            body=body,
        )

    def _hang_up(self, invite: str) -> None:
        call = _header(invite, "Call-ID")
        contact = re.search(r"<([^>]+)>", _header(invite, "Contact"))
        self._send(
            f"BYE {contact[1] if contact else ''} SIP/2.0",
            f"Via: SIP/2.0/UDP {self._here};rport;branch=z9hG4bK{secrets.token_hex(6)}",
            f"From: {_header(invite, 'To')};tag=a",
            f"To: {_header(invite, 'From')}",
            f"Call-ID: {call}",
            "CSeq: 1 BYE",
            "Max-Forwards: 70",
        )
        self._ended(call)

    def _ended(self, call: str) -> None:
        timer = self._calls.get(call)
        if timer is not None:
            timer.cancel()
            self._calls[call] = None
            self.talks.append(time.monotonic())


def _header(text: str, name: str) -> str:
    found = re.search(rf"^{name}:\s*([^\r]*)", text, re.MULTILINE | re.IGNORECASE)
    return found[1].strip() if found else ""


def _quoted(text: str, name: str) -> str:
    found = re.search(rf'{name}="([^"]*)"', text)
    return found[1] if found else ""


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()
