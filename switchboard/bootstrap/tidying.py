"""Housekeeping of the data folder, once an hour: what is old and no longer needed goes, or is packed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

import structlog

from switchboard.domain.company import Rules
from switchboard.errors import SwitchboardError
from switchboard.flows.ports import Clock
from switchboard.prompts import Sounds
from switchboard.prompts.tidying import KEPT_DAYS, remove_unused
from switchboard.storage.database import Database
from switchboard.storage.tidying import begin_anew, put_away

log = structlog.get_logger()

PAUSE_SECONDS = 3600.0
FIRST_SECONDS = 300.0
"""After a start, which has enough to do."""

DAY = 86400


class Housekeeping:
    """`in_use` gives the rules whose sounds are needed; whoever puts rules in force holds `publishing`."""

    def __init__(
        self,
        database: Database,
        journal: Path,
        records: Path,
        sounds: Path,
        spoken: Callable[[Rules], Sounds],
        in_use: Callable[[], Awaitable[Iterable[Rules]]],
        publishing: asyncio.Lock,
        now: Clock,
    ) -> None:
        self._database = database
        self._journal = journal
        self._records = records
        self._sounds = sounds
        self._spoken = spoken
        self._in_use = in_use
        self._publishing = publishing
        self._now = now

    async def run(self) -> None:
        """Tidy up until cancelled. What fails is told and tried again an hour later."""
        await asyncio.sleep(FIRST_SECONDS)
        while True:
            await self.once()
            await asyncio.sleep(PAUSE_SECONDS)

    async def once(self) -> None:
        """Everything that can be put away now."""
        for part in (self._files, self._unused_sounds):
            try:
                await part()
            except (SwitchboardError, OSError) as error:
                log.warning("not_tidied", part=part.__name__.strip("_"), error=str(error))

    async def _files(self) -> None:
        aside = await asyncio.to_thread(begin_anew, self._records, self._now())
        packed = await put_away(self._database, self._journal, self._records, self._now())
        if aside or packed:
            log.info("files_put_away", aside=str(aside or ""), packed=[path.name for path in packed])

    async def _unused_sounds(self) -> None:
        before = self._now().timestamp() - KEPT_DAYS * DAY
        async with self._publishing:  # rules that come back find their old sounds, and need them then
            used = [self._spoken(rules) for rules in await self._in_use()]
            removed = await asyncio.to_thread(remove_unused, used, self._sounds, before)
        if removed:
            log.info("unused_sounds_removed", files=removed)
