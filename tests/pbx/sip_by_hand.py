"""SIP requests made letter by letter, for what no decent phone would send."""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class ByHand(asyncio.DatagramProtocol):
    """One UDP socket to one server. `request` answers an authentication challenge once."""

    def __init__(self, server: tuple[str, int]) -> None:
        self.server = server
        self.arrived: asyncio.Queue[str] = asyncio.Queue()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.here = "{}:{}".format(*transport.get_extra_info("sockname"))

    def datagram_received(self, data: bytes, sender: tuple[str, int]) -> None:
        self.arrived.put_nowait(data.decode("utf-8", "replace"))

    async def request(
        self, method: str, uri: str, user: str, password: str = "", headers: str = "", number: str = ""
    ) -> list[str]:
        """The final answers to a request from `user`: one, or the challenge and what came after it."""
        call, tag, answers, proof = secrets.token_hex(8), secrets.token_hex(4), [], ""
        target = f"{uri}@{self.server[0]}:{self.server[1]}"
        for turn in (1, 2):
            text = (
                f"{method} {target} SIP/2.0\r\nVia: SIP/2.0/UDP {self.here};rport;"
                f"branch=z9hG4bK{call}{turn}\r\n"
                f"From: <sip:{number or user}@{self.server[0]}>;tag={tag}\r\nTo: <{target}>\r\n"
                f"Call-ID: {call}\r\nCSeq: {turn} {method}\r\nMax-Forwards: 70\r\n{headers}{proof}"
                "Content-Length: 0\r\n\r\n"
            )
            self.transport.sendto(text.encode(), self.server)  # type: ignore[attr-defined]
            answers.append(await self._final(call))
            challenge = re.search(r'nonce="([^"]+)"', answers[-1])
            if turn == 2 or not password or not challenge:
                break
            ha1 = _md5(f"{user}:asterisk:{password}")
            opaque = re.search(r'opaque="([^"]+)"', answers[-1])
            response = _md5(f"{ha1}:{challenge[1]}:00000001:c:auth:{_md5(f'{method}:{target}')}")
            proof = (
                f'Authorization: Digest username="{user}",realm="asterisk",nonce="{challenge[1]}",'
                f'uri="{target}",response="{response}",algorithm=MD5,cnonce="c",nc=00000001,qop=auth'
                + (f',opaque="{opaque[1]}"' if opaque else "")
                + "\r\n"
            )
        return answers

    async def _final(self, call: str) -> str:
        while True:
            text = await asyncio.wait_for(self.arrived.get(), 5)
            if f"Call-ID: {call}" in text and re.match(r"SIP/2.0 [2-6]", text):
                return text

    async def notified(self) -> str:
        """The next NOTIFY's text."""
        while True:
            text = await asyncio.wait_for(self.arrived.get(), 5)
            if text.startswith("NOTIFY "):
                kept = [h for h in text.split("\r\n") if re.match(r"(Via|From|To|Call-ID|CSeq):", h)]
                answer = "\r\n".join(["SIP/2.0 200 OK", *kept, "Content-Length: 0", "", ""])
                self.transport.sendto(answer.encode(), self.server)  # type: ignore[attr-defined]
                return text


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


@asynccontextmanager
async def by_hand(port: int) -> AsyncIterator[ByHand]:
    """A socket to the server on this machine's `port`."""
    loop = asyncio.get_running_loop()
    transport, made = await loop.create_datagram_endpoint(
        lambda: ByHand(("127.0.0.1", port)), ("127.0.0.1", 0)
    )
    try:
        yield made
    finally:
        transport.close()
