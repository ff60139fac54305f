"""Ports that can't be had are told by number, setting and holder."""

from __future__ import annotations

import os
import socket
from dataclasses import replace
from pathlib import Path

import pytest

from switchboard.errors import PortTaken
from switchboard.pbx import ports
from switchboard.pbx.ports import Door
from switchboard.settings import Settings


@pytest.mark.parametrize("udp", [False, True])
def test_a_taken_port_names_setting_and_holder(udp: bool) -> None:
    """Here we hold it ourselves."""
    with socket.socket(type=socket.SOCK_DGRAM if udp else socket.SOCK_STREAM) as taken:
        taken.bind(("127.0.0.1", 0))
        if not udp:
            taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PortTaken) as caught:
            ports.check((Door("sip_port", "bind", "0.0.0.0", port, udp=udp),))
    text = str(caught.value)
    assert f"{'UDP' if udp else 'TCP'} port {port} is taken by process {os.getpid()}" in text
    assert "SWITCHBOARD_SIP_PORT" in text
    ports.check((Door("sip_port", "bind", "0.0.0.0", port, udp=udp),))


def test_every_taken_port_is_told_at_once() -> None:
    """Two faults, one error."""
    with socket.socket() as one, socket.socket() as two:
        doors = []
        for name, taken in (("ami_port", one), ("agi_port", two)):
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            doors.append(Door(name, "bind", "127.0.0.1", taken.getsockname()[1]))
        with pytest.raises(PortTaken, match=r"(?s)SWITCHBOARD_AMI_PORT.*SWITCHBOARD_AGI_PORT"):
            ports.check(tuple(doors))


def test_the_consoles_ports_are_asked_for_before_anything_starts(tmp_path: Path) -> None:
    """HTTP, HTTPS and the pages' SIP: each taken one is told by its setting."""
    with socket.socket() as http, socket.socket() as https, socket.socket() as wss:
        for taken in (http, https, wss):
            taken.bind(("127.0.0.1", 0))
            taken.listen()
        settings = Settings(
            rules=tmp_path / "rules.yaml",
            data_dir=tmp_path,
            cache_dir=tmp_path,
            bind="127.0.0.1",
            http_port=http.getsockname()[1],
            https_port=https.getsockname()[1],
            wss_port=wss.getsockname()[1],
        )
        doors = (*ports.controller_doors(settings), *ports.pbx_doors(settings))
        for name in ("http_port", "https_port", "wss_port"):
            (door,) = (d for d in doors if d.setting == name)
            with pytest.raises(PortTaken, match=f"set SWITCHBOARD_{name.upper()} to another port"):
                ports.check((door,))


def test_an_address_of_another_machine_is_told() -> None:
    """192.0.2.0/24 belongs to no machine, RFC 5737; .77 is hardly ours."""
    with pytest.raises(PortTaken, match=r"SWITCHBOARD_BIND: 192\.0\.2\.77 is not an address of this machine"):
        ports.check((Door("sip_port", "bind", "192.0.2.77", 5060, udp=True),))


def test_a_low_port_for_an_unprivileged_pbx_is_told() -> None:
    """Root could open it here, but Asterisk doesn't run as root."""
    if int(Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text()) <= 443:
        pytest.skip("this machine lets everybody open low ports")
    with pytest.raises(PortTaken, match=r"443 \(SWITCHBOARD_SIPS_PORT\).*without privileges"):
        ports.check((Door("sips_port", "bind", "127.0.0.1", 443),), unprivileged=True)


def test_bound_sound_ports_are_seen() -> None:
    """Another switchboard's RTP in our range."""
    with socket.socket(type=socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        assert ports.udp_in_use(port, port) == [port]
    assert ports.udp_in_use(port, port) == []


def test_phones_are_told_an_address_they_can_reach() -> None:
    """The bound address, when there is one; never 0.0.0.0."""
    settings = Settings.load({"SWITCHBOARD_BIND": "127.0.0.1"})
    assert ports.own_address(settings) == "127.0.0.1"
    assert ports.own_address(replace(settings, bind="0.0.0.0")) != "0.0.0.0"
