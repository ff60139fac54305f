"""The audit is added to and read; the database itself refuses the rest."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from switchboard.errors import StorageError
from switchboard.storage import AuditRows, Database, open_database

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
async def kept(database_url: str) -> AsyncIterator[tuple[Database, AuditRows]]:
    database = await open_database(database_url)
    rows = AuditRows(database)
    for n, action in enumerate(("sign-in", "mode.choose", "user.add")):
        await rows.note(NOON, "user:wang" if n else "", "session", "192.0.2.1", action, str(n), {"n": n})
    yield database, rows
    await database.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET author = 'user:nobody' WHERE id = 1",
        "DELETE FROM audit WHERE id = 1",
        "DELETE FROM audit",
        "INSERT OR REPLACE INTO audit (id, at, author, via, address, action, about, details) "
        "VALUES (1, '2026-11-20', '', '', '', 'nothing', '', '{}')",
        "TRUNCATE audit",
    ],
)
async def test_nobody_changes_what_was_noted(kept: tuple[Database, AuditRows], statement: str) -> None:
    """Changing, deleting and replacing fail in the database, whoever asks; the rows are as they were."""
    database, rows = kept
    kind = database.engine.dialect.name
    if ("TRUNCATE" in statement and kind == "sqlite") or ("REPLACE" in statement and kind != "sqlite"):
        pytest.skip(f"{kind} has no such statement")
    before = await rows.rows()
    with pytest.raises(StorageError, match="audit"):
        async with database.write() as connection:
            await connection.execute(text(statement))
    assert await rows.rows() == before
    assert len(before) == 3


async def test_it_is_read_newest_first_in_pages_and_by_author_or_action(
    kept: tuple[Database, AuditRows],
) -> None:
    """As the administrators' page asks."""
    _, rows = kept
    assert [r["action"] for r in await rows.rows(2)] == ["user.add", "mode.choose"]
    (oldest,) = await rows.rows(2, before=2)
    assert (oldest["action"], oldest["author"], oldest["details"]) == ("sign-in", "", {"n": 0})
    assert [r["id"] for r in await rows.rows(author="user:w")] == [3, 2]
    assert [r["id"] for r in await rows.rows(action="mode")] == [2]
    assert await rows.rows(action="%") == []


async def test_endless_details_are_cut_not_lost(kept: tuple[Database, AuditRows]) -> None:
    """What was done is kept, however much came with it."""
    _, rows = kept
    await rows.note(NOON, "user:wang", "session", "", "x" * 200, "y" * 10_000, {"text": "z" * 100_000})
    (row,) = await rows.rows(1)
    assert len(row["action"]) == 60
    assert len(row["about"]) == 500
    assert len(str(row["details"])) < 4000
