"""Opening the database: made when missing, migrated when old, refused when newer."""

from __future__ import annotations

import asyncio

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from switchboard.errors import StorageError
from switchboard.storage.database import open_database
from switchboard.storage.tables import metadata


async def test_migrations_make_what_the_code_expects(database_url):
    """Tables written by migrations and tables declared in code are the same."""
    database = await open_database(database_url)
    async with database.read() as connection:
        context_of = lambda c: MigrationContext.configure(c, opts={"compare_type": True})  # noqa: E731
        assert await connection.run_sync(lambda c: compare_metadata(context_of(c), metadata)) == []
    await database.close()


async def test_a_new_file_is_made_with_its_folder(tmp_path):
    """Readers never wait for the writer, and strangers don't read."""
    database = await open_database(f"sqlite:///{tmp_path}/new/folder/db.sqlite")
    async with database.read() as connection:
        assert (await connection.execute(text("PRAGMA journal_mode"))).scalar() == "wal"
    await database.close()
    assert not (tmp_path / "new/folder/db.sqlite").stat().st_mode & 0o007


async def test_opening_again_changes_nothing(database_url):
    """What was written is there."""
    for n in range(2):
        database = await open_database(database_url)
        async with database.write() as connection:
            await connection.execute(text(f"INSERT INTO offsets VALUES ('source {n}', 1)"))
        async with database.read() as connection:
            assert (await connection.execute(text("SELECT count(*) FROM offsets"))).scalar() == n + 1
        await database.close()


async def test_two_can_open_a_new_database_at_once(database_url):
    """The controller and a command line, started together: one migrates, the other waits."""
    for database in await asyncio.gather(*(open_database(database_url) for _ in range(4))):
        await database.close()


async def test_a_database_of_a_newer_version_is_refused(database_url):
    """The sentence says what to do; nothing is changed."""
    database = await open_database(database_url)
    async with database.write() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await database.close()
    with pytest.raises(StorageError, match=r"newer version.*9999"):
        await open_database(database_url)


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://x/y", "sqlite:////proc/nowhere/db.sqlite"])
async def test_a_wrong_address_is_one_sentence(url):
    """No traceback, no page of SQL."""
    with pytest.raises(StorageError) as raised:
        await open_database(url)
    assert "\n" not in str(raised.value)


async def test_a_file_that_is_no_database_is_named(tmp_path):
    """It's left as it is."""
    path = tmp_path / "db.sqlite"
    path.write_text("these are notes, and no database; there are more than a hundred bytes of them " * 3)
    before = path.read_bytes()
    with pytest.raises(StorageError, match=r"db\.sqlite can't be opened"):
        await open_database(f"sqlite:///{path}")
    assert path.read_bytes() == before


async def test_a_password_is_not_told(tmp_path):
    """Errors are shown and logged."""
    with pytest.raises(StorageError) as raised:
        await open_database("postgresql://desk:hunter2@127.0.0.1:1/nowhere")
    assert "hunter2" not in str(raised.value)


async def test_half_a_transaction_is_none(database_url):
    """What fails in the middle leaves nothing."""
    database = await open_database(database_url)

    async def fail() -> None:
        async with database.write() as connection:
            await connection.execute(text("INSERT INTO offsets VALUES ('source', 1)"))
            await connection.execute(text("INSERT INTO nowhere VALUES (1)"))

    with pytest.raises(StorageError):
        await fail()
    async with database.read() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM offsets"))).scalar() == 0
    await database.close()
