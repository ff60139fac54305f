"""AMI as bytes and messages: panoramisk's message, action and protocol, with their faults closed.

What is different from panoramisk 1.4, each point with a test in tests/ami/test_wire.py:

- bytes are cut into messages before they are decoded, so a character may lie across two portions;
- a header that comes twice keeps its first value where it says what the message is (Event, Response,
  ActionID); elsewhere it becomes a list;
- an answer is a list only when Asterisk says `EventList: start`, never by the wording of its text;
- a line end or NUL in a field is refused, since it would begin a header or an action of another's making;
- nothing is ever sent a second time by itself: what was asked before the link fell may have been done;
- one broken message or consumer never closes the link.

Only events that somebody wants are read at all: a busy PBX sends thousands a second.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import structlog
from panoramisk.actions import Action as PanoramiskAction  # type: ignore[import-untyped]
from panoramisk.ami_protocol import AMIProtocol  # type: ignore[import-untyped]
from panoramisk.message import Message as PanoramiskMessage  # type: ignore[import-untyped]

from switchboard.errors import AmiDisconnected, AmiRefused

log = structlog.get_logger(__name__)

MAX_MESSAGE = 4 * 1024 * 1024
"""Bytes of one message. Asterisk's longest are outputs of console commands."""

_FIELD = re.compile(r"[A-Za-z][A-Za-z0-9_-]*", re.ASCII)
_ONCE = ("event", "response", "actionid")
_END = b"\r\n\r\n"

Value = str | int | float | bool | Sequence[str] | None


class Message(PanoramiskMessage):
    """An event or a response. Headers by name in any case; `text` for one, "" when it is missing."""

    @classmethod
    def from_line(cls, line: str) -> Message | None:
        """One message without its closing empty line; None when it is neither event nor response."""
        headers: dict[str, Any] = {}
        for part in line.split("\r\n"):
            name, colon, value = part.partition(":")
            if not colon or not _FIELD.fullmatch(name.strip()):
                continue
            key = name.strip().lower()
            value = value.removeprefix(" ")
            if key not in headers:
                headers[key] = value
            elif key not in _ONCE:
                kept = headers[key]
                headers[key] = [*kept, value] if isinstance(kept, list) else [kept, value]
        return cls(headers) if "event" in headers or "response" in headers else None

    def text(self, name: str) -> str:
        """A header as one text: "" when missing, the first value when it came several times."""
        value = self.get(name, "")
        return str(value[0]) if isinstance(value, list) else str(value)

    def texts(self, name: str) -> list[str]:
        """All values of a header."""
        value = self.get(name, [])
        return list(value) if isinstance(value, list) else [str(value)]


class Action(PanoramiskAction):
    """One action and what has been answered so far. `future` gets the response and its list of events."""

    def __init__(self, name: str, fields: Mapping[str, Value]) -> None:
        super().__init__({"Action": name})
        for field, value in fields.items():
            if field.lower() in ("action", "actionid"):
                raise AmiRefused(f"{field} is not a field to set", name, "refused before sending")
            if value is not None:
                self[field] = value
        self.future.add_done_callback(_looked_at)

    def encoded(self) -> bytes:
        """As bytes for the wire. Raises AmiRefused for a field or value that AMI can't carry."""
        name = str(self["Action"])
        lines = []
        for field, value in self.items():
            if not _FIELD.fullmatch(field):
                raise AmiRefused(f"{field[:40]!r} is no field name", name, "refused before sending")
            values = value if isinstance(value, (list, tuple)) else [value]
            for one in values:
                text = ("true" if one else "false") if isinstance(one, bool) else str(one)
                if any(c in text for c in "\r\n\0"):
                    raise AmiRefused(f"a line end or NUL in {field}", name, "refused before sending")
                lines.append(f"{field}: {text}")
        try:
            return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8")
        except UnicodeEncodeError as error:
            raise AmiRefused("text that is no Unicode", name, "refused before sending") from error

    @property
    def multi(self) -> bool:
        """A list follows: Asterisk said so in the response."""
        return bool(self.responses) and self.responses[0].text("EventList").lower() == "start"

    @property
    def completed(self) -> bool:
        """The last message ended the answer."""
        last = self.responses[-1]
        if not self.multi:
            return True
        return bool(last.text("EventList").lower() in ("complete", "cancelled"))

    def add_message(self, message: Message) -> bool:
        """Take one message of the answer; True when it is whole."""
        self.responses.append(message)
        if not self.completed:
            return False
        if not self.future.done():
            self.future.set_result(self.responses)
        return True


class Wire(AMIProtocol):
    """One connection. `on_event` gets events of `wanted` names (lower case); `lost` is done when it ended."""

    version: str | None
    closed: bool

    def __init__(self, on_event: Callable[[Message], None], wanted: Mapping[str, object]) -> None:
        self._on_event = on_event
        self._wanted = wanted
        self._buffer = bytearray()
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.responses: dict[str, Action] = {}

    def ask(self, action: Action) -> None:
        """Send. The answer comes in `action.future`; `forget` it when you no longer wait."""
        data = action.encoded()
        if self.closed:
            raise AmiDisconnected("the manager link is down", str(action["Action"]))
        self.responses[action.id] = action
        self.transport.write(data)

    def forget(self, action: Action) -> None:
        """Nobody waits for this answer any more."""
        self.responses.pop(action.id, None)

    def data_received(self, data: bytes) -> None:
        searched = max(0, len(self._buffer) - len(_END))
        self._buffer += data
        if self.version is None:
            greeting, end, rest = bytes(self._buffer).partition(b"\r\n")
            if not end:
                return self._guard_size()
            self.version = greeting.decode("utf-8", "replace").partition("/")[2].strip()
            self._buffer, searched = bytearray(rest), 0
        start = 0
        while (end_at := self._buffer.find(_END, max(start, searched))) >= 0:
            part = bytes(self._buffer[start:end_at])
            start = end_at + len(_END)
            try:
                self._part(part.lstrip(b"\r\n"))
            except Exception:  # a broken message must not take the link with it
                log.exception("ami_message_unread", begins=part[:80])
        del self._buffer[:start]
        return self._guard_size()

    def _guard_size(self) -> None:
        if len(self._buffer) > MAX_MESSAGE:
            log.error("ami_message_too_long", bytes=len(self._buffer))
            self.close()

    def _part(self, part: bytes) -> None:
        if part.startswith(b"Event: "):
            name = part[7:].partition(b"\r\n")[0].decode("utf-8", "replace").strip().lower()
            if name not in self._wanted and b"\r\nActionID: " not in part:
                return
        message = Message.from_line(part.decode("utf-8", "replace"))
        if message is not None:
            self.handle_message(message)

    def handle_message(self, message: Message) -> None:
        action = self.responses.get(message.text("ActionID"))
        if action is not None and ("response" in message or action.responses):
            if action.add_message(message):
                self.forget(action)
        elif "event" in message and message.text("Event").lower() in self._wanted:
            self._on_event(message)

    def connection_lost(self, exc: BaseException | None) -> None:
        self.close()
        if not self.lost.done():
            self.lost.set_result(None)

    def close(self) -> None:
        """Close; every action under way fails with AmiDisconnected and is never sent again."""
        waiting, self.responses = self.responses, {}
        for action in waiting.values():
            if not action.future.done():
                name = str(action["Action"])
                action.future.set_exception(AmiDisconnected(f"the manager link fell during {name}", name))
        if not self.closed:
            self.closed = True
            self.transport.abort()


def _looked_at(future: asyncio.Future[Any]) -> None:
    """An action nobody waits for may fail without complaint at the end of the program."""
    if not future.cancelled():
        future.exception()
