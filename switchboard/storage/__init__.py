"""What happened, kept: the journal (first, always), and the database that follows from it."""

from switchboard.storage.agents import AgentRows, handling_seconds
from switchboard.storage.audit import AuditRows
from switchboard.storage.call_rows import CallRows
from switchboard.storage.callbacks import CallBackRows
from switchboard.storage.caller_rows import CallerRows
from switchboard.storage.database import Database, open_database
from switchboard.storage.depositing import Depositing
from switchboard.storage.desk import DeskRows
from switchboard.storage.follower import Follower
from switchboard.storage.journal import Journal
from switchboard.storage.listing import calls, messages, versions_of_open_calls
from switchboard.storage.live_rows import LiveRows
from switchboard.storage.message_rows import MessageRows
from switchboard.storage.pins import PinRows
from switchboard.storage.placed_rows import PlacedRows
from switchboard.storage.tickets import TicketRows, ticket_of, tickets
from switchboard.storage.users import UserRows

__all__ = [
    "AgentRows",
    "AuditRows",
    "CallBackRows",
    "CallRows",
    "CallerRows",
    "Database",
    "Depositing",
    "DeskRows",
    "Follower",
    "Journal",
    "LiveRows",
    "MessageRows",
    "PinRows",
    "PlacedRows",
    "TicketRows",
    "UserRows",
    "calls",
    "handling_seconds",
    "messages",
    "open_database",
    "ticket_of",
    "tickets",
    "versions_of_open_calls",
]
