"""Outside lines as Asterisk sees them: by what a trunk is known, its numbers, where its calls are sent.

An address counts only if it is one trunk's alone and no loopback: whoever shares it would be let in.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from typing import Protocol

from switchboard.dialplan import ENDPOINT_TRUNK_PREFIX, Context
from switchboard.domain.company import Rules, Screened, Trunk
from switchboard.pbx import text
from switchboard.pbx.text import Plain

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Secrets(Protocol):
    def trunk(self, name: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Line:
    """A trunk as Asterisk sees it."""

    name: str
    endpoint: str
    context: str
    trusted: bool
    username: str
    username_pattern: Plain
    secret: str
    addresses: tuple[str, ...]
    host: str
    host_name: str
    register_user: str
    register_host: str
    outbound_user: str
    numbers: tuple[tuple[str, str], ...]
    shown: str
    outgoing: tuple[str, ...]


def trunks(rules: Rules, secrets: Secrets) -> list[Line]:
    """Outside lines. An address that is loopback, everybody's, or two trunks' identifies none of them."""
    claimed = [(trunk.name, net) for trunk in rules.trunks for net in _usable(trunk.addresses)]
    shared = {
        str(net)
        for name, net in claimed
        for other, theirs in claimed
        if other != name and net.version == theirs.version and net.overlaps(theirs)
    }
    return [_line(rules, trunk, secrets, shared) for trunk in rules.trunks]


def named_by_executives(rules: Rules) -> tuple[str, ...]:
    """Telephones outside that executives named to be rung with their own (A8)."""
    named = (n for e in rules.phones if isinstance(e, Screened) for n in e.also)
    return tuple(sorted({n for n in named if n.isascii() and n.isdigit() and n not in rules.extensions}))


def _line(rules: Rules, trunk: Trunk, secrets: Secrets, shared: Set[str]) -> Line:
    numbers = dict(trunk.numbers)
    numbers.setdefault(rules.main_number, rules.main_number)
    register_user, _, register_host = trunk.register.rpartition("@")
    host = trunk.host or register_host
    main = [did for did, target in trunk.numbers.items() if target == rules.main_number]
    return Line(
        name=trunk.name,
        endpoint=f"{ENDPOINT_TRUNK_PREFIX}{trunk.name}",
        context=f"{Context.FROM_TRUNK}-{trunk.name}",
        trusted=trunk.trusted,
        username=trunk.username,
        username_pattern=Plain(re.sub(r"([.+])", r"[\1]", text.username(trunk.username)))
        if trunk.username
        else Plain(""),
        secret=secrets.trunk(trunk.name) if trunk.username or register_user else "",
        addresses=tuple(str(a) for a in _usable(trunk.addresses) if str(a) not in shared),
        host=host,
        host_name=host.rpartition(":")[0] if re.search(r":\d+$", host) and host.count(":") == 1 else host,
        register_user=register_user,
        register_host=register_host,
        outbound_user=register_user,
        numbers=tuple(numbers.items()),
        shown=main[0] if main and main[0] != rules.main_number else "",
        outgoing=trunk.outgoing,
    )


def _usable(addresses: Iterable[str]) -> Iterator[Network]:
    for address in addresses:
        try:
            net = ipaddress.ip_network(address, strict=False)
        except ValueError:
            continue  # a name: whoever answers for it in the name service would be let in
        if not (net.is_loopback or net.is_unspecified or net.prefixlen == 0 or net.is_link_local):
            yield net
