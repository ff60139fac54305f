"""Keeping users: who they are, what they may, and the tokens their programs sign in with (B8).

The same for the command line, which works whether or not a controller runs, and for the administrator's
page: rows are the only truth, and the next request goes by them.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from switchboard.domain.roles import Permission, Role
from switchboard.errors import SwitchboardError
from switchboard.flows.accounts import NAME_LIMIT, TOKEN_PREFIX, Account, Stored, digest, spelling
from switchboard.flows.passwords import Hasher, new_password
from switchboard.flows.ports import Clock

_NAME = re.compile(r"\w(?:[\w.@-]{0,62}\w)?")
_EXTENSION = re.compile(r"[0-9]{1,10}", re.ASCII)


class UserRefused(SwitchboardError):
    """A change of users that can't be made. `code` is stable; the text is a sentence."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True, slots=True)
class Token:
    """An API token as it is listed. What it is itself was shown once."""

    id: int
    user: str
    label: str
    scopes: tuple[str, ...]
    at: datetime
    until: datetime | None
    seen: datetime | None


@dataclass(frozen=True, slots=True)
class Listed:
    """A user as listed."""

    account: Account
    locked: bool
    made: datetime
    sessions: int
    seen: datetime | None  # when a session of theirs was last used


class Rows(Protocol):
    """What is kept (`switchboard.storage.UserRows`). Every method may raise StorageError."""

    async def user(self, key: str) -> Stored | None: ...
    async def add(self, key: str, account: Account, hash_: str, at: datetime) -> int | None:
        """The new row's id; None when the name is taken."""

    async def listed(self) -> Sequence[Listed]: ...
    async def change(self, user: int, **values: object) -> None:
        """`name`, `roles`, `extension`, `locked`."""

    async def remove(self, user: int, at: datetime) -> None: ...
    async def set_hash(self, user: int, hash_: str, *, must_change: bool) -> None: ...
    async def end_sessions(self, user: int, but: int = 0) -> int: ...
    async def add_token(
        self,
        user: int,
        digest: str,
        label: str,
        scopes: Sequence[str],
        at: datetime,
        until: datetime | None,
    ) -> int: ...
    async def tokens(self, user: int | None = None) -> Sequence[Token]: ...
    async def remove_token(self, number: int) -> bool: ...


class Users:
    """Every method raises UserRefused when the change can't be made, StorageError when it can't be kept."""

    def __init__(self, rows: Rows, hasher: Hasher, now: Clock) -> None:
        self._rows = rows
        self._hasher = hasher
        self._now = now

    async def listed(self) -> Sequence[Listed]:
        """Everybody, by name."""
        return await self._rows.listed()

    async def find(self, user: str) -> Stored:
        """The user of this name."""
        stored = await self._rows.user(spelling(user)[:NAME_LIMIT])
        if stored is None:
            raise UserRefused("no_user", f"there is no user {user[:70]!r}")
        return stored

    async def add(
        self,
        user: str,
        roles: frozenset[Role],
        *,
        name: str = "",
        extension: str = "",
        language: str = "",
        password: str = "",
        must_change: bool = True,
    ) -> str:
        """A new user. Without a password one is made. The password is returned, and kept by nobody."""
        key = spelling(user)
        if not _NAME.fullmatch(key):
            raise UserRefused("name", "a user name has 1 to 64 letters, digits, dots, dashes or @")
        if extension and not _EXTENSION.fullmatch(extension):
            raise UserRefused("extension", f"{extension[:20]!r} is no extension")
        if password:
            self._hasher.fit(password, key)
        chosen = password or new_password()
        account = Account(
            0,
            key,
            name.strip()[:80],
            roles,
            language=language,
            extension=extension,
            must_change=must_change,
        )
        if await self._rows.add(key, account, await self._hasher.hash(chosen), self._now()) is None:
            raise UserRefused("taken", f"there is a user {key!r} already")
        return chosen

    async def change(
        self,
        user: str,
        *,
        roles: frozenset[Role] | None = None,
        name: str | None = None,
        extension: str | None = None,
    ) -> Account:
        """Other roles, another name or extension; what is None stays. The next request goes by it."""
        account = (await self.find(user)).account
        if roles is not None and Role.ADMINISTRATOR not in roles:
            await self._keep_an_administrator(account)
        if extension and not _EXTENSION.fullmatch(extension):
            raise UserRefused("extension", f"{extension[:20]!r} is no extension")
        values: dict[str, object] = {}
        if roles is not None:
            values["roles"] = " ".join(sorted(roles))
        if name is not None:
            values["name"] = name.strip()[:80]
        if extension is not None:
            values["extension"] = extension
        if values:
            await self._rows.change(account.id, **values)
        return (await self.find(user)).account

    async def new_password(self, user: str, password: str = "") -> str:
        """Another password, which its owner must change. Their sessions end."""
        account = (await self.find(user)).account
        if password:
            self._hasher.fit(password, account.user)
        chosen = password or new_password()
        await self._rows.set_hash(account.id, await self._hasher.hash(chosen), must_change=True)
        await self._rows.end_sessions(account.id)
        return chosen

    async def lock(self, user: str) -> None:
        """They can't sign in, and are signed out; their tokens don't work."""
        account = (await self.find(user)).account
        await self._keep_an_administrator(account)
        await self._rows.change(account.id, locked=True)
        await self._rows.end_sessions(account.id)

    async def unlock(self, user: str) -> None:
        """They may sign in again."""
        await self._rows.change((await self.find(user)).account.id, locked=False)

    async def remove(self, user: str) -> None:
        """Their sessions and tokens end; the audit goes on naming them."""
        account = (await self.find(user)).account
        await self._keep_an_administrator(account)
        await self._rows.remove(account.id, self._now())

    async def sign_out(self, user: str) -> int:
        """End all their sessions; how many there were."""
        return await self._rows.end_sessions((await self.find(user)).account.id)

    async def add_token(
        self, user: str, label: str, scopes: frozenset[Permission], until: datetime | None = None
    ) -> str:
        """A token for a program of `user`, returned once. It can do what the user and its scopes both may."""
        account = (await self.find(user)).account
        if not scopes:
            raise UserRefused("scopes", "a token needs at least one scope")
        if not label.strip():
            raise UserRefused("label", "say what the token is for")
        if until is not None and until <= self._now():
            raise UserRefused("until", "the token's end has passed already")
        token = TOKEN_PREFIX + secrets.token_urlsafe(32)
        await self._rows.add_token(
            account.id, digest(token), label.strip()[:80], sorted(scopes), self._now(), until
        )
        return token

    async def tokens(self, user: str = "") -> Sequence[Token]:
        """Everybody's tokens, or one user's."""
        return await self._rows.tokens((await self.find(user)).account.id if user else None)

    async def remove_token(self, number: int) -> None:
        """The token works no more."""
        if not await self._rows.remove_token(number):
            raise UserRefused("no_token", f"there is no token {number}")

    async def _keep_an_administrator(self, going: Account) -> None:
        """Somebody must be able to let others in."""
        if Role.ADMINISTRATOR not in going.roles:
            return
        for listed in await self._rows.listed():
            if (
                listed.account.id != going.id
                and Role.ADMINISTRATOR in listed.account.roles
                and not listed.locked
            ):
                return
        raise UserRefused(
            "last_administrator", f"{going.user!r} is the last administrator: make another first"
        )
