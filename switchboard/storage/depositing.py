"""Delivers a message that people typed or forwarded, as if a caller had left it.

The sound is kept under our own name first, as that of every message; the mailbox gets a second name of it.
"""

from __future__ import annotations

import os
import tempfile
from datetime import datetime
from pathlib import Path

from switchboard.errors import StorageError
from switchboard.flows.message_ports import Message, SoundLost
from switchboard.storage import inbox, wav
from switchboard.storage.voicemail import MAILBOX, TMP, messages_in
from switchboard.storage.waveform import shape


class Depositing:
    """Implements `flows.message_ports.Spool` on the folder of a voicemail context and that of kept sounds."""

    def __init__(self, spool: Path, kept: Path) -> None:
        self._spool = spool
        self._kept = kept

    def put(self, message: Message, sound: bytes | None, pbx_started: datetime) -> tuple[float, str]:
        """Make it a new message of its mailbox, unless it is; its seconds, and the file that is kept.

        `sound` None: that of its file. May be done again at any time. Blocking. Raises StorageError.
        """
        if not MAILBOX.fullmatch(message.mailbox):
            raise StorageError(f"{message.mailbox[:40]!r} is no mailbox")
        box = self._spool / message.mailbox
        try:
            kept = self._keep(message, sound)
            measured = wav.measure(kept)
            if measured is None:
                raise StorageError(f"{kept} is no recording")
            if not any(found.note.msg_id == message.msg_id for found in messages_in(box)):
                self._place(message, kept, measured.seconds, box, pbx_started.timestamp())
        except OSError as error:
            raise StorageError(f"a message for {message.mailbox}: {error.strerror}") from error
        return measured.seconds, str(kept)

    def shape(self, file: str) -> list[int]:
        """How loud each part of a kept sound is, 0 to 100; [] when it can't be told. Raises StorageError."""
        return shape(Path(file))

    def _keep(self, message: Message, sound: bytes | None) -> Path:
        """Our own file of it: written whole, or another name of the one it was forwarded from."""
        kept = self._kept / f"{message.id}.wav"
        if kept.exists():
            return kept
        self._kept.mkdir(parents=True, exist_ok=True, mode=0o750)
        if sound is None:
            if not Path(message.file).exists():
                raise SoundLost(f"{message.file} is gone")
            inbox.link(Path(message.file), kept)
            return kept
        part = kept.with_name(kept.name + ".part")
        with part.open("wb") as file:
            file.write(sound)
            file.flush()
            os.fsync(file.fileno())
        part.rename(kept)
        return kept

    def _place(self, message: Message, kept: Path, seconds: float, box: Path, pbx_started: float) -> None:
        inbox.make_inbox(box / inbox.INBOX)
        (box / TMP).mkdir(exist_ok=True)
        inbox.give(box / TMP, box, mode=None)
        text = inbox.note(
            mailbox=message.mailbox,
            caller=message.caller,
            name=message.name,
            category=f"{message.reason}/{message.call}",
            msg_id=message.msg_id,
            at=message.received,
            seconds=seconds,
            why="delivered from the desk",
        )
        handle, ready = tempfile.mkstemp(dir=box / TMP, prefix="desk-")
        with os.fdopen(handle, "wb") as file:
            file.write(text)
        try:
            inbox.place(kept, Path(ready), box / inbox.INBOX, pbx_started)
        finally:
            Path(ready).unlink(missing_ok=True)
