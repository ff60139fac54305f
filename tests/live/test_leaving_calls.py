"""Callers who hang up anywhere leave nothing behind, and hostile ones change nothing."""

from __future__ import annotations

import asyncio
import subprocess
import unicodedata
from pathlib import Path

import pytest

from switchboard.domain import prompt_keys as p
from switchboard.pbx import programs
from switchboard.softphone import Closed, Established, Incoming
from tests.live.ear import leave_message
from tests.live.house import TRUNK, House, PhoneOf

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="session")]


async def test_hanging_up_anywhere_leaves_nothing(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """Before, in and after the greeting, while it rings, in the choice, in a message, in the queue."""
    people = {"8302": await phone("8302"), "8600": await phone("8601")}
    outside = await caller("13800000601")
    for keys, until in (
        ("", ""),
        ("", "zh/" + p.HELLO),
        ("82", ""),
        ("0", "zh/" + p.ASK_NAME),
        ("8302", "ringing"),
        ("8304", "zh/" + p.CHOICE),
        ("8600", "ringing"),
        ("8801", "zh/" + p.SCREEN_NAME),
    ):
        await outside.dial("8000")
        await outside.expect(Established)
        if keys:
            await outside.hears("zh/" + p.HELLO)
            await outside.press(keys)
        if until == "ringing":
            await people[keys].expect(Incoming, 5)
        elif until:
            await outside.hears(until)
        await outside.hangup()
        await switchboard.no_channels()
    await switchboard.until(
        lambda: (
            len([c for c in switchboard.cli("calls") if c["caller"] == "13800000601" and c["ended"]]) == 8
        ),
        "eight ended records",
        8,
    )
    records = [c for c in switchboard.cli("calls") if c["caller"] == "13800000601"]
    assert {c["outcome"] for c in records} == {"abandoned"}


async def test_a_caller_who_withholds_the_number_is_a_caller(
    switchboard: House, phone: PhoneOf, caller: PhoneOf
) -> None:
    """Greeted, put through, heard; their message is kept without a number, and nobody can dial it back."""
    person, outside = await phone("8302"), await caller("anonymous")
    await outside.dial("8000")
    await outside.hears("zh/" + p.HELLO)
    await outside.press("8302")
    ringing = await person.expect(Incoming, 5)
    assert not any(c.isdigit() for c in ringing.number), ringing
    await person.reject()
    await outside.hears("zh/" + p.CHOICE)
    await outside.press("1")
    await leave_message(outside)
    await outside.expect(Closed, 20)
    record, message = await switchboard.record(""), await switchboard.message("")
    assert (record["caller"], record["outcome"]) == ("", "message")
    assert (message["caller"], message["mailbox"]) == ("", "8302")


HOSTILE = {
    "quotes": '\\"; System(touch /tmp/owned)',
    "dialplan": "${SYSTEM(id)}&PJSIP/8899",
    "rtl": "\u202e\u200f钱",
    "emoji": "😀" * 40,
    "long": "A" * 4000,
    "invalid": "\udcff\udcfe\udc80",
    "tags": "<script>alert(1)</script>|`id`$(id)",
}


@pytest.mark.parametrize("kind", HOSTILE)
async def test_a_hostile_callers_name_is_only_a_name(
    switchboard: House, phone: PhoneOf, tmp_path: Path, kind: str
) -> None:
    """Whatever the caller calls himself, the wanted phone rings and no other; nothing is executed."""
    person, chairman = await phone("8201"), await phone("8899")
    scenario = tmp_path / "hostile.xml"
    name = HOSTILE[kind].encode("utf-8", "surrogateescape")
    scenario.write_bytes(SCENARIO.encode().replace(b"@NAME@", name))
    sipp = programs.find(switchboard.settings).sipp  # type: ignore[union-attr]
    assert sipp is not None
    process = await asyncio.create_subprocess_exec(
        *sipp.argv,
        *("-sf", str(scenario), "-m", "1", "-i", "127.0.0.1", "-s", "8000", "-nostdin", "-timeout", "30s"),
        *("-au", TRUNK, "-ap", switchboard.secrets.trunk(TRUNK), "-key", "who", "13800000602"),
        f"127.0.0.1:{switchboard.settings.sip_port}",
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        ringing = await person.expect(Incoming, 12)
        shown = ringing.name
        assert ringing.number == "13800000602"
        assert len(shown) <= 100
        assert not set('"\\<>$`&|\r\n') & set(shown), shown
        assert not any(unicodedata.category(c) == "Cf" for c in shown), ascii(shown)
        assert kind != "rtl" or shown == "钱", ascii(shown)
    finally:
        output = (await process.communicate())[0].decode("utf-8", "replace")
    assert process.returncode == 0, output[-2000:]
    assert not any(isinstance(e, Incoming) for e in chairman.events[-1:])
    assert not Path("/tmp/owned").exists()
    record = await switchboard.record("13800000602")
    assert record["outcome"] == "abandoned"
    await switchboard.no_channels()


SCENARIO = """<?xml version="1.0" encoding="UTF-8" ?>
<scenario name="a hostile name">
  <send retrans="500"><![CDATA[
    INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
    Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]
    From: "@NAME@" <sip:[who]@[local_ip]:[local_port]>;tag=[call_number]
    To: <sip:[service]@[remote_ip]>
    Call-ID: [call_id]
    CSeq: 1 INVITE
    Contact: <sip:[who]@[local_ip]:[local_port]>
    Max-Forwards: 70
    Content-Type: application/sdp
    Content-Length: [len]

    v=0
    o=- 1 1 IN IP4 [local_ip]
    s=-
    c=IN IP4 [local_ip]
    t=0 0
    m=audio [media_port] RTP/AVP 0 96
    a=rtpmap:0 PCMU/8000
    a=rtpmap:96 telephone-event/8000
  ]]></send>
  <recv response="401" auth="true"/>
  <send><![CDATA[
    ACK sip:[service]@[remote_ip]:[remote_port] SIP/2.0
    [last_Via:]
    [last_From:]
    [last_To:]
    Call-ID: [call_id]
    CSeq: 1 ACK
    Max-Forwards: 70
    Content-Length: 0

  ]]></send>
  <send retrans="500"><![CDATA[
    INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
    Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]
    From: "@NAME@" <sip:[who]@[local_ip]:[local_port]>;tag=[call_number]
    To: <sip:[service]@[remote_ip]>
    Call-ID: [call_id]
    CSeq: 2 INVITE
    Contact: <sip:[who]@[local_ip]:[local_port]>
    [authentication]
    Max-Forwards: 70
    Content-Type: application/sdp
    Content-Length: [len]

    v=0
    o=- 1 1 IN IP4 [local_ip]
    s=-
    c=IN IP4 [local_ip]
    t=0 0
    m=audio [media_port] RTP/AVP 0 96
    a=rtpmap:0 PCMU/8000
    a=rtpmap:96 telephone-event/8000
  ]]></send>
  <recv response="100" optional="true"/>
  <recv response="183" optional="true"/>
  <recv response="180" optional="true"/>
  <recv response="200" rrs="true"/>
  <send><![CDATA[
    ACK [next_url] SIP/2.0
    Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]
    [last_From:]
    [last_To:]
    Call-ID: [call_id]
    CSeq: 2 ACK
    Max-Forwards: 70
    Content-Length: 0

  ]]></send>
  <pause milliseconds="800"/>
  <nop><action><exec play_dtmf="8201"/></action></nop>
  <pause milliseconds="4200"/>
  <send retrans="500"><![CDATA[
    BYE [next_url] SIP/2.0
    Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]
    [last_From:]
    [last_To:]
    Call-ID: [call_id]
    CSeq: 3 BYE
    Max-Forwards: 70
    Content-Length: 0

  ]]></send>
  <recv response="200"/>
</scenario>
"""
