"""What a phone reports, as values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote


@dataclass(frozen=True, slots=True)
class Incoming:
    """The phone rings: `number` and `name` are what its display shows."""

    call: str
    number: str
    name: str


@dataclass(frozen=True, slots=True)
class Ringing:
    """The other end rings for our call (180), or early sound comes (183)."""

    call: str


@dataclass(frozen=True, slots=True)
class Established:
    """Both may speak."""

    call: str
    number: str


@dataclass(frozen=True, slots=True)
class Closed:
    """The call is over; `reason` as the softphone words it ("486 Busy Here", "Connection reset by user")."""

    call: str
    reason: str

    @property
    def status(self) -> int:
        """The SIP status in `reason`, or 0."""
        found = re.match(r"(\d{3})\b", self.reason)
        return int(found[1]) if found else 0


@dataclass(frozen=True, slots=True)
class Lamp:
    """The message lamp (RFC 3842): `waiting` lit or not, with counts of new and old voice messages."""

    waiting: bool
    new: int = 0
    old: int = 0


@dataclass(frozen=True, slots=True)
class Registered:
    """The account is registered (`ok`), or was refused."""

    ok: bool
    reason: str = ""


Event = Incoming | Ringing | Established | Closed | Lamp | Registered


def read(message: Mapping[str, object]) -> Event | None:
    """The event that baresip's JSON tells, or None for one that doesn't matter here."""

    def text(key: str) -> str:
        value = message.get(key, "")
        return value if isinstance(value, str) else ""

    match text("type"):
        case "CALL_INCOMING":
            return Incoming(text("id"), user_of(text("peeruri")), text("peerdisplayname"))
        case "CALL_RINGING" | "CALL_PROGRESS":
            return Ringing(text("id"))
        case "CALL_ESTABLISHED":
            return Established(text("id"), user_of(text("peeruri")))
        case "CALL_CLOSED":
            return Closed(text("id"), text("param"))
        case "MWI_NOTIFY":
            return lamp(text("param"))
        case "REGISTER_OK":
            return Registered(True, text("param"))
        case "REGISTER_FAIL":
            return Registered(False, text("param"))
    return None


def lamp(body: str) -> Lamp:
    """A message-summary body (RFC 3842 §5.2) as a Lamp."""
    waiting = re.search(r"(?im)^Messages-Waiting:\s*(yes|no)", body)
    counts = re.search(r"(?im)^Voice-Message:\s*(\d+)/(\d+)", body)
    new, old = (int(counts[1]), int(counts[2])) if counts else (0, 0)
    return Lamp(bool(waiting and waiting[1].lower() == "yes"), new, old)


def user_of(uri: str) -> str:
    """The user part of a SIP address ("sip:8201@127.0.0.1" → "8201"), unescaped."""
    found = re.match(r"sips?:([^@;>]*)@", uri)
    return unquote(found[1]) if found else ""
