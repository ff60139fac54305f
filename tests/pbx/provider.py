"""A telephone provider that is always busy: it notes who is called and by whom, and refuses."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class Provider(asyncio.DatagramProtocol):
    """`called` has (number dialled, number shown) of each call."""

    status: str = "486 Busy Here"
    called: list[tuple[str, str]] = field(default_factory=list)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, sender: tuple[str, int]) -> None:
        text = data.decode("utf-8", "replace")
        method, uri = text.split(" ", 2)[:2]
        if method == "INVITE":
            number = re.match(r"sip:([^@]*)@", uri)
            shown = re.search(r"^From:.*?sip:([^@]*)@", text, re.MULTILINE)
            assert number
            assert shown
            self.called.append((number[1], shown[1]))
        if method in ("INVITE", "OPTIONS"):
            kept = [h for h in text.split("\r\n") if re.match(r"(Via|From|Call-ID|CSeq):", h)]
            to = re.search(r"^To:.*", text, re.MULTILINE)
            assert to
            status = self.status if method == "INVITE" else "200 OK"
            answer = [f"SIP/2.0 {status}", *kept, f"{to[0].strip()};tag=p", "Content-Length: 0", "", ""]
            self.transport.sendto("\r\n".join(answer).encode(), sender)  # type: ignore[attr-defined]


@asynccontextmanager
async def provider(status: str = "486 Busy Here") -> AsyncIterator[tuple[Provider, str]]:
    """A provider and its address."""
    loop = asyncio.get_running_loop()
    transport, made = await loop.create_datagram_endpoint(lambda: Provider(status), ("127.0.0.1", 0))
    try:
        host, port = transport.get_extra_info("sockname")
        yield made, f"{host}:{port}"
    finally:
        transport.close()
