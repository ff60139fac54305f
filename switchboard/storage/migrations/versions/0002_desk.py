"""The desk: choices of the mode, operators' duty, the line of waiting callers."""

import sqlalchemy as sa
from alembic import op

from switchboard.storage.tables import ID, Instant

revision = "0002"
down_revision = "0001"

_NUMBERED = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the desk's tables."""
    op.create_table(
        "mode_choices",
        sa.Column("id", _NUMBERED, autoincrement=True, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("mode", sa.String(10)),
        sa.Column("until", Instant()),
        sa.Column("source", sa.String(10), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_mode_choices"),
    )
    op.create_table(
        "duty",
        sa.Column("id", _NUMBERED, autoincrement=True, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("extension", sa.Text(), nullable=False),
        sa.Column("what", sa.String(10), nullable=False),
        sa.Column("until", Instant()),
        sa.Column("source", sa.String(10), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_duty"),
    )
    op.create_index("ix_duty_extension", "duty", ["extension"])
    op.create_table(
        "desk_line",
        sa.Column("call_id", sa.String(ID), nullable=False),
        sa.Column("joined", Instant(), nullable=False),
        sa.Column("seen", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("call_id", name="pk_desk_line"),
    )
    op.create_index("ix_desk_line_joined", "desk_line", ["joined"])
