"""A reverse proxy before the console: who asks, and whether over HTTPS, is what the proxy says.

Only of proxies that the settings name (`http_proxies`): anybody can send the header X-Forwarded-For. Of the
addresses in it the last one that no such proxy has counts, since that one was written by a proxy of ours;
whatever stands before it the visitor may have invented.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

from aiohttp import web

from switchboard.web.parts import PARTS, Network
from switchboard.web.permissions import Handler

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@web.middleware
async def visitor(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Everything further in sees the visitor where the proxy stood: the audit, the locks after failures, the
    cookie's safety, the origin of forms."""
    proxies = request.app[PARTS].site.proxies
    peer = address_of(request.remote or "")
    if peer is None or not _of(proxies, peer):
        return await handler(request)
    told = ",".join(request.headers.getall("X-Forwarded-For", ()))
    scheme = ",".join(request.headers.getall("X-Forwarded-Proto", ())).rpartition(",")[2].strip().lower()
    return await handler(
        request.clone(
            remote=str(_visitor(told, peer, proxies)),
            scheme=scheme if scheme in ("http", "https") else request.scheme,
        )
    )


def address_of(text: str) -> Address | None:
    """An address as headers have it, with a port, brackets or a zone perhaps; None for anything else."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return address.ipv4_mapped or address if isinstance(address, ipaddress.IPv6Address) else address


def _visitor(told: str, peer: Address, proxies: Sequence[Network]) -> Address:
    """Who asks a proxy at `peer` that says `told`. What can't be read ends the search: the proxy that passed
    it on is as far as we know."""
    known = peer
    for text in reversed(told.split(",")):
        address = address_of(text)
        if address is None:
            break
        known = address
        if not _of(proxies, address):
            break
    return known


def _of(proxies: Sequence[Network], address: Address) -> bool:
    return any(address in network for network in proxies)
