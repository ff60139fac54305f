"""Users as administrators keep them: added, changed, listed; and their tokens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from switchboard.flows.accounts import Account
from switchboard.flows.users import Listed, Token
from switchboard.storage.database import Database
from switchboard.storage.tables import sessions, tokens, users


def new_id(done: CursorResult[Any]) -> int:
    """The id of the row that was just inserted."""
    key = done.inserted_primary_key
    assert key is not None
    return int(key[0])


class KeptUsers:
    """Implements the part of `flows.users.Rows` that changes users."""

    _database: Database

    async def add(self, key: str, account: Account, hash_: str, at: datetime) -> int | None:
        """The new row's id; None when somebody has the name."""
        row = insert(users).values(
            key=key,
            user=account.user,
            name=account.name,
            hash=hash_,
            roles=" ".join(sorted(account.roles)),
            extension=account.extension,
            language=account.language,
            theme=account.theme,
            must_change=account.must_change,
            locked=False,
            made=at,
        )
        async with self._database.write() as connection:
            try:
                async with connection.begin_nested():
                    return new_id(await connection.execute(row))
            except IntegrityError:
                return None

    async def listed(self) -> Sequence[Listed]:
        """Everybody who wasn't removed, by name."""
        from switchboard.storage.users import account_of

        used = (
            select(
                sessions.c.user_id, func.count().label("sessions"), func.max(sessions.c.seen).label("seen")
            )
            .group_by(sessions.c.user_id)
            .subquery()
        )
        query = (
            select(users, used.c.sessions, used.c.seen)
            .outerjoin(used, used.c.user_id == users.c.id)
            .where(users.c.removed.is_(None))
            .order_by(users.c.key)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
        return [Listed(account_of(r), r.locked, r.made, r.sessions or 0, r.seen) for r in rows]

    async def change(self, user: int, **values: object) -> None:
        """Set columns of a user."""
        async with self._database.write() as connection:
            await connection.execute(update(users).where(users.c.id == user).values(**values))

    async def remove(self, user: int, at: datetime) -> None:
        """The row stays for the audit; name, sessions and tokens are free."""
        async with self._database.write() as connection:
            await connection.execute(delete(sessions).where(sessions.c.user_id == user))
            await connection.execute(delete(tokens).where(tokens.c.user_id == user))
            gone = {"key": f"#{user}", "hash": "", "removed": at, "roles": ""}
            await connection.execute(update(users).where(users.c.id == user).values(**gone))

    async def add_token(
        self,
        user: int,
        digest: str,
        label: str,
        scopes: Sequence[str],
        at: datetime,
        until: datetime | None,
    ) -> int:
        """The new row's id."""
        row = insert(tokens).values(
            user_id=user, digest=digest, label=label, scopes=" ".join(scopes), at=at, until=until
        )
        async with self._database.write() as connection:
            return new_id(await connection.execute(row))

    async def tokens(self, user: int | None = None) -> Sequence[Token]:
        """All tokens, or one user's, in the order in which they were made."""
        query = select(tokens, users.c.user).join(users, users.c.id == tokens.c.user_id).order_by(tokens.c.id)
        if user is not None:
            query = query.where(tokens.c.user_id == user)
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
        return [Token(r.id, r.user, r.label, tuple(r.scopes.split()), r.at, r.until, r.seen) for r in rows]

    async def remove_token(self, number: int) -> bool:
        """Whether there was one."""
        async with self._database.write() as connection:
            done = await connection.execute(delete(tokens).where(tokens.c.id == number))
        return bool(done.rowcount)
