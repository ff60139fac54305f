"""`/certificate`: how a computer comes to trust our own authority, and the file it takes for that.

For everybody: whoever can't sign in safely yet needs it first. The page asks people to compare the
fingerprint with the one an administrator has: over plain HTTP anybody between could hand out another file.
"""

from __future__ import annotations

import ssl

from aiohttp import web

from switchboard.web.answers import Refused
from switchboard.web.parts import PARTS
from switchboard.web.permissions import public
from switchboard.web.rendering import render

SYSTEMS = ("windows", "macos", "firefox", "linux", "android", "ios")


@public
async def page(request: web.Request) -> web.StreamResponse:
    """GET /certificate."""
    site = request.app[PARTS].site
    return await render(
        request,
        "certificate.html",
        systems=SYSTEMS,
        own=site.authority is not None,
        fingerprint=site.fingerprint,
        names=sorted(site.names),
        port=site.https_port,
    )


@public
async def file(request: web.Request) -> web.StreamResponse:
    """GET /certificate/switchboard-ca.crt (DER, which every system opens by a click) or .pem."""
    authority = request.app[PARTS].site.authority
    if authority is None:
        raise Refused(404, "not_found")
    try:
        text = authority.read_text("ascii")
    except OSError:
        raise Refused(404, "not_found") from None
    if request.path.endswith(".pem"):
        return web.Response(text=text, content_type="application/x-pem-file")
    return web.Response(body=ssl.PEM_cert_to_DER_cert(text), content_type="application/x-x509-ca-cert")


def add(app: web.Application) -> None:
    """Routes."""
    app.router.add_get("/certificate", page)
    app.router.add_get("/certificate/switchboard-ca.crt", file)
    app.router.add_get("/certificate/switchboard-ca.pem", file)
