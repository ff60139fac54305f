"""baresip's two files, config and accounts, for a phone without a sound card. Pure text.

Every path in them is relative to the phone's own folder, where baresip is started: it cuts device names at
127 characters and file names of recordings as well.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from switchboard.softphone.faults import SoftphoneError

RECORDINGS = "rec"
"""Folder, below the phone's own, where the sndfile module writes what is said and heard."""


@dataclass(frozen=True, slots=True)
class Account:
    """A SIP account as a phone needs it.

    `login` is the name for the password when it differs from `user` (a trunk's). `registers` False makes
    a phone that only places calls.
    """

    user: str
    password: str
    server: str = "127.0.0.1"
    port: int = 5060
    login: str = ""
    shown_name: str = ""
    registers: bool = True
    codecs: tuple[str, ...] = ("PCMU", "PCMA")

    def line(self) -> str:
        """The account in baresip's words. Raises SoftphoneError if a value can't be written."""
        for value in (self.user, self.login, self.password, self.server):
            if not re.fullmatch(r"[A-Za-z0-9_.+*~!-]*", value):
                raise SoftphoneError(
                    "an account's names and password may have letters, digits and _.+*~!- only"
                )
        shown = self.shown_name.replace('"', "").replace("\\", "")
        name = f'"{shown}" ' if shown else ""
        codecs = ",".join(f"{c}/8000/1" for c in self.codecs)
        return (
            f"{name}<sip:{self.user}@{self.server}:{self.port};transport=udp>"
            f";auth_user={self.login or self.user};auth_pass={self.password}"
            f";regint={120 if self.registers else 0};audio_codecs={codecs};answermode=manual"
            f";mwi={'yes' if self.registers else 'no'}"
        )


@dataclass(frozen=True, slots=True)
class Ports:
    """The ports of one phone. `sip` takes the next one too (baresip opens it for TLS)."""

    sip: int
    control: int
    rtp_low: int
    rtp_high: int


def config(modules: Path, ports: Ports, source: str, address: str = "127.0.0.1") -> str:
    """The config file: on `address` alone, sound from the file `source`, what is heard into RECORDINGS.

    A player must exist, or newer versions take aufile for one: aubridge with a name nobody connects to
    swallows the sound after sndfile has kept it. No jitter buffer (older versions know the delay only), so
    that samples stay as they came: where Asterisk joins two phones the numbers of packets may begin anew
    behind those before, and theirs would then drop everything.
    """
    return f"""\
poll_method epoll
sip_listen {address}:{ports.sip}
sip_verify_server no
call_local_timeout 300
call_max_calls 4
call_hold_other_calls no
audio_player aubridge,ear
audio_source aufile,{source}
audio_alert aubridge,bell
ausrc_srate 8000
auplay_srate 8000
ausrc_channels 1
auplay_channels 1
audio_buffer 20-160
rtp_tos 184
rtp_ports {ports.rtp_low}-{ports.rtp_high}
jitter_buffer_type off
jitter_buffer_delay 0-0
net_interface {address}
module_path {modules}
module g711.so
module sndfile.so
module aubridge.so
module aufile.so
module_tmp account.so
module_app menu.so
module_app mwi.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:{ports.control}
snd_path {RECORDINGS}
ringback_disabled yes
"""
