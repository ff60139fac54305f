"""What is rendered from the rules, read as text."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from switchboard.domain.company import Class, Department, Desk, Principal, Trunk
from switchboard.errors import PbxError
from switchboard.pbx.pages import PageDoor
from switchboard.pbx.render import render
from switchboard.settings import Settings
from tests.pbx.firm import ENTRIES, HOSTILE, TRUNKS, firm, hostile_firm, name, person
from tests.pbx.rendered_pbx import FakeSecrets, FakeSounds, NoSounds

BASE = Path("/srv/switchboard")


def files(
    rules: Any = None,
    sounds: Any = None,
    retired: Any = (),
    address: str = "",
    page: PageDoor | None = None,
    **settings: Any,
) -> dict:
    """Everything rendered for `rules`, the firm's by default."""
    values = {"rules": BASE / "r.yaml", "data_dir": BASE, "cache_dir": BASE / "cache", **settings}
    return render(
        rules or firm(),
        Settings(**values),
        FakeSecrets(),
        sounds or FakeSounds(),
        retired,
        programs=SimpleNamespace(modules=Path("/usr/lib/asterisk/modules")),
        address=address,
        page=page,
    )


def sections(text: str) -> list[tuple[str, list[str]]]:
    """A .conf file as (section, its lines), comments left out."""
    found: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        if line.startswith("["):
            found.append((line, []))
        elif line and not line.startswith(";") and found:
            found[-1][1].append(line)
    return found


def section(text: str, start: str) -> list[str]:
    """Lines of the first section whose heading begins so."""
    return next(lines for heading, lines in sections(text) if heading.startswith(start))


def skeleton(text: str) -> list[str]:
    """What a file says apart from names: what must not change whatever people are called."""
    text = re.sub(r"^(QUEUE_NAME_\d+) = .*", r"\1 = NAME", text, flags=re.MULTILINE)
    text = re.sub(r'^callerid = ".*" <', 'callerid = "NAME" <', text, flags=re.MULTILINE)
    return re.sub(r"^(\d+ => \d+),[^,\n]*,,,", r"\1,NAME,,,", text, flags=re.MULTILINE).splitlines()


def test_rendering_is_pure() -> None:
    """The same values give the same texts."""
    assert files() == files()


def test_hostile_names_change_nothing_but_themselves() -> None:
    """Names with commands, sections, line ends, 4,000 characters: every other line stays the same."""
    plain = [person(str(9000 + i)) for i in range(len(HOSTILE))]
    before = files(firm(entries=(*ENTRIES, *plain)))
    after = files(hostile_firm())
    assert before.keys() == after.keys()
    for file in before:
        assert skeleton(before[file]) == skeleton(after[file]), file


def test_numbers_that_are_none_stop_the_rendering() -> None:
    """Whatever slipped through the rules' checks: no file is written with it."""
    for bad in ("8201,1", "${X}", "8;9", "82\n01", ""):
        with pytest.raises(PbxError):
            files(firm(entries=(*ENTRIES, person(bad))))
    with pytest.raises(PbxError):
        files(firm(trunks=(Trunk("a b", {}),)))
    with pytest.raises(PbxError):
        files(firm(trunks=(Trunk("ab", {"8000,1": "8000"}),)))
    with pytest.raises(PbxError):
        files(firm(outside_patterns={Class.LOCAL: ("X.,1,System(id)",)}))
    with pytest.raises(PbxError):
        files(firm(emergency=("110)",)))
    with pytest.raises(PbxError):
        files(data_dir=Path("/srv/a\nb"))


def test_a_phone_has_an_account_and_lamps() -> None:
    """Own mailbox and the shared ones that the rules let this person open."""
    phone = section(files()["pjsip.conf"], "[8201](phone)")
    assert "context = from-phone-national" in phone
    assert "language = en" in phone
    assert 'callerid = "员工8201" <8201>' in phone
    assert "mailboxes = 8201@sb,8200@sb" in phone
    assert "mailboxes" not in "".join(section(files()["pjsip.conf"], "[8203](phone)"))


def test_secrets_stand_only_where_they_are_needed() -> None:
    """In pjsip.conf, manager.conf and voicemail.conf; nowhere else."""
    for file, text in files().items():
        if file not in ("pjsip.conf", "manager.conf"):
            assert not re.search(
                r"phone-\d|trunk-t|ami-s", text.replace("from-phone-", "").replace("trunk-te", "")
            )
        if file != "voicemail.conf":
            assert "4826" not in text


def test_no_trunk_is_known_by_loopback_or_by_an_address_of_another() -> None:
    """Such addresses are left out: who shares them would be let in as the provider."""
    clash = Trunk(
        "other", {}, addresses=("203.0.113.7", "198.51.100.0/24", "0.0.0.0/0", "::1", "sip.example.cn")
    )
    pjsip = files(firm(trunks=(*TRUNKS, clash)))["pjsip.conf"]
    assert re.findall(r"^match = (.*)", pjsip, re.MULTILINE) == ["198.51.100.0/24"]
    assert re.findall(r"^match = (.*)", files()["pjsip.conf"], re.MULTILINE) == ["203.0.113.7/32"]


def test_networks_that_overlap_identify_nobody() -> None:
    """One trunk's address inside another's network is both's, so it is neither's."""
    pjsip = files(
        firm(
            trunks=(
                Trunk("wide", {}, addresses=("198.51.100.0/24",)),
                Trunk("narrow", {}, addresses=("198.51.100.7", "203.0.113.9")),
            )
        )
    )["pjsip.conf"]
    assert re.findall(r"^match = (.*)", pjsip, re.MULTILINE) == ["203.0.113.9/32"]


def test_trunks_stand_in_contexts_of_their_own() -> None:
    """And none of those includes or jumps to anything but `from-trunk`."""
    rendered = files()
    assert "context = from-trunk-test" in section(rendered["pjsip.conf"], "[trunk-test](trunk)")
    for heading, lines in sections(rendered["trunks.conf"]):
        assert heading.startswith(("[from-trunk-", "[from-call-us]"))
        text = "\n".join(lines)
        assert "include" not in text
        assert set(re.findall(r"[?:(,]([a-z-]+),[a-z]+,1", text)) == {"from-trunk"}
    assert "include" not in rendered["from-trunk.conf"].split("[from-trunk]")[1]


def test_a_trunks_numbers_lead_to_their_targets() -> None:
    """By the map, not by the digits; the main number is always one of them."""
    lines = section(files()["trunks.conf"], "[from-trunk-telecom]")
    assert "exten => 62150000,1,Set(SB_DIALLED=8000)" in lines
    assert "exten => 8000,1,Set(SB_DIALLED=8000)" in lines


def test_executives_are_in_no_group() -> None:
    """A8, A9: listed as members they are left out of departments and queues."""
    rendered = files()
    assert "exten => 8200,1,Gosub(reach,department,1(8200,8201&8202,2,turn))" in rendered["directory.conf"]
    queue = section(rendered["queues.conf"], "[8600]")
    assert [m for m in queue if m.startswith("member")] == [
        "member => Local/8601@agent,0,8601,hint:8601@lamps"
    ]


def test_a_principal_is_reached_through_the_secretary() -> None:
    """Whose secretary is no ordinary person, has none."""
    assert "1(8899,8899,3,8890,8890,3,8890))" in files()["directory.conf"]
    odd = Principal("8897", name("x"), secretary="8801")
    assert "principal,1(8897,8897,25,,,,))" in files(firm(entries=(*ENTRIES, odd)))["directory.conf"]


def test_operators_phones_that_are_executives_do_not_ring_for_the_desk() -> None:
    """Manual mode in the fallback rings ordinary phones only."""
    assert (
        "Gosub(reach,ring,1(8011,15))" in files(firm(desk=Desk(operators=("8011", "8899"))))["fallback.conf"]
    )


def test_each_class_may_dial_what_the_lower_ones_may() -> None:
    """And `none` nothing; the prefix is taken off."""
    outside = files()["outside.conf"]
    assert "exten => _9[2-8]XXXXXXX,1,Gosub(outside,out,1(${EXTEN:1}))" in section(outside, "[outside-local]")
    assert "include => outside-local" in section(outside, "[outside-national]")
    assert "include => outside-national" in section(outside, "[outside-international]")
    none = "\n".join(section(files()["phones.conf"], "[from-phone]"))
    assert "?outside-" not in none


def test_without_a_prefix_outside_numbers_are_dialled_as_they_are() -> None:
    """Some companies have none."""
    outside = files(firm(outside_prefix=""))["outside.conf"]
    assert "exten => _[2-8]XXXXXXX,1,Gosub(outside,out,1(${EXTEN:0}))" in outside


def test_emergency_numbers_stand_in_every_phones_context() -> None:
    """Each class, and phones of earlier rules; every trunk with a host is tried."""
    rendered = files(firm(emergency=("110", "119")))
    for heading, lines in sections(rendered["phones.conf"]):
        if heading != "[codes]":
            assert "exten => 110,1,Goto(emergency,110,1)" in lines, heading
    assert "Dial(PJSIP/119@trunk-telecom," in rendered["outside.conf"]
    assert "@trunk-test" not in rendered["outside.conf"]


def test_removed_phones_stay_closed() -> None:
    """Their endpoint, mailbox and queue are still there; their context begins nothing."""
    later = firm(entries=[e for e in ENTRIES if e.number not in ("8202", "8600")])
    rendered = files(later, retired=(firm(),))
    assert "context = retired" in section(rendered["pjsip.conf"], "[8202](phone)")
    assert "8202 => " in rendered["voicemail.conf"]
    assert "member" not in "".join(section(rendered["queues.conf"], "[8600]"))
    assert "8202" not in rendered["directory.conf"]


def test_a_number_that_changed_its_kind_is_what_it_is_now() -> None:
    """A department that was a person before has no account any more, and one mailbox."""
    later = firm(entries=[*(e for e in ENTRIES if e.number != "8202"), Department("8202", name("y"))])
    rendered = files(later, retired=(firm(),))
    assert rendered["voicemail.conf"].count("\n8202 => ") == 1
    assert "exten => 8202,1,Gosub(reach,department," in rendered["directory.conf"]
    # calls under way under the earlier rules may still ring the phone that was 8202
    assert "context = retired" in section(rendered["pjsip.conf"], "[8202](phone)")


def test_tls_only_with_a_certificate() -> None:
    """No certificate: no TLS transport, rather than one that fails."""
    assert "protocol = tls" not in files()["pjsip.conf"]
    with_tls = files(tls_cert=Path("/c.pem"), tls_key=Path("/k.pem"), sips_port=5099)["pjsip.conf"]
    assert "bind = 0.0.0.0:5099" in section(with_tls, "[tls]")


def test_addresses_told_to_phones() -> None:
    """A bound address is also the one for sound; behind a router the outer one is told."""
    assert "media_address = 192.0.2.1" in files(bind="192.0.2.1")["pjsip.conf"]
    assert "media_address" not in files()["pjsip.conf"]
    assert "media_address = 192.0.2.8" in files(address="192.0.2.8")["pjsip.conf"]
    assert "bind_rtp_to_media_address" not in files(address="192.0.2.8")["pjsip.conf"]
    outer = files(external_address="198.51.100.9", local_nets=("10.0.0.0/8",))["pjsip.conf"]
    assert "external_media_address = 198.51.100.9" in section(outer, "[udp]")
    assert "local_net = 10.0.0.0/8" in section(outer, "[tcp]")
    assert "bind = [2001:db8::1]:5060" in files(bind="2001:db8::1")["pjsip.conf"]


def test_managers_are_local_and_neither_may_do_both() -> None:
    """`system` and `originate` together could run programs."""
    manager = files()["manager.conf"]
    assert "bindaddr = 127.0.0.1" in manager
    for heading, lines in sections(manager):
        write = next((line for line in lines if line.startswith("write =")), "")
        assert not ("system" in write and "originate" in write), heading
        assert "command" not in write
        if heading != "[general]":
            assert "deny = 0.0.0.0/0.0.0.0" in lines


def test_without_sounds_everything_still_renders() -> None:
    """Nothing is said then, but calls go on."""
    extensions = files(sounds=NoSounds())["extensions.conf"]
    assert "SAY_zh_hold_on = \n" in extensions


def test_the_fallbacks_greeting_has_a_line_in_the_other_language() -> None:
    """By its folder's name, so that one announcement can hold both."""
    extensions = files()["extensions.conf"]
    assert "SAY_zh_fallback = sb/greeting-hello&sb/fallback-dial&en/sb/fallback-dial\n" in extensions


def test_greeting_keys_that_are_extensions_stay_extensions() -> None:
    """A number wins over a key that looks the same."""
    one = replace(person("7"))
    assert "exten => 7," not in files(firm(entries=(*ENTRIES, one)))["fallback.conf"]
    assert "exten => 7,1,Goto(extensions,8600,1)" in files()["fallback.conf"]


def test_lamps_find_phones_and_the_mode() -> None:
    """Phones subscribe in context `lamps`, so each hint stands there."""
    rendered = files()
    assert "subscribe_context = lamps" in rendered["pjsip.conf"]
    hints = [line for line in section(rendered["directory.conf"], "[lamps]") if ",hint," in line]
    assert hints == [
        "exten => _X!,hint,PJSIP/${EXTEN}&PJSIP/${EXTEN}-web",
        "exten => 8601,hint,PJSIP/8601&PJSIP/8601-web",  # written out: its queue watches it
        "exten => *60,hint,Custom:switchboard-mode",
    ]
    assert rendered["directory.conf"].count(",hint,") == 3
