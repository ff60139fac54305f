"""Opens the database and brings it up to date. One engine per process; one transaction per unit of work."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from switchboard.errors import StorageError

BUSY_SECONDS = 10
"""How long one writer of a SQLite file waits for another (the command line beside the controller)."""

MIGRATIONS = Path(__file__).parent / "migrations"

WRITERS_LOCK = 0x5357_4244
"""PostgreSQL's advisory lock that a writing transaction holds to its end. SQLite has one writer at a time by
itself; with this, what holds there ("not yet applied, so apply it") holds here too. Our transactions are
milliseconds and few."""

DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}


class Database:
    """An open, migrated database. `write` and `read` give a connection inside a transaction."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A transaction, committed at the end of the block. Raises StorageError when the database fails."""
        try:
            async with self.engine.begin() as connection:
                await _one_writer(connection)
                yield connection
        except (SQLAlchemyError, OSError, sqlite3.Error) as error:
            raise StorageError(f"the database can't be written: {_reason(error)}") from error

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection for reading one consistent state. Raises StorageError when the database fails."""
        try:
            async with self.engine.connect() as plain:
                connection = await plain.execution_options(switchboard_reads=True)
                yield connection
                await connection.rollback()
        except (SQLAlchemyError, OSError, sqlite3.Error) as error:
            raise StorageError(f"the database can't be read: {_reason(error)}") from error

    async def close(self) -> None:
        """Close every connection. Shielded, so that a cancelled owner leaves nothing open."""
        await asyncio.shield(self.engine.dispose())


async def open_database(url: str) -> Database:
    """Connect, migrate to this program's revision, and hand over the database.

    `url` is SQLAlchemy's; the driver may be left out. A SQLite file and its folder are made when missing.
    Raises StorageError: not reachable, no database, or made by a newer version of the switchboard.
    """
    try:
        target = make_url(url)
        target = target.set(drivername=DRIVERS.get(target.drivername, target.drivername))
        if target.get_backend_name() == "sqlite" and target.database not in (None, "", ":memory:"):
            await asyncio.to_thread(_make_file, Path(str(target.database)))
        engine = create_async_engine(target, **_options(target.get_backend_name()))
    except (ArgumentError, ImportError, OSError) as error:
        raise StorageError(f"database address: {_reason(error)}") from error
    if engine.dialect.name == "sqlite":
        _tune_sqlite(engine)
    try:
        async with engine.begin() as connection:
            await _one_writer(connection)
            await connection.run_sync(_migrate)
    except (SQLAlchemyError, OSError, sqlite3.Error) as error:
        await engine.dispose()
        where = target.render_as_string(hide_password=True)
        raise StorageError(f"the database {where} can't be opened: {_reason(error)}") from error
    except StorageError:
        await engine.dispose()
        raise
    return Database(engine)


async def _one_writer(connection: AsyncConnection) -> None:
    if connection.dialect.name == "postgresql":
        await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITERS_LOCK})


def _make_file(path: Path) -> None:
    """An empty database, not readable by everybody: who called whom is in it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640))


def _options(backend: str) -> dict[str, Any]:
    if backend == "sqlite":
        return {"connect_args": {"timeout": BUSY_SECONDS}}
    return {"pool_pre_ping": True}


def _tune_sqlite(engine: AsyncEngine) -> None:
    """WAL: readers never wait for the writer. BEGIN is ours, so that DDL is part of the transaction, and
    IMMEDIATE, so that two writers queue at the start instead of failing in the middle.

    `synchronous=NORMAL` may lose the last commits when the power fails, never the file's soundness; the
    offsets go back together with what they vouch for, and the journal is followed again from there.
    """

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        reads = connection.get_execution_options().get("switchboard_reads", False)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _migrate(connection: Connection) -> None:
    if not _is_current(connection):
        from switchboard.storage.migrating import migrate

        migrate(connection, MIGRATIONS)


def _is_current(connection: Connection) -> bool:
    """Whether the database has this program's revision: the number that the newest migration begins with."""
    if not inspect(connection).has_table("alembic_version"):
        return False
    present = connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
    return present == [max(path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))]


def _reason(error: BaseException) -> str:
    """The driver's own sentence, without SQLAlchemy's page of SQL."""
    return str(getattr(error, "orig", None) or error).partition("\n")[0]
