"""Certificates for browsers: the files an administrator gives, or our own authority made at the first run.

A browser gives a page the microphone only over HTTPS, and a company's network has no public name to get a
certificate for. So the first run makes an authority (ten years) that is installed once on each computer, and
with it signs this machine's certificate (one year), anew when it nears its end or when the machine's names
and addresses have changed.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import ipaddress
import os
import socket
import ssl
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from switchboard.errors import SettingsError
from switchboard.machine_names import names_of_machine
from switchboard.settings import Settings

AUTHORITY_LIFE = timedelta(days=3652)
LIFE = timedelta(days=365)
"""Browsers refuse certificates that live longer than 398 days, unless the authority is a private one;
Apple's devices refuse those of private ones above 825."""
RENEW_BEFORE = timedelta(days=30)
CLOCKS_DIFFER = timedelta(days=1)
"""Certificates begin to hold that much earlier: a computer's clock may be slow."""


@dataclass(frozen=True)
class Certificates:
    """What this machine shows to browsers. `given` files are used as they are; else those in `folder`."""

    folder: Path
    given: tuple[Path, Path] | None = None

    @classmethod
    def of(cls, settings: Settings) -> Certificates:
        """As the settings say."""
        given = None
        if settings.tls_cert is not None and settings.tls_key is not None:
            given = (settings.tls_cert, settings.tls_key)
        return cls(settings.data_dir / "tls", given)

    @property
    def chain(self) -> Path:
        """The machine's certificate, followed by those that vouch for it, as PEM."""
        return self.given[0] if self.given else self.folder / "server.pem"

    @property
    def key(self) -> Path:
        """The key of it, as PEM."""
        return self.given[1] if self.given else self.folder / "server.key"

    @property
    def authority(self) -> Path | None:
        """What computers of the company install to trust us; None when files are given."""
        return None if self.given else self.folder / "ca.pem"

    def ensure_for(self, settings: Settings) -> bool:
        """`ensure` for every name by which browsers may call this machine."""
        return self.ensure(names_of_machine(settings.external_address, *settings.http_names))

    def ensure(self, names: Iterable[str], now: datetime | None = None) -> bool:
        """Make what is missing, near its end, or not for all of `names` (host names and addresses).

        Returns whether the certificate has changed. Raises SettingsError when given files don't fit, or when
        nothing can be written.
        """
        if self.given:
            self.context()
            return False
        now = now or datetime.now(UTC)
        wanted = frozenset(names)
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with _alone(self.folder):
                authority, signing = self._authority(now)
                if _good_for(self._present(), authority, self.key, wanted, now):
                    return False
                self._sign(authority, signing, wanted, now)
                return True
        except (OSError, ValueError) as error:
            raise SettingsError(f"certificates in {self.folder}: {error}") from error

    def context(self) -> ssl.SSLContext:
        """For a server. Raises SettingsError when certificate and key don't fit or can't be read."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        self.load_into(context)
        return context

    def load_into(self, context: ssl.SSLContext) -> None:
        """The certificate as it is now; connections that begin from now on are shown it."""
        try:
            context.load_cert_chain(self.chain, self.key, password=_no_password)
        except (OSError, ssl.SSLError) as error:
            why = getattr(error, "reason", "") or getattr(error, "strerror", "") or error
            raise SettingsError(
                f"the certificate {self.chain} can't be used with the key {self.key}: {why}"
            ) from error

    def names(self) -> frozenset[str]:
        """Host names and addresses that the certificate is for; empty when it can't be read."""
        certificate = self._present()
        return frozenset() if certificate is None else _names_in(certificate)

    def mark(self) -> str:
        """Another one whenever certificate or key is another; "" when they can't be read."""
        with contextlib.suppress(OSError):
            return hashlib.sha256(self.chain.read_bytes() + b"\0" + self.key.read_bytes()).hexdigest()
        return ""

    def until(self) -> datetime | None:
        """When the machine's certificate ends; None when it can't be read."""
        certificate = self._present()
        return None if certificate is None else certificate.not_valid_after_utc

    def fingerprint(self) -> str:
        """SHA-256 of the authority, as computers show it when it is installed; "" without one."""
        with contextlib.suppress(OSError, ValueError):
            if self.authority is not None:
                found = x509.load_pem_x509_certificate(self.authority.read_bytes())
                return found.fingerprint(hashes.SHA256()).hex(":").upper()
        return ""

    def _present(self) -> x509.Certificate | None:
        with contextlib.suppress(OSError, ValueError):
            return x509.load_pem_x509_certificates(self.chain.read_bytes())[0]
        return None

    def _authority(self, now: datetime) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
        """Ours; a new one when there is none. One that can't be read isn't replaced: computers trust it."""
        certificate_file, key_file = self.folder / "ca.pem", self.folder / "ca.key"
        if certificate_file.exists() and key_file.exists():
            certificate = x509.load_pem_x509_certificate(certificate_file.read_bytes())
            key = serialization.load_pem_private_key(key_file.read_bytes(), None)
            if isinstance(key, ec.EllipticCurvePrivateKey) and key.public_key() == certificate.public_key():
                if certificate.not_valid_after_utc > now + LIFE:
                    return certificate, key
            else:
                raise ValueError(
                    f"{key_file} isn't the key of {certificate_file}: restore both, or delete both"
                )
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name(
            [
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Switchboard"),
                x509.NameAttribute(NameOID.COMMON_NAME, f"Switchboard of {socket.gethostname()[:40]}"),
            ]
        )
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)  # sign certs, CRLs
        certificate = (
            _builder(name, name, key, now, AUTHORITY_LIFE)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .sign(key, hashes.SHA256())
        )
        _write(key_file, _pem(key))
        _write(certificate_file, certificate.public_bytes(serialization.Encoding.PEM), 0o644)
        return certificate, key

    def _sign(
        self,
        authority: x509.Certificate,
        signing: ec.EllipticCurvePrivateKey,
        names: frozenset[str],
        now: datetime,
    ) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Switchboard")])
        usage = x509.KeyUsage(True, False, False, False, False, False, False, False, False)
        authority_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key())
        certificate = (
            _builder(subject, authority.subject, key, now, LIFE)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.SubjectAlternativeName([_san(n) for n in sorted(names)]), critical=False)
            .add_extension(authority_id, critical=False)
            .sign(signing, hashes.SHA256())
        )
        chain = b"".join(c.public_bytes(serialization.Encoding.PEM) for c in (certificate, authority))
        _write(self.key, _pem(key))
        _write(self.chain, chain, 0o644)


def _san(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _names_in(certificate: x509.Certificate) -> frozenset[str]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return frozenset()
    return frozenset(str(n.value).lower() for n in names if isinstance(n, x509.DNSName | x509.IPAddress))


def _good_for(
    certificate: x509.Certificate | None,
    authority: x509.Certificate,
    key_file: Path,
    names: frozenset[str],
    now: datetime,
) -> bool:
    if certificate is None or certificate.not_valid_after_utc - now < RENEW_BEFORE:
        return False
    if certificate.not_valid_before_utc > now or not names <= _names_in(certificate):
        return False
    try:
        certificate.verify_directly_issued_by(authority)
        key = serialization.load_pem_private_key(key_file.read_bytes(), None)
    except Exception:  # noqa: BLE001  whatever is wrong with it, another is made
        return False
    return key.public_key() == certificate.public_key()


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    now: datetime,
    life: timedelta,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCKS_DIFFER)
        .not_valid_after(now + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _no_password() -> str:
    """Never ask at the terminal for a key's password: nobody sits there."""
    return ""


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process at a time makes certificates."""
    handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _write(path: Path, content: bytes, mode: int = 0o600) -> None:
    """All of it or nothing; never readable by others for a moment."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)  # mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
