"""Passwords and PINs nobody chose: made when first asked for, kept in one file only its owner reads.

They leave this module towards the PBX's rendered files and the two commands that show accounts;
`repr` and errors never hold one. Their letters mean nothing to any configuration syntax.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import secrets
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

from switchboard.errors import PbxError

_FILE = "secrets.json"
_KINDS = ("phone", "trunk", "ami", "pin", "page")
_NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.-]{0,63}")
_ALPHABET = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Letters and digits that aren't mistaken for each other when a password is typed into a desk phone."""
_CHOSEN = re.compile(r"[0-9A-Za-z!#%()*+,./:<=>?@_~-]{1,64}", re.ASCII)
_PASSWORD_LENGTH = 22  # 56 ** 22: 127 bits
_PIN_LENGTH = 6


class Secrets:
    """The secrets of one data folder. Processes may share it: a new secret is made under a lock."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / _FILE
        self._known: dict[str, dict[str, str]] = {}

    def __repr__(self) -> str:
        return f"Secrets({str(self._folder)!r})"

    def phone(self, number: str) -> str:
        """The SIP password of the phone with this extension."""
        return self._get("phone", number)

    def trunk(self, name: str) -> str:
        """The SIP password of a trunk that identifies itself by credentials."""
        return self._get("trunk", name)

    def ami(self, account: str) -> str:
        """The password of a manager account."""
        return self._get("ami", account)

    def pin(self, number: str) -> str:
        """The mailbox PIN an extension starts with (six digits, not its own number, not 000000)."""
        return self._get("pin", number)

    def page(self, name: str) -> str:
        """The SIP password of a phone in a page: of the one beside this extension's desk phone."""
        return self._get("page", name)

    def pages(self) -> dict[str, str]:
        """Password of every phone in a page that was opened, by name."""
        self.forget()
        with self._errors():
            return dict(self._read()["page"])

    def close_pages(self, names: Iterable[str]) -> None:
        """Forget the passwords of these; who opens a page again gets another one."""
        with self._errors(), self._locked():
            known = self._read()
            for name in names:
                known["page"].pop(name, None)
            self._write(known)
            self._known = known

    def choose(self, kind: str, name: str, value: str) -> None:
        """Keep a password that somebody chose, e.g. a provider's: `kind` is phone or trunk.

        Raises PbxError when it can't stand in Asterisk's files.
        """
        if kind not in ("phone", "trunk") or not _NAME.fullmatch(name):
            raise PbxError(f"there is no {kind[:20]!r} {name[:70]!r} to give a password to")
        if not _CHOSEN.fullmatch(value):
            raise PbxError(
                "a password has 1 to 64 characters: letters, digits and the signs !#%()*+,-./:<=>?@_~"
            )
        with self._errors(), self._locked():
            known = self._read()
            known[kind][name] = value
            self._write(known)
            self._known = known

    def forget(self) -> None:
        """Read the file again when next asked: another process may have changed it."""
        self._known = {}

    def ensure(
        self, phones: Iterable[str] = (), trunks: Iterable[str] = (), accounts: Iterable[str] = ()
    ) -> None:
        """Make all of these that aren't there yet (phones with their PINs), in one write."""
        numbers = tuple(phones)
        self._make(
            [(kind, name) for name in numbers for kind in ("phone", "pin")]
            + [("trunk", name) for name in trunks]
            + [("ami", name) for name in accounts]
        )

    def _get(self, kind: str, name: str) -> str:
        known = self._known.get(kind, {}).get(name)
        if known is None:
            self._make([(kind, name)])
            known = self._known[kind][name]
        return known

    def _make(self, wanted: list[tuple[str, str]]) -> None:
        for _, name in wanted:
            if not _NAME.fullmatch(name):
                raise PbxError(f"no secret can be kept under the name {name[:70]!r}")
        with self._errors(), self._locked():
            known = self._read()
            new = [(kind, name) for kind, name in wanted if name not in known[kind]]
            for kind, name in new:
                known[kind][name] = _new_pin(name) if kind == "pin" else _new_password()
            if new:
                self._write(known)
            self._known = known

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise PbxError(f"secrets in {self._folder}: {error.strerror} ({error.filename})") from error

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self._folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def _read(self) -> dict[str, dict[str, str]]:
        try:
            content = self._path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return {kind: {} for kind in _KINDS}
        try:
            values = json.loads(content)
            return {kind: {str(k): str(v) for k, v in values.get(kind, {}).items()} for kind in _KINDS}
        except (ValueError, AttributeError):
            # the cause would print the content
            raise PbxError(f"{self._path} is damaged: restore it, or delete it for new passwords") from None

    def _write(self, values: dict[str, dict[str, str]]) -> None:
        handle, name = tempfile.mkstemp(prefix=".secrets-", dir=self._folder)  # mode 0600
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(values, file, indent=1, sort_keys=True)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(self._path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def _new_password() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(_PASSWORD_LENGTH))


def _new_pin(number: str) -> str:
    while True:
        pin = "".join(secrets.choice("0123456789") for _ in range(_PIN_LENGTH))
        strides = {(int(b) - int(a)) % 10 for a, b in pairwise(pin)}
        if number not in pin and len(set(pin)) > 2 and strides not in ({1}, {9}):  # not 345678, 654321
            return pin
