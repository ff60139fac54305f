"""What can be made of a file with mistakes, so that the checks after the schema find the rest at once.

Wrong values are taken out (an unquoted number is put in quotes), then what lacks them, until the schema
accepts what is left. What was taken out is remembered: nobody is told that a department has no members
because a member's entry was misspelt.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from switchboard.rules.schema import RulesFile
from switchboard.rules.tree import Location, Node, find, plain

_STAND_INS: dict[str, Any] = {
    "company": {"zh": "-", "en": "-"},
    "main_number": "0000000000",
    "unclear": "0000000000",
    "general_head": "0000000000",
    "departments": {},
    "people": {},
}

_GONE = object()

_ROUNDS = 12
"""More than the schema has levels: what is missing moves up one level a round."""


@dataclass(frozen=True)
class Salvaged:
    """The file as far as the schema accepts it, the schema's errors, and what had to be taken out."""

    file: RulesFile
    errors: list[ErrorDetails]
    removed: frozenset[Location]

    def damaged(self, *location: str | int) -> bool:
        """Whether something was taken out at, above or below `location`."""
        above = any(location[:i] in self.removed for i in range(len(location) + 1))
        return above or location in self._holders

    @cached_property
    def _holders(self) -> frozenset[Location]:
        """Every place that holds something that was taken out."""
        return frozenset(r[:i] for r in self.removed for i in range(len(r)))


def salvage(root: Node) -> Salvaged:
    """Hold the tree at `root` against the schema."""
    values = {key: value for key, value in plain(root).items() if value is not None}
    removed: set[Location] = set()
    quoted: set[Location] = set()
    first: list[ErrorDetails] | None = None
    for _ in range(_ROUNDS):
        try:
            file = RulesFile.model_validate(values)
        except ValidationError as error:
            errors = error.errors(include_url=False)
            first = errors if first is None else first
            for e in errors:
                _mend(values, root, e, removed, quoted)
            values = _without_gone(values)
            for key, value in _STAND_INS.items():
                if values.get(key) is None:
                    values[key] = value
                    removed.add((key,))
        else:
            return Salvaged(file, first or [], frozenset(removed))
    return Salvaged(RulesFile.model_validate(_STAND_INS), first or [], frozenset({()}))


def _mend(
    values: dict[str, Any], root: Node, error: ErrorDetails, removed: set[Location], quoted: set[Location]
) -> None:
    location: Location = tuple(step for step in error["loc"] if step != "[key]")
    if error["type"] == "missing":
        location = location[:-1] if len(location) > 1 else location
    elif error["type"] == "string_type" and isinstance(error["input"], int | float):
        node, there = find(root, location)
        if there and isinstance(node.value, str) and location not in quoted:
            quoted.add(location)  # a second failure of the same value takes it out
            _put(values, location, node.value)
            return
    removed.add(location)
    _put(values, location, _GONE)


def _put(values: Any, location: Location, value: Any) -> None:
    """Set what is at `location`, if something is."""
    for i, step in enumerate(location):
        here = isinstance(values, dict) and step in values
        here = here or (isinstance(values, list) and isinstance(step, int) and step < len(values))
        if not here:
            return
        if i == len(location) - 1:
            values[step] = value
        else:
            values = values[step]


def _without_gone(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without_gone(v) for k, v in value.items() if v is not _GONE}
    if isinstance(value, list):
        return [_without_gone(v) for v in value if v is not _GONE]
    return value
