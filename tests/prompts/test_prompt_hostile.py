"""Names from the rules are spoken, and do nothing else: no command, no option, no path, no markup."""

from __future__ import annotations

import json
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path

import pytest

from switchboard.domain.company import LANGUAGES, Extension, Name, Person, Rules
from switchboard.domain.phrases import Digits, Spoken
from switchboard.prompts import build_report
from switchboard.prompts.reading import name_pieces, pieces
from switchboard.prompts.speech import Espeak, choose
from tests.company import ENTRIES, company
from tests.prompts.conftest import Make, Place, ToneSpeech
from tests.prompts.test_prompt_build import everything

HOSTILE = [
    "$(touch /tmp/sb-owned)",
    "`touch /tmp/sb-owned`",
    "--version",
    "-f/etc/passwd",
    '"; rm -rf / #',
    "'quoted' \"name\"",
    "line\nbreak\r\nand\0nul",
    "../../../../etc/passwd",
    "/etc/passwd",
    "<speak><audio src='/etc/passwd'/></speak>",
    "<say-as interpret-as='characters'>SSML</say-as>",
    "[[h@l'oU]] phonemes",
    "${SHELL(id)} &PJSIP/8899",
    "\u202eevil\u202c 张伟",
    "😀😀",
    "张😀伟",
    "\ud800 lone",
    "长" * 4096,
    "a" * 4096,
    "'" * 4096,
    "",
    "   ",
    "。。。",
    "{company}",
    "Ünï Çödé",
    "𠮷野家",
    "١٢٣",
]
SPEAKABLE = {n for n in HOSTILE if any((c.isascii() and c.isalnum()) or "\u4e00" <= c <= "\u9fff" for c in n)}


def firm(*more: Extension) -> Rules:
    """The test company with further entries."""
    return company(extensions={e.number: e for e in (*ENTRIES, *more)})


RECORDER = """
    import json, sys, math, struct
    given = sys.stdin.buffer.read().decode("utf-8")
    with open({log!r}, "a") as log:
        log.write(json.dumps([sys.argv[1:], given]) + chr(10))
    body = b"".join(struct.pack("<h", int(8000 * math.sin(i / 5))) for i in range(4000))
    sys.stdout.buffer.write(b"RIFF" + struct.pack("<I", 36 + len(body)) + b"WAVEfmt " + struct.pack(
        "<IHHIIHH", 16, 1, 1, 16000, 32000, 2, 16) + b"data" + struct.pack("<I", len(body)) + body)
"""


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_of_a_name_reaches_the_command_line(tmp_path: Path, name: str, language: str) -> None:
    """The voice's arguments are the same for every text; the text comes by standard input, disarmed."""
    log = tmp_path / "log"
    script = tmp_path / "voice.py"
    script.write_text(textwrap.dedent(RECORDER).format(log=str(log)))
    voice = Espeak((sys.executable, "-S", str(script)))
    for piece in (*pieces(name[:120], language, {}), *name_pieces(name[:120], name[:120], language, {})):
        voice.speak(piece)
    for line in log.read_text().splitlines() if log.exists() else ():
        arguments, given = json.loads(line)
        assert arguments[0] == "-v"
        assert arguments[1] in Espeak.VOICES.values()
        assert arguments[2:] == ["-s", "150", "-p", "45", "-b", "1", "--stdin", "--stdout"]
        assert given.isascii()
        assert not set('<>[]{}$`&|;/\\"\n\r\0') & set(given.replace("[[", "").replace("]]", ""))


def test_files_lie_where_they_should(make: Make, place: Place) -> None:
    """Whatever people are called, the same files are written: names are not paths."""
    people = [Person(str(70000 + i), Name(n, n)) for i, n in enumerate(HOSTILE)]
    make(firm(*people))
    written = [f for f in everything(place.root) if not f.startswith("share/moh")]
    assert all(f.startswith(("share/sounds/zh/", "share/sounds/en/")) for f in written)
    names = [f.rpartition("/")[2] for f in written if "/name-7" in f]
    assert names
    assert all(n.split("-")[1].isdigit() for n in names)
    assert not Path("/tmp/sb-owned").exists()


def test_a_number_that_is_no_number_is_no_path_either(make: Make, place: Place) -> None:
    """The schema refuses such numbers; if one came, it would still write nowhere else."""
    strange = Person("../../../../tmp/sb-owned", Name("张伟", "Zhang Wei"))
    sounds, _ = make(firm(strange))
    assert all(f.startswith("share/") for f in everything(place.root))
    assert all(f.startswith("sb/name-") for f in sounds.files(Spoken(strange.number), "zh"))


def test_hostile_names_are_really_spoken(espeak: Sequence[str], place: Place) -> None:
    """By espeak-ng itself: what holds letters is heard, anything else is told as the number; all in time."""
    people = [Person(str(70000 + i), Name(n, n)) for i, n in enumerate(HOSTILE)]
    sounds, report = build_report(firm(*people), place, choose(espeak, {}))
    assert not Path("/tmp/sb-owned").exists()
    for person, name in zip(people, HOSTILE, strict=True):
        for language in LANGUAGES:
            files = sounds.files(Spoken(person.number), language)
            if name in SPEAKABLE:
                assert len(files) == 1, name
                assert 0.1 < sounds.seconds(files[0], language) < 60, name
            elif len(files) != 1:
                assert files == sounds.files(Digits(person.number), language), name
    assert all("can be spoken" in w for w in report.warnings)


def test_a_hostile_company_is_greeted_all_the_same(make: Make) -> None:
    """The greeting is spoken around what can't be."""
    voice = ToneSpeech("another hum")
    sounds, _ = make(company(company=Name("\u202e<b>$(id)</b>[[x]]集团\0", '-- "Ltd" `id`')), voice)
    assert sounds.files(Spoken(""), "zh")
    assert not any(set("<>[]$`\0\u202e") & set(p.text) for p in voice.said)


def test_markup_is_not_interpreted(espeak: Sequence[str]) -> None:
    """SSML, phoneme notation and options are letters: the sound is that of the words alone."""
    voice = Espeak(espeak)

    def heard(text: str) -> bytes:
        (piece,) = pieces(text, "en", {})
        return voice.speak(piece).samples.tobytes()

    assert heard("<b>bold</b>") == heard("b bold b")
    assert heard("[[h@l'oU]]") == heard("h l'oU")
    assert heard("-w out") == heard("w out")
