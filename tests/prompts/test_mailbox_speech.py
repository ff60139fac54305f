"""Somebody goes through their mailbox in each language on a real Asterisk: nothing is left unsaid."""

from __future__ import annotations

import asyncio
import re
import wave
from pathlib import Path

import pytest

from switchboard.domain.company import LANGUAGES
from tests.ami.private_asterisk import PrivateAsterisk, private_asterisk
from tests.prompts.conftest import Built

pytestmark = pytest.mark.live

PLACES = {
    "mailbox": "VoiceMailMain({box}@sb,s)",
    "login": "VoiceMailMain(@sb)",
    "deposit": "VoiceMail({box}@sb,u)",
    "deposit in a full box": "VoiceMail({full}@sb,b)",
}

BOXES = {"zh": "8181", "en": "8282"}
FULL = {"zh": "9181", "en": "9282"}

VOICEMAIL = """
[general]
format = wav
envelope = yes
saycid = yes
sayduration = yes
saydurationm = 0
review = yes
operator = yes
sendvoicemail = yes
maxlogins = 2
minpassword = 4
passwordlocation = spooldir
tempgreetwarn = yes
[zonemessages]
zh = Asia/Shanghai|BdkM 'vm-received'
en = Asia/Shanghai|'vm-received' q 'digits/at' IMp
[sb]
8181 => 1234,Zh,,,language=zh|tz=zh
8282 => 1234,En,,,language=en|tz=en
9181 => 1234,Zh,,,language=zh|maxmsg=1
9282 => 1234,En,,,language=en|maxmsg=1
"""

WAYS = {
    # way: (place, seconds before the first key, keys, seconds after the last)
    "listens, deletes, saves": ("mailbox", 3, "1wwwwwwwwwwwwwww6wwwwwww4ww7wwww7wwww91wwwwww3w3", 9),
    "changes folders and hears the help": ("mailbox", 1, "2wwwwwwwwwwww1wwwwwwwwwwwww*", 18),
    "records greetings, changes the password": ("mailbox", 1, "0wwwwwwwwwwww5ww5678#ww5679#wwwwww", 8),
    "greets for the time being": ("mailbox", 1, "0ww4wwwwww1wwwwwwwwwwwwwwwww#wwwwwwwwwwwwwwwww1", 6),
    "has no password right": ("login", 2, "8181#wwwwwwww9999#wwwwwwwwwwwwww77#wwwwwww9999#", 5),
    "leaves a message": ("deposit", 16, "#wwwwwwwwwwwwwwwwww4wwwwwwwwwwwwwwwwwwwwwwww1", 5),
    "finds it full": ("deposit in a full box", 14, "ww", 5),
}  # fmt: skip


HEARD = {
    "beep", "digits/at", "digits/day", "digits/h-6", "digits/mon-7", "digits/oclock", "minute", "press",
    "vm-INBOX", "vm-Old", "vm-advopts", "vm-changeto", "vm-deleted", "vm-first", "vm-have", "vm-helpexit",
    "vm-incorrect-mailbox", "vm-intro", "vm-isonphone", "vm-isunavail", "vm-listen", "vm-login",
    "vm-mailboxfull", "vm-message", "vm-newpassword", "vm-onefor", "vm-options", "vm-opts", "vm-password",
    "vm-rec-temp", "vm-received", "vm-review", "vm-review-urgent", "vm-savedto", "vm-savefolder", "vm-tong",
    "vm-toforward", "vm-undeleted", "vm-you", "vm-youhave",
}  # fmt: skip
"""What these ways lead through, so that the test would notice if they no longer did."""


def quiet(seconds: int) -> str:
    """Silence that is sent, as a caller's telephone sends it: a recording ends when nothing comes at all."""
    return "&".join(["silence/10"] * (seconds // 10) + [f"silence/{seconds % 10}"] * (seconds % 10 > 0))


def dialplan() -> str:
    """One extension for each way in each language, and one that presses its keys."""
    lines = ["[box]"]
    for way, (place, *_) in enumerate(WAYS.values()):
        for language in LANGUAGES:
            application = PLACES[place].format(box=BOXES[language], full=FULL[language])
            lines.append(f"exten => way{way}{language},1,Answer()")
            lines.append(f" same => n,Set(CHANNEL(language)={language})")
            lines.append(f" same => n,{application}")
    lines.append("[keys]")
    for way, (_, wait, keys, after) in enumerate(WAYS.values()):
        lines.append(f"exten => keys{way},1,Answer()")
        lines.append(f" same => n,Playback({quiet(wait)})")
        lines.append(f" same => n,SendDTMF({keys},400)")
        lines.append(f" same => n,Playback({quiet(after)})")
    return "\n".join(lines) + "\n"


def message(folder: Path, number: int, caller: str) -> None:
    """A message as app_voicemail keeps it."""
    folder.mkdir(parents=True, exist_ok=True)
    with wave.open(str(folder / f"msg{number:04}.wav"), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes(bytes(8000))
    (folder / f"msg{number:04}.txt").write_text(
        "[message]\norigmailbox=1\ncontext=box\nmacrocontext=\nexten=main\npriority=1\ncallerchan=x\n"
        f"callerid={caller}\norigdate=x\norigtime=1786000000\ncategory=\nmsg_id=1786000000-{number}\n"
        "flag=\nduration=75\n"
    )


async def over(asterisk: PrivateAsterisk, seconds: float) -> None:
    """Wait until no channel is left."""
    async with asyncio.timeout(seconds):
        while not re.search(r"^0 active channels", await asterisk.cli("core show channels count"), re.M):
            await asyncio.sleep(0.5)


async def test_a_mailbox_is_gone_through_without_a_sound_missing(built: Built) -> None:
    """All ways at once, both languages: every sound asked for is there."""
    files = {"extensions.conf": dialplan(), "voicemail.conf": VOICEMAIL}
    async with private_asterisk(files, ("app_voicemail", "format_sln", "res_timing_timerfd")) as asterisk:
        sounds = asterisk.folder / "share" / "sounds"
        sounds.rmdir()
        sounds.symlink_to(built.place.sounds)
        spool = asterisk.folder / "spool" / "voicemail" / "sb"
        for language in LANGUAGES:
            for number, caller in enumerate(('"A" <8202>', '"B" <02188886666>', "Unknown")):
                message(spool / BOXES[language] / "INBOX", number, caller)
            message(spool / BOXES[language] / "Old", 0, "<8202>")
            message(spool / FULL[language] / "INBOX", 0, "<8202>")
            for way in range(len(WAYS)):
                leg = f"Local/way{way}{language}@box"
                await asterisk.cli(f"channel originate {leg} extension keys{way}@keys")
        await over(asterisk, 90)
        log = (asterisk.folder / "log/full").read_text(errors="replace")
        said = set(re.findall(r"Playing '([\w/-]+)\.", log))
        assert not re.findall(r".*file\.c: (?:File|Unable).*", log)
        assert said >= HEARD
