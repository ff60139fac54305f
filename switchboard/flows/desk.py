"""The desk: the company's mode, who is at the desk, and the line of callers (A1, A2, A4).

The mode is worked out whenever it is asked for; what is kept are choices. `run` makes the outside agree
(the lamp on phones, the fallback's memory) whenever the mode changes by itself and after every restart:
when clock, rules and lamp disagree, the lamp is wrong.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Protocol

import structlog

from switchboard.domain.company import Rules
from switchboard.domain.duty import Duty, DutyWord, back_at, present
from switchboard.domain.mode import Choice, Mode, ModeNow, Source, choose, mode_at
from switchboard.errors import StorageError, SwitchboardError
from switchboard.flows.ports import Clock, DeskFacts

log = structlog.get_logger()

RECONCILE_SECONDS = 0.5
"""How often the mode is worked out afresh: the clock may jump, a choice may come from another process."""


FRESH_SECONDS = 3 * RECONCILE_SECONDS
"""How long calls go by the choice that was read last, instead of asking the database each by itself."""


class Rows(Protocol):
    """What is kept (`switchboard.storage.DeskRows`)."""

    async def last_choice(self) -> Choice | None: ...
    async def keep_choice(self, choice: Choice) -> None: ...
    async def duty(self) -> Mapping[str, Duty]: ...
    async def keep_duty(self, word: Duty, source: Source, author: str) -> None: ...
    async def place(self, call: str, at: datetime, served: Collection[str], live: Collection[str]) -> int: ...


class Calls(Protocol):
    """What the PBX shows of calls under way."""

    def live(self) -> Collection[str]: ...
    def talking(self) -> Collection[str]: ...


class Lamp(Protocol):
    """Shows the mode outside: on phones that watch the lamp, and to the fallback."""

    async def show(self, mode: Mode) -> None:
        """Raises SwitchboardError when the PBX can't be told now."""


class Desk:
    """Implements `flows.ports.DeskView`."""

    def __init__(self, rows: Rows, calls: Calls, lamp: Lamp, rules: Callable[[], Rules], now: Clock) -> None:
        self._rows = rows
        self._calls = calls
        self._lamp = lamp
        self._rules = rules
        self._now = now
        self._shown: Mode | None = None
        self._changed = asyncio.Event()
        self._read: tuple[Choice | None, float] | None = None  # the last choice, and when it was read
        self._watchers: list[Callable[[], None]] = []

    def watch(self, watcher: Callable[[], None]) -> None:
        """Call `watcher` whenever the mode, or who is at the desk, may have changed."""
        self._watchers.append(watcher)

    def _tell(self) -> None:
        for watcher in self._watchers:
            watcher()

    async def said(self) -> Mapping[str, Duty]:
        """What each operator said last."""
        return await self._rows.duty()

    async def mode(self) -> ModeNow:
        """The mode in force."""
        choice = await self._rows.last_choice()
        self._remember(choice)
        return mode_at(self._rules().calendar, choice, self._now())

    def _remember(self, choice: Choice | None) -> None:
        self._read = (choice, asyncio.get_running_loop().time())

    async def _mode_for_a_call(self) -> ModeNow:
        """The mode by what `run` has read a moment ago: a hundred calls a second ask for it."""
        if self._read is None or asyncio.get_running_loop().time() - self._read[1] > FRESH_SECONDS:
            return await self.mode()
        return mode_at(self._rules().calendar, self._read[0], self._now())

    async def _keep(self, choice: Choice) -> None:
        await self._rows.keep_choice(choice)
        self._remember(choice)
        self._changed.set()
        self._tell()

    async def choose(
        self,
        mode: Mode | None,
        source: Source,
        author: str,
        *,
        minutes: int | None = None,
        until_changed: bool = False,
        reason: str = "",
    ) -> ModeNow:
        """Choose a mode; None is back to the schedule. The mode in force afterwards."""
        now = self._now()
        choice = choose(
            self._rules().calendar,
            now,
            mode,
            source,
            author,
            minutes=minutes,
            until_changed=until_changed,
            reason=reason,
        )
        await self._keep(choice)
        log.info("mode_chosen", mode=mode.value if mode else "schedule", source=source.value, author=author)
        return mode_at(self._rules().calendar, choice, now)

    async def sign(
        self,
        extension: str,
        what: DutyWord,
        source: Source,
        until: datetime | None = None,
        author: str = "",
    ) -> None:
        """An operator signs in or out or goes away, said by `author` or by the phone itself. When the last
        one goes, the company turns automatic."""
        now = self._now()
        await self._rows.keep_duty(Duty(extension, what, now, until), source, author or extension)
        log.info("duty", extension=extension, what=what.value, source=source.value)
        self._tell()
        if what is DutyWord.IN:
            await self._end_absence(now)
        else:
            await self._last_one_gone(now)

    async def operators(self) -> tuple[str, ...]:
        """Those at the desk now."""
        return present(self._rules().operators, await self._rows.duty(), self._now())

    async def facts(self, call: str, rules: Rules) -> DeskFacts:
        """What a decision about `call` needs to know. Without a database: the schedule's mode, everybody
        who may be an operator, and first in line; a caller must not wait for a disk."""
        now = self._now()
        try:
            mode = await self._mode_for_a_call()
            if mode.mode is not Mode.MANUAL:
                return DeskFacts(mode.mode, (), 1)
            operators = present(rules.operators, await self._rows.duty(), now)
            place = await self._rows.place(call, now, self._calls.talking(), self._calls.live())
        except StorageError as error:
            log.error("desk_unknown", call=call, error=str(error))
            return DeskFacts(mode_at(rules.calendar, None, now).mode, rules.operators, 1)
        return DeskFacts(mode.mode, operators, place)

    def forget_lamp(self) -> None:
        """The PBX is there anew: whatever its lamps show, they are told again."""
        self._shown = None
        self._changed.set()

    async def run(self) -> None:
        """Keep lamp and mode in agreement until cancelled."""
        while True:
            self._changed.clear()
            try:
                await self._reconcile()
            except SwitchboardError as error:
                log.debug("lamp_not_told", error=str(error))
            try:
                await asyncio.wait_for(self._changed.wait(), RECONCILE_SECONDS)
            except TimeoutError:
                continue

    async def _reconcile(self) -> None:
        mode = (await self.mode()).mode
        if mode is not self._shown:
            self._tell()
            await self._lamp.show(mode)
            self._shown = mode

    async def _last_one_gone(self, now: datetime) -> None:
        rules = self._rules()
        said = await self._rows.duty()
        if present(rules.operators, said, now) or (await self.mode()).mode is Mode.AUTOMATIC:
            return
        until = back_at(rules.operators, said, now)
        choice = choose(
            rules.calendar, now, Mode.AUTOMATIC, Source.OPERATORS, "", reason="the last operator went"
        )
        if until is not None:
            choice = Choice(choice.mode, now, until, choice.source, "", choice.reason)
        await self._keep(choice)

    async def _end_absence(self, now: datetime) -> None:
        """Somebody is back: what the last one's going had chosen ends."""
        last = await self._rows.last_choice()
        if last is not None and last.source is Source.OPERATORS and (last.until is None or last.until > now):
            await self._keep(Choice(None, now, None, Source.OPERATORS, "", "an operator is back"))
