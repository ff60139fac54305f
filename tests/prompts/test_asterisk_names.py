"""Every sound Asterisk can ask for by itself exists in both languages.

The list is held against things it was not made from: the names inside app_voicemail's binary, the
sounds that Debian ships in English, and an Asterisk that says numbers, dates and letters.
"""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import numpy as np
import pytest

from switchboard.domain.company import LANGUAGES
from switchboard.pbx import programs
from switchboard.prompts.asterisk_vocabulary import SILENCES, TONES, VOCABULARY
from switchboard.prompts.storing import FORMATS
from switchboard.settings import Settings
from tests.ami.private_asterisk import find_asterisk, private_asterisk
from tests.prompts.conftest import Built

OTHER_GRAMMARS = {
    "digits/%dhk": "Russian, Ukrainian", "digits/1F": "Spanish", "digits/1M": "Spanish, Portuguese",
    "digits/1-a": "Ukrainian, Polish", "digits/1z": "Polish", "digits/2-ie": "Polish",
    "digits/ett": "Swedish", "digits/jednu": "Czech", "digits/n-%d": "Polish", "digits/un": "French, Italian",
    "jp-arimasen": "Japanese", "jp-arimasu": "Japanese", "jp-ga": "Japanese", "jp-wa": "Japanese",
    "jp-wo": "Japanese", "vm-denExeteMynhmata": "Greek", "vm-gamel": "Norwegian", "vm-gamla": "Swedish",
    "vm-gamle": "Norwegian", "vm-gammalt": "Swedish", "vm-meddelandet": "Swedish", "vm-minute-t": "Polish",
    "vm-minute-ta": "Polish", "vm-minute-ty": "Polish", "vm-new-a": "Polish", "vm-new-e": "Polish",
    "vm-new-ych": "Polish", "vm-nove": "Czech", "vm-novou": "Czech", "vm-novych": "Czech",
    "vm-nuovi": "Italian", "vm-nuovo": "Italian", "vm-ny": "Norwegian", "vm-nya": "Swedish",
    "vm-nye": "Norwegian",
    "vm-nytt": "Swedish", "vm-old-a": "Polish", "vm-old-e": "Polish", "vm-old-ych": "Polish",
    "vm-shtei": "Hebrew", "vm-stare": "Czech", "vm-starou": "Czech", "vm-starych": "Czech",
    "vm-vecchi": "Italian", "vm-vecchio": "Italian", "vm-zprav": "Czech", "vm-zpravu": "Czech",
    "vm-zpravy": "Czech",
}  # fmt: skip
"""Names in the binary that no Chinese or English call reaches, and whose grammar uses them."""

PATTERNS = {"vm-%s": "folders", "vm-%ss": "folders in other grammars", "digits/%d": "see main/say.c"}
"""Names filled in at run time; folders are `mailbox_folders` in app_voicemail.c."""

FOLDERS = (
    "INBOX",
    "Old",
    "Work",
    "Family",
    "Friends",
    *(f"Cust{n}" for n in range(1, 6)),
    "Deleted",
    "Urgent",
)

NAME = (
    rb"(?:vm-|digits/|letters/|phonetic/|silence/|auth-|agent-|pbx-|jp-|tt-|dir-|queue-|beep|press)[\w%/-]*"
)


def names_in(binary: Path) -> set[str]:
    """Strings of a program that look like names of sounds."""
    found = {n.decode() for n in re.findall(rb"(?<=\0)" + NAME + rb"(?=\0)", binary.read_bytes())}
    return {n for n in found if n.count("queue-") < 2}  # the compiler lays short strings end to end


def missing(built: Built, name: str) -> list[str]:
    """Which files of a sound are not there."""
    return [
        f"{language}/{name}.{extension}"
        for language in LANGUAGES
        for extension in FORMATS
        if not (built.place.sounds / language / f"{name}.{extension}").is_file()
    ]


def test_the_list_is_built_in_both_languages(built: Built) -> None:
    """Each name of the list, in each format."""
    assert not [m for name in (*VOCABULARY, *TONES, *SILENCES) for m in missing(built, name)]


@pytest.mark.parametrize("module", ["app_voicemail.so", "app_queue.so", "app_directory.so"])
def test_every_name_in_the_modules_binary_exists(built: Built, module: str) -> None:
    """The prepared Asterisk's own modules, as they are."""
    _, _, modules, _ = find_asterisk()
    found = names_in(modules / module)
    assert len(found) > (100 if module == "app_voicemail.so" else 5)
    patterns = {n for n in found if "%" in n}
    assert patterns - set(OTHER_GRAMMARS) <= set(PATTERNS)
    asked = found - set(OTHER_GRAMMARS) - patterns
    asked |= {f"vm-{folder}" for folder in FOLDERS}
    assert not [m for name in asked for m in missing(built, name)]


def test_everything_debian_ships_in_english_exists_in_chinese(built: Built) -> None:
    """Voicemail, queues, directory, agents, numbers, dates, letters: each English sound has ours."""
    _, _, _, data = find_asterisk()
    shipped = next(iter(sorted((data / "sounds").glob("en_US*_*"))), None) or data / "sounds" / "en"
    if not shipped.is_dir():
        pytest.skip("this Asterisk ships no English sounds to compare with")
    names = {f.relative_to(shipped).with_suffix("").as_posix() for f in shipped.rglob("*.*")}
    ours = r"(vm-|digits/|letters/|phonetic/|silence/|queue-|dir-|agent-|auth-|pbx-|beep|minute|second)"
    asked = {n for n in names if re.match(ours, n)}
    assert len(asked) > 300
    spoken_only_if_there = {n for n in asked if n.startswith("letters/ascii")}  # say.c looks before it asks
    unused = {
        "letters/asterisk",
        "letters/zed",
        "digits/dollars",
    }  # say.c says digits/star, zee, American money
    assert not [m for name in asked - spoken_only_if_there - unused for m in missing(built, name)]


SAYING = """
[say]
exten => _[nsdtla]!,1,Answer()
 same => n,Set(CHANNEL(language)=${EXTEN:1:2})
 same => n,Goto(${EXTEN:0:1}-say,${EXTEN:3},1)
[n-say]
exten => _X!,1,SayNumber(${EXTEN})
[d-say]
exten => _X!,1,SayUnixTime(${EXTEN},Asia/Shanghai,Q R)
[t-say]
exten => _X!,1,SayUnixTime(${EXTEN},Asia/Shanghai,ABdYIMp)
[l-say]
exten => _X!,1,SayDigits(${EXTEN})
[a-say]
exten => _X!,1,SayAlpha(a.b-c@d/e+f${EXTEN})
"""


@pytest.mark.live
async def test_asterisk_misses_no_sound_when_it_counts(built: Built) -> None:
    """Numbers, dates and letters in both languages, all at once, on a real Asterisk: no file is missing."""
    numbers = ("0", "7", "13", "20", "48", "105", "999", "1001", "20350", "1000000", "120000000")
    times = ("1767225600", "1772530245", "1783000000", "1798700399", "1700000000")
    said = [f"{kind}{language}{value}" for language in LANGUAGES for kind, values in (
        ("n", numbers), ("d", times), ("t", times), ("l", ("0123456789",)), ("a", ("42",)),
    ) for value in values]  # fmt: skip
    modules = ("app_sayunixtime", "format_sln", "res_timing_timerfd")
    async with private_asterisk({"extensions.conf": SAYING}, modules) as asterisk:
        sounds = asterisk.folder / "share" / "sounds"
        sounds.rmdir()
        sounds.symlink_to(built.place.sounds)
        for extension in said:
            await asterisk.cli(f"channel originate Local/{extension}@say application Wait 25")
        for _ in range(120):
            await asyncio.sleep(0.5)
            if re.search(r"^0 active channels", await asterisk.cli("core show channels count"), re.M):
                break
        log = asterisk.log() + (asterisk.folder / "log/full").read_text(errors="replace")
        assert "Playing 'digits/" in log
        assert log.count("Playing 'digits/wan") >= 2
        assert log.count("Playing 'letters/plus") >= 2
        assert not re.findall(r".*file\.c: (?:File|Unable).*", log)


@pytest.mark.live
async def test_asterisk_decodes_what_we_encoded(built: Built) -> None:
    """µ-law, A-law and G.722 files come back as the linear sound, by Asterisk's own converters."""
    (name,) = built.sounds.files(
        __import__("switchboard.domain.phrases", fromlist=["Text"]).Text("search-ask"), "zh"
    )
    source = built.place.sounds / "zh" / name
    modules = ("res_convert", "codec_alaw", "codec_g722", "codec_resample", "format_sln")
    async with private_asterisk({}, modules) as asterisk:
        wanted = np.fromfile(f"{source}.sln16", "<i2").astype(float)
        for extension, limit, noise in (("ulaw", 3300, 0.001), ("alaw", 3300, 0.001), ("g722", 7000, 0.004)):
            out = asterisk.folder / f"{extension}.sln16"
            assert "Converted" in await asterisk.cli(f"file convert {source}.{extension} {out}")
            got = np.fromfile(out, "<i2").astype(float)
            length = min(len(wanted), len(got))
            spectra = np.fft.rfft(wanted[:length]), np.fft.rfft(got[:length])
            lag = int(np.argmax(np.fft.irfft(spectra[1] * np.conj(spectra[0]))))
            assert lag < 200  # the codecs' and the resampler's delay, in samples
            heard = np.fft.rfftfreq(length, 1 / 16000) < limit
            sent = np.fft.irfft(np.where(heard, spectra[0], 0))
            back = np.fft.irfft(np.where(heard, np.fft.rfft(np.roll(got[:length], -lag)), 0))
            assert ((back - sent) ** 2).sum() / (sent**2).sum() < noise, extension


def test_the_prepared_asterisk_is_the_one_read() -> None:
    """The vocabulary was read in branch 22; another major version wants another reading."""
    found = programs.find(Settings.load({}))
    if found is None:
        pytest.skip("no Asterisk here: `make test` prepares one")
    assert programs.major(found.version) == 22
