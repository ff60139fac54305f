"""Carries what happened into the database: journal, Asterisk's call records, mailboxes.

One task. It may be killed at any moment and goes on where it was, because how far a file has been followed
is written in the same transaction as what was read from it. A line that can't be applied is set aside and
holds up nothing. While the database is away nothing is lost either: the files wait.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from switchboard.dialplan import CDR_FILE, VOICEMAIL_CONTEXT
from switchboard.errors import StorageError
from switchboard.settings import Settings
from switchboard.storage import aftermath, entries, journal, mending, stories
from switchboard.storage import cdr as cdr_file
from switchboard.storage.database import Database
from switchboard.storage.mailboxes import MailboxIndex
from switchboard.storage.records import Cdr, Unreadable
from switchboard.storage.spool import Marks, Spool
from switchboard.storage.tables import offsets, set_aside
from switchboard.storage.voicemail import messages_in

log = structlog.get_logger()

POLL_SECONDS = 0.5
PAUSE_SECONDS = 0.2
"""Between two looks, however often somebody pokes: with a transaction for each hang-up, a hundred calls a
second took a third of a core more."""

BATCH = 100
"""Lines applied in one transaction: some 10 ms, so that callers and other writers get their turn."""

DEPOSIT_SECONDS = 900
"""How long a mailbox is watched closely after a call went to leave a message there."""


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a followed file. `record` is None when it can't be read; `why` tells."""

    start: int
    end: int
    raw: bytes
    record: Mapping[str, Any] | Cdr | None
    why: str = ""


Reader = Callable[[Path, int], Iterator[Item]]


class Follower:
    """Follows `journal` (folder), `cdr` (file) and `spool` (…/voicemail/sb) into the database.

    `kept` is the folder in which the sound of every message stays.
    """

    def __init__(self, database: Database, *, journal: Path, cdr: Path, spool: Path, kept: Path) -> None:
        self.database = database
        self.journal = journal
        self.cdr = cdr
        self.spool = Spool(spool)
        self.index = MailboxIndex(kept)
        self.looked: list[Callable[[str], object]] = []  # told of each mailbox in which something changed
        self._followed: dict[str, int] = {}
        self._busy_boxes: dict[str, float] = {}
        self._poked = asyncio.Event()
        self._turn = asyncio.Lock()

    @classmethod
    def of(cls, settings: Settings, database: Database) -> Follower:
        """The follower of the files that `settings` name."""
        return cls(
            database,
            journal=settings.journal,
            cdr=settings.asterisk_log / "cdr-custom" / CDR_FILE,
            spool=settings.spool / "voicemail" / VOICEMAIL_CONTEXT,
            kept=settings.data_dir / "messages",
        )

    def poke(self, mailbox: str = "") -> None:
        """Something has happened: look now. `mailbox` ("8201" or "8201@sb") is looked at first."""
        if mailbox:
            self.spool.name(mailbox.partition("@")[0])
        self._poked.set()

    async def run(self) -> None:
        """Follow until cancelled. While the database or a file is away, try again at each turn."""
        trouble = ""
        while True:
            self._poked.clear()
            try:
                await self.catch_up()
                if trouble:
                    log.info("storage_back")
                trouble = ""
            except StorageError as error:
                if str(error) != trouble:
                    trouble = str(error)
                    log.error("storage_away", error=trouble)
            await asyncio.sleep(PAUSE_SECONDS)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._poked.wait(), POLL_SECONDS)

    async def catch_up(self) -> int:
        """Apply everything there is; the number of lines and mailboxes that were. Raises StorageError."""
        async with self._turn:
            done = 0
            for path in await asyncio.to_thread(journal.files, self.journal):
                done += await self._follow(f"journal:{path.name}", path, _journal_items)
            for path in await asyncio.to_thread(cdr_file.files, self.cdr):
                done += await self._follow("cdr", path, _cdr_items)
            return done + await self._look_at_mailboxes()

    async def pbx_started(self, at: datetime) -> list[str]:
        """The PBX began anew at `at`: settle what the one before left unfinished.

        Calls without an end died with it. Recordings that it cut off are delivered; returns the mailboxes
        that have got one, whose lamps the PBX doesn't know to light (AMI: VoicemailRefresh). Takes some
        seconds, until files have been quiet for long enough: run it as a task of its own. May be called
        again for the same start, for one that was adopted too. Raises StorageError.
        """
        quiet = mending.QUIET_SECONDS + 0.1 - (datetime.now(UTC) - at).total_seconds()
        await asyncio.sleep(max(0.0, quiet))
        await self.catch_up()
        began = at.timestamp()
        async with self._turn:
            mailboxes = await aftermath.deliver_cut_off(self.database, self.spool.folder, began)
        for mailbox in mailboxes:
            self.spool.name(mailbox)
        await self.catch_up()
        async with self._turn:
            await aftermath.close_lost_calls(self.database, at)
        return mailboxes

    async def _follow(self, kind: str, path: Path, reader: Reader) -> int:
        """Apply what is new in one file."""
        mark = await asyncio.to_thread(journal.first_line_mark, path)
        if mark is None:
            return 0
        source = source_of(kind, mark)
        done = 0
        while True:
            known = self._followed.get(source, 0)
            if not await asyncio.to_thread(_has_more, path, known):
                return done
            async with self.database.write() as connection:
                position = await _offset(connection, source)
                items = await asyncio.to_thread(_batch, reader, path, position)
                if items:
                    await self._apply(connection, source, items)
                    position = items[-1].end
                    await _put_offset(connection, source, position)
            self._followed[source] = position
            done += len(items)
            if not items:
                return done

    async def _apply(self, connection: AsyncConnection, source: str, items: Sequence[Item]) -> None:
        """Apply all together; if the database refuses that, one by one."""
        try:
            async with connection.begin_nested():
                refused = await self._try(connection, items)
        except SQLAlchemyError:
            refused = []
            for item in items:
                try:
                    async with connection.begin_nested():
                        refused += await self._try(connection, [item])
                except SQLAlchemyError as error:
                    refused.append((item, str(getattr(error, "orig", None) or error)))
        if refused:
            rows = [
                {
                    "source": source,
                    "position": item.start,
                    "why": why[:500],
                    "raw": item.raw.decode("utf-8", "backslashreplace").replace("\0", "\\x00"),
                }
                for item, why in refused
            ]
            log.error("records_set_aside", source=source, count=len(rows), first=rows[0]["why"])
            await connection.execute(set_aside.insert(), rows)

    async def _try(self, connection: AsyncConnection, items: Sequence[Item]) -> list[tuple[Item, str]]:
        """Apply `items`; those that can't be, with the reason. Raises SQLAlchemyError."""
        refused = []
        work = await entries.begin(connection, [item.record for item in items if item.record is not None])
        for item in items:
            try:
                if item.record is None:
                    raise Unreadable(item.why)
                entries.apply(item.record, work)
            except Unreadable as error:
                refused.append((item, str(error)))
        await work.save(connection)
        until = time.monotonic() + DEPOSIT_SECONDS
        self._busy_boxes.update(dict.fromkeys(work.mailboxes, until))
        return refused

    async def _look_at_mailboxes(self) -> int:
        now = time.monotonic()
        self._busy_boxes = {box: until for box, until in self._busy_boxes.items() if until > now}
        done = 0
        for mailbox, marks in await asyncio.to_thread(self.spool.changed, tuple(self._busy_boxes)):
            await self._look_at(mailbox, marks)
            done += 1
        return done

    async def _look_at(self, mailbox: str, marks: Marks) -> None:
        folder = self.spool.folder / mailbox
        found = await asyncio.to_thread(lambda: list(messages_in(folder)))
        async with self.database.write() as connection:
            again = await self.index.apply(connection, mailbox, found)
        if again:
            self.spool.name(mailbox)
        else:
            self.spool.settled(mailbox, marks)
        for tell in self.looked:
            tell(mailbox)


def source_of(kind: str, mark: str) -> str:
    """The name under which is kept how far a file was followed; `mark` is that of its first line."""
    return f"{kind}:{mark}"


def _journal_items(path: Path, offset: int) -> Iterator[Item]:
    for line in journal.read(path, offset):
        yield Item(line.start, line.end, line.raw, line.record, "" if line.record else "no JSON object")


def _cdr_items(path: Path, offset: int) -> Iterator[Item]:
    for line in cdr_file.read(path, offset):
        yield Item(line.start, line.end, line.raw, line.cdr, line.why)


def _batch(reader: Reader, path: Path, offset: int) -> list[Item]:
    return list(islice(reader(path, offset), BATCH))


def _has_more(path: Path, offset: int) -> bool:
    """Whether a finished line stands behind `offset`. Raises StorageError."""
    try:
        if path.stat().st_size <= offset:
            return False
    except OSError:
        return False
    return next(journal.whole_lines(path, offset), None) is not None


async def _offset(connection: AsyncConnection, source: str) -> int:
    row = await connection.execute(
        select(offsets.c.position).where(offsets.c.source == source).with_for_update()
    )
    return row.scalar_one_or_none() or 0


async def _put_offset(connection: AsyncConnection, source: str, position: int) -> None:
    await stories.put(connection, offsets, [{"source": source, "position": position}])
