"""What app_voicemail leaves in the spool, read: `<spool>/<mailbox>/<folder>/msgNNNN.{txt,wav}`.

The .txt is lines of `key=value` under `[message]` (Asterisk: apps/app_voicemail.c, leave_voicemail):
origmailbox, context, exten, rdnis, priority, callerchan, callerid, origdate, origtime, category, msg_id, and
after the recording flag and duration. `category` is our VM_CATEGORY: "<reason>/<linked id>". `callerid` is
the caller's own word, with `\\"` for a quote; whatever it pretends to be, the lines that follow it count.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from switchboard.domain.actions import MessageReason
from switchboard.storage.records import clean

MAILBOX = re.compile(r"[0-9A-Za-z*#_-]{1,40}", re.ASCII)
NUMBERED = re.compile(r"msg(\d{4,5})\.(\w+)", re.ASCII)
TMP = "tmp"

MENDED_FROM = 0xF0000000
"""The second half of a msg_id counts the messages of one Asterisk's life; from here on count those that we
made whole (`mending`)."""

_MSG_ID = re.compile(r"[0-9a-zA-Z-]{1,40}", re.ASCII)
_CATEGORY = re.compile(r"([a-z_]{1,20})/([\w.:-]{0,150})", re.ASCII)
_CALLER = re.compile(r'\s*(?:"(?P<name>.*)"|(?P<bare>[^"]*?))\s*<(?P<number>[^<>]*)>\s*', re.DOTALL)
_TXT_LIMIT = 64 * 1024
_BEFORE_CALLER = ("origmailbox", "context", "exten", "rdnis", "priority", "callerchan", "callerid")


class MessageState(StrEnum):
    """The contract's words for what has become of a message."""

    NEW = "new"
    HEARD = "heard"
    HANDLED = "handled"


FOLDER_STATES = {
    "INBOX": MessageState.NEW,
    "Urgent": MessageState.NEW,
    "Deleted": MessageState.HANDLED,
}
"""Old and the folders that people sort messages into hold what has been heard."""


@dataclass(frozen=True, slots=True)
class Note:
    """The .txt of a message. `seconds` is None while its recording is under way."""

    msg_id: str
    caller: str
    name: str
    received: datetime
    seconds: int | None
    reason: MessageReason
    call_id: str  # linked id; "" when it isn't known

    @property
    def mended(self) -> bool:
        """Whether the recording was cut off and made whole by us."""
        count = self.msg_id.rpartition("-")[2]
        return len(count) == 8 and count.startswith("f")


@dataclass(frozen=True, slots=True)
class Found:
    """A message in the spool."""

    mailbox: str
    folder: str
    number: str  # msgNNNN
    sound: Path
    note: Note

    @property
    def id(self) -> str:
        """Ours: app_voicemail's msg_id is the same in every mailbox a message was copied to."""
        return f"{self.mailbox}-{self.note.msg_id}"

    @property
    def state(self) -> MessageState:
        """Where it lies says what became of it."""
        return FOLDER_STATES.get(self.folder, MessageState.HEARD)


def read_note(raw: bytes) -> Note | None:
    """What a .txt says; None when it isn't complete enough to be a message (no time of receipt)."""
    values: dict[str, str] = {}
    for line in raw.decode("utf-8", "replace").split("\n"):
        key, equals, value = line.partition("=")
        if not equals or line.startswith(";"):
            continue
        # Of keys that come before the caller's words the first counts, of the others the last: a line
        # break smuggled into a name changes nothing.
        if key not in values or key not in _BEFORE_CALLER:
            values[key] = value.rstrip("\r")
    origtime = values.get("origtime", "")
    if not origtime.isascii() or not origtime.isdigit() or len(origtime) > 11:
        return None
    caller, name = read_caller(values.get("callerid", ""))
    category = _CATEGORY.fullmatch(values.get("category", ""))
    reason = category[1] if category and category[1] in list(MessageReason) else MessageReason.FALLBACK
    duration = values.get("duration", "")
    msg_id = values.get("msg_id", "")
    if not _MSG_ID.fullmatch(msg_id):
        msg_id = f"{origtime}-{hashlib.sha256(raw).hexdigest()[:8]}"
    return Note(
        msg_id=msg_id,
        caller=caller,
        name=name,
        received=datetime.fromtimestamp(int(origtime), UTC),
        seconds=int(duration) if duration.isascii() and duration.isdigit() and len(duration) < 7 else None,
        reason=MessageReason(reason),
        call_id=category[2] if category else "",
    )


def read_caller(callerid: str) -> tuple[str, str]:
    """(number, name) of `"name" <number>`, `number`, or a name alone; "" for what is missing or unknown."""
    found = _CALLER.fullmatch(callerid)
    if found:
        name = re.sub(r"\\(.)", r"\1", found["name"]) if found["name"] is not None else found["bare"]
        number = found["number"]
    else:
        bare = callerid.strip().strip('"')
        number, name = (bare, "") if re.fullmatch(r"\+?[\d ()-]+", bare, re.ASCII) else ("", bare)
    digits = "".join(
        c for i, c in enumerate(number.strip()[:32]) if c in "0123456789" or (c == "+" and i == 0)
    )
    return digits, "" if name in ("Unknown", "unknown", "asterisk") else clean(name)[:200]


def messages_in(box: Path) -> Iterator[Found]:
    """Every message of one mailbox. Files that go or come meanwhile are taken as they are found."""
    for folder in _folders(box):
        if folder.name == TMP:
            continue
        entries = _names(folder)
        for name in sorted(entries):
            numbered = NUMBERED.fullmatch(name)
            if not numbered or numbered[2] != "txt":
                continue
            number = name.removesuffix(".txt")
            sound = _sound(folder, number, entries)
            note = _read(folder / name)
            if sound is None or note is None:
                continue
            if note.seconds is None:
                note = replace(note, seconds=0)
            yield Found(box.name, folder.name, number, sound, note)


def keep(found: Found, folder: Path) -> Path:
    """Our own name for the message's sound, which stays when a phone deletes the message. Raises OSError.

    A hard link where possible: it costs no space while the message is in its mailbox.
    """
    kept = folder / f"{found.id}{found.sound.suffix}"
    if kept.exists():
        return kept
    folder.mkdir(parents=True, exist_ok=True, mode=0o750)
    try:
        os.link(found.sound, kept)
    except FileExistsError:
        pass
    except OSError:
        part = kept.with_name(kept.name + ".part")
        shutil.copyfile(found.sound, part)
        part.rename(kept)
    return kept


def _read(path: Path) -> Note | None:
    try:
        with path.open("rb") as file:
            return read_note(file.read(_TXT_LIMIT))
    except OSError:
        return None


def _folders(box: Path) -> list[Path]:
    try:
        with os.scandir(box) as entries:
            return [Path(e.path) for e in entries if e.is_dir(follow_symlinks=False)]
    except OSError:
        return []


def _names(folder: Path) -> set[str]:
    try:
        return set(os.listdir(folder))
    except OSError:
        return set()


def _sound(folder: Path, number: str, entries: set[str]) -> Path | None:
    """The recording beside a .txt: .wav, or whatever other format is there."""
    others = sorted(e for e in entries if e.startswith(number + ".") and not e.endswith(".txt"))
    name = number + ".wav" if number + ".wav" in entries else next(iter(others), None)
    return folder / name if name else None
