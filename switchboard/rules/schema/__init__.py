"""The shape of `routing_rules.yaml`: every key, what it means, what it may be.

`docs/rules.md` and the JSON Schema are made from the descriptions here. This is the file people write; the
decisions read `switchboard.domain.company`, and `compiling` makes one from the other.
"""

from switchboard.rules.schema.answering import Codes, Greeting, Messages, Operators
from switchboard.rules.schema.base import Named, Section, Wording
from switchboard.rules.schema.directory import (
    Defaults,
    Department,
    Executive,
    Person,
    Queue,
    Screening,
    Team,
    Valued,
)
from switchboard.rules.schema.file import DIRECTORY, RulesFile
from switchboard.rules.schema.network import Outside, Trunk
from switchboard.rules.schema.times import Closure, Hours, Lunch, Season, Span

__all__ = [
    "DIRECTORY",
    "Closure",
    "Codes",
    "Defaults",
    "Department",
    "Executive",
    "Greeting",
    "Hours",
    "Lunch",
    "Messages",
    "Named",
    "Operators",
    "Outside",
    "Person",
    "Queue",
    "RulesFile",
    "Screening",
    "Season",
    "Section",
    "Span",
    "Team",
    "Trunk",
    "Valued",
    "Wording",
]
