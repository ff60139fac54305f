"""The follower: what is in the files comes into the database, once, whatever happens on the way."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from switchboard import storage
from switchboard.errors import StorageError
from switchboard.storage import Follower, open_database
from switchboard.storage import follower as follower_module
from tests.storage.conftest import CALL, START, Desk, at, cdr, follower_in, started, step

CONTRACT_CALL = [
    "id",
    "caller",
    "dialled",
    "started",
    "answered",
    "ended",
    "outcome",
    "connected_to",
    "steps",
]
CONTRACT_STEP = ["at", "action", "outcome", "reason", "rule_line"]


def a_call(desk: Desk, call: str = CALL) -> None:
    """A caller who asked for 8201 and was put through."""
    for record in (
        started(call),
        step(1, "ask", "arrived", call),
        step(2, "look", "entered 8201", call, detail="8201"),
        {"at": at(2), "kind": "fault", "call": call, "what": "phone not registered", "about": "8202"},
        step(3, "dial", "seen 8201=idle", call, detail="8201"),
    ):
        desk.journal.append(record)


async def test_a_call_becomes_one_row_with_its_steps(desk):
    """The contract's keys are there; an outcome stands at the step that it is the outcome of."""
    a_call(desk)
    (call,) = await desk.calls()
    assert set(CONTRACT_CALL) <= set(call)
    assert (call["outcome"], call["ended"], call["rules"]) == (None, None, "1-abcdef01")
    assert all(set(CONTRACT_STEP) <= set(taken) for taken in call["steps"])
    assert [(s["action"], s["outcome"]) for s in call["steps"]] == [
        ("ask", "entered 8201"),
        ("look", "seen 8201=idle"),
        ("dial", None),
    ]
    assert datetime.fromisoformat(call["started"]) == START


async def test_asterisks_record_ends_the_call(desk):
    """The row gets its end and outcome, the step under way what it came to."""
    a_call(desk)
    await desk.calls()
    desk.write_cdr(
        cdr(ending="verb=dial;status=ANSWER;by=8201;talked=4", dstchannel="PJSIP/8201-01", lastapp="Dial")
    )
    (call,) = await desk.calls()
    assert (call["outcome"], call["connected_to"]) == ("connected", "8201")
    assert call["ended"] == "2026-11-22T07:00:10.000+00:00"
    assert call["steps"][-1]["outcome"] == "answered"


async def test_what_happened_without_the_controller_is_not_missing(desk):
    """Calls that only Asterisk knows are rows too."""
    desk.write_cdr(cdr(ending="origin=outside;dialled=8000;caller=138;fallback=1"))
    (call,) = await desk.calls()
    assert (call["caller"], call["fallback"], call["outcome"], call["steps"]) == (
        "138",
        True,
        "abandoned",
        [],
    )


async def test_following_again_changes_nothing(desk):
    """Neither does reading a rotated file under its new name."""
    a_call(desk)
    desk.write_cdr(cdr())
    first = await desk.calls()
    desk.cdr.rename(desk.cdr.with_name("calls.csv.0"))
    desk.write_cdr(cdr(linkedid="other", uniqueid="other"))
    again = await desk.calls()
    assert [c for c in again if c["id"] == CALL] == first
    assert len(again) == 2


async def test_a_copied_and_emptied_file_is_followed_on(desk):
    """The other way to rotate: the copy is known, the emptied file is a new one."""
    desk.write_cdr(cdr())
    await desk.calls()
    desk.cdr.with_name("calls.csv.1").write_bytes(desk.cdr.read_bytes())
    desk.cdr.write_text(cdr(linkedid="b", uniqueid="b"))
    assert {c["id"] for c in await desk.calls()} == {CALL, "b"}
    async with desk.database.read() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM offsets"))).scalar() == 2


async def test_lines_that_cannot_be_applied_are_set_aside(desk):
    """They are kept with the reason; everything around them is applied."""
    folder = desk.journal.folder
    desk.journal.append(started())
    path = next(folder.iterdir())
    with path.open("ab") as file:
        file.write(b'torn {"at":\n\xff\xfe\n')
        file.write(json.dumps({"at": at(1), "kind": "from a newer version", "call": CALL}).encode() + b"\n")
        file.write(json.dumps(step(1, "say", "arrived", call="../../etc")).encode() + b"\n")
        file.write(json.dumps(step(1, "say", "arrived") | {"n": "one"}).encode() + b"\n")
        file.write(json.dumps(started(at="yesterday")).encode() + b"\n")
    desk.journal.append(step(1, "say", "arrived"))
    desk.write_cdr("no,record\n", cdr())
    (call,) = await desk.calls()
    assert len(call["steps"]) == 1
    assert call["ended"]
    async with desk.database.read() as connection:
        rows = (await connection.execute(text("SELECT why, raw FROM set_aside ORDER BY id"))).all()
    assert len(rows) == 7
    assert rows[1].raw == "\\xff\\xfe\n"
    assert "newer" in rows[2].why


async def test_a_record_that_the_database_refuses_is_set_aside_alone(desk, monkeypatch):
    """The batch is applied one by one then."""
    for n in range(5):
        desk.journal.append(started(f"call-{n}"))
    save = follower_module.stories.save

    async def picky(connection, told):
        told = list(told)
        if any(story.id == "call-3" for story in told):
            await connection.execute(text("INSERT INTO nowhere VALUES (1)"))
        await save(connection, told)

    monkeypatch.setattr(follower_module.stories, "save", picky)
    assert {c["id"] for c in await desk.calls()} == {"call-0", "call-1", "call-2", "call-4"}
    async with desk.database.read() as connection:
        (row,) = (await connection.execute(text("SELECT why, raw FROM set_aside"))).all()
    assert "nowhere" in row.why
    assert "call-3" in row.raw


async def test_hostile_text_is_kept_as_text(desk):
    """Quotes, NUL, lone surrogates, marks that turn the line round, emoji, four thousand characters."""
    name = "'; DROP TABLE calls; --\0\udcff\u202e😀${EXTEN}" + "长" * 4000
    desk.journal.append(started(name=name, caller="1"))
    desk.journal.append(step(1, "say", "arrived", detail=name))
    (call,) = await desk.calls()
    assert call["name"] == name.replace("\0", "�").replace("\udcff", "�")
    assert call["steps"][0]["detail"] == call["name"]


async def test_records_of_one_call_on_two_days_make_one_story(desk):
    """A call over midnight stands in two files."""
    desk.journal.append(started())
    (first,) = desk.journal.folder.iterdir()
    first.rename(desk.journal.folder / "2026-11-22.jsonl")
    second = desk.journal.folder / "2026-11-23.jsonl"
    second.write_text(json.dumps(step(1, "say", "arrived")) + "\n")
    (call,) = await desk.calls()
    assert len(call["steps"]) == 1


async def test_a_journal_that_began_anew_is_read_from_its_beginning(desk):
    """The folder was lost and the database wasn't: a file is known by its first line, not by its name."""
    a_call(desk)
    await desk.calls()
    (path,) = desk.journal.folder.iterdir()
    path.write_text(json.dumps(started("other")) + "\n")
    assert {c["id"] for c in await desk.calls()} == {CALL, "other"}


async def test_a_step_taken_again_after_a_crash_is_kept_beside_the_first(desk):
    """Both controllers' decisions are in the record."""
    desk.journal.append(started())
    desk.journal.append(step(1, "say", "arrived"))
    desk.journal.append(step(2, "ask", "interrupted"))
    desk.journal.append(step(2, "ask", "interrupted"))
    (call,) = await desk.calls()
    assert [s["outcome"] for s in call["steps"]] == ["interrupted", "interrupted", None]


async def test_run_is_less_than_a_second_behind(desk):
    """Without a poke by polling, with one at once."""
    task = asyncio.create_task(desk.follower.run())
    try:
        for wait, poke in ((1.0, False), (0.4, True)):
            await asyncio.sleep(0.05)
            desk.journal.append(started(f"call-{wait}"))
            if poke:
                desk.follower.poke()
            until = time.monotonic() + wait
            while not any(c["id"] == f"call-{wait}" for c in await storage.calls(desk.database)):
                assert time.monotonic() < until
                await asyncio.sleep(0.02)
    finally:
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_a_database_that_is_away_is_waited_for(desk, monkeypatch):
    """The task lives on, says so once, and goes on where it was."""
    failures = 3
    offset = follower_module._offset

    async def away(connection, source):
        nonlocal failures
        if failures:
            failures -= 1
            raise StorageError("away")
        return await offset(connection, source)

    monkeypatch.setattr(follower_module, "_offset", away)
    monkeypatch.setattr(follower_module, "POLL_SECONDS", 0.01)
    desk.journal.append(started())
    task = asyncio.create_task(desk.follower.run())
    until = time.monotonic() + 5
    while not await storage.calls(desk.database):
        assert time.monotonic() < until
        await asyncio.sleep(0.01)
    task.cancel()
    assert failures == 0


async def test_calls_that_the_pbx_took_with_it_are_closed(desk, monkeypatch):
    """After a new start of the PBX nothing of before is under way; what began since is."""
    monkeypatch.setattr(follower_module.mending, "QUIET_SECONDS", -1)
    a_call(desk)
    desk.journal.append(started("live", at=at(100)))
    assert await desk.follower.pbx_started(START + timedelta(seconds=50)) == []
    by_id = {c["id"]: c for c in await desk.calls()}
    assert by_id[CALL]["outcome"] == "failed"
    assert by_id[CALL]["steps"][-1]["outcome"] == "lost"
    assert by_id["live"]["outcome"] is None


async def test_two_followers_do_not_apply_twice(desk):
    """The command line follows up beside a running controller."""
    other = await open_database(str(desk.database.engine.url))
    beside = Follower(
        other, journal=desk.follower.journal, cdr=desk.cdr, spool=desk.spool, kept=desk.follower.index.kept
    )
    for n in range(300):
        a_call(desk, f"call-{n}")
        if n % 50 == 0:
            await asyncio.gather(desk.follower.catch_up(), beside.catch_up())
    await asyncio.gather(desk.follower.catch_up(), beside.catch_up())
    rows = await storage.calls(desk.database, limit=1000)
    assert len(rows) == 300
    assert all(len(row["steps"]) == 3 for row in rows)
    await other.close()


FOLLOW = """
import asyncio, sys
from pathlib import Path
from switchboard.storage import open_database
from tests.storage.conftest import follower_in
async def main():
    folder = Path(sys.argv[1])
    database = await open_database(f"sqlite:///{folder}/db.sqlite")
    print("open", flush=True)
    await follower_in(folder, database).run()
asyncio.run(main())
"""


async def test_killed_at_any_moment_it_ends_where_it_would_have(tmp_path):
    """A follower killed with SIGKILL a dozen times, while files grow, leaves the same as one never killed."""
    chance = random.Random(8000)
    killed, calm = tmp_path / "killed", tmp_path / "calm"
    lines: list[tuple[str, str]] = []
    for n in range(1500):
        call = f"switchboard-{n}"
        records = (
            started(call),
            step(1, "ask", "arrived", call),
            step(2, "message", "entered 8201", call, detail="8201 busy"),
            {"at": at(3), "kind": "fault", "call": call, "what": "phone not registered", "about": str(n)},
            {"at": at(4), "kind": "outcome", "call": call, "n": 2, "outcome": "hung_up"},
        )
        lines += [("journal", json.dumps(record) + "\n") for record in records]
        lines.append(("cdr", cdr(linkedid=call, uniqueid=call, sequence=n)))
    for folder in (killed, calm):
        (folder / "journal").mkdir(parents=True)
        (folder / "cdr").mkdir()

    def write(folder, some):
        for kind, line in some:
            path = folder / ("journal/2026-11-22.jsonl" if kind == "journal" else "cdr/calls.csv")
            with path.open("a") as file:
                file.write(line)

    rest = list(lines)
    kills = 0
    while rest or kills < 12:
        some, rest = rest[: len(lines) // 12], rest[len(lines) // 12 :]
        process = subprocess.Popen([sys.executable, "-c", FOLLOW, str(killed)], stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        write(killed, some)
        await asyncio.sleep(chance.uniform(0.0, 0.25))
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        kills += 1
    write(calm, lines)
    ends = []
    for folder in (killed, calm):
        database = await open_database(f"sqlite:///{folder}/db.sqlite")
        await follower_in(folder, database).catch_up()
        async with database.read() as connection:
            counts = [
                (await connection.execute(text(f"SELECT count(*) FROM {table}"))).scalar()
                for table in ("calls", "steps", "cdrs", "faults", "set_aside")
            ]
        ends.append((counts, await storage.calls(database, limit=5000)))
        await database.close()
    assert ends[0] == ends[1]
    assert ends[0][0] == [1500, 3000, 1500, 1500, 0]
