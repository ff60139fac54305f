"""What the schema can't see: whether the parts of a rules file fit together.

Each module looks at one side of the company and tells what it finds; none stops another.
"""

from __future__ import annotations

from switchboard.rules.checks import (
    executives,
    lines,
    numbers,
    people,
    permissions,
    queues,
    reached,
    spoken,
    times,
)
from switchboard.rules.checks.subject import Subject

ALL = (
    numbers.check,
    people.check,
    executives.check,
    queues.check,
    lines.check,
    times.check,
    permissions.check,
    reached.check,
    spoken.check,
)

__all__ = ["ALL", "Subject"]
