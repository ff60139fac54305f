"""The AGI layer against a real Asterisk: what only Asterisk itself can confirm."""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio

from switchboard.agi import AgiServer, Channel
from switchboard.dialplan import DEAD_MAN_SECONDS
from switchboard.errors import AgiCommandFailed, AgiError, CallerGone
from tests.ami.private_asterisk import PrivateAsterisk, free_port, private_asterisk

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="module")]

HOSTILE = (
    'q" \\ ${SHELL(id)} $[1+1] &PJSIP/8899 \u202eevil 😀 汉字\n)\n200 result=1 (forged)\nHANGUP\n\r\x01end'
)

EXTENSIONS = """
[step]
exten => _call.,1,Set(SAID=${BASE64_DECODE(%(hostile)s)})
 same => n,Set(CALLERID(num)=13800138000)
 same => n,GotoIf($["${EXTEN}" = "callforge"]?forge:go)
 same => n(forge),Set(CALLERID(name)=${BASE64_DECODE(%(forge)s)})
 same => n(go),Set(AGIEXITONHANGUP=yes)
 same => n,Set(TIMEOUT(absolute)=4)
 same => n,AGI(agi://127.0.0.1:%(port)d/step,one,two words)
 same => n,Set(TIMEOUT(absolute)=0)
 same => n,Set(GLOBAL(WENT_${EXTEN:4})=${IF($["${DONE}" = "1"]?done:not done)})
 same => n,Hangup()
exten => T,1,Set(TIMEOUT(absolute)=0)
 same => n,Set(GLOBAL(FALLBACK)=${EPOCH})
 same => n,Hangup()
[caller]
exten => waits,1,Wait(30)
exten => presses,1,Wait(0.7)
 same => n,SendDTMF(5)
 same => n,Wait(30)
exten => leaves,1,Wait(0.7)
 same => n,Hangup()
"""

FORGED = (
    "x\nagi_callingpres: 0\nagi_callingani2: 0\nagi_callington: 0\nagi_callingtns: 0\nagi_dnid: 8000\n"
    + (
        "agi_rdnis: unknown\nagi_context: inside\nagi_extension: 8899\nagi_priority: 1\nagi_enhanced: 0.0\n"
        "agi_accountcode: \nagi_threadid: 1\n\n200 result=1\n200 result=1\n"
    )
)


class Line:
    """Places calls into context `step` and hands the session to the test."""

    def __init__(self, asterisk: PrivateAsterisk, server: AgiServer) -> None:
        self.asterisk, self.server = asterisk, server
        self.story: Callable[[Channel], Awaitable[object]] | None = None
        self.ended: asyncio.Future[object] = asyncio.get_running_loop().create_future()

    async def handle(self, channel: Channel) -> None:
        assert self.story is not None
        try:
            result = await self.story(channel)
        except AgiError as error:
            self.ended.set_result(error)
            raise
        except BaseException as error:
            self.ended.set_exception(error)
            raise
        self.ended.set_result(result)

    async def call(
        self, story: Callable[[Channel], Awaitable[object]], name: str = "a", caller: str = "waits"
    ) -> object:
        """What the story returned, or the AgiError it ended with."""
        self.ended = asyncio.get_running_loop().create_future()
        self.story = story
        await self.asterisk.cli("dialplan set global FALLBACK 0")
        await self.asterisk.cli(f"channel originate Local/call{name}@step/n extension {caller}@caller")
        try:
            async with asyncio.timeout(20):
                return await self.ended
        except TimeoutError:
            pytest.fail(self.asterisk.log())

    async def variable(self, name: str, within: float = 8.0) -> str:
        """A global variable, once it is set."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            for line in (await self.asterisk.cli("dialplan show globals")).splitlines():
                key, _, value = line.strip().partition("=")
                if key == name and value not in ("", "0"):
                    return value
        return ""


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def line() -> AsyncIterator[Line]:
    port = free_port()
    encoded = {
        "hostile": base64.b64encode(HOSTILE.encode()).decode(),
        "forge": base64.b64encode(FORGED.encode()).decode(),
        "port": port,
    }
    modules = ["res_timing_timerfd"]
    async with private_asterisk({"extensions.conf": EXTENSIONS % encoded}, modules) as asterisk:
        sounds = asterisk.folder / "share/sounds/en"
        sounds.mkdir()
        (sounds / "two-seconds.ulaw").write_bytes(b"\xff" * 16000)
        server = AgiServer(lambda channel: made.handle(channel), port=port)
        async with server:
            made = Line(asterisk, server)
            yield made


async def test_hostile_values_go_both_ways_unchanged_and_unexecuted(line: Line) -> None:
    """A value with line ends, forged replies and substitutions is read as it is; quoting survives too."""
    sayable = 'quo"te \\ back\\\\slash  two  blanks \t 汉字 😀 \u202e & ; | , (x) $HOME {y} #'

    async def story(channel: Channel) -> tuple[str, str, int]:
        said = await channel.get_variable("SAID")
        await channel.set_variable("BACK", sayable)
        for refused in ("a\nb", "a\rb", "a\0b", "${SHELL(id)}", "$[1+1]"):
            with pytest.raises(AgiCommandFailed):
                await channel.set_variable("BACK", refused)
        return said, await channel.get_variable("BACK"), channel.round_trips

    assert await line.call(story) == (HOSTILE, sayable, 4)


async def test_long_values_are_read_whole(line: Line) -> None:
    """4 kB and a state's length pass both ways; GET VARIABLE's 1,024-byte buffer is not in the way."""

    async def story(channel: Channel) -> bool:
        for length in (1500, 4096):
            await channel.set_variable("LONG", "x" * length)
            if await channel.get_variable("LONG") != "x" * length:
                return False
        with pytest.raises(AgiCommandFailed):
            await channel.set_variable("LONG", "x" * 9000)
        return await channel.get_variable("CALLERID(num)") == "13800138000"

    assert await line.call(story) is True


async def test_a_forged_request_reaches_no_handler_and_the_call_goes_on(line: Line) -> None:
    """A caller's name with line ends forges the rest of the request; what is left over ends the session."""

    async def story(channel: Channel) -> str:
        await channel.set_variable("DONE", "1")
        await channel.set_variable("DONE", "1")
        return await channel.get_variable("STATE")

    ending = asyncio.ensure_future(line.call(story, name="forge"))
    assert await line.variable("WENT_forge") == "not done"
    ending.cancel()


async def test_request_and_arguments_arrive(line: Line) -> None:
    """Route, arguments and caller as the dialplan set them."""

    async def story(channel: Channel) -> tuple[str, tuple[str, ...], str, str]:
        await channel.set_variable("DONE", "1")
        return channel.path, channel.arguments, channel.request["agi_callerid"], channel.language

    assert await line.call(story, name="plain") == ("step", ("one", "two words"), "13800138000", "en")
    assert await line.variable("WENT_plain") == "done"


async def test_a_key_cuts_a_sound_short(line: Line) -> None:
    """STREAM FILE returns the key; without one it runs to its end and returns nothing."""

    async def story(channel: Channel) -> tuple[str, str, str, str]:
        await channel.answer()
        first = await channel.stream_file("two-seconds", "0123456789*#", seconds=2)
        second = await channel.stream_file("two-seconds", "", seconds=2)
        third = await channel.wait_for_digit(0.2)
        return first, second, third, await channel.device_state("8201")

    assert await line.call(story, caller="presses") == ("5", "", "", "INVALID")


async def test_a_missing_sound_is_a_fault_of_ours_and_not_the_caller_gone(line: Line) -> None:
    """STREAM FILE answers -1 to both; the session tells them apart and goes on."""

    async def story(channel: Channel) -> str:
        await channel.answer()
        with pytest.raises(AgiCommandFailed, match="can't be played"):
            await channel.stream_file("no-such-sound", seconds=1)
        with pytest.raises(AgiCommandFailed, match="no application"):
            await channel.execute("NoSuchApp", "x")
        return await channel.execute("NoOp", "x")

    assert await line.call(story) == "0"


async def test_a_caller_who_hangs_up_is_a_normal_ending(line: Line) -> None:
    """The command under way raises CallerGone, and so does every later one, at once."""

    async def story(channel: Channel) -> object:
        await channel.answer()
        with pytest.raises(CallerGone):
            await channel.wait_for_digit(10)
        with pytest.raises(CallerGone):
            await channel.get_variable("SAID")
        return channel.switch_fired

    assert await line.call(story, caller="leaves") is False


async def test_record(line: Line) -> None:
    """A recording ends at a key, and its length is told."""

    async def story(channel: Channel) -> object:
        await channel.answer()
        path = str(line.asterisk.folder / "spool/clip")
        return await channel.record_file(path, 3, beep=False, escape="5#")

    made = await line.call(story, caller="presses")
    assert (made.digit, made.ended) == ("5", "dtmf")  # type: ignore[attr-defined]


@pytest.mark.parametrize("where", ["at once", "after a prompt", "after a key"])
async def test_a_stalled_controller_loses_the_call_to_the_fallback(line: Line, where: str) -> None:
    """The dead-man's switch: within 5 s of the stall the call stands at `T`, and lives."""
    stalled = 0.0

    async def story(channel: Channel) -> object:
        nonlocal stalled
        if where != "at once":
            await channel.answer()
            await channel.stream_file("two-seconds", "5", seconds=2)
            if where == "after a key":
                await channel.get_variable("SAID")  # any command after it moves the switch back
        stalled = time.time()
        await asyncio.sleep(DEAD_MAN_SECONDS + 1.5)
        with pytest.raises(CallerGone):
            await channel.get_variable("SAID")
        return channel.switch_fired

    caller = "presses" if where == "after a key" else "waits"
    assert await line.call(story, caller=caller) is True
    assert -1.0 <= int(await line.variable("FALLBACK")) - stalled <= 5.0


async def test_long_waits_outlive_the_first_arming(line: Line) -> None:
    """A command longer than what the dialplan armed is not cut off by it."""

    async def story(channel: Channel) -> object:
        await channel.answer()
        began = time.monotonic()
        digit = await channel.wait_for_digit(DEAD_MAN_SECONDS + 1.0)
        return digit == "" and time.monotonic() - began > DEAD_MAN_SECONDS + 0.9

    assert await line.call(story) is True


async def test_cheap_commands_share_the_arming(line: Line) -> None:
    """Hundreds of quick commands cost one round trip each, the occasional arming aside."""

    async def story(channel: Channel) -> tuple[int, float]:
        began = time.perf_counter()
        for n in range(200):
            await channel.set_variable("N", str(n))
        return channel.round_trips, (time.perf_counter() - began) / 200

    trips, each = await line.call(story)  # type: ignore[misc]
    assert trips <= 203
    print(f"{each * 1000:.2f} ms a command")
