"""Orders from outside into calls."""

import sqlalchemy as sa
from alembic import op

from switchboard.storage.tables import ID, Instant

revision = "0005"
down_revision = "0004"

_NUMBERED = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add orders: one open order for a call at a time."""
    op.create_table(
        "orders",
        sa.Column("id", _NUMBERED, autoincrement=True, nullable=False),
        sa.Column("call_id", sa.String(ID), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("typed", sa.Text(), nullable=False),
        sa.Column("leg", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("placed", Instant(), nullable=False),
        sa.Column("sent", Instant()),
        sa.Column("claimed", Instant()),
        sa.Column("closed", Instant()),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_orders"),
    )
    op.create_index("ix_orders_call_id", "orders", ["call_id"])
    open_ = sa.text("state IN ('placed', 'claimed')")
    op.create_index(
        "uq_orders_open", "orders", ["call_id"], unique=True, sqlite_where=open_, postgresql_where=open_
    )
