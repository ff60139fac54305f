"""What was read from a rules file: values that remember their lines.

The reader makes nodes, the schema sees `plain` values, and whoever finds something wrong asks for the
line of a location. Scalars stay as written; whether `0123` is a number is decided here, so that the
file's digits are never lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Location = tuple[str | int, ...]
"""Keys and list positions from the top, e.g. ("people", "8201", "name", "zh")."""


@dataclass(slots=True)
class Node:
    """A text, list or mapping. `line` is where it is named: its key's line in a mapping."""

    line: int
    value: str | list[Node] | dict[str, Node]
    quoted: bool = False


_INTEGER = re.compile(r"[-+]?[0-9]{1,18}", re.ASCII)
_DECIMAL = re.compile(r"[-+]?(?:[0-9]{1,18}\.[0-9]{0,18}|[0-9]{19,})", re.ASCII)
_WORDS: dict[str, Any] = {"": None, "~": None, "null": None, "Null": None, "NULL": None}
_WORDS |= dict.fromkeys(("true", "True", "TRUE"), True) | dict.fromkeys(("false", "False", "FALSE"), False)


def is_number(text: str) -> bool:
    """Whether YAML reads the unquoted `text` as a number."""
    return bool(_INTEGER.fullmatch(text) or _DECIMAL.fullmatch(text))


def plain(node: Node) -> Any:
    """The node's value for the schema: None, bool, int, float, str, list or dict."""
    value = node.value
    if isinstance(value, dict):
        return {key: plain(child) for key, child in value.items()}
    if isinstance(value, list):
        return [plain(child) for child in value]
    if node.quoted:
        return value
    if value in _WORDS:
        return _WORDS[value]
    if _INTEGER.fullmatch(value):
        return int(value)
    if _DECIMAL.fullmatch(value):
        return float(value)
    return value


def find(node: Node, location: Location) -> tuple[Node, bool]:
    """The node at `location`, or its nearest ancestor that exists; and whether it is the former."""
    for step in location:
        value = node.value
        if isinstance(value, dict) and step in value:
            node = value[step]  # type: ignore[index]
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            node = value[step]
        else:
            return node, False
    return node, True


def dotted(location: Location) -> str:
    """A location as people read it: `people.8201.name.zh`."""
    return ".".join(map(str, location))


def lines(node: Node) -> dict[str, int]:
    """The line of every key in the file by its dotted path."""
    return dict(_lines(node, ""))


def _lines(node: Node, path: str) -> Iterator[tuple[str, int]]:
    if isinstance(node.value, dict):
        prefix = path + "." if path else ""
        for key, child in node.value.items():
            here = prefix + key
            yield here, child.line
            if isinstance(child.value, dict):
                yield from _lines(child, here)
