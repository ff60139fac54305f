"""A caller's channel, while the controller holds its AGI session.

Each method is one command with a deadline. Ahead of a command that takes time the dead-man's switch is
moved (`agi.dead_man`), so a method may cost two round trips; cheap ones share what is armed. One task uses
a channel at a time, and a command that is given up (deadline, cancellation) makes the channel unusable: its
answer, still to come, could be taken for another's.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from switchboard.agi import values
from switchboard.agi.command import line
from switchboard.agi.dead_man import DeadMan
from switchboard.agi.protocol import Began, HungUp, Protocol, Replied
from switchboard.dialplan import ENDPOINT_PAGE_SUFFIX
from switchboard.domain.devices import together
from switchboard.errors import AgiCommandFailed, AgiError, AgiProtocolError, CallerGone

REPLY_SECONDS = 4.0
"""How long Asterisk may take to answer beyond a command's own run."""

MAX_SOUND_SECONDS = 60.0
"""Taken for the length of a sound when nobody knows it. A stall during it is noticed only after that."""

ANSWER_SECONDS = 0.5
"""ANSWER waits that long for the first sound from the caller (channel.c: __ast_answer)."""

_SAMPLES = {"wav": 8000, "ulaw": 8000, "alaw": 8000, "gsm": 8000, "sln": 8000, "wav16": 16000, "sln16": 16000}


@dataclass(frozen=True, slots=True)
class Recording:
    """What RECORD FILE made. `ended` is Asterisk's word: dtmf, timeout (silence counts as such), randomerror
    (a key during the beep: nothing was recorded). `seconds` is 0.0 for formats we don't measure."""

    ended: str
    digit: str
    seconds: float


class Channel:
    """One session. `request` are the agi_ values, cleaned; `arguments` those of AGI(); `path` the route."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.request: Mapping[str, str] = {}
        self.arguments: tuple[str, ...] = ()
        self.path = ""
        self.language = ""
        self.linked_id = ""
        self.round_trips = 0  # commands sent so far, arming included
        self._reader, self._writer = reader, writer
        self._clock = clock
        self._protocol = Protocol()
        self._dead_man = DeadMan(clock())
        self._gone = ""  # why no further command can be sent
        self._events: list[Began | Replied | HungUp] = []

    @property
    def id(self) -> str:
        """The call's id: the linked id of its channels. "" before the session has begun."""
        return self.linked_id or self.request.get("agi_uniqueid", "")

    @property
    def gone(self) -> bool:
        """No further command can be sent."""
        return bool(self._gone)

    @property
    def switch_fired(self) -> bool:
        """The dead-man's switch must have fired: if the session ended, we were too slow and the caller may
        still be there, in the fallback."""
        return self._dead_man.fired(self._clock())

    async def begin(self) -> None:
        """Read the request block, then the call's linked id, between marks: an answer in step proves that the
        block was Asterisk's to its end, before anything in it is believed. The server does this."""
        event = await self._next_event()
        if not isinstance(event, Began):
            raise AgiProtocolError("no AGI request")
        self.request = event.request
        self.language = event.request.get("agi_language", "")
        self.path = event.request.get("agi_network_script", "").split("?", 1)[0].strip("/")
        count = sum(1 for name in event.request if name.startswith("agi_arg_"))
        self.arguments = tuple(event.request[f"agi_arg_{n}"] for n in range(1, count + 1))
        self.linked_id = values.clean(await self.get_variable("CHANNEL(linkedid)"))

    # what a caller notices

    async def answer(self) -> None:
        """Answer, if it isn't yet."""
        self._present(await self._command("ANSWER", run=ANSWER_SECONDS))

    async def stream_file(self, name: str, escape: str = "", seconds: float = MAX_SOUND_SECONDS) -> str:
        """Play the sound `name` in the channel's language; returns the key of `escape` that cut it, or "".

        `seconds` is its length. Raises AgiCommandFailed when the sound doesn't exist.
        """
        arguments = (values.sound_name(name), values.escape_digits(escape))
        reply = await self._command("STREAM FILE", *arguments, run=seconds)
        if reply.result == "-1" and not reply.endpos:
            await self._command("CHANNEL STATUS")  # a channel that hung up ends the session here
            raise AgiCommandFailed(f"sound {name} can't be played in language {self.language!r}")
        return _digit(self._present(reply))

    async def wait_for_digit(self, seconds: float) -> str:
        """The next key within `seconds`, or ""."""
        milliseconds = max(1, round(seconds * 1000))  # 0 would be "for ever" to some channels
        return _digit(self._present(await self._command("WAIT FOR DIGIT", milliseconds, run=seconds)))

    async def record_file(
        self,
        path: str,
        seconds: float,
        *,
        file_format: str = "wav",
        escape: str = "#",
        silence: int = 0,
        beep: bool = True,
    ) -> Recording:
        """Record at most `seconds` into `path` (without ending), until a key of `escape` or `silence`
        seconds without speech (0 = don't listen for it). Raises CallerGone when they hang up; what was said
        until then stays in the file."""
        options: list[str] = ["BEEP"] if beep else []
        if silence > 0:
            options.append(f"s={int(silence)}")
        reply = await self._command(
            "RECORD FILE",
            values.sound_name(path),
            values.file_format(file_format),
            values.escape_digits(escape),
            round(seconds * 1000),
            *options,
            run=seconds + 2.0,  # the beep
        )
        if reply.note == "writefile":
            raise AgiCommandFailed(f"{path} can't be written")
        # after "timeout" the result is what was left of a wait (res_agi.c: handle_recordfile), no key
        digit = "" if reply.note == "timeout" else _digit(self._present(reply))
        rate = _SAMPLES.get(file_format)
        return Recording(reply.note, digit, (reply.endpos or 0) / rate if rate else 0.0)

    async def hangup(self) -> None:
        """Hang up. The session ends with the next command."""
        await self._command("HANGUP")

    # variables and applications

    async def get_variable(self, name: str) -> str:
        """A variable's or function's value, "" when unset: as it is, line ends included; invalid UTF-8 is
        replaced. Values that callers can influence want `values.clean`."""
        fence = secrets.token_hex(8)
        expression = f"{fence}${{{values.variable_name(name)}}}{fence}"
        return (await self._command("GET FULL VARIABLE", expression, fence=fence)).value

    async def set_variable(self, name: str, value: str) -> None:
        """Set a variable or write a function. Refuses line ends, NUL, `${` and `$[` (AgiCommandFailed)."""
        await self._command("SET VARIABLE", values.variable_name(name), values.value(value))
        if name == "CHANNEL(language)":
            self.language = value

    async def execute(self, app: str, *arguments: str, seconds: float = 0.0) -> str:
        """Run an application that may take `seconds`; returns its result word. Each argument is one argument:
        commas, quotes and substitutions in it are refused."""
        checked = [values.app_argument(a) for a in arguments]
        reply = await self._command("EXEC", values.app_name(app), ",".join(checked), run=seconds, app=True)
        if reply.result == "-2":
            raise AgiCommandFailed(f"Asterisk has no application {app}")
        return self._present(reply).result

    async def device_state(self, phone: str) -> str:
        """DEVICE_STATE of a phone: NOT_INUSE, INUSE, BUSY, INVALID, UNAVAILABLE, RINGING, RINGINUSE, ONHOLD,
        UNKNOWN. A person's desk phone and the phone in their page are one."""
        name, fence = values.phone_name(phone), secrets.token_hex(8)
        both = "/".join(f"${{DEVICE_STATE(PJSIP/{n})}}" for n in (name, name + ENDPOINT_PAGE_SUFFIX))
        said = await self._command("GET FULL VARIABLE", f"{fence}{both}{fence}", fence=fence)
        return together(said.value.split("/"))

    # underneath

    def close(self) -> None:
        """End the session; the dialplan goes on after AGI()."""
        self._gone = self._gone or "the session is closed"
        self._writer.close()

    async def _arm(self, seconds: float) -> None:
        now = self._clock()
        await self._exchange(line("SET VARIABLE", "TIMEOUT(absolute)", f"{seconds:.1f}"), REPLY_SECONDS)
        self._dead_man.armed(now, seconds)

    async def _command(
        self, verb: str, *arguments: str | int, run: float = 0.0, fence: str = "", app: bool = False
    ) -> Replied:
        made = line(verb, *arguments)  # refused before anything is sent
        wanted = self._dead_man.wanted(self._clock(), run)
        if wanted is not None:
            await self._arm(wanted)
        reply = await self._exchange(made, run + REPLY_SECONDS, fence=fence, app=app)
        if reply.code == 511:
            raise self._lost("the channel has hung up")
        if reply.code != 200:
            raise AgiCommandFailed(f"Asterisk refused {verb}: {reply.code} {reply.note}")
        return reply

    async def _exchange(self, made: bytes, seconds: float, *, fence: str = "", app: bool = False) -> Replied:
        if self._gone:
            raise CallerGone(self._gone)
        sent = self._protocol.ask(made, fence=fence, app=app)
        self.round_trips += 1
        try:
            async with asyncio.timeout(seconds):
                self._writer.write(sent)
                event = await self._next_event()
        except TimeoutError as error:
            self.close()
            raise AgiError(
                f"no answer within {seconds:.0f} s to {made.split(b' ', 1)[0].decode()}"
            ) from error
        except BaseException:
            self.close()
            raise
        if not isinstance(event, Replied):
            raise self._lost("the channel has hung up")
        return event

    async def _next_event(self) -> Began | Replied | HungUp:
        while not self._events:
            try:
                data = await self._reader.read(65_536)
            except ConnectionError as error:
                raise self._lost("Asterisk broke the session off") from error
            if not data:
                raise self._lost("Asterisk ended the session")
            self._events += self._protocol.feed(data)
        return self._events.pop(0)

    def _present(self, reply: Replied) -> Replied:
        if reply.result == "-1":
            raise self._lost("the channel has hung up")
        return reply

    def _lost(self, why: str) -> CallerGone:
        self._gone = self._gone or why
        return CallerGone(why)


def _digit(reply: Replied) -> str:
    """The key whose character code is the result; "" for 0."""
    try:
        code = int(reply.result)
    except ValueError as error:
        raise AgiProtocolError(f"a key was expected, got {reply.result[:20]!r}") from error
    if code == 0:
        return ""
    key = chr(code) if 0 < code < 128 else ""
    if key == "" or key not in "0123456789*#ABCD":
        raise AgiProtocolError(f"no key of a telephone: {code}")
    return key
