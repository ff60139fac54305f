"""What happened, kept: the journal (first, always), and the database that follows from it."""

from switchboard.storage.database import Database, open_database
from switchboard.storage.desk import DeskRows
from switchboard.storage.follower import Follower
from switchboard.storage.journal import Journal
from switchboard.storage.listing import calls, messages, versions_of_open_calls

__all__ = [
    "Database",
    "DeskRows",
    "Follower",
    "Journal",
    "calls",
    "messages",
    "open_database",
    "versions_of_open_calls",
]
