"""Messages whose recording was cut off because the PBX died: found, made whole, delivered.

While app_voicemail records, `<mailbox>/tmp/` holds two files: XXXXXX, which will be the .txt and is empty
until the end (its text waits in the C library's buffer), and XXXXXX.wav, whose header says length 0. At the
end both become INBOX/msgNNNN. Killed in between, it leaves them there and never looks at them again; nobody
would hear what the caller said. Here they get a header and a text and are delivered, under the mailbox's
lock, in an order in which we may be killed too: sound before text, and the originals last.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from switchboard.domain.actions import MessageReason
from switchboard.errors import StorageError
from switchboard.storage import inbox, wav
from switchboard.storage.inbox import give
from switchboard.storage.mailbox_lock import locked
from switchboard.storage.voicemail import MAILBOX, MENDED_FROM, TMP, read_note

log = structlog.get_logger()

QUIET_SECONDS = 3.0
"""A file that changed less than this ago may still be written."""

_DEPOSIT = re.compile(r"[A-Za-z0-9]{6}", re.ASCII)  # mkstemp("XXXXXX")


@dataclass(frozen=True, slots=True)
class CutOff:
    """A deposit that nobody is recording any more."""

    mailbox: str
    text: Path  # <mailbox>/tmp/XXXXXX; may be empty or missing
    sound: Path  # <mailbox>/tmp/XXXXXX.wav
    began: datetime
    seconds: float

    @property
    def inbox(self) -> Path:
        return self.text.parent.parent / inbox.INBOX


@dataclass(frozen=True, slots=True)
class Sender:
    """Who left it, as far as anybody knows."""

    call_id: str = ""
    caller: str = ""
    name: str = ""
    reason: MessageReason = MessageReason.FALLBACK


def find(spool: Path, pbx_started: float) -> Iterator[CutOff]:
    """Cut-off deposits in every mailbox: begun before the PBX was (epoch seconds).

    What holds no sound at all is removed on the way. Raises StorageError.
    """
    for box in _folders(spool):
        if not MAILBOX.fullmatch(box.name):
            continue
        for sound in sorted((box / TMP).glob("*.wav")):
            text = sound.with_suffix("")
            if not _DEPOSIT.fullmatch(text.name) or not _abandoned(sound, text, pbx_started):
                continue
            measured = wav.measure(sound)
            if measured is None or not measured.bytes:
                _remove(sound, text)
                continue
            # The text's file is made at the tone and not written until the end.
            empty = text.exists() and not text.stat().st_size
            began = text.stat().st_mtime if empty else sound.stat().st_mtime - measured.seconds
            yield CutOff(box.name, text, sound, datetime.fromtimestamp(began, UTC), measured.seconds)


def deliver(deposit: CutOff, sender: Sender, pbx_started: float) -> Path:
    """Put the deposit into the mailbox's INBOX; its new .txt. Raises StorageError."""
    try:
        sound = wav.mend(deposit.sound)
        if sound is None:
            raise StorageError(f"{deposit.sound} is no recording")
        ready = deposit.text.with_name(deposit.text.name + ".mended")
        ready.write_bytes(_whole_text(deposit, sender, sound.seconds))
        text = inbox.place(deposit.sound, ready, deposit.inbox, pbx_started)
        _remove(deposit.sound, deposit.text, ready)
    except OSError as error:
        raise StorageError(f"a cut-off message for {deposit.mailbox}: {error.strerror}") from error
    log.warning("message_mended", mailbox=deposit.mailbox, seconds=round(sound.seconds), call=sender.call_id)
    return text


def reunite(spool: Path, pbx_started: float) -> list[str]:
    """Complete texts whose sound was moved already when the PBX died: put beside it. The mailboxes.

    Raises StorageError.
    """
    mailboxes = []
    for box in _folders(spool):
        own = box / inbox.INBOX
        for text in sorted((box / TMP).glob("??????")):
            note = read_note(text.read_bytes()) if _abandoned(text, text, pbx_started) else None
            if note is None or note.seconds is None or text.with_suffix(".wav").exists():
                continue
            alone = [w for w in sorted(own.glob("msg*.wav")) if not w.with_suffix(".txt").exists()]
            if alone:
                with locked(own, pbx_started):
                    give(text, own)
                    text.rename(alone[-1].with_suffix(".txt"))
                mailboxes.append(box.name)
    return mailboxes


def unlock_after_crash(spool: Path, pbx_started: float) -> None:
    """Remove locks that a killed PBX left on mailboxes: app_voicemail would refuse messages for ever."""
    for lock in spool.glob("*/*/.lock*"):
        try:
            if lock.stat().st_mtime < pbx_started:
                lock.unlink()
        except OSError as error:
            log.error("lock_not_removed", lock=str(lock), error=str(error))


def _abandoned(sound: Path, text: Path, pbx_started: float) -> bool:
    """Begun before the PBX was, and quiet since. The text's file is made at the tone."""
    try:
        times = [p.stat().st_mtime for p in (sound, text) if p.exists()]
    except OSError:
        return False
    return bool(times) and min(times) < pbx_started and max(times) < time.time() - QUIET_SECONDS


def _whole_text(deposit: CutOff, sender: Sender, seconds: float) -> bytes:
    """The .txt: Asterisk's own if it got that far, else one made of what is known."""
    try:
        own = deposit.text.read_bytes()
    except FileNotFoundError:
        own = b""
    note = read_note(own)
    if note and note.seconds is not None:
        return own
    if note:
        return own.rstrip(b"\n") + f"\nflag=\nduration={max(1, round(seconds))}\n".encode()
    began = deposit.began
    # Counted from another start than Asterisk's own (a small counter), so that no two are the same.
    return inbox.note(
        mailbox=deposit.mailbox,
        caller=sender.caller,
        name=sender.name,
        category=f"{sender.reason.value}/{sender.call_id}" if sender.call_id else "",
        msg_id=f"{int(began.timestamp())}-{MENDED_FROM + began.microsecond:08x}",
        at=began,
        seconds=seconds,
        why="completed after the PBX had died",
    )


def _remove(*paths: Path) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


def _folders(folder: Path) -> list[Path]:
    try:
        return sorted(p for p in folder.iterdir() if p.is_dir() and not p.is_symlink())
    except FileNotFoundError:
        return []
    except OSError as error:
        raise StorageError(f"{folder} can't be read: {error.strerror}") from error


def window(deposit: CutOff) -> tuple[datetime, datetime]:
    """Between which moments the call's step towards this message must have been decided."""
    return deposit.began - timedelta(seconds=10), deposit.began + timedelta(seconds=1)
