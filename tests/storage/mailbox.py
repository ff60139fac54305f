"""Mailboxes as app_voicemail leaves them."""

from __future__ import annotations

import os
import struct
import time
from pathlib import Path

from tests.storage.conftest import CALL, START


def text(**values: object) -> str:
    """A message's .txt, in the order in which app_voicemail writes it."""
    lines = {
        "origmailbox": "8201",
        "context": "switchboard",
        "exten": "message",
        "rdnis": "unknown",
        "priority": 2,
        "callerchan": "PJSIP/trunk-main-00000001",
        "callerid": '"王小明" <13800001111>',
        "origdate": "Sun Nov 22 07:00:00 AM UTC 2026",
        "origtime": int(START.timestamp()),
        "category": f"busy/{CALL}",
        "msg_id": "1795360288-00000000",
        "flag": "",
        "duration": 3,
    } | values
    written = "".join(f"{key}={value}\n" for key, value in lines.items() if value is not None)
    return f";\n; Message Information file\n;\n[message]\n{written}"


def wav(seconds: float, *, finished: bool = True, rate: int = 8000) -> bytes:
    """A recording; unfinished, its header says that it is empty."""
    size = int(seconds * rate) * 2
    told = size if finished else 0
    form = struct.pack("<IHHIIHH", 16, 1, 1, rate, rate * 2, 2, 16)
    header = b"RIFF" + struct.pack("<I", 36 + told if finished else 0) + b"WAVEfmt " + form
    header += b"data" + struct.pack("<I", told)
    return header + b"\1\2" * (size // 2)


def put(spool: Path, place: str, seconds: float = 3, **values: object) -> Path:
    """A message at `<mailbox>/<folder>/msgNNNN`; its .txt."""
    path = spool / f"{place}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.with_suffix(".wav").write_bytes(wav(seconds))
    path.write_text(text(**values))
    return path


def move(spool: Path, old: str, new: str) -> None:
    """As app_voicemail does it: the sound, then the text."""
    (spool / new).parent.mkdir(parents=True, exist_ok=True)
    for suffix in (".wav", ".txt"):
        (spool / f"{old}{suffix}").rename(spool / f"{new}{suffix}")


def cut_off(spool: Path, mailbox: str, seconds: float, ago: float = 60, words: str = "") -> Path:
    """What a PBX killed while recording leaves, `ago` seconds after the beginning; the empty text file."""
    path = spool / mailbox / "tmp" / "Rjzxj5"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(words)
    path.with_suffix(".wav").write_bytes(wav(seconds, finished=False))
    began = time.time() - ago
    os.utime(path, (began, began))
    os.utime(path.with_suffix(".wav"), (began + seconds, began + seconds))
    return path
