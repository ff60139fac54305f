"""The channel's verbs against a scripted Asterisk: what is sent, and what each answer means."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from switchboard.agi import AgiServer, Channel, Recording
from switchboard.agi import channel as channel_module
from switchboard.errors import AgiCommandFailed, AgiError, AgiProtocolError, CallerGone
from tests.agi.asterisk_parser import words
from tests.agi.transcripts import REQUEST, USAGE


class FakeAsterisk:
    """Answers variables and arming by itself, everything else from `answers`, and keeps what it was sent."""

    def __init__(self) -> None:
        self.answers: list[bytes] = []
        self.variables = {"CHANNEL(linkedid)": "1795360461.0"}
        self.sent: list[list[str]] = []
        self.hang = False

    @property
    def asked(self) -> list[str]:
        """Commands other than the opening one, each as one text."""
        return [" ".join(command) for command in self.sent[1:]]

    async def run(self, port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(REQUEST)
        while line := await reader.readline():
            command = words(line.decode().rstrip("\n"))
            self.sent.append(command)
            if command[:3] == ["GET", "FULL", "VARIABLE"]:
                fence, _, rest = command[3].partition("${")
                value = self.variables.get(rest.removesuffix("}" + fence), "")
                writer.write(f"200 result=1 ({fence}{value}{fence})\n".encode())
            elif command[:2] == ["SET", "VARIABLE"]:
                writer.write(b"200 result=1\n")
            elif self.answers:
                writer.write(self.answers.pop(0))
            elif not self.hang:
                break
        writer.close()


Told = Callable[[Channel], Awaitable[object]]


@pytest.fixture
async def tell() -> Callable[..., Awaitable[object]]:
    """`await tell(asterisk, story)`: runs the story in a session; its result, or the exception it raised."""

    async def run(asterisk: FakeAsterisk, story: Told) -> object:
        ended: asyncio.Future[object] = asyncio.get_running_loop().create_future()

        async def handler(channel: Channel) -> None:
            try:
                ended.set_result(await story(channel))
            except Exception as error:  # noqa: BLE001 - the test looks at it
                ended.set_result(error)

        async with AgiServer(handler, port=0) as server:
            session = asyncio.create_task(asterisk.run(server.port))
            async with asyncio.timeout(5):
                result = await ended
            session.cancel()
        return result

    return run


async def test_the_opening(tell: Callable[..., Awaitable[object]]) -> None:
    """Route, arguments and the call's linked id are there before the handler runs."""

    async def story(c: Channel) -> object:
        return c.path, c.arguments, c.id, c.language

    result = await tell(FakeAsterisk(), story)
    assert result == ("step", ("one", "two words"), "1795360461.0", "zh")


async def test_a_recording_ended_by_silence_has_no_key(tell: Callable[..., Awaitable[object]]) -> None:
    """The number told with (timeout) is what was left to wait, not a key."""
    asterisk = FakeAsterisk()
    asterisk.answers = [b"200 result=9999 (timeout) endpos=12000\n"]
    recording = await tell(asterisk, lambda c: c.record_file("/x/y", 12, silence=2))
    assert recording == Recording("timeout", "", 1.5)


async def test_what_each_verb_sends(tell: Callable[..., Awaitable[object]]) -> None:
    """And that the dead-man's switch is moved ahead of those that take time, once for two waits in a row."""
    asterisk = FakeAsterisk()
    asterisk.answers = [
        b"200 result=0\n",
        b"200 result=53 endpos=800\n",
        b"200 result=0\n",
        b"200 result=49\n",
        b"200 result=35 (dtmf) endpos=16000\n",
        b"200 result=0\n",
        b"200 result=1\n",
    ]

    async def story(c: Channel) -> object:
        await c.answer()
        heard = [await c.stream_file("sb/hello-1", "123", seconds=2.5)]
        heard += [await c.wait_for_digit(3), await c.wait_for_digit(3)]
        recording = await c.record_file("/spool/clip", 10, silence=3)
        await c.set_variable("SB_STATE", "abc")
        await c.execute("Playback", "beep", "noanswer")
        await c.hangup()
        return heard, recording.digit, recording.ended, recording.seconds

    assert await tell(asterisk, story) == (["5", "", "1"], "#", "dtmf", 2.0)
    assert asterisk.asked == [
        "ANSWER",
        "SET VARIABLE TIMEOUT(absolute) 6.5",
        "STREAM FILE sb/hello-1 123",
        "WAIT FOR DIGIT 3000",
        "WAIT FOR DIGIT 3000",
        "SET VARIABLE TIMEOUT(absolute) 16.0",
        "RECORD FILE /spool/clip wav # 10000 BEEP s=3",
        "SET VARIABLE TIMEOUT(absolute) 4.0",
        "SET VARIABLE SB_STATE abc",
        "EXEC Playback beep,noanswer",
        "HANGUP",
    ]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"HANGUP\n", CallerGone),
        (b"HANGUP\n200 result=0\n", CallerGone),
        (b"200 result=-1\n", CallerGone),
        (b"511 Command Not Permitted on a dead channel or intercept routine\n", CallerGone),
        (b"", CallerGone),
        (b"510 Invalid or unknown command\n", AgiCommandFailed),
        (USAGE, AgiCommandFailed),
        (b"200 result=49\n200 result=49\n", AgiProtocolError),
        (b"200 result=x\n", AgiProtocolError),
        (b"200 result=7\n", AgiProtocolError),
        (b"200 result=9999999999\n", AgiProtocolError),
        (b"\xff\xfe\n", AgiProtocolError),
    ],
)
async def test_what_an_answer_means(
    tell: Callable[..., Awaitable[object]], answer: bytes, error: type[Exception]
) -> None:
    """A caller who went is told from a fault of ours and from nonsense."""
    asterisk = FakeAsterisk()
    asterisk.answers = [answer] if answer else []
    result = await tell(asterisk, lambda c: c.wait_for_digit(1))
    assert type(result) is error


async def test_once_gone_nothing_more_is_sent(tell: Callable[..., Awaitable[object]]) -> None:
    """Every later command raises at once."""
    asterisk = FakeAsterisk()
    asterisk.answers = [b"HANGUP\n"]

    async def story(c: Channel) -> object:
        for _ in range(3):
            with pytest.raises(CallerGone):
                await c.wait_for_digit(1)
        return c.gone

    assert await tell(asterisk, story) is True
    assert asterisk.asked == ["WAIT FOR DIGIT 1000"]


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ([b"200 result=-1 endpos=0\n", b"200 result=6\n"], AgiCommandFailed),
        ([b"200 result=-1 endpos=0\n", b"HANGUP\n"], CallerGone),
        ([b"200 result=-1 endpos=0\n"], CallerGone),
        ([b"200 result=-1 endpos=800\n"], CallerGone),
    ],
)
async def test_a_missing_sound_is_told_from_a_caller_who_went(
    tell: Callable[..., Awaitable[object]], answers: list[bytes], error: type[Exception]
) -> None:
    """STREAM FILE says -1 to both; whether the session lives on decides."""
    asterisk = FakeAsterisk()
    asterisk.answers = answers
    assert type(await tell(asterisk, lambda c: c.stream_file("sb/x", seconds=1))) is error


async def test_a_disk_that_can_not_be_written_is_a_fault_of_ours(
    tell: Callable[..., Awaitable[object]],
) -> None:
    """RECORD FILE says -1 to that as well."""
    asterisk = FakeAsterisk()
    asterisk.answers = [b"200 result=-1 (writefile)\n"]
    assert isinstance(await tell(asterisk, lambda c: c.record_file("/x/y", 5)), AgiCommandFailed)


async def test_silence_has_a_deadline(
    tell: Callable[..., Awaitable[object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An Asterisk that doesn't answer is given up, with the session: a late answer would be another's."""
    monkeypatch.setattr(channel_module, "REPLY_SECONDS", 0.05)
    asterisk = FakeAsterisk()
    asterisk.hang = True

    async def story(c: Channel) -> object:
        with pytest.raises(AgiError, match="no answer"):
            await c.execute("NoOp")
        with pytest.raises(CallerGone):
            await c.execute("NoOp")
        return "given up"

    assert await tell(asterisk, story) == "given up"


async def test_a_cancelled_command_ends_the_session(tell: Callable[..., Awaitable[object]]) -> None:
    """For the same reason."""
    asterisk = FakeAsterisk()
    asterisk.hang = True

    async def story(c: Channel) -> object:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await c.execute("NoOp")
        return c.gone

    assert await tell(asterisk, story) is True


async def test_hostile_values_are_refused_before_anything_is_sent(
    tell: Callable[..., Awaitable[object]],
) -> None:
    """And the session goes on."""
    asterisk = FakeAsterisk()
    asterisk.variables["SB_X"] = "fine"

    async def story(c: Channel) -> object:
        for call in (
            lambda: c.set_variable("X", "a\nHANGUP"),
            lambda: c.set_variable("X", "${SHELL(id)}"),
            lambda: c.set_variable("X}${SHELL(id)", "v"),
            lambda: c.get_variable("X}${SHELL(id)"),
            lambda: c.execute("Dial", "PJSIP/8201,1,G(x)"),
            lambda: c.execute("Sys tem", "x"),
            lambda: c.device_state("8201&PJSIP/8899"),
            lambda: c.stream_file("../../x"),
            lambda: c.stream_file("x", escape="1 2"),
            lambda: c.set_variable("X", "x" * 9000),
        ):
            with pytest.raises(AgiCommandFailed):
                await call()
        return await c.get_variable("SB_X")

    assert await tell(asterisk, story) == "fine"
    assert len(asterisk.asked) == 1
