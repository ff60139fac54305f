"""What Asterisk reads only when it starts: a PBX that was started with another setup must start anew."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from switchboard.settings import Settings, variable

_READ_AT_START = (
    "bind",
    "sip_port",
    "sips_port",
    "rtp_ports",
    "wss_port",
    "ami_port",
    "ami_host",
    "tls_cert",
    "tls_key",
    "external_address",
    "local_nets",
)


def fingerprint(settings: Settings, others: Iterable[str]) -> str:
    """A short text that changes with the settings read at the start, or with one of `others`."""
    values = settings.environment()
    text = repr(([values[variable(name)] for name in _READ_AT_START], list(others)))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
