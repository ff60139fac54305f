"""Which program speaks: espeak-ng, or Piper where a model is given.

No Piper and no model are at hand in tests: a stand-in with Piper's command line (`--model FILE
--output_file FILE`, text on standard input, a WAV file written) takes its place.
"""

from __future__ import annotations

import json
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path

import pytest

from switchboard.errors import PromptError
from switchboard.prompts import choose
from switchboard.prompts.reading import name_pieces, pieces
from switchboard.prompts.speech import Espeak, Piper, find_piper

STAND_IN = """
    import argparse, json, math, struct, sys, wave
    parser = argparse.ArgumentParser()
    parser.add_argument("-m", "--model", required=True)
    parser.add_argument("-f", "--output_file", "--output-file", required=True)
    parser.add_argument("--length_scale", "--length-scale", type=float, default=1.0)
    a = parser.parse_args()
    lines = sys.stdin.read().splitlines()
    with open({log!r}, "a") as log:
        log.write(json.dumps([a.model, lines]) + chr(10))
    for line in lines:
        with wave.open(a.output_file, "wb") as out:
            out.setnchannels(1); out.setsampwidth(2); out.setframerate(22050)
            n = int((2000 + 1500 * len(line)) * a.length_scale)
            out.writeframes(b"".join(struct.pack("<h", int(9000 * math.sin(i / 9))) for i in range(n)))
"""


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in called `piper` on the PATH; what it was given is in this file."""
    log = tmp_path / "log"
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "piper"
    program.write_text(f"#!{sys.executable}\n" + textwrap.dedent(STAND_IN).format(log=str(log)))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    return log


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A file that stands for a Piper model."""
    path = tmp_path / "zh_CN-voice.onnx"
    path.write_bytes(b"model")
    return path


def asked(log: Path) -> list[tuple[str, list[str]]]:
    """Model and lines of each call."""
    return [tuple(json.loads(line)) for line in log.read_text().splitlines()]


def test_piper_speaks_the_language_whose_model_is_given(
    log: Path, model: Path, espeak: Sequence[str]
) -> None:
    """Chinese by Piper from hanzi, English by espeak-ng."""
    voice = choose(espeak, {"zh": model})
    for text in ("请稍等。", "One moment, please."):
        (piece,) = pieces(text, "zh", {})
        assert voice.speak(piece).seconds > 0.3
    lines = [line for _, given in asked(log) for line in given]
    assert lines == ["请稍等。"]
    assert {m for m, _ in asked(log)} == {str(model)}


def test_piper_gets_a_surname_it_cannot_misread(log: Path, model: Path) -> None:
    """It reads hanzi: a character of the same sound stands for the surname."""
    voice = Piper(model)
    for name in ("单丽", "曾伟", "张伟"):
        (piece,) = name_pieces(name, name, "zh", {})
        voice.speak(piece)
    assert [given for _, given in asked(log)] == [["善丽"], ["增伟"], ["张伟"]]


def test_a_text_is_one_line_for_piper(log: Path, model: Path) -> None:
    """Each line would be a file of its own, the last one winning."""
    voice = Piper(model)
    (piece,) = pieces("请\n稍\r\n等", "zh", {})
    assert voice.speak(piece).seconds > 0.1
    assert len(asked(log)[0][1]) == 1


def test_another_model_is_another_voice(log: Path, model: Path) -> None:
    """By its content: a new download under the old name is spoken anew."""
    before = Piper(model).identity("zh")
    model.write_bytes(b"another")
    assert Piper(model).identity("zh") != before


@pytest.mark.parametrize("neural", [False, True])
def test_a_slower_voice_takes_longer_and_is_another(
    log: Path, model: Path, espeak: Sequence[str], neural: bool
) -> None:
    """Half the speed: about twice the time, by either program, and sounds made before are made anew."""
    models = {"zh": model} if neural else {}
    usual, slow = choose(espeak, models), choose(espeak, models, 50)
    (piece,) = pieces("请稍等，正在为您转接。", "zh", {})
    assert slow.speak(piece).seconds == pytest.approx(2 * usual.speak(piece).seconds, rel=0.2)
    assert slow.identity("zh") != usual.identity("zh")


def test_a_model_without_piper_is_told(model: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With what to install."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PromptError, match="pip install piper-tts"):
        choose(("espeak-ng",), {"zh": model})


def test_piper_is_found_on_the_path(log: Path) -> None:
    """Before the Python module."""
    assert find_piper()[0].endswith("/piper")


@pytest.mark.parametrize(
    ("command", "told"),
    [(("/nowhere/espeak-ng",), "isn't installed"), (("false",), "exit code 1"), (("true",), "not a WAV")],
)
def test_a_voice_that_does_not_work_is_told(command: tuple[str, ...], told: str) -> None:
    """Missing, failing, or writing nothing."""
    (piece,) = pieces("请稍等", "zh", {})
    with pytest.raises(PromptError, match=told):
        Espeak(command).speak(piece)


def test_the_voice_is_part_of_a_sounds_name(espeak: Sequence[str]) -> None:
    """Program, version, voice, speed: any change speaks anew."""
    identity = Espeak(espeak).identity("zh")
    assert identity.startswith("espeak-ng 1.")
    assert "cmn-latn-pinyin" in identity
