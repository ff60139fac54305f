"""The compose file, tried: built, started, and called from outside with real telephones."""

from __future__ import annotations

import asyncio
import socket
import time
from datetime import datetime

import pytest

from switchboard.domain import prompt_keys as p
from switchboard.softphone import Baresip, Incoming
from tests.containers.household import DATA, Household
from tests.live.ear import both_hear_each_other, leave_message, tone_heard

pytestmark = [
    pytest.mark.containers,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(900),
]


async def conversation(house: Household, caller: str, extension: str) -> tuple[Baresip, Baresip]:
    """A caller from outside, in conversation with an extension reached through the greeting."""
    phone = await house.phone(extension)
    await house.until(lambda: house.phone_state(extension) == "idle", f"{extension} can be called", 60)
    outside = await house.caller(caller)
    await outside.dial("8000")
    await outside.hears(f"zh/{p.HELLO}", timeout=20)
    await outside.press(extension)
    await phone.expect(Incoming, 20)
    await phone.accept()
    await both_hear_each_other(outside, phone)
    return outside, phone


async def still_hear_each_other(one: Baresip, other: Baresip) -> None:
    """Speech flows now: what was heard in the last second is the other's tone."""
    await asyncio.sleep(1.2)
    assert tone_heard(one, 620)
    assert tone_heard(other, 440)


async def test_the_first_call_of_the_readme_works(switchboard: Household, figures: dict[str, object]) -> None:
    """`switchboard call 8000` in the controller's container: greeted, put through, a message is left."""
    said = await asyncio.to_thread(
        switchboard.cli, "call", "8000", "--press", "8304,1", "--hurry", "--caller", "13800000901"
    )
    assert said["answered"]
    assert said["heard"][0] == f"zh/{p.HELLO}"
    assert said["record"]["outcome"] == "message"
    answered = datetime.fromisoformat(said["record"]["answered"]).timestamp()
    figures["from up to the first call answered"] = f"{answered - switchboard.began:.0f} s"
    assert [m["mailbox"] for m in switchboard.cli("messages") if m["caller"] == "13800000901"] == ["8304"]


async def test_a_caller_from_outside_is_greeted_and_leaves_a_message(switchboard: Household) -> None:
    """Through published ports and the address told for NAT: sound both ways, the message is what was said."""
    outside = await switchboard.caller("13800000902")
    try:
        await outside.dial("8000")
        await outside.hears(f"zh/{p.HELLO}", timeout=20)
        await outside.press("8302")
        await outside.hears(f"zh/{p.NO_ANSWER}", timeout=30)
        await outside.press("1")
        await leave_message(outside)
    finally:
        await outside.hangup()
        await outside.stop()

    def there() -> list[dict[str, object]]:
        return [m for m in switchboard.cli("messages") if m["caller"] == "13800000902"]

    (message,) = await switchboard.until(there, "the message", 10)
    assert message["mailbox"] == "8302"
    assert message["seconds"] >= 2
    size = switchboard.inside("controller", "stat", "-c", "%s", str(message["file"]))
    assert int(size) > 16000


async def test_a_controller_killed_and_replaced_drops_no_conversation(switchboard: Household) -> None:
    """Both sides go on hearing each other while its container is killed, and while another takes its place;
    the record of the call is complete afterwards."""
    outside, phone = await conversation(switchboard, "13800000903", "8201")
    try:
        switchboard.engine.docker("kill", "--signal", "KILL", switchboard.container("controller"))
        await still_hear_each_other(outside, phone)
        begun = time.monotonic()
        replacing = asyncio.create_task(
            asyncio.to_thread(
                switchboard.compose, "up", "-d", "--no-build", "--no-deps", "--force-recreate", "controller"
            )
        )
        while not replacing.done():
            await still_hear_each_other(outside, phone)
        await replacing
        await switchboard.ready()
        await still_hear_each_other(outside, phone)
        assert time.monotonic() - begun > 1
    finally:
        await outside.hangup()
        await outside.stop()

    def ended() -> list[dict[str, object]]:
        return [c for c in switchboard.cli("calls") if c["caller"] == "13800000903" and c["ended"]]

    (record,) = await switchboard.until(ended, "the record", 15)
    assert (record["outcome"], record["connected_to"]) == ("connected", "8201")


async def test_without_a_controller_calls_are_answered_by_the_fallback(switchboard: Household) -> None:
    """While the controller's container is stopped a caller still reaches a phone."""
    phone = await switchboard.phone("8201")
    switchboard.compose("stop", "controller")
    outside = await switchboard.caller("13800000904")
    try:
        await outside.dial("8000")
        await outside.hears(f"zh/{p.HELLO}", timeout=20)
        await outside.press("8201")
        await phone.expect(Incoming, 20)
        await phone.accept()
        await both_hear_each_other(outside, phone)
    finally:
        await outside.hangup()
        await outside.stop()
        switchboard.compose("start", "controller")
        await switchboard.ready()


async def test_rules_saved_on_the_host_are_in_force(switchboard: Household) -> None:
    """A file put in the old one's place, as editors save, takes effect without any restart."""
    before = switchboard.status()["rules"]["version"]
    text = switchboard.rules.read_text("utf-8")
    changed = text.replace("曾国强", "曾国栋")
    assert changed != text
    new = switchboard.rules.with_suffix(".new")
    new.write_text(changed, "utf-8")
    new.replace(switchboard.rules)

    def another() -> bool:
        rules = switchboard.status()["rules"]
        return bool(rules["version"] != before and rules["state"] == "in_force")

    await switchboard.until(another, "the new rules", 30)
    names = {a["extension"]: a["name"] for a in switchboard.cli("phones")}
    assert names["8201"] == "曾国栋"
    globals_ = switchboard.inside(
        "pbx", "asterisk", "-C", f"{DATA}/asterisk/etc/asterisk.conf", "-rx", "dialplan show globals"
    )
    assert f"SB_RULES={switchboard.status()['rules']['version']}" in globals_


async def test_a_pbx_killed_comes_back_by_itself_with_everything(switchboard: Household) -> None:
    """Its container ends by SIGKILL from within; phones that were registered can be called again."""
    await switchboard.phone("8202")
    await asyncio.sleep(2)  # Asterisk's own database is written once a second
    before = switchboard.inspect("pbx")["State"]["StartedAt"]
    switchboard.inside("pbx", "bash", "-c", _KILL_ASTERISK, check=False)
    await switchboard.until(
        lambda: switchboard.inspect("pbx")["State"]["StartedAt"] != before, "another PBX", 30
    )
    await switchboard.ready()
    await switchboard.until(lambda: switchboard.phone_state("8202") == "idle", "8202 can be called", 30)
    outside, _ = await conversation(switchboard, "13800000905", "8202")
    await outside.hangup()
    await outside.stop()


_KILL_ASTERISK = 'for p in /proc/[0-9]*; do [ "$(cat $p/comm)" = asterisk ] && kill -KILL ${p#/proc/}; done'


async def test_a_stop_waits_for_the_conversation_to_end(switchboard: Household) -> None:
    """`docker compose stop pbx`: those who speak finish; then it ends, in good order and at once."""
    outside, phone = await conversation(switchboard, "13800000906", "8203")
    stopping = asyncio.create_task(asyncio.to_thread(switchboard.compose, "stop", "pbx"))
    try:
        await asyncio.sleep(5)
        assert not stopping.done()
        await still_hear_each_other(outside, phone)
        await outside.hangup()
        began = time.monotonic()
        await asyncio.wait_for(stopping, 15)
        assert time.monotonic() - began < 10
        assert switchboard.inspect("pbx")["State"]["ExitCode"] == 0
    finally:
        await outside.stop()
        await asyncio.wait((stopping,))
        switchboard.compose("start", "pbx")
        await switchboard.ready()


async def test_a_pbx_with_another_setup_starts_anew_once_nobody_speaks(switchboard: Household) -> None:
    """When a controller lays out what Asterisk reads only at its start, a conversation is not cut for it."""

    def starts() -> int:
        return sum("Asterisk starts" in line for line in switchboard.logs("pbx"))

    outside, phone = await conversation(switchboard, "13800000909", "8203")
    before = starts()
    try:
        switchboard.inside("controller", "sed", "-i", "1s/.*/another/", f"{DATA}/asterisk/etc/laid-out")
        await asyncio.sleep(6)
        await still_hear_each_other(outside, phone)
        assert starts() == before
    finally:
        await outside.hangup()
        await outside.stop()
    await switchboard.until(lambda: starts() == before + 1, "another Asterisk", 30)
    switchboard.compose("restart", "controller")  # lays out the true setup
    await switchboard.until(lambda: starts() == before + 2, "one with the true setup", 60)
    await switchboard.ready()


async def test_in_the_machines_own_network_it_is_the_same(switchboard: Household) -> None:
    """The other way of connecting the two: a caller from outside leaves a message there, too."""
    if not switchboard.engine.own:
        pytest.skip("ports of this machine may be taken by what runs on it")
    own = ("-f", "containers/host-network.yml")
    bound = {"SWITCHBOARD_BIND": switchboard.engine.address, "SWITCHBOARD_EXTERNAL_ADDRESS": ""}
    switchboard.compose("stop")
    try:
        switchboard.compose(*own, "up", "-d", "--no-build", "--wait", "--wait-timeout", "120", **bound)
        with pytest.raises(OSError, match="refused"):
            socket.create_connection((switchboard.engine.address, 5038), 3)
        outside = await switchboard.caller("13800000907")
        await outside.dial("8000")
        await outside.hears(f"zh/{p.HELLO}", timeout=20)
        await outside.press("8302")
        await outside.hears(f"zh/{p.NO_ANSWER}", timeout=30)
        await outside.press("1")
        await leave_message(outside)
        await outside.stop()
        await switchboard.until(
            lambda: [m for m in switchboard.cli("messages") if m["caller"] == "13800000907"],
            "the message",
            10,
        )
    finally:
        switchboard.compose("up", "-d", "--no-build", "--wait", "--wait-timeout", "120")


async def test_postgresql_is_a_line_in_the_settings(switchboard: Household) -> None:
    """The profile: another database beside, reached by a password that nobody wrote; calls are kept there."""
    with_it = {
        "COMPOSE_PROFILES": "postgresql",
        "SWITCHBOARD_DATABASE_URL": "postgresql://switchboard@172.28.88.4/switchboard",
    }
    try:
        switchboard.compose("up", "-d", "--no-build", "--wait", "--wait-timeout", "200", **with_it)
        outside, _ = await conversation(switchboard, "13800000908", "8201")
        await outside.hangup()
        await outside.stop()

        def kept() -> bool:
            query = "SELECT count(*) FROM calls WHERE caller = '13800000908' AND ended IS NOT NULL"
            asked = ("exec", "-T", "database", "psql", "-h", "/tmp", "-tAc", query, "switchboard")
            return switchboard.compose(*asked, **with_it).stdout.strip() == b"1"

        await switchboard.until(kept, "the call in PostgreSQL", 15)
        assert switchboard.users("database") == {"10001"}
        assert not switchboard.inspect("database")["HostConfig"]["PortBindings"]
    finally:
        switchboard.compose("rm", "-fsv", "database", **with_it)
        switchboard.compose("up", "-d", "--no-build", "--wait", "--wait-timeout", "120")
