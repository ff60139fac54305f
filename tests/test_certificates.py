"""Our own authority and what it signs: made once, renewed in time, believed by whoever trusts it."""

from __future__ import annotations

import socket
import ssl
import stat
import subprocess
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from switchboard.certificates import Certificates
from switchboard.checkup import examine
from switchboard.errors import SettingsError
from switchboard.machine_names import names_of_machine
from switchboard.settings import Settings

NOW = datetime.now(UTC)


@pytest.fixture
def own(tmp_path: Path) -> Certificates:
    made = Certificates(tmp_path / "tls")
    assert made.ensure({"localhost", "127.0.0.1", "pbx.example"}, NOW)
    return made


def shake_hands(server: ssl.SSLContext, trusted: Path, name: str) -> dict[str, object]:
    """A TLS handshake with a client that trusts `trusted` and asks for `name`; the server's certificate."""
    ours, theirs = socket.socketpair()

    def serve() -> None:
        try:
            with server.wrap_socket(ours, server_side=True) as wrapped:
                wrapped.recv(1)
        except OSError:
            pass

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        client = ssl.create_default_context(cafile=str(trusted))
        with client.wrap_socket(theirs, server_hostname=name) as wrapped:
            found = wrapped.getpeercert()
            assert found
            return dict(found)
    finally:
        theirs.close()
        thread.join(5)
        ours.close()


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "pbx.example"])
def test_who_trusts_the_authority_trusts_every_name_of_the_machine(own: Certificates, name: str) -> None:
    """A real handshake by name and by address."""
    assert own.authority
    assert shake_hands(own.context(), own.authority, name)


def test_another_name_is_not_believed(own: Certificates) -> None:
    """The certificate is for this machine only."""
    assert own.authority
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(own.context(), own.authority, "bank.example")


def test_the_machines_certificate_cant_sign_others(own: Certificates) -> None:
    """It is no authority, and the authority vouches for no further ones."""
    text = subprocess.run(
        ["openssl", "x509", "-in", own.chain, "-noout", "-text"], capture_output=True, text=True, check=True
    ).stdout
    assert "CA:FALSE" in text
    assert "TLS Web Server Authentication" in text
    text = subprocess.run(
        ["openssl", "x509", "-in", own.folder / "ca.pem", "-noout", "-text"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "CA:TRUE, pathlen:0" in text


def test_keys_are_their_owners_alone(own: Certificates) -> None:
    """Folder and keys: no rights for others."""
    assert stat.S_IMODE(own.folder.stat().st_mode) == 0o700
    for name in ("ca.key", "server.key"):
        assert stat.S_IMODE((own.folder / name).stat().st_mode) == 0o600


def test_nothing_is_made_twice(own: Certificates) -> None:
    """The same certificate is shown until there is a reason for another."""
    before = own.chain.read_bytes()
    assert not own.ensure({"localhost", "pbx.example"}, NOW + timedelta(days=300))
    assert own.chain.read_bytes() == before


@pytest.mark.parametrize("why", ["age", "name", "key lost", "damaged"])
def test_a_certificate_is_renewed_under_the_same_authority(own: Certificates, why: str) -> None:
    """Near its end, for another address, or when a file is lost: computers needn't be told."""
    fingerprint, names, now = own.fingerprint(), {"localhost"}, NOW
    if why == "age":
        now += timedelta(days=340)
    elif why == "name":
        names = {"localhost", "10.1.2.3"}
    elif why == "key lost":
        own.key.unlink()
    else:
        own.chain.write_text("nonsense")
    assert own.ensure(names, now)
    assert own.fingerprint() == fingerprint
    assert own.until() == (now + timedelta(days=365)).replace(microsecond=0)
    assert own.authority
    if why != "age":
        assert shake_hands(own.context(), own.authority, "localhost")


def test_an_authority_that_cant_be_read_isnt_replaced(own: Certificates) -> None:
    """All computers trust it: that is said, instead of making another."""
    (own.folder / "ca.key").write_text("nonsense")
    own.key.unlink()
    with pytest.raises(SettingsError):
        own.ensure({"localhost"}, NOW)
    assert (own.folder / "ca.key").read_text() == "nonsense"


def test_an_authority_near_its_end_is_followed_by_another(own: Certificates) -> None:
    """In its last year it couldn't vouch for a whole year more."""
    before = own.fingerprint()
    assert own.ensure({"localhost"}, NOW + timedelta(days=3400))
    assert own.fingerprint() != before


def test_given_files_are_used_as_they_are(own: Certificates, tmp_path: Path) -> None:
    """And refused in one sentence when they don't fit together."""
    given = Certificates(tmp_path / "unused", (own.chain, own.key))
    assert not given.ensure({"other.example"})
    assert given.authority is None
    assert "pbx.example" in given.names()
    wrong = Certificates(tmp_path / "unused", (own.chain, own.folder / "ca.key"))
    with pytest.raises(SettingsError, match="can't be used with the key"):
        wrong.ensure({"x"})


def test_the_doctor_looks_at_certificates(own: Certificates, tmp_path: Path) -> None:
    """Ours is renewed by itself; a given one near its end, ended, or with another key is told."""
    settings = Settings(rules=tmp_path / "r.yaml", data_dir=tmp_path, cache_dir=tmp_path)

    def told(**given: Path) -> tuple[str, str]:
        (finding,) = (f for f in examine(replace(settings, **given)) if f.name == "certificate")
        return finding.state, finding.found + finding.mend

    assert told() == ("ok", f"{own.chain}, good for 364 days more")
    old = Certificates(tmp_path / "old")
    for days, state in ((350, "warning"), (380, "fault")):
        old.chain.unlink(missing_ok=True)
        old.ensure({"localhost"}, NOW - timedelta(days=days))
        assert told(tls_cert=old.chain, tls_key=old.key)[0] == state
    state, text = told(tls_cert=own.chain, tls_key=old.key)
    assert state == "fault"
    assert "can't be used with the key" in text


def test_two_that_begin_together_make_one(tmp_path: Path) -> None:
    """Controller and command line at the first run: both end up with the same files, which fit."""
    made = Certificates(tmp_path / "tls")
    threads = [threading.Thread(target=made.ensure, args=({"localhost"},)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    made.context()


def test_the_machine_knows_its_names() -> None:
    """localhost, loopback of both kinds, its host name, and what it was told."""
    names = names_of_machine("PBX.Example", "")
    assert {"localhost", "127.0.0.1", "::1", "pbx.example"} <= names
    assert "" not in names
    assert not any("%" in name or name.startswith("fe80") for name in names)
