"""Gives each new mailbox its first PIN, where app_voicemail keeps PINs: beside the messages.

With `passwordlocation=spooldir` a PIN stands in <spool>/voicemail/sb/<mailbox>/secret.conf, and its owner
changes it there by phone. So the file is written once and never again; the PIN in voicemail.conf only
counts while there is none, and Asterisk complains of each one missing.

The spool belongs to the PBX. What we do there as root follows no links that it may have laid.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from switchboard.dialplan import VOICEMAIL_CONTEXT
from switchboard.errors import PbxError
from switchboard.pbx import text
from switchboard.pbx.roster import Mailbox

FILE = "secret.conf"
FOLDER_MODE = 0o2750
FILE_MODE = 0o640

_OPEN_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def put_first_pins(spool: Path, mailboxes: Iterable[Mailbox]) -> int:
    """Write the PIN of each mailbox that has none yet; how many those were.

    `spool` is Asterisk's spool folder. Raises PbxError when it can't be written.
    """
    made = 0
    try:
        top = os.open(spool, _OPEN_FOLDER)
        try:
            owner = os.fstat(top)
            sb = _below(_below(top, "voicemail", owner, close=False), VOICEMAIL_CONTEXT, owner)
            try:
                for box in mailboxes:
                    made += _put(sb, text.number(box.number), text.pin(box.pin), owner)
            finally:
                os.close(sb)
        finally:
            os.close(top)
    except OSError as error:
        raise PbxError(f"mailbox PINs can't be written in {spool}: {error.strerror}") from error
    return made


def _below(parent: int, name: str, owner: os.stat_result, *, close: bool = True) -> int:
    """The folder `name` in the open folder `parent`, made if need be, opened. `parent` is closed."""
    try:
        try:
            os.mkdir(name, 0o700, dir_fd=parent)
            new = True
        except FileExistsError:
            new = False
        handle = os.open(name, _OPEN_FOLDER, dir_fd=parent)
        if new:
            _give(handle, owner, FOLDER_MODE)
        return handle
    finally:
        if close:
            os.close(parent)


def _put(sb: int, number: str, pin: str, owner: os.stat_result) -> bool:
    folder = _below(sb, number, owner, close=False)
    try:
        handle = os.open(FILE, _NEW_FILE, 0o600, dir_fd=folder)
    except FileExistsError:
        return False
    finally:
        os.close(folder)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(f"[general]\npassword = {pin}\n")
        _give(file.fileno(), owner, FILE_MODE)
    return True


def _give(handle: int, owner: os.stat_result, mode: int) -> None:
    if os.geteuid() == 0:
        os.fchown(handle, owner.st_uid, owner.st_gid)
    os.fchmod(handle, mode)


def read_pin(spool: Path, mailbox: str) -> str:
    """The PIN that `mailbox` has now, "" when there is none. Raises OSError."""
    file = spool / "voicemail" / VOICEMAIL_CONTEXT / text.number(mailbox) / FILE
    try:
        handle = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return ""
    with os.fdopen(handle, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            key, _, value = line.partition("=")
            if key.strip() == "password":
                return value.strip()
    return ""
