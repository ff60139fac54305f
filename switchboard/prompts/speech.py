"""Text to speech: espeak-ng by default, Piper for a language whose model file is given in settings.

Both are programs started without a shell, with the text on standard input, never as an argument; what
reaches espeak-ng is pinyin or letters, digits and plain punctuation, so nothing in a name is taken for
an option, SSML or phoneme notation. Piper is not part of this package: `piper` on the PATH, or the module
`piper` of the running Python. No model is shipped; the tests speak to a stand-in with Piper's
command line (`--model FILE --output_file FILE`, text on standard input).
"""

from __future__ import annotations

import hashlib
import importlib.util
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Protocol

from switchboard.errors import PromptError
from switchboard.prompts.reading import Piece
from switchboard.prompts.wav import Sound, read_wav

SPEAK_SECONDS = 60
"""Deadline of one piece: espeak-ng takes 10 ms, a neural voice on a slow machine seconds."""


class Speech(Protocol):
    """A way to make speech of text."""

    def identity(self, language: str) -> str:
        """What decides how this language sounds: program, version, voice. Part of a sound's hash."""

    def speak(self, piece: Piece) -> Sound:
        """The piece spoken, with whatever silence the voice leaves around it. Raises PromptError."""


class Espeak:
    """espeak-ng, started by `command`: its path, or a loader with arguments in front of it.

    Speed in words per minute, a little slower than espeak's own 175: over the telephone, and for names.
    `rate`: percent of that speed.
    """

    VOICES: Mapping[str, str] = {"zh": "cmn-latn-pinyin", "en": "en-us"}
    SPEED: Mapping[str, int] = {"zh": 150, "en": 150}
    PITCH: Mapping[str, int] = {"zh": 45, "en": 45}

    def __init__(self, command: Sequence[str] = ("espeak-ng",), rate: int = 100) -> None:
        self._command = tuple(str(c) for c in command)
        self._speed = {language: round(words * rate / 100) for language, words in self.SPEED.items()}

    @cached_property
    def version(self) -> str:
        """ "eSpeak NG 1.52.0", without the folder of its data."""
        out = _run([*self._command, "--version"], b"").decode("utf-8", "replace")
        match = re.search(r"(\d+\.\d+(?:\.\d+)?)", out)
        return f"espeak-ng {match[1] if match else out.strip()[:40]}"

    def identity(self, language: str) -> str:
        return f"{self.version} {self.VOICES[language]} {self._speed[language]} {self.PITCH[language]}"

    def speak(self, piece: Piece) -> Sound:
        language = piece.language
        said = piece.pinyin if language == "zh" else piece.text
        said = re.sub(r"[^0-9A-Za-z' ,.?]", " ", said)  # no option, no SSML, no [[phonemes]] of others
        if not re.search(r"[0-9A-Za-z]", said):
            raise PromptError(f"nothing to speak in {piece.text!r}")
        arguments = [
            *self._command,
            *("-v", self.VOICES[language], "-s", str(self._speed[language]), "-p", str(self.PITCH[language])),
            *("-b", "1", "--stdin", "--stdout"),
        ]
        if language == "zh":
            said = for_espeak(said)
        return read_wav(_run(arguments, said.encode("ascii")), "espeak-ng's speech")


_IONG = re.compile(r"([jqx])iong([1-5])")
_INITIALS = {"j": "tS;", "q": "tS;h", "x": "S;"}
_TONES = {"1": "55", "2": "35", "3": "214", "4": "51", "5": "11"}


def for_espeak(pinyin: str) -> str:
    """Pinyin in a form that every espeak-ng since 1.50 reads as Chinese."""
    return _IONG.sub(_phonemes, pinyin)


def _phonemes(syllable: re.Match[str]) -> str:
    """jiong, qiong, xiong in espeak's phonemes: 1.52 has no rule for them and spells them in English."""
    return f"[[{_INITIALS[syllable[1]]}j'ong{_TONES[syllable[2]]}]]"


class Piper:
    """A neural voice: one model file speaks one language, at `rate` percent of its own speed."""

    def __init__(self, model: Path, command: Sequence[str] | None = None, rate: int = 100) -> None:
        self._model = model
        self._command = tuple(command or find_piper())
        self._pace = () if rate == 100 else ("--length_scale", f"{100 / rate:.3f}")

    @cached_property
    def _mark(self) -> str:
        with self._model.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()[:16]

    def identity(self, language: str) -> str:
        return " ".join((f"piper {self._mark}", *self._pace))

    def speak(self, piece: Piece) -> Sound:
        text = " ".join(piece.text.split()) or piece.pinyin
        with tempfile.TemporaryDirectory(prefix="switchboard-piper-") as folder:
            out = Path(folder) / "speech.wav"
            arguments = [*self._command, "--model", str(self._model), "--output_file", str(out)]
            arguments += self._pace
            _run(arguments, text.encode("utf-8") + b"\n")
            try:
                return read_wav(out.read_bytes(), "Piper's speech")
            except OSError as error:
                raise PromptError(f"{self._command[0]} wrote no sound for {text!r}") from error


class ByLanguage:
    """A voice for each language."""

    def __init__(self, voices: Mapping[str, Speech]) -> None:
        self._voices = dict(voices)

    def identity(self, language: str) -> str:
        return self._voices[language].identity(language)

    def speak(self, piece: Piece) -> Sound:
        return self._voices[piece.language].speak(piece)


def choose(espeak: Sequence[str], piper_models: Mapping[str, Path], rate: int = 100) -> Speech:
    """The voices of a switchboard: Piper where a model is given, espeak-ng (argv prefix) elsewhere; `rate`:
    percent of their usual speed.

    Raises PromptError when a model is given and Piper isn't installed.
    """
    plain = Espeak(espeak, rate)
    if not piper_models:
        return plain
    command = find_piper()
    return ByLanguage(
        {
            lang: Piper(piper_models[lang], command, rate) if lang in piper_models else plain
            for lang in Espeak.VOICES
        }
    )


def find_piper() -> tuple[str, ...]:
    """How to start Piper here. Raises PromptError telling how to install it."""
    if path := shutil.which("piper"):
        return (path,)
    if importlib.util.find_spec("piper"):
        return (sys.executable, "-m", "piper")
    raise PromptError(
        "a Piper model is set, but Piper isn't installed: "
        f"`{sys.executable} -m pip install piper-tts`, or unset SWITCHBOARD_PIPER_ZH and SWITCHBOARD_PIPER_EN"
    )


def _run(arguments: Sequence[str], given: bytes) -> bytes:
    try:
        done = subprocess.run(arguments, input=given, capture_output=True, timeout=SPEAK_SECONDS, check=False)
    except FileNotFoundError as error:
        raise PromptError(
            f"{arguments[0]} isn't installed: it speaks the prompts (package espeak-ng)"
        ) from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PromptError(f"{arguments[0]} can't be run: {error}") from error
    if done.returncode:
        why = done.stderr.decode("utf-8", "replace").strip()[-300:]
        raise PromptError(f"{arguments[0]} failed with exit code {done.returncode}: {why}")
    return done.stdout
