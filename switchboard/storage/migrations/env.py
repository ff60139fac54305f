"""Runs the migrations on the connection that `switchboard.storage.database` hands over."""

from alembic import context

from switchboard.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite can do it too once BEGIN is ours (see database.py): a killed migration leaves no half of it.
    transactional_ddl=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
