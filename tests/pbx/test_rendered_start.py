"""A real Asterisk reads what is rendered: without a word of complaint, and whatever people are called."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

import pytest

from switchboard.dialplan import Context
from switchboard.domain.company import Name
from switchboard.pbx import files
from switchboard.pbx.launch import ROTATED
from switchboard.softphone import Incoming
from tests.pbx.firm import ENTRIES, HOSTILE, firm, hostile_firm, person
from tests.pbx.rendered_pbx import RenderedPbx, rendered_pbx

pytestmark = pytest.mark.live


async def dialplan(pbx: RenderedPbx) -> str:
    """The whole dialplan as Asterisk understood it."""
    return await pbx.cli("dialplan show")


async def reload(pbx: RenderedPbx, changed: tuple[str, ...]) -> None:
    for module in files.reloads(changed):
        await pbx.pbx.cli(f"module reload {module}", seconds=30)


async def test_it_starts_without_complaint_and_with_every_context() -> None:
    """No warning, no error, no notice of a missing PIN; all that dialplan.py names is there."""
    async with rendered_pbx(firm()) as pbx:
        assert pbx.complaints() == []
        assert "secret.conf" not in pbx.messages
        shown = await dialplan(pbx)
        wanted = {*Context, "from-trunk-test", "from-phone-national", "outside-international", "line-telecom"}
        assert {c for c in wanted if f"[ Context '{c}' created by" not in shown} == set()
        assert "13 voicemail users configured" in await pbx.cli("voicemail show users")
        assert "Local/8601@agent" in await pbx.cli("queue show 8600")


async def test_hostile_names_change_nothing_that_asterisk_understands() -> None:
    """Dialplan, endpoints and mailboxes are those of a company with harmless names."""
    plain = [person(str(9000 + i)) for i in range(len(HOSTILE))]
    async with rendered_pbx(firm(entries=(*ENTRIES, *plain))) as pbx:
        before = await dialplan(pbx), await pbx.cli("pjsip list endpoints")
        pbx.put(hostile_firm())
        await pbx.stop()
        await pbx.start()
        assert pbx.complaints() == []
        after = await dialplan(pbx), await pbx.cli("pjsip list endpoints")
        assert before == after
        async with await pbx.phone("8202") as caller, await pbx.phone("8101") as called:
            await caller.dial("8101")
            shown = await called.expect(Incoming)
            assert shown.number == "8202"
        assert pbx.complaints() == []


async def test_a_new_phone_works_and_a_removed_one_is_closed_after_a_reload() -> None:
    """Without a restart; what didn't change isn't reloaded; the log stays clean."""
    async with rendered_pbx(firm()) as pbx, await pbx.phone("8202") as caller:
        later = firm(entries=[*(e for e in ENTRIES if e.number != "8202"), person("8299")])
        changed = pbx.put(later, retired=(firm(),))
        assert set(changed) == {"pjsip.conf", "voicemail.conf", "directory.conf", "parking.conf"}
        await reload(pbx, changed)
        assert pbx.complaints() == []
        async with await pbx.phone("8299") as new, await pbx.phone("8101") as called:
            await new.dial("8101")
            await called.expect(Incoming)
            await new.hangup()
            await caller.dial("8101")
            await caller.hears("zh/dial-refused")
            await caller.hangup()
            await new.dial("8202")
            await new.hears("zh/dial-unknown")
        assert pbx.put(later, retired=(firm(),)) == ()


async def test_a_conversation_goes_on_through_a_reload() -> None:
    """Even of a phone that is removed in the middle of it."""
    async with (
        rendered_pbx(firm()) as pbx,
        await pbx.phone("8202") as caller,
        await pbx.phone("8101") as called,
    ):
        await caller.dial("8101")
        await called.expect(Incoming)
        await called.accept()
        later = firm(entries=[e for e in ENTRIES if e.number != "8202"])
        await reload(pbx, pbx.put(later, retired=(firm(),)))
        await asyncio.sleep(1)
        assert caller.in_call
        assert called.in_call


async def test_a_pin_that_its_owner_changed_survives_the_next_rendering() -> None:
    """First PINs are put once."""
    async with rendered_pbx(firm()) as pbx:
        secret = pbx.settings.spool / "voicemail/sb/8201/secret.conf"
        assert "4826" in secret.read_text()
        secret.write_text("[general]\npassword = 999999\n")
        pbx.put(firm())
        assert "999999" in secret.read_text()


async def test_ten_thousand_extensions() -> None:
    """Rendered in seconds, read again in seconds, while the PBX answers."""
    many = [person(str(20000 + i)) for i in range(10_000)]
    async with rendered_pbx(firm(entries=(*ENTRIES, *many))) as pbx:
        assert [c for c in pbx.complaints() if "taskprocessor.c" not in c] == []  # "queue reached 500"
        many[0] = replace(many[0], name=Name("新", "New"))
        started = time.monotonic()
        changed = pbx.put(firm(entries=(*ENTRIES, *many, person("8299"))))
        rendered = time.monotonic()
        await reload(pbx, changed)
        reloaded = time.monotonic()
        print(f"rendered in {rendered - started:.2f} s, reloaded in {reloaded - rendered:.2f} s")
        assert rendered - started < 8
        assert reloaded - rendered < 20
        assert [c for c in pbx.complaints() if "taskprocessor.c" not in c] == []


async def test_asterisks_own_logs_are_begun_anew_and_two_old_ones_kept() -> None:
    """However long it runs: messages, security and queue log, each time one of them has grown too long."""
    async with rendered_pbx(firm()) as pbx:
        folder = pbx.pbx.settings.asterisk_log
        await pbx.cli("queue pause member Local/8601@agent")  # the queue log's first line
        for name in ROTATED:
            assert (folder / name).exists(), name
        for turn in range(4):
            with (folder / "queue_log").open("a") as log:
                log.write(f"turn {turn} " + "x" * 2000 + "\n")
            await pbx.pbx.trim_logs(1500)
            assert all((folder / name).stat().st_size < 1500 for name in ROTATED)
        kept = sorted(p.name for p in folder.iterdir() if p.name.startswith("queue_log"))
        assert kept == ["queue_log", "queue_log.0", "queue_log.1"]
        assert "turn 3" in (folder / "queue_log.0").read_text()
        assert "turn 2" in (folder / "queue_log.1").read_text()
        await pbx.pbx.trim_logs(1500)
        assert "turn 3" in (folder / "queue_log.0").read_text()  # nothing is long: nothing is begun
