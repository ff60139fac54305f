"""What is done about tickets; new messages are counted often."""

import sqlalchemy as sa
from alembic import op

from switchboard.storage.tables import Instant

revision = "0008"
down_revision = "0007"

_NUMBERED = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add ticket_changes; find messages by their state."""
    op.create_table(
        "ticket_changes",
        sa.Column("id", _NUMBERED, autoincrement=True, nullable=False),
        sa.Column("ticket_id", _NUMBERED, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ticket_changes"),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_ticket_changes_ticket_id"),
    )
    op.create_index("ix_ticket_changes_ticket_id", "ticket_changes", ["ticket_id"])
    op.create_index("ix_messages_state", "messages", ["state"])
