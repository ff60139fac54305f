"""Calls with their steps, Asterisk's records, messages, faults; offsets and lines set aside."""

import sqlalchemy as sa
from alembic import op

from switchboard.storage.tables import ID, Instant

revision = "0001"
down_revision = None

_NUMBERED = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the first tables."""
    op.create_table(
        "calls",
        sa.Column("id", sa.String(ID), nullable=False),
        sa.Column("caller", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("dialled", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("trunk", sa.Text(), nullable=False),
        sa.Column("started", Instant(), nullable=False),
        sa.Column("answered", Instant()),
        sa.Column("connected", Instant()),
        sa.Column("ended", Instant()),
        sa.Column("outcome", sa.String(20)),
        sa.Column("connected_to", sa.Text(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("fallback", sa.Boolean(), nullable=False),
        sa.Column("begun", sa.Text()),
        sa.Column("lost", Instant()),
        sa.PrimaryKeyConstraint("id", name="pk_calls"),
    )
    op.create_index("ix_calls_started", "calls", ["started"])
    op.create_table(
        "steps",
        sa.Column("id", _NUMBERED, autoincrement=True, nullable=False),
        sa.Column("call_id", sa.String(ID), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("rule_line", sa.Integer()),
        sa.Column("derived", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_steps"),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_steps_call_id"),
    )
    op.create_index("ix_steps_call_id", "steps", ["call_id", "id"])
    op.create_table(
        "cdrs",
        sa.Column("linkedid", sa.String(ID), nullable=False),
        sa.Column("uniqueid", sa.String(ID), nullable=False),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("dstchannel", sa.Text(), nullable=False),
        sa.Column("src", sa.Text(), nullable=False),
        sa.Column("dst", sa.Text(), nullable=False),
        sa.Column("dcontext", sa.Text(), nullable=False),
        sa.Column("lastapp", sa.Text(), nullable=False),
        sa.Column("start", Instant(), nullable=False),
        sa.Column("answer", Instant()),
        sa.Column("end", Instant()),
        sa.Column("duration", sa.Float(), nullable=False),
        sa.Column("billsec", sa.Float(), nullable=False),
        sa.Column("disposition", sa.Text(), nullable=False),
        sa.Column("ending", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("linkedid", "uniqueid", "sequence", name="pk_cdrs"),
    )
    op.create_table(
        "messages",
        sa.Column("id", sa.String(100), nullable=False),
        sa.Column("mailbox", sa.Text(), nullable=False),
        sa.Column("call_id", sa.String(ID)),
        sa.Column("caller", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("received", Instant(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("heard", Instant()),
        sa.Column("handled", Instant()),
        sa.Column("mended", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
    )
    for column in ("mailbox", "call_id", "received"):
        op.create_index(f"ix_messages_{column}", "messages", [column])
    op.create_table(
        "faults",
        sa.Column("id", _NUMBERED, autoincrement=True, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("call_id", sa.String(ID)),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_faults"),
    )
    op.create_index("ix_faults_at", "faults", ["at"])
    op.create_table(
        "offsets",
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("source", name="pk_offsets"),
    )
    op.create_table(
        "set_aside",
        sa.Column("id", _NUMBERED, autoincrement=True, nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_set_aside"),
    )
