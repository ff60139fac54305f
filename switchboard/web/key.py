"""The key of cookies and form tokens: made at the first start, read by nobody but its owner."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from switchboard.errors import SwitchboardError

LENGTH = 32


def read_or_make(path: Path) -> bytes:
    """The key kept in `path`; a new one when there is none. With another key everybody is signed out."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        except FileExistsError:
            key = path.read_bytes()
            if len(key) == LENGTH:
                return key
            path.unlink()
            return read_or_make(path)
        with os.fdopen(handle, "wb") as file:
            key = secrets.token_bytes(LENGTH)
            file.write(key)
        return key
    except OSError as error:
        raise SwitchboardError(f"the key of the console's sessions, {path}: {error.strerror}") from error
