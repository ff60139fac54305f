"""What happened, kept: the journal (first, always), and the database that follows from it."""

from switchboard.storage.agents import AgentRows, handling_seconds
from switchboard.storage.callbacks import CallBackRows
from switchboard.storage.database import Database, open_database
from switchboard.storage.desk import DeskRows
from switchboard.storage.follower import Follower
from switchboard.storage.journal import Journal
from switchboard.storage.listing import calls, messages, versions_of_open_calls
from switchboard.storage.pins import PinRows
from switchboard.storage.tickets import ticket_of, tickets

__all__ = [
    "AgentRows",
    "CallBackRows",
    "Database",
    "DeskRows",
    "Follower",
    "Journal",
    "PinRows",
    "calls",
    "handling_seconds",
    "messages",
    "open_database",
    "ticket_of",
    "tickets",
    "versions_of_open_calls",
]
