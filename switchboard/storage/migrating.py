"""Brings a database to this program's revision. Apart: Alembic takes long to load and is seldom needed."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection

from switchboard.errors import StorageError


def migrate(connection: Connection, folder: Path) -> None:
    """Apply those migrations of `folder` that the database hasn't seen. Raises StorageError when it was made
    by a newer version, or one of them fails."""
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    present = MigrationContext.configure(connection).get_current_heads()
    if strangers := sorted(set(present) - known):
        raise StorageError(
            f"the database was made by a newer version of the switchboard (revision {', '.join(strangers)}; "
            f"this one knows up to {max(known)}): install that version, or give another database"
        )
    try:
        if set(present) != {max(known)}:
            command.upgrade(config, "head")
    except CommandError as error:
        raise StorageError(f"the database can't be brought up to date: {error}") from error
