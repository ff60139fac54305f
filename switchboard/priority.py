"""Sound first: who carries speech gets the processor before those who think.

Twenty milliseconds of speech that are sent late are lost. Asterisk needs little of a processor, but needs it
at once, also while rules are compiled or a report is made beside it.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

SOUND = -10
"""Niceness, sched(7): about ten times the share of others where the processor is short."""


def sound_first(pid: int) -> bool:
    """Raise the priority of a process just started, the first of its session: threads begun later inherit it.

    Where sessions are scheduled against each other (autogroup, sched(7)), its session's too. False where it
    isn't permitted.
    """
    try:
        os.setpriority(os.PRIO_PROCESS, pid, SOUND)
        with suppress(FileNotFoundError):
            Path(f"/proc/{pid}/autogroup").write_text(str(SOUND))
    except OSError:
        return False
    return True
