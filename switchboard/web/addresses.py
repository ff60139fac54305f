"""From where a request came."""

from __future__ import annotations

import ipaddress

from aiohttp import web


def asked_from(request: web.Request) -> str:
    """The asking machine, as failures are counted by: one address, of IPv6 the network of 64 bits."""
    try:
        address = ipaddress.ip_address((request.remote or "").partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        if not address.is_loopback:
            return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def is_loopback(request: web.Request) -> bool:
    """Whether the asking machine is ours."""
    try:
        return ipaddress.ip_address(request.remote or "").is_loopback
    except ValueError:
        return False
