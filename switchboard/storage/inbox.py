"""Puts a message into a mailbox as app_voicemail does, beside a PBX that may do so at the same moment.

Under the mailbox's lock, in an order in which we may be killed too: sound before text (a text without sound
would be a message that can't be heard), both under names that nobody reads yet until then.
"""

from __future__ import annotations

import os
import re
import shutil
from datetime import datetime
from pathlib import Path

from switchboard.storage.mailbox_lock import locked
from switchboard.storage.voicemail import NUMBERED

INBOX = "INBOX"


def place(sound: Path, text: Path, inbox: Path, pbx_started: float) -> Path:
    """Make `sound` and `text` the newest message of `inbox`; its .txt. `text` is gone then, `sound` stays.

    Both lie on the spool's file system. A sound that was placed before keeps its number: to be done again
    after we were killed half-way. Raises StorageError, OSError.
    """
    make_inbox(inbox)
    for file in (text, sound):
        give(file, inbox)
    with locked(inbox, pbx_started):
        number = _number(inbox, sound)
        target = inbox / f"{number}.wav"
        placed = target.with_suffix(".txt")
        if not target.exists():
            link(sound, target)
        if not placed.exists():
            text.rename(placed)
    return placed


def note(
    *,
    mailbox: str,
    caller: str,
    name: str,
    category: str,
    msg_id: str,
    at: datetime,
    seconds: float,
    why: str,
) -> bytes:
    """The text beside a message, as app_voicemail writes it. `why` is a remark for whoever looks."""
    name = re.sub(r"[\x00-\x1f\x7f]", " ", name).replace("\\", "\\\\").replace('"', '\\"')
    shown = f'"{name}" <{caller}>' if name else caller or "Unknown"
    lines = (
        ";",
        f"; Message Information file, {why}",
        ";",
        "[message]",
        f"origmailbox={mailbox}",
        "context=switchboard",
        "exten=message",
        "rdnis=unknown",
        "priority=1",
        "callerchan=",
        f"callerid={shown}",
        f"origdate={at.strftime('%a %b %e %I:%M:%S %p UTC %Y')}",
        f"origtime={int(at.timestamp())}",
        f"category={category}",
        f"msg_id={msg_id}",
        "flag=",
        f"duration={max(1, round(seconds))}",
        "",
    )
    return "\n".join(lines).encode("utf-8", "replace")


def link(sound: Path, target: Path) -> None:
    """A second name for the sound; on a file system without hard links a copy."""
    try:
        os.link(sound, target)
    except OSError:
        part = target.with_name(target.name + ".part")
        shutil.copy2(sound, part)
        give(part, target.parent)
        part.rename(target)


def make_inbox(inbox: Path) -> None:
    """The folder, owned and readable as the one above it, which may be missing too."""
    for folder in (inbox.parent, inbox):
        if not folder.exists():
            folder.mkdir()
            folder.chmod(folder.parent.stat().st_mode & 0o7777)
            give(folder, folder.parent, mode=None)


def give(path: Path, like: Path, mode: int | None = 0o660) -> None:
    """Hand `path` to the owner of folder `like`: the PBX's user, who must read, rename and delete it."""
    if mode is not None:
        path.chmod(mode)
    if os.geteuid() == 0:
        owner = like.stat()
        os.chown(path, owner.st_uid, owner.st_gid)


def _number(inbox: Path, sound: Path) -> str:
    """msgNNNN behind the last; or the one that this very sound was given before we were killed."""
    last = -1
    for entry in inbox.iterdir():
        numbered = NUMBERED.fullmatch(entry.name)
        if not numbered:
            continue
        if entry.suffix == ".wav" and entry.samefile(sound):
            return entry.stem
        last = max(last, int(numbered[1]))
    return f"msg{last + 1:04d}"
