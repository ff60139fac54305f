"""Which sounds are made, when, and where they lie."""

from __future__ import annotations

import re
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from switchboard.domain import prompt_keys
from switchboard.domain.company import LANGUAGES, Name
from switchboard.domain.phrases import Digits, Number, Spoken, Text
from switchboard.errors import PromptError
from switchboard.prompts import Sounds, build_report
from switchboard.prompts.reading import Piece
from switchboard.prompts.storing import FORMATS
from switchboard.prompts.wav import Sound
from tests.company import ENTRIES, company
from tests.prompts.conftest import Built, Make, Place, ToneSpeech
from tests.prompts.test_prompt_audio import hum, wav


def everything(folder: Path) -> dict[str, bytes]:
    """Every file below a folder and what it holds."""
    return {f.relative_to(folder).as_posix(): f.read_bytes() for f in folder.rglob("*") if f.is_file()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phrase_has_its_sounds(built: Built, language: str) -> None:
    """Keys, names, digits: each file exists in every format."""
    assert built.report.warnings == []
    phrases = [Text(key) for key in prompt_keys.ALL]
    phrases += [Spoken(""), *(Spoken(e.number) for e in ENTRIES), Digits("0123456789*#"), Digits("1")]
    for phrase in phrases:
        files = built.sounds.files(phrase, language)
        assert files, phrase
        for name in files:
            for extension in FORMATS[:3]:
                assert (built.place.sounds / language / f"{name}.{extension}").stat().st_size > 400


def test_a_single_name_is_one_sound(built: Built) -> None:
    """A person's name, not their number."""
    (name,) = built.sounds.files(Spoken("8201"), "zh")
    assert name.startswith("sb/name-8201-")


def test_unlisted_names_are_never_spoken(built: Built) -> None:
    """Not even made: what doesn't exist can't be told. The number is said instead."""
    assert not list(built.place.sounds.rglob("*name-8203*"))
    assert built.sounds.files(Spoken("8203"), "zh") == built.sounds.files(Digits("8203"), "zh")


def test_one_is_yao_in_a_number_and_yi_on_a_key(built: Built) -> None:
    """Chinese telephone numbers say 幺; "press 1" says 一."""
    assert built.sounds.unit("digit-1", "zh").text == "幺"
    assert built.sounds.files(Digits("1"), "zh") != built.sounds.files(Digits("11"), "zh")[:1]
    assert built.sounds.unit("key-1", "zh").text == "一"


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (0, "0", "0"),
        (2, "2", "2"),
        (15, "15", "15"),
        (42, "40 2", "40 2"),
        (100, "1 hundred", "1 hundred"),
        (105, "1 hundred 0 5", "1 hundred 5"),
        (110, "1 hundred 1 10", "1 hundred 10"),
        (115, "1 hundred 1 15", "1 hundred 15"),
        (1050, "1 thousand 0 50", "1 thousand 50"),
        (12003, "1 wan 2 thousand 0 3", "12 thousand 3"),
        (10**9, "9 wan 9 thousand 9 hundred 90 9", "90 9 thousand 9 hundred 90 9"),
    ],
)
def test_numbers_are_said_as_numbers(built: Built, value: int, zh: str, en: str) -> None:
    """A place in the line is 十五, not 幺五; every part has its sound."""
    for language, words in (("zh", zh), ("en", en)):
        files = built.sounds.files(Number(value), language)
        assert files == [f"digits/{w}" for w in words.split()]
        assert all(built.sounds.seconds(f, language) > 0 for f in files)


def test_unchanged_texts_build_nothing(make: Make, place: Place) -> None:
    """The second build speaks nothing and writes nothing."""
    make()
    before = {f: f.stat().st_mtime_ns for f in place.root.rglob("*")}
    voice = ToneSpeech()
    _, report = make(speech=voice)
    assert report.built == []
    assert voice.said == []
    assert {f: f.stat().st_mtime_ns for f in place.root.rglob("*")} == before


def test_a_changed_text_builds_one_sound(make: Make, place: Place) -> None:
    """And the old one stays, for calls under the old rules."""
    old, _ = make()
    path = place.prompts_dir / "zh.yaml"
    path.write_text(path.read_text("utf-8").replace("谢谢来电，再见。", "再会。"), encoding="utf-8")
    new, report = make()
    assert [b.rpartition("-")[0] for b in report.built] == ["zh/sb/goodbye"]
    goodbye = Text(prompt_keys.GOODBYE)
    assert new.files(goodbye, "zh") != old.files(goodbye, "zh")
    assert (place.sounds / "zh" / f"{old.files(goodbye, 'zh')[0]}.ulaw").exists()


def test_a_changed_text_of_asterisks_own_replaces_the_file(make: Make, place: Place) -> None:
    """Its name is fixed; what it holds is not."""
    make()
    path = place.prompts_dir / "zh.yaml"
    path.write_text(path.read_text("utf-8").replace('vm-goodbye: "再见。"', 'vm-goodbye: "回见。"'), "utf-8")
    voice = ToneSpeech()
    _, report = make(speech=voice)
    assert report.built == ["zh/vm-goodbye"]
    assert [p.text for p in voice.said] == ["回见。"]


def test_a_changed_pronunciation_builds_what_holds_the_word(make: Make, place: Place) -> None:
    """And nothing else."""
    make()
    path = place.prompts_dir / "pronunciation.yaml"
    path.write_text(path.read_text("utf-8") + "再见: zai4 jian5\n", encoding="utf-8")
    _, report = make()
    assert sorted(b.split("-")[0] for b in report.built) == ["zh/sb/goodbye", "zh/vm"]


def test_a_changed_name_builds_that_name(make: Make) -> None:
    """In the language in which it changed."""
    make()
    entries = {e.number: e for e in ENTRIES}
    entries["8202"] = replace(entries["8202"], name=Name("赵文", "Zhao Wen"))
    _, report = make(company(extensions=entries))
    made = sorted(b.rpartition("-")[0] for b in report.built)
    assert made == ["en/sb/name-8202", "zh/sb/name-8202"]  # in English it is read with the Chinese tones


def test_another_voice_speaks_everything_anew(make: Make) -> None:
    """What a voice says has a hash of its own."""
    _, first = make()
    _, second = make(speech=ToneSpeech("another"))
    assert len(second.built) == len(first.built)


def test_a_second_switchboard_takes_what_was_spoken_before(make: Make, place: Place, tmp_path: Path) -> None:
    """The cache serves every data folder."""
    make()
    voice = ToneSpeech()
    other = Place(tmp_path / "other", place.speech, place.prompts_dir)
    _, report = build_report(company(), other, voice)
    assert voice.said == []
    assert report.built
    assert everything(place.sounds / "zh" / "sb") == everything(other.sounds / "zh" / "sb")


def test_names_of_people_can_wait(place: Place) -> None:
    """A large company starts at once: numbers are said until names are spoken."""
    voice = ToneSpeech()
    sounds, report = build_report(company(), place, voice, names=3)
    assert len([b for b in report.built if re.search(r"name-\d{4}-", b)]) == 3 + 2 * 3  # 3 groups
    assert sounds.left > 0
    assert sounds.files(Spoken("8899"), "zh") == sounds.files(Digits("8899"), "zh")
    assert sounds.files(Spoken("8200"), "zh")[0].startswith("sb/name-8200-")
    rest, _ = build_report(company(), place, voice)
    assert rest.left == 0
    assert sounds.files(Spoken("8899"), "zh")[0].startswith("sb/name-8899-")


def test_a_missing_sound_is_replaced_by_the_last_of_its_key(make: Make) -> None:
    """Calls of older rules after the voice was changed hear the new voice, not silence."""
    old, _ = make()
    path = old.folder / "zh" / f"{old.files(Text('hold-on'), 'zh')[0]}"
    asked_later = Sounds(company(), old.prompts, old.folder, ToneSpeech("third"))
    assert asked_later.files(Text("hold-on"), "zh") == [path.relative_to(old.folder / "zh").as_posix()]


def test_the_pbxs_user_can_read_the_sounds(make: Make, place: Place) -> None:
    """Whatever the umask of whoever builds."""
    import os

    before = os.umask(0o077)
    try:
        make()
    finally:
        os.umask(before)
    for path in place.asterisk_share.rglob("*"):
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode & 0o044 == 0o044, path
        if path.is_dir():
            assert mode & 0o011 == 0o011, path


def test_nothing_unfinished_is_left(make: Make, place: Place) -> None:
    """Files appear under their name when they are complete."""
    make()
    assert not [f for f in place.root.rglob(".*") if f.name != ".made.json"]


def test_a_voice_that_fails_once_costs_one_prompt(make: Make) -> None:
    """The rest is made; the report tells; the next build tries again."""

    class Hoarse(ToneSpeech):
        well = False

        def speak(self, piece: Piece) -> Sound:
            if "占线" in piece.text and not self.well:
                raise PromptError("a frog in the throat")
            return super().speak(piece)

    voice = Hoarse("hoarse")
    sounds, report = make(speech=voice)
    assert any("line-busy" in w and "frog" in w for w in report.warnings)
    assert sounds.files(Text(prompt_keys.BUSY), "zh") == []
    assert sounds.files(Text(prompt_keys.NO_ANSWER), "zh")
    voice.well = True
    sounds, report = make(speech=voice)
    assert report.warnings == []
    assert sounds.files(Text(prompt_keys.BUSY), "zh")


def test_a_voice_that_never_speaks_is_an_error(make: Make) -> None:
    """A switchboard without a voice doesn't start silently."""

    class Mute(ToneSpeech):
        def speak(self, piece: Piece) -> Sound:
            raise PromptError("no voice at all")

    with pytest.raises(PromptError, match="no voice at all"):
        make(speech=Mute("mute"))


def test_a_recording_replaces_the_spoken_prompt(make: Make, place: Place) -> None:
    """Put it there, build, and it is heard; take it away, and the voice is back."""
    spoken, _ = make()
    recording = place.prompts_dir / "recordings" / "zh" / "hold-on.wav"
    recording.parent.mkdir(parents=True, exist_ok=True)
    recording.write_bytes(wav(hum(1.5, 44100), 44100, 24, 2))
    voice = ToneSpeech()
    recorded, report = make(speech=voice)
    assert voice.said == []
    assert [b.rpartition("-")[0] for b in report.built] == ["zh/sb/hold-on"]
    (name,) = recorded.files(Text("hold-on"), "zh")
    assert abs(recorded.seconds(name, "zh") - 1.5) < 0.1
    recording.unlink()
    again, report = make()
    assert report.built == []
    assert again.files(Text("hold-on"), "zh") == spoken.files(Text("hold-on"), "zh")


@pytest.mark.parametrize("key", ["name-8201", "name-company", "vm-intro", "digits/1", "digit-1"])
def test_names_digits_and_asterisks_sounds_can_be_recorded_too(make: Make, place: Place, key: str) -> None:
    """By the name under which `prompts list` shows them."""
    recording = place.prompts_dir / "recordings" / "en" / f"{key}.wav"
    recording.parent.mkdir(parents=True, exist_ok=True)
    recording.write_bytes(wav(hum(2.2)))
    _, report = make()
    assert report.warnings == []
    (made,) = [b for b in report.built if b == f"en/{key}" or b.startswith(f"en/sb/{key}-")]
    assert (place.sounds / f"{made}.ulaw").stat().st_size > 17000


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("hold-on.wav", b"ID3 not a wav", "not a WAV"),
        ("hold-on.wav", wav(hum(1, strength=0.0)), "silence"),
        ("holdon.wav", wav(hum()), "no prompt is called"),
    ],
)
def test_a_wrong_recording_is_told_and_the_voice_used(
    make: Make, place: Place, name: str, content: bytes, told: str
) -> None:
    """A warning with the file's path, each time; never a stop."""
    recording = place.prompts_dir / "recordings" / "zh" / name
    recording.parent.mkdir(parents=True, exist_ok=True)
    recording.write_bytes(content)
    for _ in range(2):
        sounds, report = make()
        (warning,) = report.warnings
        assert told in warning
        assert str(recording) in warning
        assert sounds.files(Text("hold-on"), "zh")


def test_music_lies_where_musiconhold_looks(make: Make, place: Place) -> None:
    """One file in each format, in a folder of its own."""
    make()
    assert {f.suffix[1:] for f in (place.asterisk_share / "moh").iterdir()} == set(FORMATS)
