"""Keeps mailboxes in step with the page: delivers what was typed or forwarded, moves what was heard there.

At once where possible, and otherwise as soon as it is: while the database or the PBX is away it waits, and a
mailbox that somebody has open on the phone is left alone until they hang up, since app_voicemail numbers its
messages anew under them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from switchboard.errors import AmiRefused, PromptError, StorageError, SwitchboardError
from switchboard.flows.message_ports import (
    HEARD_FOLDER,
    NEW_FOLDERS,
    Deposit,
    Dictate,
    Mailboxes,
    Message,
    Rows,
    SoundLost,
    Spool,
)

log = structlog.get_logger()

LOOK_SECONDS = 2.0
"""How often is looked whether something is still to be delivered or moved."""

TRIES = 5
"""A message that AMI can't move so often in a row is left where it is."""


class Delivery:
    """`run` keeps the spool in step; `wake` has it look at once. `recorded` follows the records up,
    `delivered` is told of every message that arrived."""

    def __init__(
        self,
        rows: Rows,
        mailboxes: Mailboxes,
        spool: Spool,
        dictate: Dictate,
        recorded: Callable[[str], Awaitable[object]],
        delivered: Callable[[], object],
    ) -> None:
        self._rows = rows
        self._mailboxes = mailboxes
        self._spool = spool
        self._dictate = dictate
        self._recorded = recorded
        self._delivered = delivered
        self._wake = asyncio.Event()
        self._not_moved: dict[str, int] = {}  # how often in a row

    def wake(self) -> None:
        """There is something to do."""
        self._wake.set()

    async def run(self) -> None:
        """Deliver and move until cancelled. While the database or the PBX is away it waits."""
        trouble = ""
        while True:
            self._wake.clear()
            try:
                await self.look()
                trouble = ""
            except SwitchboardError as error:
                if str(error) != trouble:
                    trouble = str(error)
                    log.warning("messages_wait", error=trouble)
            try:
                await asyncio.wait_for(self._wake.wait(), LOOK_SECONDS)
            except TimeoutError:
                continue

    async def look(self) -> None:
        """Deliver what waits; have the spool follow what was done in the page."""
        for message in await self._rows.waiting():
            await self._deliver(message)
        moving = await self._rows.moving()
        await self._rows.moved([m.id for m in moving if m.folder not in NEW_FOLDERS])
        to_move = [m for m in moving if m.folder in NEW_FOLDERS]
        if not to_move:
            return
        opened = await self._mailboxes.open()
        for message in to_move:
            if message.mailbox not in opened:
                await self._move(message)

    async def _move(self, message: Message) -> None:
        """Out of the new ones, in the spool. What can't be moved again and again is left where it is."""
        try:
            there = await self._mailboxes.move(message.mailbox, message.msg_id, message.folder, HEARD_FOLDER)
        except AmiRefused as error:
            log.error("message_not_moved", message=message.id, error=str(error))
            there = False
        if there:
            self._not_moved.pop(message.id, None)
        else:  # moved or deleted by phone meanwhile, and the index will say where; or its text is damaged
            self._not_moved[message.id] = self._not_moved.get(message.id, 0) + 1
            if self._not_moved[message.id] >= TRIES:
                del self._not_moved[message.id]
                log.error("message_stays", message=message.id, folder=message.folder)
                await self._rows.moved([message.id])
        await self._recorded(message.mailbox)

    async def _deliver(self, message: Message) -> None:
        started = await self._mailboxes.started()
        try:
            sound = await asyncio.to_thread(self._sound, message)
            seconds, file = await asyncio.to_thread(self._spool.put, message, sound, started)
        except (PromptError, SoundLost) as error:
            log.error("message_not_audible", message=message.id, error=str(error))
            await self._rows.deposited(message.id, Deposit.FAILED, 0, "")
            return
        except StorageError as error:
            log.error("message_not_delivered", message=message.id, error=str(error))
            return
        await self._rows.deposited(message.id, Deposit.DONE, round(seconds), file)
        await self._mailboxes.refresh(message.mailbox)
        await self._recorded(message.mailbox)
        self._delivered()

    def _sound(self, message: Message) -> bytes | None:
        """What is to be heard; None: what its file holds. Blocking."""
        if message.file:
            return None
        return self._dictate(message.name, message.caller, message.text)
