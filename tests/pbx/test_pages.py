"""Phones in pages as they are rendered: accounts, their door, and nothing else through it."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest

from switchboard.domain.company import Class
from switchboard.errors import PbxError
from switchboard.pbx.pages import FILE, PageDoor, put_certificate, speaks_opus
from switchboard.settings import Settings
from tests.pbx.firm import ENTRIES, HOSTILE, firm, name, person
from tests.pbx.test_render import files, section, sections, skeleton


def door(**more: Any) -> PageDoor:
    """A door for the pages of 8011 and 8201."""
    values = {"accounts": {"8011": "page-8011", "8201": "page-8201"}, "visitor": "guest", **more}
    return PageDoor(Path("/srv/switchboard/pages.pem"), "c0ffee", **values)


def test_without_a_door_nothing_speaks_http() -> None:
    """No server, no WebSocket, no account of a page, no ICE."""
    rendered = files()
    assert section(rendered["http.conf"], "[general]")[-2:] == ["enabled = no", "bindaddr = 127.0.0.1"]
    assert "websocket" not in rendered["modules.conf"]
    assert "-web](" not in rendered["pjsip.conf"]
    assert "icesupport = no" in rendered["rtp.conf"]


def test_sip_over_tls_shows_the_copy_that_the_pbx_can_read() -> None:
    """The given files may be root's alone, or in another container."""
    given = {"tls_cert": Path("/root/c.pem"), "tls_key": Path("/root/k.pem")}
    tls = section(files(page=door(), **given)["pjsip.conf"], "[tls]")
    assert "cert_file = /srv/switchboard/pages.pem" in tls
    assert "priv_key_file = /srv/switchboard/pages.pem" in tls


def test_a_page_is_allowed_what_its_owners_desk_phone_is() -> None:
    """The same class, the same language, the same name and number; one page at a time, encrypted."""
    pjsip = files(page=door())["pjsip.conf"]
    page = section(pjsip, "[8201-web](page)")
    assert "context = from-phone-national" in page
    assert "language = en" in page
    assert 'callerid = "员工8201" <8201>' in page
    assert "password = page-8201" in section(pjsip, "[8201-web](phone-auth)")
    assert "webrtc = yes" in section(pjsip, "[page](!,phone)")
    assert section(pjsip, "[page-aor](!,phone-aor)") == [
        "max_contacts = 1",
        "qualify_frequency = 15",
    ]
    assert "remove_existing = yes" in section(pjsip, "[phone-aor](!)")
    # who has no page open has no account
    assert [h for h, _ in sections(pjsip) if h.startswith("[8202-web]")] == []


def test_a_page_of_somebody_who_is_gone_begins_nothing_new() -> None:
    """As the desk phone of an earlier version of the rules, while a call under way needs it."""
    without = firm(entries=tuple(e for e in ENTRIES if e.number != "8201"))
    pjsip = files(without, retired=(firm(),), page=door())["pjsip.conf"]
    assert "context = retired" in section(pjsip, "[8201-web](page)")
    assert "8201-web" not in files(without, page=door())["pjsip.conf"]


def test_names_change_nothing_in_pages_accounts_either() -> None:
    """Names with commands, sections and line ends: every other line stays the same."""
    numbers = [str(9000 + i) for i in range(len(HOSTILE))]
    opened = door(accounts={n: f"page-{n}" for n in numbers})
    before = files(firm(entries=(*ENTRIES, *(person(n) for n in numbers))), page=opened)
    people = [person(n, outside=Class.NONE) for n in numbers]
    called = [type(p)(n, name(h), ring_seconds=3) for p, n, h in zip(people, numbers, HOSTILE, strict=True)]
    after = files(firm(entries=(*ENTRIES, *called)), page=opened)
    for file in before:
        assert skeleton(before[file]) == skeleton(after[file]), file


def test_a_password_that_is_none_stops_the_rendering() -> None:
    """Whatever stands in the file of secrets: no other setting can be written with it."""
    with pytest.raises(PbxError):
        files(page=door(accounts={"8201": "x\ncontext = outside-international"}))
    with pytest.raises(PbxError):
        files(page=door(visitor="a b"))


def test_the_test_caller_reaches_the_main_number_alone() -> None:
    """From outside, as any caller: no extension, no code, no line out, and it can't move anybody."""
    rendered = files(page=door())
    caller = section(rendered["pjsip.conf"], "[call-us](trunk)")
    assert "context = from-call-us" in caller
    assert not [
        h for h, lines in sections(rendered["pjsip.conf"]) if "call-us" in h and "type = aor" in lines
    ]
    lines = section(rendered["trunks.conf"], "[from-call-us]")
    assert [line for line in lines if line.startswith(("exten", "include"))] == [
        "exten => 8000,1,Set(SB_ORIGIN=outside)"
    ]
    assert "[call-us]" not in files(page=door(visitor=""))["pjsip.conf"]


def test_opus_is_offered_where_asterisk_speaks_it(tmp_path: Path) -> None:
    """Debian's Asterisk has the codec; another one may not: G.711 then, and no module that isn't there."""
    with_it, without = files(page=door()), files(page=door(opus=False))
    assert "allow = opus,alaw,ulaw" in section(with_it["pjsip.conf"], "[page](!,phone)")
    assert "allow = alaw,ulaw" in section(without["pjsip.conf"], "[page](!,phone)")
    assert "codec_opus" in with_it["modules.conf"]
    assert "opus" not in without["modules.conf"]
    assert not speaks_opus(tmp_path)


def test_beyond_a_router_pages_are_told_both_addresses() -> None:
    """Candidates of ICE: ours for the local network, the router's for outside; a name says nothing."""
    mapped = files(page=door(), address="192.168.1.10", external_address="203.0.113.9")["rtp.conf"]
    assert section(mapped, "[ice_host_candidates]") == ["192.168.1.10 => 203.0.113.9,include_local_address"]
    named = files(page=door(), address="192.168.1.10", external_address="tel.example.cn")["rtp.conf"]
    assert "ice_host_candidates" not in named


def test_the_certificate_lies_where_the_pbx_reads_it(tmp_path: Path) -> None:
    """Certificate, chain and key in one file that nobody else reads; its mark changes with its content."""
    settings = Settings(rules=tmp_path / "r", data_dir=tmp_path, cache_dir=tmp_path / "c")
    settings.etc.mkdir(parents=True)
    (tmp_path / "cert").write_text("CERT\nCA\n\n")
    (tmp_path / "key").write_text("KEY\n")
    place, mark = put_certificate(settings, tmp_path / "cert", tmp_path / "key")
    assert place == settings.etc / FILE
    assert place.read_text() == "CERT\nCA\nKEY\n"
    assert stat.S_IMODE(place.stat().st_mode) == 0o640
    assert put_certificate(settings, tmp_path / "cert", tmp_path / "key")[1] == mark
    (tmp_path / "cert").write_text("RENEWED\n")
    assert put_certificate(settings, tmp_path / "cert", tmp_path / "key")[1] != mark
    with pytest.raises(PbxError, match="certificate"):
        put_certificate(settings, tmp_path / "none", tmp_path / "key")
