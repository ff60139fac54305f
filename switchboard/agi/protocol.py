"""FastAGI without a socket: bytes in, events out, and one command at a time.

Asterisk answers each command with one line, mostly; the exceptions are what this module exists for (all from
res_agi.c of Asterisk 22):

- `HANGUP` comes as a line of its own whenever the channel goes, between replies, sometimes twice.
- `520` is one line, or many from `520-` to `520 End of proper usage.`
- `EXEC` of an application that returns 1 is answered twice: `200 result=1`, then a 520 block.
- A variable's value is sent raw, line ends and all, so a caller's value could pass for further replies.
  Values are therefore fetched between two copies of an unguessable mark (`fence`), with GET FULL VARIABLE,
  whose buffer grows; plain GET VARIABLE reads functions through 1,024 bytes.
- A second command must never be sent before the first is answered: it lies unseen in Asterisk's read
  buffer, or cuts a sound short and takes its reply's place.

Anything else is AgiProtocolError, after which the protocol stays broken: a session that lost step can't be
trusted to say which answer belongs to which question.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from switchboard.agi.request import RequestBlock
from switchboard.errors import AgiProtocolError

MAX_REPLY = 65_536
"""Bytes of a reply, or of a line of the request. Asterisk sets no limit of its own to a variable's value."""

_REPLY = re.compile(r"200 result=([^ ]*)(?: \((.*)\))?(?: endpos=([0-9]{1,18}))?", re.DOTALL)
_ERROR = re.compile(r"(5[0-9][0-9]) (.*)", re.DOTALL)
_USAGE_BEGINS = "520-"
_USAGE_ENDS = "520 End of proper usage."


@dataclass(frozen=True, slots=True)
class Began:
    """The request is complete; commands may be sent."""

    request: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Replied:
    """The answer to the command under way.

    `code` 200, 510 (unknown), 511 (channel is gone), 520 (wrong use). `result` is the word after `result=`,
    "" included; `note` what stood in parentheses (or the text of an error); `value` a fenced value.
    """

    code: int
    result: str = ""
    note: str = ""
    endpos: int | None = None
    value: str = ""


@dataclass(frozen=True, slots=True)
class HungUp:
    """The channel has hung up. Commands that work on channels are of no use any more."""


Event = Began | Replied | HungUp


@dataclass(slots=True)
class _Pending:
    fence: str
    app: bool
    early: Replied | None = None  # first answer of an EXEC that is answered twice


class Protocol:
    """One session's bytes. Raises AgiProtocolError for what is no AGI; then for ever after."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._block: RequestBlock | None = RequestBlock()
        self._pending: _Pending | None = None
        self._fenced: list[str] = []
        self._fenced_size = 0
        self._usage = 0  # characters of the 520 block being read
        self._fault: str = ""

    @property
    def busy(self) -> bool:
        """A command is under way."""
        return self._pending is not None

    def ask(self, line: bytes, *, fence: str = "", app: bool = False) -> bytes:
        """Note that `line` (made by `command.line`) is sent now; returns it. `app` marks an EXEC."""
        if self._fault:
            raise AgiProtocolError(self._fault)
        if self._block is not None or self._pending is not None:
            raise AgiProtocolError("a command before the last one was answered")
        self._pending = _Pending(fence=fence, app=app)
        return line

    def feed(self, data: bytes) -> list[Event]:
        """Take what arrived, in any portions; returns what it completed."""
        if self._fault:
            raise AgiProtocolError(self._fault)
        searched = len(self._buffer)
        self._buffer += data
        events: list[Event] = []
        start = 0
        try:
            while (end := self._buffer.find(b"\n", max(start, searched))) >= 0:
                if end - start > MAX_REPLY:
                    raise AgiProtocolError(f"a line of more than {MAX_REPLY} bytes")
                line = self._buffer[start:end].decode("utf-8", "replace")
                start = end + 1
                event = self._line(line)
                if event is not None:
                    events.append(event)
            del self._buffer[:start]
            if len(self._buffer) > MAX_REPLY:
                raise AgiProtocolError(f"a line of more than {MAX_REPLY} bytes")
        except AgiProtocolError as error:
            self._fault = str(error)
            raise
        return events

    def _line(self, line: str) -> Event | None:
        if self._block is not None:
            if not self._block.add(line):
                return None
            request = self._block.values()
            self._block = None
            return Began(request)
        if self._fenced:
            return self._more_of_value(line)
        if self._usage:
            return self._more_of_usage(line)
        if line == "HANGUP":
            return HungUp()
        if self._pending is None:
            raise AgiProtocolError(f"a line nobody asked for: {line[:60]!r}")
        return self._reply(self._pending, line)

    def _reply(self, pending: _Pending, line: str) -> Event | None:
        if line.startswith(_USAGE_BEGINS):
            self._usage = len(line)
            return None
        if (error := _ERROR.fullmatch(line)) is not None:
            return self._complete(Replied(int(error[1]), note=error[2]))
        if pending.early is not None:
            raise AgiProtocolError(f"expected the usage of a command, got {line[:60]!r}")
        if pending.fence:
            if not line.startswith(f"200 result=1 ({pending.fence}"):
                raise AgiProtocolError("a value without the mark it was asked for with")
            return self._more_of_value(line)
        match = _REPLY.fullmatch(line)
        if match is None:
            raise AgiProtocolError(f"not an AGI reply: {line[:60]!r}")
        result, note, endpos = match.groups()
        reply = Replied(200, result, note or "", int(endpos) if endpos else None)
        if pending.app and result == "1":
            pending.early = reply
            return None
        return self._complete(reply)

    def _more_of_value(self, line: str) -> Event | None:
        assert self._pending is not None
        self._fenced.append(line)
        self._fenced_size += len(line) + 1
        fence = self._pending.fence
        if not line.endswith(fence + ")"):
            if self._fenced_size > MAX_REPLY:
                raise AgiProtocolError(f"a value of more than {MAX_REPLY} characters")
            return None
        whole = "\n".join(self._fenced)
        begin = len("200 result=1 (") + len(fence)
        end = len(whole) - len(fence) - 1
        if end < begin:  # the one mark can't be both ends
            return None
        self._fenced, self._fenced_size = [], 0
        return self._complete(Replied(200, "1", value=whole[begin:end]))

    def _more_of_usage(self, line: str) -> Event | None:
        self._usage += len(line) + 1
        if line == _USAGE_ENDS:
            self._usage = 0
            return self._complete(Replied(520, note="wrong use"))
        if self._usage > MAX_REPLY:
            raise AgiProtocolError(f"a 520 answer of more than {MAX_REPLY} characters")
        return None

    def _complete(self, reply: Replied) -> Replied:
        pending, self._pending = self._pending, None
        if pending is not None and pending.early is not None:
            return pending.early
        return reply
