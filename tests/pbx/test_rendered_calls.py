"""Real phones on a real Asterisk with rendered files and no controller at all: A6–A9 hold."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from switchboard.softphone import (
    Baresip,
    Closed,
    Established,
    Incoming,
    NothingHappened,
    Ringing,
    SoftphoneError,
)
from tests.pbx.firm import firm
from tests.pbx.rendered_pbx import NoSounds, RenderedPbx, noise, rendered_pbx

pytestmark = pytest.mark.live

EXPECTED = (
    "res_agi.c: Connecting to",
    "res_agi.c: Couldn't connect to any host",
    "Unable to join queue",
    "already DISCONNECTED",
    "No audio available on",
)
"""What Asterisk says of the controller that these tests don't start, of a queue without agents, when both
sides hang up at once, and when somebody hangs up as their message begins."""


@pytest.fixture
async def pbx() -> AsyncIterator[RenderedPbx]:
    async with rendered_pbx(firm()) as running:
        yield running
        unexpected = [c for c in running.complaints() if not any(a in c for a in EXPECTED)]
        assert unexpected == []


async def silent(phone: Baresip, seconds: float) -> None:
    """`phone` isn't rung for `seconds`."""
    with pytest.raises(NothingHappened):
        await phone.expect(Incoming, seconds)


async def give_up(phone: Baresip) -> None:
    """Hang up while it rings elsewhere, and be done with it (baresip can't before it hears of ringing)."""
    await phone.expect(Ringing)
    await phone.hangup()
    await phone.expect(Closed)


async def test_a_phone_inside_reaches_another(pbx: RenderedPbx) -> None:
    """The caller hears it ring, they talk both ways, and the record says who answered."""
    async with await pbx.phone("8202") as caller, await pbx.phone("8101") as called:
        await caller.dial("8101")
        ringing = await called.expect(Incoming)
        assert (ringing.number, ringing.name) == ("8202", "员工8202")
        await called.accept()
        await caller.expect(Established)
        await asyncio.sleep(1.2)
        await caller.hangup()
        await called.expect(Closed)
        ending = await pbx.ending()
        assert ending == {
            "origin": "inside",
            "trunk": "",
            "dialled": "8101",
            "caller": "8202",
            "verb": "dial",
            "status": "ANSWER",
            "by": "8101",
            "talked": "1",
            "mailbox": "",
            "fallback": "",
        }


async def test_a_called_phone_that_hangs_up_first_is_in_the_record_too(pbx: RenderedPbx) -> None:
    """Whichever side ends the conversation."""
    async with await pbx.phone("8202") as caller, await pbx.phone("8101") as called:
        await caller.dial("8101")
        await called.expect(Incoming)
        await called.accept()
        await asyncio.sleep(0.5)
        await called.hangup()
        await caller.expect(Closed)
        ending = await pbx.ending()
        assert (ending["status"], ending["by"]) == ("ANSWER", "8101")


async def test_nobody_answers_then_a_message(pbx: RenderedPbx) -> None:
    """The phrase, the beep, a message with its reason and call, and the lamp of the one it is for."""
    async with await pbx.phone("8202") as caller, await pbx.phone("8101") as called:
        await caller.dial("8101")
        await called.expect(Incoming)
        await caller.hears("zh/no-answer")
        await caller.hears("zh/message-intro")
        await asyncio.sleep(1.5)
        await caller.say(noise("hello", 3.0))
        await asyncio.sleep(3.2)
        await caller.press("#")
        await caller.hears("zh/message-saved")
        await caller.expect(Closed)
        (message,) = pbx.in_mailbox("8101")
        reason, call = message["category"].split("/")
        assert reason == "no_answer"
        async with asyncio.timeout(5):
            while not called.lamp.waiting:
                await asyncio.sleep(0.1)
        ending = await pbx.ending()
        assert call == pbx.records()[-1]["linkedid"]
        assert (ending["verb"], ending["status"], ending["mailbox"]) == ("message", "SUCCESS", "8101")


async def test_a_caller_who_hangs_up_after_speaking_has_left_a_message(pbx: RenderedPbx) -> None:
    """No key is needed to keep it."""
    async with await pbx.phone("8202") as caller:
        await caller.dial("8101")
        await caller.hears("zh/message-intro")
        await asyncio.sleep(1.5)
        await caller.say(noise("hello", 3.0))
        await asyncio.sleep(3.2)
        await caller.hangup()
        ending = await pbx.ending()
        assert (ending["verb"], ending["status"], ending["mailbox"]) == ("message", "SUCCESS", "8101")
        (message,) = pbx.in_mailbox("8101")
        assert message["category"].startswith("unavailable/")


async def test_a_phone_in_use_is_busy_unless_it_has_call_waiting(pbx: RenderedPbx) -> None:
    """8101 is busy while talking; 8102 rings a second time."""
    async with (
        await pbx.phone("8101") as first,
        await pbx.phone("8102") as second,
        await pbx.phone("8202") as caller,
    ):
        await first.dial("8102")
        await second.expect(Incoming)
        await second.accept()
        await caller.dial("8101")
        await caller.hears("zh/line-busy")
        await caller.hangup()
        await caller.dial("8102")
        await second.expect(Incoming)


async def test_the_fallback_greets_and_connects(pbx: RenderedPbx) -> None:
    """Without a controller: greeting in both languages, a key cuts it short, the phone rings."""
    async with await pbx.outsider() as caller, await pbx.phone("701") as called:
        await caller.dial("8000")
        await caller.hears("zh/greeting-hello", timeout=5)
        await caller.hears("en/fallback-dial")
        await caller.press("701")
        await caller.hears("zh/hold-on")
        ringing = await called.expect(Incoming)
        assert ringing.number == "13800138000"
        await called.accept()
        await asyncio.sleep(0.5)
        await caller.hangup()
        ending = await pbx.ending()
        assert ending["by"] == "701"
        assert ending["fallback"] == "1"


async def test_the_fallback_offers_another_extension(pbx: RenderedPbx) -> None:
    """Nobody answers: 2 asks for another number, 1 takes a message."""
    async with await pbx.outsider() as caller, await pbx.phone("8202") as called:
        await caller.dial("8000")
        await caller.hears("zh/greeting-hello", timeout=5)
        await caller.press("8201")
        await caller.hears("zh/choice-message-or-other")
        await caller.press("2")
        await caller.hears("zh/ask-extension")
        await caller.press("8202")
        await called.expect(Incoming)


async def test_the_fallback_ends_at_general_administration(pbx: RenderedPbx) -> None:
    """Silence: its phones ring; nobody there: its mailbox, and why."""
    async with await pbx.outsider() as caller, await pbx.phone("8102") as desk:
        await caller.dial("8000")
        await caller.hears("zh/unclear-transfer", timeout=12)
        await desk.expect(Incoming)
        await caller.hears("zh/no-answer")
        await caller.hears("zh/message-intro")
        await asyncio.sleep(1.5)
        await caller.say(noise("hello", 3.0))
        await asyncio.sleep(3.2)
        await caller.press("#")
        await caller.hears("zh/message-saved")
        (message,) = pbx.in_mailbox("8100")
        assert message["category"].startswith("fallback/")


async def test_without_a_single_sound_the_fallback_still_works(pbx: RenderedPbx) -> None:
    """A company whose prompts were never built: silence, but every number and the message work."""
    assert "extensions.conf" in pbx.put(pbx.rules, sounds=NoSounds())
    await pbx.cli("module reload pbx_config.so")
    async with await pbx.outsider() as caller, await pbx.phone("8202") as called:
        await caller.dial("8000")
        await caller.expect(Established)
        await asyncio.sleep(0.3)
        await caller.press("8202")
        await called.expect(Incoming)
        await asyncio.sleep(10)  # 3 s of ringing, 5 s for a choice, the beep
        await caller.say(noise("hello", 3.0))
        await asyncio.sleep(3.2)
        await caller.hangup()
        await pbx.ending()
        assert len(pbx.in_mailbox("8202")) == 1


async def test_what_a_caller_calls_himself_is_only_a_name(pbx: RenderedPbx) -> None:
    """Marks are gone when it is shown; nothing of it was evaluated."""
    hostile = "${SHELL(touch /tmp/owned)} 王; )}&PJSIP/8899,1"
    async with await pbx.outsider("+86138", name=hostile) as caller, await pbx.phone("8202") as called:
        await caller.dial("8000")
        await caller.hears("zh/greeting-hello", timeout=5)
        await caller.press("8202")
        shown = await called.expect(Incoming)
        assert shown.number == "+86138"
        assert shown.name == "SHELLtouch tmpowned 王 PJSIP88991"


async def test_three_wrong_numbers_lead_to_general_administration(pbx: RenderedPbx) -> None:
    """Each is told; nobody goes round for ever."""
    async with await pbx.outsider() as caller:
        await caller.dial("8000")
        await caller.hears("zh/greeting-hello", timeout=5)
        for _ in range(3):
            await caller.press("8888")
            at = await caller.hears("zh/entry-wrong")
            await asyncio.sleep(0.8)
            caller.heard()
            assert at
        await caller.hears("zh/unclear-transfer")


async def test_nine_turns_the_fallback_to_english(pbx: RenderedPbx) -> None:
    """The greeting again, and all that follows, in English."""
    async with await pbx.outsider() as caller:
        await caller.dial("8000")
        await caller.hears("zh/greeting-hello", timeout=5)
        await caller.press("9")
        await caller.hears("en/greeting-hello")
        await caller.press("8202")
        await caller.hears("en/no-answer")


async def test_no_executive_rings_by_the_fallback(pbx: RenderedPbx) -> None:
    """8801: general administration, then a message. 8899: the secretary, then a message."""
    async with (
        await pbx.outsider() as caller,
        await pbx.phone("8801") as manager,
        await pbx.phone("8899") as chairman,
        await pbx.phone("8890") as secretary,
        await pbx.phone("8101") as desk,
    ):
        for number, rings in (("8801", desk), ("8899", secretary)):
            await caller.dial("8000")
            await caller.hears("zh/greeting-hello", timeout=5)
            await caller.press(number)
            await rings.expect(Incoming)
            await caller.hears("zh/message-intro", timeout=15)
            await caller.hangup()
            assert (await pbx.ending())["mailbox"] == number
        await silent(manager, 0.1)
        await silent(chairman, 0.1)


async def test_a_colleague_is_filtered_likewise(pbx: RenderedPbx) -> None:
    """Inside calls to executives ring where outside ones do; in a department they aren't rung either."""
    async with (
        await pbx.phone("8202") as caller,
        await pbx.phone("8801") as manager,
        await pbx.phone("8899") as chairman,
        await pbx.phone("8890") as secretary,
        await pbx.phone("8102") as desk,
    ):
        await caller.dial("8899")
        await secretary.expect(Incoming)
        await caller.hangup()
        await caller.expect(Closed)
        await caller.dial("8801")
        await desk.expect(Incoming)
        await caller.hangup()
        await caller.expect(Closed)
        await caller.dial("8200")
        await caller.hears("zh/message-intro", timeout=15)
        await caller.hangup()
        await silent(manager, 0.1)
        await silent(chairman, 0.1)


async def test_the_secretary_and_only_the_secretary_rings_the_principal(pbx: RenderedPbx) -> None:
    """And an operator the screened manager."""
    async with (
        await pbx.phone("8890") as secretary,
        await pbx.phone("8011") as operator,
        await pbx.phone("8899") as chairman,
        await pbx.phone("8801") as manager,
    ):
        await secretary.dial("8899")
        assert (await chairman.expect(Incoming)).number == "8890"
        await give_up(secretary)
        await operator.dial("8801")
        assert (await manager.expect(Incoming)).number == "8011"
        await give_up(operator)
        await operator.dial("8899")
        await secretary.expect(Incoming)
        await silent(chairman, 0.1)


async def test_a_queue_connects_an_agent_and_takes_a_message_otherwise(pbx: RenderedPbx) -> None:
    """8600: the agent's phone rings; with no agent there, the queue's own mailbox."""
    async with await pbx.outsider() as caller:
        async with await pbx.phone("8601") as agent:
            await caller.dial("8000")
            await caller.hears("zh/greeting-hello", timeout=5)
            await caller.press("7")
            await agent.expect(Incoming)
            await agent.accept()
            await asyncio.sleep(1)
            await caller.hangup()
            ending = await pbx.ending()
            assert (ending["verb"], ending["by"]) == ("enqueue", "8601")
        await caller.dial("8000")
        await caller.hears("zh/greeting-hello", timeout=5)
        await caller.press("8600")
        await caller.hears("zh/queue-unavailable", timeout=15)
        await caller.hears("zh/message-intro")


async def test_operators_ring_first_when_the_last_mode_was_manual(pbx: RenderedPbx) -> None:
    """The mode as the controller last wrote it into Asterisk's database."""
    await pbx.cli("database put switchboard mode manual")
    async with await pbx.outsider() as caller, await pbx.phone("8011") as operator:
        await caller.dial("8000")
        await operator.expect(Incoming)
        await operator.accept()
        await asyncio.sleep(0.5)
        await caller.hangup()
        assert (await pbx.ending())["by"] == "8011"


async def test_a_trunks_own_numbers_only(pbx: RenderedPbx) -> None:
    """An unknown number is refused aloud and kept; so is a number of ours that isn't that trunk's."""
    async with await pbx.outsider() as caller:
        for number in ("8201", "62150000", "110", "013800138000", "arrive", "enter", "*978100"):
            await caller.dial(number)
            await caller.hears("zh/dial-unknown", timeout=5)
            await caller.expect(Closed)
            ending = await pbx.ending()
            assert (ending["verb"], ending["origin"], ending["trunk"]) == ("refuse", "outside", "test")


async def test_ones_own_mailbox_and_those_one_may_open(pbx: RenderedPbx) -> None:
    """*97 asks for the PIN; *97 and a number opens a shared box for its openers only."""
    async with await pbx.phone("8101") as opener, await pbx.phone("8202") as other:
        await opener.dial("*97")
        await opener.expect(Established)
        await asyncio.sleep(1.0)
        await opener.press("4826#")
        await asyncio.sleep(2.5)
        await opener.hangup()
        assert "secret" not in pbx.messages
        await opener.dial("*978100")
        await opener.expect(Established)
        await opener.hangup()
        assert (await pbx.ending())["verb"] == "mailbox"
        await other.dial("*978100")
        await other.hears("zh/dial-refused")
        await other.dial("*978201")
        await other.hears("zh/dial-unknown")


async def test_strangers_and_wrong_passwords_look_the_same(pbx: RenderedPbx) -> None:
    """Neither a registration nor a call tells whether a name exists."""
    from switchboard.softphone import Account
    from tests.pbx.rendered_pbx import find_baresip

    reasons = set()
    for user, password in (("8201", "wrong"), ("7777", "phone-7777"), ("trunk-test", "trunk-test")):
        account = Account(user, password, port=pbx.settings.sip_port)
        with pytest.raises(SoftphoneError) as refused:
            await Baresip.start(account, program=find_baresip())
        reasons.add(str(refused.value).replace(user, "USER"))
    assert len(reasons) == 1
