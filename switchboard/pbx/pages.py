"""Phones in browsers' pages: through which door they come to the PBX, and with which accounts.

A page speaks SIP over a WebSocket with TLS. Its account stands beside the desk phone's (`8011-web` beside
`8011`) and exists once the owner has opened a page: ten thousand employees need no ten thousand more.
The PBX runs as a user of its own, so that certificate and key are copied to where it can read them.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from switchboard.errors import PbxError
from switchboard.pbx.files import MODE
from switchboard.settings import Settings

OPUS_MODULE = "codec_opus_open_source.so"
"""Debian's. Without it Asterisk could pass Opus on but not speak it: pages then use G.711."""

FILE = "pages.pem"


@dataclass(frozen=True, slots=True)
class PageDoor:
    """What rendering needs: the certificate's file and a mark of its content, and the accounts' passwords by
    extension. `visitor` is the password of the test caller in administrators' pages, "" for none yet."""

    certificate: Path
    mark: str
    opus: bool = True
    accounts: Mapping[str, str] = field(default_factory=dict)
    visitor: str = ""


def put_certificate(settings: Settings, certificate: Path, key: Path) -> tuple[Path, str]:
    """Copy certificate (with chain) and key to where the PBX reads them: (file, mark of its content).

    Raises PbxError when one can't be read or the copy can't be written.
    """
    target = settings.etc / FILE
    try:
        content = certificate.read_bytes().rstrip() + b"\n" + key.read_bytes()
        if not target.is_file() or target.read_bytes() != content:
            _replace(target, content)
    except OSError as error:
        raise PbxError(
            f"the certificate for phones in pages can't be put in place: {error.strerror}: {error.filename}"
        ) from error
    return target, hashlib.sha256(content).hexdigest()[:16]


def _replace(target: Path, content: bytes) -> None:
    handle, new = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(file.fileno(), MODE)
            file.write(content)
        Path(new).replace(target)
    except BaseException:
        Path(new).unlink(missing_ok=True)
        raise


def speaks_opus(modules: Path) -> bool:
    """Whether the Asterisk with these modules can turn Opus into other sound."""
    return (modules / OPUS_MODULE).is_file()
