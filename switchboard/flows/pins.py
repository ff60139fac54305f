"""PINs of feature codes: compared, slowed, locked, kept (A16)."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from switchboard.domain.outcomes import Pin
from switchboard.errors import SwitchboardError
from switchboard.flows.ports import Clock

log = structlog.get_logger()

LOCK_AFTER = 5
"""Wrong PINs in a row before a phone's codes are locked."""

LOCK_FOR = timedelta(minutes=15)

SLOW_SECONDS = 1.5
"""What a wrong PIN costs: below the dead-man's switch, above what makes guessing pleasant."""


class Attempts(Protocol):
    """Attempts kept (`switchboard.storage.PinRows`)."""

    async def wrong_since(self, extension: str, since: datetime) -> int: ...
    async def keep(self, extension: str, verdict: Pin, at: datetime) -> None: ...


class Pins:
    """`of` gives the PIN that an extension has now, "" for none; it may read a file."""

    def __init__(self, of: Callable[[str], str], attempts: Attempts, now: Clock) -> None:
        self._of = of
        self._attempts = attempts
        self._now = now

    async def check(self, extension: str, entry: str) -> Pin:
        """Compare `entry`. When attempts can't be counted nobody gets in: permission fails closed."""
        now = self._now()
        try:
            if await self._attempts.wrong_since(extension, now - LOCK_FOR) >= LOCK_AFTER:
                log.warning("pin_locked", extension=extension)
                return Pin.LOCKED
            pin = await asyncio.to_thread(self._of, extension)
            right = bool(pin) and hmac.compare_digest(pin.encode(), entry.encode())
            verdict = Pin.RIGHT if right else Pin.WRONG
            await self._attempts.keep(extension, verdict, now)
        except (SwitchboardError, OSError) as error:
            log.error("pin_not_checked", extension=extension, error=str(error))
            return Pin.WRONG
        if verdict is Pin.WRONG:
            log.warning("pin_wrong", extension=extension)
            await asyncio.sleep(SLOW_SECONDS)
        return verdict
