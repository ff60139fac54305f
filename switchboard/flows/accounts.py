"""Who is at the other end: signing in, sessions, API tokens (A16, B8).

A session is a row: roles and "sign out everywhere" act with the next request, whatever the browser holds.
The secret halves of sessions and tokens are known to their holders only; kept are their SHA-256.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from switchboard.domain.lockout import WINDOW, Attempt, locked_until
from switchboard.domain.roles import Permission, Role, covering, permissions_of
from switchboard.domain.whose import Own
from switchboard.errors import SwitchboardError
from switchboard.flows.passwords import Hasher
from switchboard.flows.ports import Clock

IDLE = timedelta(hours=12)
"""A session that asked for nothing that long has ended. An open desk page asks all the time."""
LONGEST = timedelta(days=7)
"""No session lives longer, however busy."""
TOUCH = timedelta(minutes=1)
"""How exactly it is kept when a session or token was last used."""
AT_ONCE, MOST_WAITING = 4, 64
"""Tries to sign in that are looked at and that wait: a flood of them doesn't hold up the calls' own rows."""
TOKEN_PREFIX = "sbt_"  # noqa: S105  what every token begins with, so that one is known when it leaks
NAME_LIMIT = 64


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who is signed in, as a request sees them."""

    id: int
    user: str  # the name they sign in with
    name: str  # what they are called
    roles: frozenset[Role]
    language: str = ""  # zh | en; "" = not chosen
    theme: str = "auto"  # auto | light | dark
    extension: str = ""
    must_change: bool = False  # the password was given by somebody else
    via: str = "session"  # session | token
    scopes: frozenset[Permission] = frozenset()  # of the token
    session: int = 0  # the session's or token's row

    @property
    def permissions(self) -> frozenset[Permission]:
        """All that may be done."""
        given = permissions_of(self.roles)
        return given & covering(self.scopes) if self.via == "token" else given

    def may(self, permission: Permission) -> bool:
        """Whether roles, and for a token its scopes, allow it."""
        return permission in self.permissions

    @property
    def view(self) -> Own | None:
        """Which calls they see; None: every call."""
        return None if self.may(Permission.LIVE) else Own(self.extension)

    @property
    def author(self) -> str:
        """Whose name stands at what they do: user:<name>, with the extension when there is one."""
        return f"user:{self.user} ({self.extension})" if self.extension else f"user:{self.user}"


@dataclass(frozen=True, slots=True)
class Stored:
    """A user as kept. `hash` is argon2's own notation."""

    account: Account
    hash: str
    locked: bool


class Rows(Protocol):
    """What is kept (`switchboard.storage.UserRows`). Every method may raise StorageError."""

    async def user(self, key: str) -> Stored | None: ...
    async def begin_attempt(self, attempt: Attempt, since: datetime) -> tuple[int, Sequence[Attempt]]:
        """Those before it since `since`, which concern its name or address; and it is kept, as failed.

        One at a time, so that tries made at once see each other.
        """

    async def attempt_worked(self, number: int) -> None: ...
    async def drop_attempt(self, number: int) -> None: ...
    async def keep_session(
        self, user: int, digest: str, at: datetime, until: datetime, address: str, agent: str
    ) -> None: ...
    async def session(
        self, digest: str, at: datetime, idle_since: datetime, touch: datetime
    ) -> Account | None: ...
    async def token(self, digest: str, at: datetime, touch: datetime) -> Account | None: ...
    async def end_session(self, digest: str) -> None: ...
    async def end_sessions(self, user: int, but: int = 0) -> int: ...
    async def set_hash(self, user: int, hash_: str, *, must_change: bool) -> None: ...
    async def set_preferences(self, user: int, language: str, theme: str) -> None: ...


class SignInRefused(SwitchboardError):
    """Not let in. `code`: wrong | locked (try again at `until`) | closed (by an administrator) | busy.

    `tried` says whether the password was looked at; `user` whose it was, "" for a name nobody has: what was
    typed there may have been a password.
    """

    def __init__(
        self, code: str, until: datetime | None = None, *, tried: bool = False, user: str = ""
    ) -> None:
        super().__init__(f"sign-in refused: {code}")
        self.code = code
        self.until = until
        self.tried = tried
        self.user = user


class Accounts:
    """Sessions and tokens of users."""

    def __init__(self, rows: Rows, hasher: Hasher, now: Clock) -> None:
        self._rows = rows
        self._hasher = hasher
        self._now = now
        self._dummy: asyncio.Task[str] | None = None
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0

    async def sign_in(self, name: str, password: str, address: str, agent: str = "") -> tuple[str, Account]:
        """A new session: its secret and whose it is. Raises SignInRefused.

        A name nobody has costs the same time and gives the same answer as a wrong password.
        """
        if self._waiting >= MOST_WAITING:
            raise SignInRefused("busy")
        self._waiting += 1
        try:
            async with self._turns:
                return await self._sign_in(name, password, address, agent)
        finally:
            self._waiting -= 1

    async def _sign_in(self, name: str, password: str, address: str, agent: str) -> tuple[str, Account]:
        now = self._now()
        key = spelling(name)[:NAME_LIMIT]
        attempt = Attempt(now, key, address, worked=False)
        number, before = await self._rows.begin_attempt(attempt, now - WINDOW)
        until = locked_until(key, address, before, now)
        if until is not None:
            await self._rows.drop_attempt(number)  # waiting isn't made longer by asking
            raise SignInRefused("locked", until)
        stored = await self._rows.user(key)
        hash_ = stored.hash if stored is not None else await self._nobodys()
        right = await self._verify(hash_, password, number)
        if stored is None or not right:
            until = locked_until(key, address, [*before, attempt], now)
            user = stored.account.user if stored is not None else ""
            raise SignInRefused("locked" if until else "wrong", until, tried=True, user=user)
        if stored.locked:
            raise SignInRefused("closed", tried=True, user=stored.account.user)
        await self._rows.attempt_worked(number)
        if self._hasher.is_outdated(hash_):
            renewed = await self._hasher.hash(password)
            await self._rows.set_hash(stored.account.id, renewed, must_change=stored.account.must_change)
        secret = secrets.token_urlsafe(32)
        await self._rows.keep_session(
            stored.account.id, digest(secret), now, now + LONGEST, address, agent[:200]
        )
        return secret, stored.account

    async def by_session(self, secret: str) -> Account | None:
        """Whose session it is, while it lasts."""
        now = self._now()
        return await self._rows.session(digest(secret), now, now - IDLE, now - TOUCH)

    async def by_token(self, secret: str) -> Account | None:
        """Whose API token it is, while it is good."""
        if not secret.startswith(TOKEN_PREFIX):
            return None
        now = self._now()
        return await self._rows.token(digest(secret), now, now - TOUCH)

    async def sign_out(self, secret: str) -> None:
        """End this session."""
        await self._rows.end_session(digest(secret))

    async def sign_out_everywhere(self, account: Account) -> int:
        """End all sessions of this user; how many there were."""
        return await self._rows.end_sessions(account.id)

    async def change_password(self, account: Account, old: str, new: str, address: str) -> None:
        """Raises SignInRefused when `old` isn't the password, PasswordTooWeak for `new`.

        Other sessions of the user end.
        """
        self._hasher.fit(new, account.user)
        now = self._now()
        attempt = Attempt(now, spelling(account.user), address, worked=False)
        number, before = await self._rows.begin_attempt(attempt, now - WINDOW)
        until = locked_until(attempt.name, address, before, now)
        if until is not None:
            await self._rows.drop_attempt(number)
            raise SignInRefused("locked", until)
        stored = await self._rows.user(attempt.name)
        if stored is None or not await self._verify(stored.hash, old, number):
            raise SignInRefused("wrong")
        await self._rows.attempt_worked(number)
        await self._rows.set_hash(account.id, await self._hasher.hash(new), must_change=False)
        await self._rows.end_sessions(account.id, but=account.session)

    async def prefer(self, account: Account, *, language: str = "", theme: str = "") -> Account:
        """Keep a language (zh, en) or a theme (auto, light, dark) for this user."""
        changed = replace(account, language=language or account.language, theme=theme or account.theme)
        await self._rows.set_preferences(account.id, changed.language, changed.theme)
        return changed

    async def _verify(self, hash_: str, password: str, number: int) -> bool:
        try:
            return await self._hasher.verify(hash_, password)
        except TimeoutError:
            await self._rows.drop_attempt(number)
            raise SignInRefused("busy") from None

    async def _nobodys(self) -> str:
        """A hash that no password fits, made once, so that a name nobody has costs the same work."""
        if self._dummy is None:
            self._dummy = asyncio.ensure_future(self._hasher.hash(secrets.token_urlsafe()))
        return await asyncio.shield(self._dummy)


def spelling(name: str) -> str:
    """The one spelling of a sign-in name: full-width letters, capitals and spaces around don't matter."""
    return unicodedata.normalize("NFKC", name).strip().casefold()


def digest(secret: str) -> str:
    """What is kept of a secret that is itself random: too much to be guessed, so that SHA-256 does."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
