"""By which name a request came, and whether that name is ours."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from aiohttp import web

from switchboard.web.parts import PARTS


def host_name(value: str) -> str:
    """The name in a Host header, without port and brackets; "" when it is none."""
    try:
        return (urlsplit(f"//{value}").hostname or "").lower()
    except ValueError:
        return ""


def known(request: web.Request, name: str) -> bool:
    """Whether we may be called so: by any address (none can be made to lead elsewhere), or by our names."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return name == "localhost" or name in request.app[PARTS].site.names
    return True


def in_address(name: str) -> str:
    """The name as it stands in a URL."""
    return f"[{name}]" if ":" in name else name


def is_local(name: str) -> bool:
    """Whether browsers count the name as this very machine, and its pages as safe without HTTPS."""
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")


def safer_address(request: web.Request) -> str:
    """The same place over HTTPS; "" when the request came so, from this machine, or there is no such door."""
    site, name = request.app[PARTS].site, host_name(request.host)
    if request.secure or not site.https or is_local(name) or not known(request, name):
        return ""
    return f"https://{in_address(name)}:{site.https_port}{request.path}"
