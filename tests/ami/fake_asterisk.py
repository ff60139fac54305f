"""A manager interface that says what a test wants it to say."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

GREETING = b"Asterisk Call Manager/11.0.0\r\n"
BOOTED = b"Event: FullyBooted\r\nPrivilege: system,all\r\nStatus: Fully Booted\r\nUptime: 1\r\n\r\n"

Fields = dict[str, str]
Answer = Callable[[Fields], bytes | None]


def message(*lines: str) -> bytes:
    return "\r\n".join((*lines, "", "")).encode()


class FakeAsterisk:
    """`answers[action]` makes an answer of the action's fields; None = silence. Every action is kept."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[Fields] = []
        self.logins = 0
        self.booted = True
        self.links: list[asyncio.StreamWriter] = []
        self.port = 0
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        self.drop()
        await asyncio.sleep(0)

    def drop(self) -> None:
        """The link falls."""
        links, self.links = self.links, []
        for writer in links:
            writer.transport.abort()

    def say(self, data: bytes) -> None:
        for writer in self.links:
            writer.write(data)

    def names(self) -> list[str]:
        return [fields["action"] for fields in self.asked]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.links.append(writer)
        writer.write(GREETING)
        try:
            while True:
                text = (await reader.readuntil(b"\r\n\r\n")).decode()
                fields = {}
                for line in text.strip().split("\r\n"):
                    name, _, value = line.partition(": ")
                    fields[name.lower()] = value
                self.asked.append(fields)
                answer = self._answer(fields)
                if answer is not None:
                    writer.write(answer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def _answer(self, fields: Fields) -> bytes | None:
        name = fields["action"]
        if name in self.answers:
            return self.answers[name](fields)
        said = message("Response: Success", f"ActionID: {fields['actionid']}", "Message: fine")
        if name == "Login":
            self.logins += 1
            return said + (BOOTED if self.booted else b"")
        return said
