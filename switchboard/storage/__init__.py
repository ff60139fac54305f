"""What happened, kept: the journal (first, always), and the database that follows from it."""

from switchboard.storage.journal import Journal

__all__ = ["Journal"]
