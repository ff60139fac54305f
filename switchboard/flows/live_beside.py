"""What the live view tells beside calls: phones, mode, counts, rules, the PBX; each as it was told last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from switchboard.flows.live_row import is_phone
from switchboard.flows.readers import event, written

_OF_ALL = frozenset({"messages"})
"""Counts of what is kept for the whole company: told whole only to who sees everything."""


class Beside:
    """`phone` and `head` give what is to be told, b"" for what was told so already."""

    def __init__(self) -> None:
        self._phones: dict[str, bytes] = {}
        self._heads: dict[str, bytes] = {}

    @property
    def phones(self) -> Iterable[str]:
        """Phones that were told."""
        return self._phones.keys()

    def phone(self, phone: str, state: str) -> bytes:
        """The state of one phone."""
        data = written({"extension": phone, "state": state})
        if self._phones.get(phone) == data or not is_phone(phone):
            return b""
        self._phones[phone] = data
        return event("phone", data)

    def head(self, name: str, value: Any, told_as: str = "") -> bytes:
        """One of the other things, told as an event of its name unless `told_as` says another."""
        data = written(value)
        if self._heads.get(name) == data:
            return b""
        self._heads[name] = data
        return event(told_as or name, data)

    def picture(self, calls: Iterable[bytes], states: Mapping[str, str], everything: bool) -> bytes:
        """All of it together with `calls`, without the braces. `states` of phones that can be reached."""
        parts = [
            b'"calls":[' + b",".join(calls) + b"]",
            b'"phones":' + written(states),
            *(
                b'"' + name.encode() + b'":' + data
                for name, data in self._heads.items()
                if is_told(name, everything)
            ),
        ]
        return b",".join(parts)


def is_told(name: str, everything: bool) -> bool:
    """Whether the head `name` is for who sees everything, or only what is theirs."""
    return everything or name not in _OF_ALL


def narrowed(name: str, some: bytes) -> bytes:
    """What those are told who see only what is theirs: of a count, that it changed."""
    return some if not some or is_told(name, everything=False) else event(name, b"{}")
