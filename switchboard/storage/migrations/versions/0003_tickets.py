"""Tickets, and attempts at PINs."""

import sqlalchemy as sa
from alembic import op

from switchboard.storage.tables import ID, Instant

revision = "0003"
down_revision = "0002"

_NUMBERED = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add tickets and PIN attempts."""
    op.create_table(
        "tickets",
        sa.Column("id", _NUMBERED, autoincrement=True, nullable=False),
        sa.Column("call_id", sa.String(ID), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("caller", sa.Text(), nullable=False),
        sa.Column("opened", Instant(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tickets"),
        sa.UniqueConstraint("call_id", "kind", name="uq_tickets_call_id"),
    )
    op.create_index("ix_tickets_opened", "tickets", ["opened"])
    op.create_table(
        "pin_attempts",
        sa.Column("id", _NUMBERED, autoincrement=True, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("extension", sa.Text(), nullable=False),
        sa.Column("verdict", sa.String(10), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_pin_attempts"),
    )
    op.create_index("ix_pin_attempts_extension", "pin_attempts", ["extension"])
