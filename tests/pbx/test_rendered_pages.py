"""The door for phones in pages, on a real Asterisk: a WebSocket with TLS and nothing else."""

from __future__ import annotations

import re
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import aiohttp
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from switchboard.pbx import files
from switchboard.pbx.pages import PageDoor, put_certificate
from switchboard.settings import Settings
from tests.pbx.firm import firm
from tests.pbx.rendered_pbx import RenderedPbx, rendered_pbx

pytestmark = pytest.mark.live

SECONDS = aiohttp.ClientTimeout(total=5)


def make_certificate(folder: Path, company: str) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, company)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    certificate, secret = folder / f"{company}.crt", folder / f"{company}.key"
    certificate.write_bytes(made.public_bytes(Encoding.PEM))
    secret.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return certificate, secret


def door(settings: Settings, company: str = "first") -> PageDoor:
    place, mark = put_certificate(settings, *make_certificate(settings.data_dir, company))
    return PageDoor(place, mark, accounts={"8011": "page-8011"}, visitor="guest")


def trusting(pbx: RenderedPbx, company: str = "first") -> ssl.SSLContext:
    """A client that takes this one certificate, and its address, and nothing else."""
    return ssl.create_default_context(cafile=str(pbx.settings.data_dir / f"{company}.crt"))


async def test_pages_speak_sip_through_tls_and_find_nothing_else() -> None:
    """/ws takes the subprotocol `sip`; every other address is nothing; a stranger is asked for a password."""
    async with rendered_pbx(firm(), page=door) as pbx, aiohttp.ClientSession(timeout=SECONDS) as session:
        assert pbx.complaints() == []
        base = f"https://127.0.0.1:{pbx.settings.wss_port}"
        known = trusting(pbx)
        for path in (
            "/",
            "/httpstatus",
            "/static/",
            "/ari/channels",
            "/rawman?action=ping",
            "/manager",
            "/mxml",
        ):
            async with session.get(base + path, ssl=known) as reply:
                assert reply.status == 404, path
                assert "Asterisk" not in reply.headers.get("Server", "")
        async with session.ws_connect(f"{base}/ws", ssl=known, protocols=["sip"]) as socket:
            assert socket.protocol == "sip"
            await socket.send_str(register(pbx))
            assert (await socket.receive_str()).startswith("SIP/2.0 401 ")
        with pytest.raises(aiohttp.ClientConnectorCertificateError):
            await session.get(base, ssl=ssl.create_default_context())


async def test_old_tls_and_plain_text_are_refused() -> None:
    """TLS 1.2 at least, and no server without TLS beside it."""
    async with rendered_pbx(firm(), page=door) as pbx, aiohttp.ClientSession(timeout=SECONDS) as session:
        old = trusting(pbx)
        old.set_ciphers("DEFAULT@SECLEVEL=0")
        old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
        with pytest.raises(aiohttp.ClientError):
            await session.get(f"https://127.0.0.1:{pbx.settings.wss_port}/", ssl=old)
        with pytest.raises(aiohttp.ClientError):
            await session.get(f"http://127.0.0.1:{pbx.settings.wss_port}/")
        shown = await pbx.cli("http show status")
        assert "Server Disabled" in shown  # the one without TLS
        assert set(re.findall(r"^(/\S*)", shown, re.MULTILINE)) == {"/ws"}


async def test_accounts_and_certificates_come_without_a_restart() -> None:
    """A page opened for the first time, and a renewed certificate, are taken in by reloads."""
    async with rendered_pbx(firm(), page=door) as pbx, aiohttp.ClientSession(timeout=SECONDS) as session:
        assert "8201-web" not in await pbx.cli("pjsip list endpoints")
        renewed = door(pbx.settings, "second")
        pbx.page = PageDoor(
            renewed.certificate, renewed.mark, accounts={"8011": "a", "8201": "b"}, visitor="guest"
        )
        changed = pbx.put(firm())
        assert changed == ("http.conf", "pjsip.conf")
        assert not files.needs_restart(changed)
        for module in files.reloads(changed):
            await pbx.pbx.cli(f"module reload {module}", seconds=30)
        assert "8201-web" in await pbx.cli("pjsip list endpoints")
        url = f"https://127.0.0.1:{pbx.settings.wss_port}/ws"
        async with session.ws_connect(url, ssl=trusting(pbx, "second"), protocols=["sip"]) as socket:
            assert socket.protocol == "sip"


def register(pbx: RenderedPbx) -> str:
    """REGISTER as a page would send it, for an account that isn't there (RFC 7118)."""
    lines = [
        "REGISTER sip:127.0.0.1 SIP/2.0",
        "Via: SIP/2.0/WSS x.invalid;branch=z9hG4bK1",
        "Max-Forwards: 70",
        "To: <sip:nobody@127.0.0.1>",
        "From: <sip:nobody@127.0.0.1>;tag=1",
        "Call-ID: 1",
        "CSeq: 1 REGISTER",
        "Contact: <sip:nobody@x.invalid;transport=ws>",
        "Content-Length: 0",
    ]
    return "\r\n".join(lines) + "\r\n\r\n"
