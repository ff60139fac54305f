"""Finds the mailboxes in which something has changed, cheaply, among ten thousand.

A folder's time of change moves when a file in it comes, goes or is renamed; that is all app_voicemail does.
Each look takes the next few hundred mailboxes of the round, and besides those that somebody named.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from pathlib import Path

from switchboard.storage.voicemail import MAILBOX

PER_LOOK = 1000
"""Mailboxes looked at in one go: some 10 ms. Ten thousand are seen once in ten looks."""

SETTLED_SECONDS = 2.0
"""A folder that changed less than this ago may change again without a new time: it is read again."""

Marks = tuple[tuple[str, int], ...]


class Spool:
    """The folder of a voicemail context, `<astspooldir>/voicemail/sb`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._seen: dict[str, Marks] = {}
        self._round: list[str] = []
        self._named: set[str] = set()

    def name(self, mailbox: str) -> None:
        """Look at `mailbox` first, next time."""
        if MAILBOX.fullmatch(mailbox):
            self._named.add(mailbox)

    def changed(self, besides: Iterable[str] = ()) -> list[tuple[str, Marks]]:
        """Mailboxes to read again, each with the marks to give to `settled` once that is done.

        `besides` are looked at too, whether it's their turn or not.

        Blocks for some milliseconds: call it in a thread.
        """
        if not self._round:
            self._round = self._mailboxes()
        now, self._round = self._round[:PER_LOOK], self._round[PER_LOOK:]
        named, self._named = self._named, set()
        found = []
        for mailbox in dict.fromkeys([*sorted(named), *besides, *now]):
            marks = self._marks(mailbox)
            if mailbox in named or marks != self._seen.get(mailbox, ()):
                found.append((mailbox, marks))
        return found

    def settled(self, mailbox: str, marks: Marks) -> None:
        """`mailbox` was read as of `marks`; unless these are very fresh, it needn't be until they change."""
        newest = max((mark for _, mark in marks), default=0)
        if time.time_ns() - newest > SETTLED_SECONDS * 1e9:
            self._seen[mailbox] = marks
        else:
            self._named.add(mailbox)

    def _mailboxes(self) -> list[str]:
        try:
            with os.scandir(self.folder) as entries:
                return sorted(
                    e.name for e in entries if MAILBOX.fullmatch(e.name) and e.is_dir(follow_symlinks=False)
                )
        except OSError:
            return []

    def _marks(self, mailbox: str) -> Marks:
        """(folder, time of change) of each folder of a mailbox; () when it is gone."""
        try:
            with os.scandir(self.folder / mailbox) as entries:
                return tuple(
                    sorted(
                        (e.name, e.stat(follow_symlinks=False).st_mtime_ns)
                        for e in entries
                        if e.is_dir(follow_symlinks=False)
                    )
                )
        except OSError:
            return ()
