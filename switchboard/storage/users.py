"""Users, their sessions and tokens, and tries to sign in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, insert, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from switchboard.domain.lockout import Attempt
from switchboard.domain.roles import Permission, Role
from switchboard.flows.accounts import Account, Stored
from switchboard.storage.database import Database
from switchboard.storage.tables import sessions, sign_in_attempts, tokens, users
from switchboard.storage.user_lists import KeptUsers, new_id

_ATTEMPTS_LOCK = 0x5B_0A77E3  # PostgreSQL's advisory lock for tries to sign in; any number of our own
FORGET_ATTEMPTS = timedelta(days=30)


class UserRows(KeptUsers):
    """Implements `flows.accounts.Rows` and `flows.users.Rows`. All raise StorageError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def user(self, key: str) -> Stored | None:
        """The user who signs in with this name, in its one spelling."""
        async with self._database.read() as connection:
            row = (await connection.execute(select(users).where(users.c.key == key))).one_or_none()
        return None if row is None or row.removed else Stored(account_of(row), row.hash, row.locked)

    async def begin_attempt(self, attempt: Attempt, since: datetime) -> tuple[int, Sequence[Attempt]]:
        """Keep a try, as failed until more is known; and those before it, one try at a time."""
        t = sign_in_attempts.c
        async with self._database.write() as connection:  # SQLite: BEGIN IMMEDIATE, one writer
            if connection.dialect.name == "postgresql":
                await connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _ATTEMPTS_LOCK})
            found = await connection.execute(
                select(sign_in_attempts)
                .where(t.at > since, or_(t.name == attempt.name, t.address == attempt.address))
                .order_by(t.id)
            )
            before = [Attempt(r.at, r.name, r.address, r.worked) for r in found]
            await connection.execute(delete(sign_in_attempts).where(t.at < attempt.at - FORGET_ATTEMPTS))
            kept = await connection.execute(
                insert(sign_in_attempts).values(
                    at=attempt.at, name=attempt.name, address=attempt.address, worked=False
                )
            )
        return new_id(kept), before

    async def attempt_worked(self, number: int) -> None:
        """The try was right."""
        change = update(sign_in_attempts).where(sign_in_attempts.c.id == number).values(worked=True)
        await self._write(change)

    async def drop_attempt(self, number: int) -> None:
        """The try wasn't looked at."""
        await self._write(delete(sign_in_attempts).where(sign_in_attempts.c.id == number))

    async def keep_session(
        self, user: int, digest: str, at: datetime, until: datetime, address: str, agent: str
    ) -> None:
        """A session begins. Those that ended by time are cleared away."""
        async with self._database.write() as connection:
            await connection.execute(delete(sessions).where(sessions.c.until < at))
            await connection.execute(
                insert(sessions).values(
                    digest=digest, user_id=user, at=at, seen=at, until=until, address=address, agent=agent
                )
            )

    async def session(
        self, digest: str, at: datetime, idle_since: datetime, touch: datetime
    ) -> Account | None:
        """Whose session this is; None when it has ended, or its user is locked or removed."""
        async with self._database.read() as connection:
            row = await _holder(connection, sessions, sessions.c.digest == digest)
        if row is None or row.until <= at or row.seen < idle_since:
            return None
        if row.seen < touch:
            await self._write(update(sessions).where(sessions.c.id == row.holder).values(seen=at))
        return account_of(row, session=row.holder)

    async def token(self, digest: str, at: datetime, touch: datetime) -> Account | None:
        """Whose token this is; None when there is none, or its user is locked or removed."""
        async with self._database.read() as connection:
            row = await _holder(connection, tokens, tokens.c.digest == digest)
        if row is None or (row.until is not None and row.until <= at):
            return None
        if row.seen is None or row.seen < touch:
            await self._write(update(tokens).where(tokens.c.id == row.holder).values(seen=at))
        scopes = frozenset(Permission(s) for s in row.scopes.split() if s in set(Permission))
        return account_of(row, via="token", session=row.holder, scopes=scopes)

    async def end_session(self, digest: str) -> None:
        """Signed out."""
        await self._write(delete(sessions).where(sessions.c.digest == digest))

    async def end_sessions(self, user: int, but: int = 0) -> int:
        """Signed out everywhere, but in session `but`; how many ended."""
        return await self._write(delete(sessions).where(sessions.c.user_id == user, sessions.c.id != but))

    async def set_hash(self, user: int, hash_: str, *, must_change: bool) -> None:
        """Another password."""
        await self._write(update(users).where(users.c.id == user).values(hash=hash_, must_change=must_change))

    async def set_preferences(self, user: int, language: str, theme: str) -> None:
        """How pages look for this user."""
        await self._write(update(users).where(users.c.id == user).values(language=language, theme=theme))

    async def _write(self, statement: Any) -> int:
        async with self._database.write() as connection:
            return int((await connection.execute(statement)).rowcount)


async def _holder(connection: AsyncConnection, table: Any, which: ColumnElement[bool]) -> Any:
    """A session's or token's row with its user's; None when the user may not come in."""
    c = table.c
    extra = [c.id.label("holder"), c.until, c.seen]
    extra += [c.scopes] if table is tokens else []
    query = select(users, *extra).join(table, c.user_id == users.c.id).where(which)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None or row.removed or row.locked else row


def account_of(row: Any, **more: Any) -> Account:
    """The user in a row of `users`. A role that this version doesn't know gives nothing."""
    return Account(
        id=row.id,
        user=row.user,
        name=row.name or row.user,
        roles=frozenset(Role(r) for r in row.roles.split() if r in set(Role)),
        language=row.language,
        theme=row.theme,
        extension=row.extension,
        must_change=row.must_change,
        **more,
    )
