"""The tables, as code knows them. `migrations/` brings a database to this shape.

Types are those SQLite and PostgreSQL share. Instants are UTC inside and aware outside. Text that comes from
callers is of type Text, whatever its length: a long name is no reason to refuse a record.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeDecorator

ID = 150
"""Characters of a linked id: Asterisk's AST_MAX_UNIQUEID is 150, system name included."""


class Instant(TypeDecorator[datetime]):
    """A moment: aware datetimes in, aware datetimes in UTC out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """SQLite keeps no zone, so it is given UTC without one."""
        if value is None:
            return None
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """UTC again, whatever zone the database answers in."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
    }
)

# SQLite numbers rows by itself only in a column it calls INTEGER.
_NUMBERED = BigInteger().with_variant(Integer(), "sqlite")

calls = Table(
    "calls",
    metadata,
    Column("id", String(ID), primary_key=True),  # Asterisk's linked id
    Column("caller", Text, nullable=False, default="", index=True),  # digits and +; "" when withheld
    Column("name", Text, nullable=False, default=""),  # as the caller's side sent it: hostile
    Column("dialled", Text, nullable=False, default=""),
    Column("origin", Text, nullable=False, default=""),  # outside | inside
    Column("trunk", Text, nullable=False, default=""),
    Column("started", Instant, nullable=False, index=True),
    Column("answered", Instant),  # the line, by a person or by the machine
    Column("connected", Instant),  # to the person in connected_to
    Column("ended", Instant),  # NULL while under way
    Column("outcome", String(20)),  # `outcome.CallOutcome`; NULL while under way
    Column("connected_to", Text, nullable=False, default=""),
    Column("rules", Text, nullable=False, default=""),  # version in force when the call began
    Column("fallback", Boolean, nullable=False, default=False),  # some of it ran without the controller
    Column("begun", Text),  # the journal's record of the beginning, as JSON
    Column("lost", Instant),  # when it was found that the PBX had died under the call
)

steps = Table(
    "steps",
    metadata,
    Column("id", _NUMBERED, primary_key=True, autoincrement=True),  # order of the journal
    Column("call_id", String(ID), ForeignKey("calls.id"), nullable=False),
    Column("n", Integer, nullable=False),  # may repeat: a controller died and the step was taken again
    Column("at", Instant, nullable=False),
    Column("action", Text, nullable=False),
    Column("detail", Text, nullable=False, default=""),
    Column("outcome", Text),  # NULL while under way
    Column("reason", Text, nullable=False, default=""),
    Column("rule_line", Integer),
    Column("derived", Boolean, nullable=False, default=False),  # the outcome comes from the CDR
    Index("ix_steps_call_id", "call_id", "id"),
)

cdrs = Table(
    "cdrs",
    metadata,
    Column("linkedid", String(ID), primary_key=True),
    Column("uniqueid", String(ID), primary_key=True),
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("channel", Text, nullable=False),
    Column("dstchannel", Text, nullable=False),
    Column("src", Text, nullable=False),
    Column("dst", Text, nullable=False),
    Column("dcontext", Text, nullable=False),
    Column("lastapp", Text, nullable=False),
    Column("start", Instant, nullable=False),
    Column("answer", Instant),
    Column("end", Instant),
    Column("duration", Float, nullable=False),
    Column("billsec", Float, nullable=False),
    Column("disposition", Text, nullable=False),
    Column("ending", Text, nullable=False),
)
"""Asterisk's own records as they came, so that a call can be worked out again when a rule of that changes."""

messages = Table(
    "messages",
    metadata,
    Column("id", String(100), primary_key=True),  # <mailbox>-<msg_id>
    Column("mailbox", Text, nullable=False, index=True),
    Column("call_id", String(ID), index=True),  # no foreign key: the message may be known first
    Column("caller", Text, nullable=False, default=""),
    Column("name", Text, nullable=False, default=""),
    Column("received", Instant, nullable=False, index=True),
    Column("seconds", Integer, nullable=False),
    Column("reason", String(20), nullable=False),  # domain.actions.MessageReason
    Column("file", Text, nullable=False),  # our own, which no phone deletes
    Column("state", String(10), nullable=False, index=True),  # `voicemail.MessageState`
    Column("place", Text, nullable=False, default=""),  # <folder>/msgNNNN in the spool; "" when gone
    Column("heard", Instant),  # when we saw that it was
    Column("handled", Instant),
    Column("mended", Boolean, nullable=False, default=False),  # its deposit was cut off by a dying PBX
    Column("text", Text, nullable=False, default=""),  # typed, instead of spoken
    Column("author", Text, nullable=False, default=""),  # who typed or forwarded it
    Column("source", String(100), nullable=False, default=""),  # the message it was forwarded from
    Column("deposit", String(10), nullable=False, default=""),  # flows.message_ports.Deposit
    Column("moving", Boolean, nullable=False, default=False),  # the spool has yet to follow the page
    Column("heard_by", Text, nullable=False, default=""),  # who, when it was in the page
    Column("handled_by", Text, nullable=False, default=""),
    Column("outcome", Text, nullable=False, default=""),  # of handling it
)

message_acts = Table(
    "message_acts",
    metadata,
    Column("id", _NUMBERED, primary_key=True, autoincrement=True),
    Column("message_id", String(100), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("author", Text, nullable=False),
    Column("act", String(20), nullable=False),  # flows.message_ports.Act
    Column("detail", Text, nullable=False, default=""),
)
"""What people did with a message, in order (A13)."""

placed_calls = Table(
    "placed_calls",
    metadata,
    Column("id", _NUMBERED, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False),
    Column("extension", Text, nullable=False, index=True),  # the phone that rings first
    Column("number", Text, nullable=False),  # as that phone would dial it
    Column("message_id", String(100), nullable=False, default=""),
    Column("author", Text, nullable=False),
    Column("state", String(10), nullable=False),  # flows.placing.State
    Column("why", Text, nullable=False, default=""),
)
"""Calls that somebody had placed for their own phone; each ordered at most once."""

callers = Table(
    "callers",
    metadata,
    Column("number", String(40), primary_key=True),  # domain.callers.key_of
    Column("name", Text, nullable=False, default=""),
    Column("organisation", Text, nullable=False, default=""),
    Column("grade", String(10), nullable=False),  # domain.callers.Grade
    Column("notes", Text, nullable=False, default=""),
    Column("changed", Instant, nullable=False),
    Column("author", Text, nullable=False),
)
"""What the desk notes of callers (B6)."""

faults = Table(
    "faults",
    metadata,
    Column("id", _NUMBERED, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False, index=True),
    Column("call_id", String(ID)),
    Column("what", Text, nullable=False),
    Column("about", Text, nullable=False, default=""),
)

offsets = Table(
    "offsets",
    metadata,
    Column("source", String(200), primary_key=True),
    Column("position", BigInteger, nullable=False),  # bytes that have been applied
)
"""How far each file has been followed: written in the transaction that applies what was read."""

set_aside = Table(
    "set_aside",
    metadata,
    Column("id", _NUMBERED, primary_key=True, autoincrement=True),
    Column("source", String(200), nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("why", Text, nullable=False),
    Column("raw", Text, nullable=False),  # the line; bytes that are no text are escaped
)
"""Lines that could not be applied. Nothing is thrown away for being strange."""

mode_choices = Table(
    "mode_choices",
    metadata,
    Column("id", _NUMBERED, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False),
    Column("mode", String(10)),  # NULL: back to the schedule
    Column("until", Instant),  # NULL: until changed
    Column("source", String(10), nullable=False),  # domain.mode.Source
    Column("author", Text, nullable=False),
    Column("reason", Text, nullable=False, default=""),
)
"""Every choice of the mode ever made; the newest one counts (A2)."""

duty = Table(
    "duty",
    metadata,
    Column("id", _NUMBERED, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False),
    Column("extension", Text, nullable=False, index=True),
    Column("what", String(10), nullable=False),  # in | out | away
    Column("until", Instant),  # with away: when they are back
    Column("source", String(10), nullable=False),
    Column("author", Text, nullable=False),
)
"""Operators signing in and out and going away; each one's newest row counts (A16)."""

desk_line = Table(
    "desk_line",
    metadata,
    Column("call_id", String(ID), primary_key=True),
    Column("joined", Instant, nullable=False, index=True),
    Column("seen", Instant, nullable=False),  # when the call last asked
)
"""Callers who want an operator, from their first question until they are served or gone."""

tickets = Table(
    "tickets",
    metadata,
    Column("id", _NUMBERED, primary_key=True, autoincrement=True),  # the number people are told
    Column("call_id", String(ID), nullable=False),
    Column("kind", String(20), nullable=False),  # complaint
    Column("caller", Text, nullable=False, default=""),
    Column("opened", Instant, nullable=False, index=True),
    Column("author", Text, nullable=False, default=""),  # an operator's extension; "" = the caller by a key
    Column("state", String(10), nullable=False, default="open"),
    UniqueConstraint("call_id", "kind"),
)

ticket_changes = Table(
    "ticket_changes",
    metadata,
    Column("id", _NUMBERED, primary_key=True, autoincrement=True),
    Column("ticket_id", _NUMBERED, ForeignKey("tickets.id"), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("author", Text, nullable=False),
    Column("state", String(10), nullable=False),  # domain.tickets.TicketState
    Column("note", Text, nullable=False, default=""),
)
"""Everything that was done about tickets, in order (B5)."""

pin_attempts = Table(
    "pin_attempts",
    metadata,
    Column("id", _NUMBERED, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False),
    Column("extension", Text, nullable=False, index=True),
    Column("verdict", String(10), nullable=False),  # domain.outcomes.Pin
)

agent_words = Table(
    "agent_words",
    metadata,
    Column("id", _NUMBERED, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False),
    Column("extension", Text, nullable=False, index=True),
    Column("queue", Text, nullable=False),
    Column("word", String(10), nullable=False),  # domain.agents.AgentWord
    Column("reason", Text, nullable=False, default=""),
    Column("author", Text, nullable=False),
)
"""Agents signing in and out, pausing and going on; the newest row of each in a queue counts (A12, A16)."""

call_backs = Table(
    "call_backs",
    metadata,
    Column("id", _NUMBERED, primary_key=True, autoincrement=True),
    Column("call_id", String(ID), nullable=False, unique=True),  # the call in which it was promised
    Column("queue", Text, nullable=False),
    Column("number", Text, nullable=False),  # where to call, as it is dialled
    Column("language", String(5), nullable=False, default=""),
    Column("priority", Integer, nullable=False),
    Column("since", BigInteger, nullable=False),  # epoch seconds: with the priority, the place in line
    Column("promised", Instant, nullable=False),
    Column("state", String(10), nullable=False, index=True),  # flows.callback.State
    Column("claimed", Instant),  # when a controller took it to place the call
    Column("closed", Instant),
    Column("why", Text, nullable=False, default=""),  # of its end
)
"""Promises to call back, each placed at most once (A12)."""

orders = Table(
    "orders",
    metadata,
    Column("id", _NUMBERED, primary_key=True, autoincrement=True),
    Column("call_id", String(ID), nullable=False, index=True),
    Column("kind", String(20), nullable=False),  # domain.order.OrderKind
    Column("by", Text, nullable=False),  # the operator's extension
    Column("target", Text, nullable=False, default=""),
    Column("typed", Text, nullable=False, default=""),  # JSON of what the operator typed; "" for nothing
    Column("leg", Text, nullable=False, default=""),  # channel to connect with
    Column("author", Text, nullable=False, default=""),
    Column("address", Text, nullable=False, default=""),
    Column("placed", Instant, nullable=False),
    Column("sent", Instant),  # when the call was moved
    Column("claimed", Instant),  # when the call's step took it
    Column("closed", Instant),
    Column("state", String(10), nullable=False),  # flows.orders.State
    Column("outcome", Text, nullable=False, default=""),
    Index(
        "uq_orders_open",
        "call_id",
        unique=True,
        sqlite_where=text("state IN ('placed', 'claimed')"),
        postgresql_where=text("state IN ('placed', 'claimed')"),
    ),
)
"""Orders from outside into calls (B1): each carried out at most once, one open for a call at a time."""

users = Table(
    "users",
    metadata,
    Column("id", _NUMBERED, primary_key=True, autoincrement=True),
    Column("key", String(100), nullable=False, unique=True),  # flows.accounts.spelling; "#<id>" once removed
    Column("user", Text, nullable=False),  # the name they sign in with, as it was given
    Column("name", Text, nullable=False, default=""),
    Column("hash", Text, nullable=False),  # argon2's notation
    Column("roles", Text, nullable=False, default=""),  # domain.roles.Role, separated by spaces
    Column("extension", Text, nullable=False, default=""),
    Column("language", String(5), nullable=False, default=""),
    Column("theme", String(10), nullable=False, default="auto"),
    Column("must_change", Boolean, nullable=False, default=False),  # somebody else chose the password
    Column("locked", Boolean, nullable=False, default=False),
    Column("made", Instant, nullable=False),
    Column("removed", Instant),  # rows stay: the audit names them
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", _NUMBERED, primary_key=True, autoincrement=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("user_id", _NUMBERED, ForeignKey("users.id"), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("seen", Instant, nullable=False),
    Column("until", Instant, nullable=False),
    Column("address", Text, nullable=False, default=""),
    Column("agent", Text, nullable=False, default=""),
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", _NUMBERED, primary_key=True, autoincrement=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("user_id", _NUMBERED, ForeignKey("users.id"), nullable=False, index=True),
    Column("label", Text, nullable=False),  # what it is for
    Column("scopes", Text, nullable=False),  # domain.roles.Permission, separated by spaces
    Column("at", Instant, nullable=False),
    Column("until", Instant),  # NULL: until it is taken back
    Column("seen", Instant),
)

sign_in_attempts = Table(
    "sign_in_attempts",
    metadata,
    Column("id", _NUMBERED, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False, index=True),
    Column("name", String(100), nullable=False),  # as typed, in its one spelling: nobody need have it
    Column("address", String(64), nullable=False),
    Column("worked", Boolean, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", _NUMBERED, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False, index=True),
    Column("author", Text, nullable=False),  # user:<name>, command:<account>, "" = nobody signed in
    Column("via", String(10), nullable=False),  # session | token | command | web (not signed in)
    Column("address", Text, nullable=False, default=""),
    Column("action", String(60), nullable=False, index=True),
    Column("about", Text, nullable=False, default=""),
    Column("details", Text, nullable=False, default="{}"),  # JSON
)
"""Who did what, when, from where. The database itself refuses to change or delete rows (A16)."""
