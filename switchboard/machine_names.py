"""What browsers may call this machine: its host names and its addresses, as the kernel knows them."""

from __future__ import annotations

import contextlib
import ipaddress
import re
import socket
from itertools import pairwise
from pathlib import Path

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def names_of_machine(*more: str) -> frozenset[str]:
    """What browsers may call this machine: its host names, its addresses, and `more`."""
    host = socket.gethostname().lower().rstrip(".")
    names = {"localhost", host} | {name.lower() for name in more}
    if "." not in host:
        names.add(f"{host}.local")
    else:
        names.add(host.partition(".")[0])
    names |= {str(a) for a in own_addresses()}
    return frozenset(n for n in names if _is_name(n))


def own_addresses() -> set[Address]:
    """Every address of this machine, from the kernel's lists (proc_net(5)); loopback always."""
    found: set[Address] = {ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("::1")}
    with contextlib.suppress(OSError):
        lines = Path("/proc/net/fib_trie").read_text().splitlines()
        for above, kind in pairwise(lines):
            if "/32 host LOCAL" in kind and (match := re.search(r"\|-- (\S+)", above)):
                found.add(ipaddress.ip_address(match[1]))
    with contextlib.suppress(OSError):
        for line in Path("/proc/net/if_inet6").read_text().splitlines():
            address = ipaddress.ip_address(int(line.split()[0], 16).to_bytes(16, "big"))
            if not address.is_link_local:  # needs the interface's name: no browser takes it
                found.add(address)
    return {a for a in found if not a.is_loopback or str(a) in ("127.0.0.1", "::1")}


def _is_name(name: str) -> bool:
    return bool(re.fullmatch(r"[0-9a-z](?:[0-9a-z.:-]*[0-9a-z])?|::1?", name)) and len(name) <= 253
