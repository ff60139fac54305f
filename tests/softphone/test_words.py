"""The softphone's own words: netstrings, events, accounts."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.softphone import netstring
from switchboard.softphone.configuration import Account, Ports, config
from switchboard.softphone.events import Closed, Incoming, Lamp, read
from switchboard.softphone.faults import SoftphoneError


@given(st.lists(st.binary(max_size=300)), st.integers(1, 50))
def test_netstrings_survive_any_chunking(payloads: list[bytes], size: int) -> None:
    """However the bytes are cut on the way, the payloads come out whole and in order."""
    stream = b"".join(map(netstring.encode, payloads))
    decoder = netstring.Decoder()
    out = [p for at in range(0, len(stream), size) for p in decoder.feed(stream[at : at + size])]
    assert out == payloads


@pytest.mark.parametrize("junk", [b"hello:", b"99999999:", b"3:abcd", b"12345678901234567890"])
def test_what_is_no_netstring_is_refused(junk: bytes) -> None:
    """Foreign bytes are an error, not an endless wait."""
    with pytest.raises(SoftphoneError):
        netstring.Decoder().feed(junk)


def test_an_incoming_call_shows_number_and_name() -> None:
    """What the display would show comes through, Chinese included."""
    event = read(
        {"type": "CALL_INCOMING", "id": "1", "peeruri": "sip:8201@127.0.0.1", "peerdisplayname": "李雷"}
    )
    assert event == Incoming("1", "8201", "李雷")


def test_a_closed_call_tells_its_status() -> None:
    """Refused calls carry the SIP status, others none."""
    assert Closed("1", "486 Busy Here").status == 486
    assert Closed("1", "Connection reset by peer").status == 0


def test_the_lamp_is_read_from_a_message_summary() -> None:
    """RFC 3842: lit or not, new and old."""
    body = "Messages-Waiting: yes\r\nMessage-Account: sip:8201@x\r\nVoice-Message: 2/1 (0/0)\r\n"
    assert read({"type": "MWI_NOTIFY", "param": body}) == Lamp(True, 2, 1)


def test_an_account_cannot_smuggle_parameters() -> None:
    """A password with separators is refused: it would become other settings."""
    with pytest.raises(SoftphoneError):
        Account("8201", "a;regint=0").line()
    assert '"x" <sip:8201@' in Account("8201", "p", shown_name='"x\\').line()


def test_paths_in_the_config_are_short() -> None:
    """baresip cuts long names: what it plays and records is named relative to its folder."""
    text = config(Path("/usr/lib/baresip/modules"), Ports(1, 3, 5, 9), "say-1.wav")
    assert "audio_source aufile,say-1.wav\n" in text
    assert "snd_path rec\n" in text
