"""The console's doors: opened late rather than never, with a certificate that is renewed under way."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import stat
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import web

from switchboard.bootstrap import console
from switchboard.certificates import Certificates
from switchboard.errors import SwitchboardError
from switchboard.settings import Settings
from switchboard.web.key import LENGTH, read_or_make


def settings_in(folder: Path, **more: Any) -> Settings:
    """Settings with everything in one folder."""
    return Settings(rules=folder / "rules.yaml", data_dir=folder, cache_dir=folder, **more)


async def test_a_port_that_is_taken_is_opened_once_it_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has to start anything anew; until then nothing else is disturbed."""
    monkeypatch.setattr(console, "AGAIN_SECONDS", 0.05)
    runner = web.AppRunner(web.Application())
    await runner.setup()
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        door = console.Opening(runner, "127.0.0.1", port, "http_port")
        assert not await door.open()
        trying = asyncio.create_task(door.keep_trying())
        await asyncio.sleep(0.2)
        assert not trying.done()
    await asyncio.wait_for(trying, 5)
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()
    await runner.cleanup()


def test_the_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    """A damaged one is replaced: everybody signs in again, nobody is let in by it."""
    file = tmp_path / "secrets" / "web.key"
    key = read_or_make(file)
    assert len(key) == LENGTH
    assert read_or_make(file) == key
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.write_bytes(b"short")
    assert len(read_or_make(file)) == LENGTH
    with pytest.raises(SwitchboardError, match=r"web\.key"):
        read_or_make(tmp_path / "secrets" / "web.key" / "below-a-file")


def test_sessions_have_a_key_even_where_none_can_be_kept(tmp_path: Path) -> None:
    """Calls must not wait for a disk: it lasts until the next start."""
    (tmp_path / "secrets").write_text("a file where the folder should be")
    assert len(console._key(settings_in(tmp_path))) == LENGTH


def test_a_certificate_that_cant_be_used_closes_https_alone(tmp_path: Path) -> None:
    """The controller goes on; the log says why."""
    own = Certificates(tmp_path / "tls")
    own.ensure({"localhost"})
    wrong = settings_in(tmp_path, tls_cert=own.chain, tls_key=own.folder / "ca.key")
    assert console._tls(Certificates.of(wrong), wrong) is None


async def test_a_certificate_that_was_replaced_is_shown_from_then_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a restart, on the port that is open; and the PBX's files are written anew, once."""
    monkeypatch.setattr(console, "RENEW_SECONDS", 0.05)
    given = Certificates(tmp_path / "given")
    given.ensure({"localhost"})
    settings = settings_in(tmp_path, tls_cert=given.chain, tls_key=given.key)
    certificates = Certificates.of(settings)
    tls = console._tls(certificates, settings)
    assert tls
    runner = web.AppRunner(web.Application())
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
    await site.start()
    published: list[str] = []

    async def publisher(rules: str) -> None:
        published.append(rules)

    book = SimpleNamespace(in_force=lambda: ("rules", None))
    controller: Any = SimpleNamespace(settings=settings, publisher=publisher, book=book)
    task = asyncio.create_task(console._renew(controller, certificates, tls))
    before = await asyncio.to_thread(ssl.get_server_certificate, ("127.0.0.1", site.port))
    given.ensure({"localhost", "other.example"})
    for _ in range(100):
        await asyncio.sleep(0.05)
        after = await asyncio.to_thread(ssl.get_server_certificate, ("127.0.0.1", site.port))
        if after != before:
            break
    assert after != before
    assert published == ["rules"]
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    await runner.cleanup()


def test_the_machines_names_and_the_certificates_are_ours(tmp_path: Path) -> None:
    """What stands in a given certificate, in the settings and on the machine."""
    given = Certificates(tmp_path / "given")
    given.ensure({"pbx.company.example"})
    settings = settings_in(
        tmp_path,
        tls_cert=given.chain,
        tls_key=given.key,
        http_names=("zongji.example",),
        external_address="203.0.113.9",
    )
    site = console.site(settings, Certificates.of(settings), True)
    assert {"pbx.company.example", "zongji.example", "203.0.113.9", "localhost"} <= site.names
    assert site.authority is None
