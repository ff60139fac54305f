"""What agents said, and promises to call back."""

import sqlalchemy as sa
from alembic import op

from switchboard.storage.tables import ID, Instant

revision = "0004"
down_revision = "0003"

_NUMBERED = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add agents' words and call-backs."""
    op.create_table(
        "agent_words",
        sa.Column("id", _NUMBERED, autoincrement=True, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("extension", sa.Text(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("word", sa.String(10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_agent_words"),
    )
    op.create_index("ix_agent_words_extension", "agent_words", ["extension"])
    op.create_table(
        "call_backs",
        sa.Column("id", _NUMBERED, autoincrement=True, nullable=False),
        sa.Column("call_id", sa.String(ID), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("language", sa.String(5), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("promised", Instant(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("claimed", Instant()),
        sa.Column("closed", Instant()),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_call_backs"),
        sa.UniqueConstraint("call_id", name="uq_call_backs_call_id"),
    )
    op.create_index("ix_call_backs_state", "call_backs", ["state"])
