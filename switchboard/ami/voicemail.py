"""Mailboxes by AMI: moving messages between folders, lamps, and which are open on a phone.

app_voicemail answers `Success` to VoicemailMove whatever came of it; the sentence tells. What its list of
applications shows of an open mailbox is `VoiceMailMain` with the mailbox as it was called.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime

from switchboard.ami import actions
from switchboard.ami.gateway import Gateway
from switchboard.dialplan import VOICEMAIL_CONTEXT
from switchboard.errors import AmiRefused

_PART = re.compile(r"[0-9A-Za-z_-]{1,40}", re.ASCII)
_OPENED = re.compile(rf"([0-9A-Za-z_-]{{1,40}})@{VOICEMAIL_CONTEXT}(,.*)?", re.ASCII)


class AmiMailboxes:
    """Implements `flows.message_ports.Mailboxes`: asks with one account, moves with the admin's."""

    def __init__(self, board: Gateway, admin: Gateway) -> None:
        self._board = board
        self._admin = admin

    async def open(self) -> Collection[str]:
        """Mailboxes that somebody has open on a phone at this moment."""
        events = (await self._board.action("CoreShowChannels")).events
        opened = (
            _OPENED.fullmatch(event.text("ApplicationData"))
            for event in events
            if event.text("Application").lower() == "voicemailmain"
        )
        return {match[1] for match in opened if match}

    async def move(self, mailbox: str, msg_id: str, folder: str, to: str) -> bool:
        """Move a message and light the lamps. False when it isn't there any more."""
        for part in (mailbox, msg_id, folder, to):
            if not _PART.fullmatch(part):
                raise AmiRefused(f"{part[:60]!r} names no message", "VoicemailMove", "refused before sending")
        response = (
            await self._admin.action(
                "VoicemailMove",
                Context=VOICEMAIL_CONTEXT,
                Mailbox=mailbox,
                Folder=folder,
                ID=msg_id,
                ToFolder=to,
            )
        ).response
        return "successful" in response.text("Message")

    async def refresh(self, mailbox: str) -> None:
        """Count the mailbox anew and light the lamps."""
        await actions.refresh_mailbox(self._admin, mailbox, VOICEMAIL_CONTEXT)

    async def started(self) -> datetime:
        """When this PBX began."""
        return await actions.started(self._board)
