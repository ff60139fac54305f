"""Messages typed, forwarded and handled in the page; calls placed for a phone; what is noted of callers."""

import sqlalchemy as sa
from alembic import op

from switchboard.storage.tables import Instant

revision = "0007"
down_revision = "0006"

_NUMBERED = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_NOTHING = sa.text("''")


def upgrade() -> None:
    """Add columns to messages; message_acts, placed_calls and callers; find calls by their caller."""
    with op.batch_alter_table("messages") as messages:
        for name, kind in (
            ("text", sa.Text()),
            ("author", sa.Text()),
            ("source", sa.String(100)),
            ("deposit", sa.String(10)),
            ("heard_by", sa.Text()),
            ("handled_by", sa.Text()),
            ("outcome", sa.Text()),
        ):
            messages.add_column(sa.Column(name, kind, nullable=False, server_default=_NOTHING))
        messages.add_column(sa.Column("moving", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "message_acts",
        sa.Column("id", _NUMBERED, autoincrement=True, nullable=False),
        sa.Column("message_id", sa.String(100), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("act", sa.String(20), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_message_acts"),
    )
    op.create_index("ix_message_acts_message_id", "message_acts", ["message_id"])
    op.create_table(
        "placed_calls",
        sa.Column("id", _NUMBERED, autoincrement=True, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("extension", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("message_id", sa.String(100), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_placed_calls"),
    )
    op.create_index("ix_placed_calls_extension", "placed_calls", ["extension"])
    op.create_table(
        "callers",
        sa.Column("number", sa.String(40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("grade", sa.String(10), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("changed", Instant(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_callers"),
    )
    op.create_index("ix_calls_caller", "calls", ["caller"])
