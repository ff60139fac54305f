"""What of the two containers is open, to whom, and who runs in them."""

from __future__ import annotations

import json
import socket
import ssl
import urllib.request

import pytest

from tests.containers.household import DATA, HTTP, PORTS, Household

pytestmark = [
    pytest.mark.containers,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(900),
]


OPTIONS = b"\r\n".join(
    (
        b"OPTIONS sip:%s SIP/2.0",
        b"Via: SIP/2.0/TLS %s:9;rport;branch=z9hG4bK1",
        b"From: <sip:tls@%s>;tag=1",
        b"To: <sip:%s>",
        b"Call-ID: 1",
        b"CSeq: 1 OPTIONS",
        b"Content-Length: 0",
        b"",
        b"",
    )
)


async def test_nobody_is_root_and_nothing_can_be_written_but_data(switchboard: Household) -> None:
    """Every process of both containers is unprivileged, without capabilities, on a read-only system."""
    for service in ("controller", "pbx"):
        assert switchboard.users(service) == {"10001"}
        status = switchboard.inside(service, "cat", "/proc/1/status")
        assert "CapEff:\t0000000000000000" in status
        assert "CapBnd:\t0000000000000000" in status
        assert "NoNewPrivs:\t1" in status
        for place in ("/", "/etc", "/usr", "/opt", "/usr/local/bin"):
            tried = switchboard.compose("exec", "-T", service, "touch", f"{place}/x", check=False)
            assert tried.returncode, place
    for place in ("etc", "share"):
        tried = switchboard.compose("exec", "-T", "pbx", "touch", f"{DATA}/asterisk/{place}/x", check=False)
        assert tried.returncode, f"the PBX may write {place}"
    assert "secrets" not in switchboard.inside("pbx", "ls", DATA)


async def test_only_what_is_documented_is_open_to_the_outside(switchboard: Household) -> None:
    """SIP, sound and console are published; manager and FastAGI are reached from neither outside nor the
    network that outside comes in by."""
    for service in ("controller", "pbx"):
        bound = switchboard.inspect(service)["HostConfig"]["PortBindings"]
        low, high = map(int, PORTS["SWITCHBOARD_RTP_PORTS"].split("-"))
        open_ = {int(port.partition("/")[0]) for port in bound} - set(range(low, high + 1))
        assert open_ <= {int(v) for v in PORTS.values() if v.isdigit()}
    for port in (5038, 4573):
        with pytest.raises(OSError, match="refused"):
            socket.create_connection((switchboard.engine.address, port), 3)
    listening = switchboard.inside("controller", "python3", "-c", _TRY)
    assert json.loads(listening) == {"172.28.88.2:5038": True, "172.28.88.18:5038": False}


_TRY = """
import json, socket
def opens(host):
    try:
        socket.create_connection((host, 5038), 3).close()
        return True
    except OSError:
        return False
print(json.dumps({f"{h}:5038": opens(h) for h in ("172.28.88.2", "172.28.88.18")}))
"""


async def test_no_secret_stands_in_images_environments_or_command_lines(switchboard: Household) -> None:
    """What only the two may know is in the controller's volume, and nowhere that the engine lists."""
    kept = switchboard.inside("controller", "sh", "-c", f"cat {DATA}/secrets/*.json")
    secrets = {str(v) for kind in json.loads(kept).values() for v in kind.values() if len(str(v)) > 8}
    assert len(secrets) > 20
    shown = ""
    for service in ("controller", "pbx"):
        shown += json.dumps(switchboard.inspect(service))
        shown += switchboard.engine.docker(
            "history", "--no-trunc", f"switchboard-{service}:tests"
        ).stdout.decode()
        shown += switchboard.engine.docker("top", switchboard.container(service)).stdout.decode()
        shown += "\n".join(switchboard.logs(service))
    assert not [s for s in secrets if s in shown]


async def test_logs_are_one_json_object_a_line(switchboard: Household) -> None:
    """On standard output, for whatever collects them; nothing is hidden in files inside."""
    lines = switchboard.logs("controller")
    assert not [line for line in lines if not line.startswith('{"')]
    assert "controller_up" in {json.loads(line)["event"] for line in lines}
    pbx = [line for line in switchboard.logs("pbx") if line.startswith("{")]
    assert any("Asterisk starts" in json.loads(line).get("event", "") for line in pbx)
    assert len(pbx) > len(switchboard.logs("pbx")) / 2


async def test_the_console_is_published(switchboard: Household) -> None:
    """Its readiness is asked from outside."""
    url = f"http://{switchboard.engine.address}:{HTTP}/readyz"
    with urllib.request.urlopen(url, timeout=10) as answer:
        assert json.load(answer)["ready"] is True


@pytest.mark.parametrize(
    ("port", "said", "answer"),
    [
        ("HTTPS", b"GET /readyz HTTP/1.1\r\nHost: %s\r\n\r\n", b"HTTP/1.1 200"),
        ("WSS", b"GET /ws HTTP/1.1\r\nHost: %s\r\n\r\n", b"HTTP/1.1 "),
        ("SIPS", OPTIONS, b"SIP/2.0 "),
    ],
)
async def test_the_companys_certificate_is_shown_at_every_door_with_tls(
    switchboard: Household, port: str, said: bytes, answer: bytes
) -> None:
    """Console, phones in pages, SIP: in both containers, and it fits the address that one calls."""
    trusting = ssl.create_default_context(cafile=str(switchboard.authority))
    address = switchboard.engine.address
    with (
        socket.create_connection((address, int(PORTS[f"SWITCHBOARD_{port}_PORT"])), 5) as plain,
        trusting.wrap_socket(plain, server_hostname=address) as secure,
    ):
        secure.sendall(said.replace(b"%s", address.encode()))
        assert secure.recv(200).startswith(answer)
