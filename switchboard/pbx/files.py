"""Puts rendered files where Asterisk reads them: all of them or none, and never half a file.

A file is replaced by renaming a finished one over it. A set is put in place file by file with the old
texts at hand, so that an error in between, or an Asterisk that refuses the new set, leaves the old one.
A crash in between leaves a mixture, which nobody reads: whoever starts next puts a whole set first.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from switchboard.errors import PbxError

MODE = 0o640
"""Secrets stand in them: readable by their owner and, through the folder's group, by the PBX."""

_RELOADS = (
    ("res_pjsip.so", ("pjsip.conf",)),
    ("res_pjsip_endpoint_identifier_ip.so", ("pjsip.conf",)),
    ("res_pjsip_outbound_registration.so", ("pjsip.conf",)),
    ("res_pjsip_mwi.so", ("pjsip.conf",)),
    ("app_voicemail.so", ("voicemail.conf",)),
    ("app_queue.so", ("queues.conf", "queuerules.conf")),
    ("res_musiconhold.so", ("musiconhold.conf",)),
    ("res_rtp_asterisk.so", ("rtp.conf",)),
    ("cdr", ("cdr.conf",)),
    ("cdr_custom.so", ("cdr_custom.conf",)),
    ("features", ("features.conf",)),
    ("indications", ("indications.conf",)),
    ("http", ("http.conf",)),
    ("logger", ("logger.conf",)),
    ("manager", ("manager.conf",)),
    (
        "pbx_config.so",  # last: nobody can be dialled before their phone, mailbox and queue are there
        (
            "extensions.conf",
            "executor.conf",
            "parking.conf",
            "screened.conf",
            "screening.conf",
            "consult.conf",
            "ending.conf",
            "reach.conf",
            "from-trunk.conf",
            "inside.conf",
            "trunks.conf",
            "phones.conf",
            "fallback.conf",
            "outside.conf",
            "directory.conf",
        ),
    ),
)

AT_START = frozenset({"asterisk.conf", "modules.conf", "stasis.conf", "pjproject.conf"})
"""Read once, when Asterisk starts."""


@dataclass(frozen=True)
class Swap:
    """A set that was put in place. `before` has the old text of each changed file, None for a new one."""

    folder: Path
    changed: tuple[str, ...]
    before: Mapping[str, str | None]

    def undo(self) -> None:
        """Bring the old set back. Raises PbxError when the folder can't be written."""
        try:
            for name, text in self.before.items():
                _put_one(self.folder, name, text)
        except OSError as error:
            raise PbxError(f"{self.folder}: the earlier files can't be put back: {error.strerror}") from error


def put(folder: Path, files: Mapping[str, str]) -> tuple[str, ...]:
    """Make `folder` hold exactly `files`; returns the names that changed. Raises PbxError: none did then."""
    return swap(folder, files).changed


def swap(folder: Path, files: Mapping[str, str]) -> Swap:
    """As `put`, and can be undone."""
    before: dict[str, str | None] = {}
    try:
        present = {p.name for p in folder.glob("*.conf")}
        for name in sorted(present | files.keys()):
            old = _read(folder / name)
            if old != files.get(name):
                before[name] = old
        for name in before:
            _put_one(folder, name, files.get(name))
    except OSError as error:
        for name, text in before.items():
            try:
                _put_one(folder, name, text)
            except OSError:
                continue  # the disk is full or closed: what can be put back is put back
        raise PbxError(f"the PBX's files can't be written: {error.strerror}: {error.filename}") from error
    return Swap(folder, tuple(before), before)


def reloads(changed: Iterable[str]) -> list[str]:
    """The modules to reload (AMI action Reload, `Module`), in order, for changes to take effect."""
    names = set(changed)
    return [module for module, files in _RELOADS if names.intersection(files)]


def needs_restart(changed: Iterable[str]) -> bool:
    """Whether a changed file is read by Asterisk only when it starts."""
    return bool(AT_START.intersection(changed))


def _read(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8", "replace")
    except FileNotFoundError:
        return None


def _put_one(folder: Path, name: str, text: str | None) -> None:
    """Replace the file at once, or remove it."""
    target = folder / name
    if text is None:
        target.unlink(missing_ok=True)
        return
    handle, new = tempfile.mkstemp(prefix=f".{name}.", dir=folder)
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(file.fileno(), MODE)
            file.write(text.encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        Path(new).replace(target)
    except BaseException:
        Path(new).unlink(missing_ok=True)
        raise
