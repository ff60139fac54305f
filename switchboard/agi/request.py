"""The block of `agi_…: value` lines that opens a session.

Callers choose some of these values, and a line end in one of them (SIP decodes %0A in a user name) could
forge the lines after it, end the block early or fake replies. Asterisk writes the lines in a fixed order
(res_agi.c: launch_netscript, setup_env), so a block is taken only in that order, each name once, up to
`agi_threadid` at least. A forged block then leaves the true rest behind it, which is no AGI reply: the
session ends there and the call goes on in the fallback.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from switchboard.agi.values import clean
from switchboard.errors import AgiProtocolError

MAX_LINES = 192
"""Lines of a block: 22 named ones, 127 arguments, and room."""

_ORDER = (
    "agi_network",
    "agi_network_script",
    "agi_request",
    "agi_channel",
    "agi_language",
    "agi_type",
    "agi_uniqueid",
    "agi_version",
    "agi_callerid",
    "agi_calleridname",
    "agi_callingpres",
    "agi_callingani2",
    "agi_callington",
    "agi_callingtns",
    "agi_dnid",
    "agi_rdnis",
    "agi_context",
    "agi_extension",
    "agi_priority",
    "agi_enhanced",
    "agi_accountcode",
    "agi_threadid",
)
_PLACE = {name: place for place, name in enumerate(_ORDER)}
_LAST = len(_ORDER) - 1
_LINE = re.compile(r"(agi_[a-z0-9_]+): ?(.*)", re.ASCII | re.DOTALL)
_ARGUMENT = re.compile(r"agi_arg_([0-9]{1,3})", re.ASCII)
_UNKNOWN = ("agi_callerid", "agi_calleridname", "agi_dnid", "agi_rdnis")
_ARGUMENT_LIMIT = 4096


class RequestBlock:
    """Collects the block line by line."""

    def __init__(self) -> None:
        self._values: dict[str, str] = {}
        self._place = -1
        self._lines = 0

    def add(self, line: str) -> bool:
        """Take a line; True when the block is complete. Raises AgiProtocolError."""
        self._lines += 1
        if self._lines > MAX_LINES:
            raise AgiProtocolError(f"an AGI request of more than {MAX_LINES} lines")
        if line == "":
            if self._place < _LAST:
                raise AgiProtocolError("an AGI request that ends too early")
            return True
        match = _LINE.fullmatch(line)
        if match is None:
            raise AgiProtocolError(f"not a line of an AGI request: {line[:60]!r}")
        name, text = match.groups()
        place = self._place_of(name)
        if place is not None:
            if place <= self._place:
                raise AgiProtocolError(f"{name} twice or out of order in an AGI request")
            self._place = place
            self._values[name] = text
        return False

    def _place_of(self, name: str) -> int | None:
        argument = _ARGUMENT.fullmatch(name)
        if argument is None:
            return _PLACE.get(name)  # a name from a later Asterisk is passed over
        place = _LAST + int(argument[1])
        if place != max(self._place, 0) + 1:
            raise AgiProtocolError(f"{name} out of order in an AGI request")
        return place

    def values(self) -> Mapping[str, str]:
        """The values, cleaned. Asterisk's word "unknown" for a missing name or number becomes ""."""
        cleaned = {
            name: clean(text, _ARGUMENT_LIMIT if name.startswith(("agi_arg_", "agi_net", "agi_req")) else 256)
            for name, text in self._values.items()
        }
        for name in _UNKNOWN:
            if cleaned.get(name) == "unknown":
                cleaned[name] = ""
        return MappingProxyType(cleaned)
