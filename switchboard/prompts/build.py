"""Making the sound files: only those that are missing, each at once complete for whoever reads them.

Spoken sounds are kept in a cache by hash, shared by every switchboard of this user; a data folder gets
links or copies. Files are made under another name and then renamed, readable by the PBX's user.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Protocol

from switchboard.domain.company import LANGUAGES, Rules
from switchboard.errors import PromptError
from switchboard.prompts.asterisk_vocabulary import SILENCES, TONES, VOCABULARY
from switchboard.prompts.sounds import FOLDER, NAME_FORMATS, Sounds, Unit
from switchboard.prompts.speech import Speech
from switchboard.prompts.storing import FORMATS, place, write

THREADS = 2
"""The work is half espeak-ng's process and half ours; more threads than cores only heat the room."""
MADE = ".made.json"
"""In a language's folder: name → hash, for sounds whose file names Asterisk has fixed."""

PAUSE_SECONDS = 0.15
"""How long a text of punctuation alone lasts ("，" between a person's and a department's name)."""

Progress = Callable[[int, int, str], None]
"""Called with sounds done, sounds to be done, and the text at hand."""


class Folders(Protocol):
    """What of the settings is needed here (`switchboard.settings.Settings` fits)."""

    @property
    def prompts_dir(self) -> Path: ...
    @property
    def sounds(self) -> Path: ...
    @property
    def asterisk_share(self) -> Path: ...
    @property
    def speech(self) -> Path: ...


@dataclass
class Report:
    """What a build did. `warnings` are sentences about sounds that aren't as wanted."""

    built: list[str] = field(default_factory=list)  # "zh/sb/hold-on-1a2b3c4d"
    kept: int = 0
    warnings: list[str] = field(default_factory=list)


def _quiet(done: int, total: int, text: str) -> None:
    """No progress shown."""


def build(
    rules: Rules, settings: Folders, speech: Speech, progress: Progress = _quiet, *, names: int | None = None
) -> Sounds:
    """Make every sound that `rules` need and Asterisk may ask for; return the phrase book.

    A name takes some 10 ms, so a company of thousands takes minutes. `names` is how many names of persons
    may be spoken now; `Sounds.left` tells how many remain, until `build` is called again without a
    limit, in a thread. Meanwhile `Sounds.files` gives the number for a name not yet spoken.
    Raises PromptError when texts are wrong or nothing can be spoken at all; a single sound that can't be
    made is left out (`build_report` tells which).
    """
    return build_report(rules, settings, speech, progress, names=names)[0]


def build_report(
    rules: Rules, settings: Folders, speech: Speech, progress: Progress = _quiet, *, names: int | None = None
) -> tuple[Sounds, Report]:
    """As `build`, with what was done."""
    sounds = Sounds(rules, settings.prompts_dir, settings.sounds, speech)
    report = Report()
    maker = _Maker(sounds, settings, speech, report)
    sounds.left = maker.make(progress, names)
    report.warnings += sounds.warnings
    return sounds, report


class _Maker:
    def __init__(self, sounds: Sounds, settings: Folders, speech: Speech, report: Report) -> None:
        self._sounds = sounds
        self._folder = settings.sounds
        self._share = settings.asterisk_share
        self._cache = settings.speech
        self._speech = speech
        self._report = report

    def make(self, progress: Progress, names: int | None) -> int:
        """Make the sounds whose files are missing; tell how many of persons' names are left."""
        there = {lang: _listing(self._folder / lang / FOLDER) for lang in LANGUAGES}
        made = {lang: _read_made(self._folder / lang / MADE) for lang in LANGUAGES}
        units = list(self._sounds.units())
        units += (self._sounds.asterisk_unit(name, lang) for name in VOCABULARY for lang in LANGUAGES)
        wanted: dict[tuple[str, str], Unit] = {}
        left = 0
        for unit in (*units, *self._sounds.people()):
            if self._is_ready(unit, there, made):
                self._report.kept += 1
            elif names is not None and unit.of_person and names <= 0:
                left += 1
            else:
                wanted[unit.path, unit.language] = unit
                if names is not None and unit.of_person:
                    names -= 1
        done = self._run(list(wanted.values()), progress)
        for language in LANGUAGES:
            fixed = {u.path: u.hash for u in done if u.language == language and not _is_hashed(u)}
            if fixed:
                content = json.dumps(made[language] | fixed, indent=0, sort_keys=True)
                write(self._folder / language / MADE, content.encode())
            for name in (*TONES, *SILENCES):
                self._make_tone(self._folder / language / name, name)
        self._make_music()
        return left

    def _is_ready(self, unit: Unit, there: dict[str, set[str]], made: dict[str, dict[str, str]]) -> bool:
        """Whether all files of a unit are in place, and those of a fixed name with this sound in them."""
        if _is_hashed(unit):
            name = unit.path.rpartition("/")[2]
            return all(f"{name}.{extension}" in there[unit.language] for extension in _formats(unit))
        is_there = (self._folder / unit.language / f"{unit.path}.ulaw").exists()
        return is_there and made[unit.language].get(unit.path) == unit.hash

    def _run(self, units: list[Unit], progress: Progress) -> list[Unit]:
        """Make `units` on THREADS threads, in order; those that came out well."""
        good: list[Unit] = []
        with ThreadPoolExecutor(THREADS, thread_name_prefix="speech") as pool:
            source = iter(units)
            pending = [(u, pool.submit(self._make, u)) for u in islice(source, THREADS * 4)]
            count = 0
            while pending:
                unit, future = pending.pop(0)
                try:
                    future.result()
                    good.append(unit)
                    self._report.built.append(f"{unit.language}/{unit.path}")
                except PromptError as error:
                    self._report.warnings.append(f"{unit.language}/{unit.key}: {error}")
                count += 1
                progress(count, len(units), unit.text)
                pending += [(u, pool.submit(self._make, u)) for u in islice(source, 1)]
        failed = len(units) - len(good)
        if failed > max(3, len(units) // 2):  # not one strange name: the voice itself
            raise PromptError(
                f"{failed} of {len(units)} prompts can't be spoken: {self._report.warnings[-1]}"
            )
        return good

    def _make(self, unit: Unit) -> None:
        """Put the files of one sound in place, from the cache or by speaking."""
        kept = self._cache / unit.hash[:2] / unit.hash
        target = self._folder / unit.language / unit.path
        formats = _formats(unit)
        if not all(Path(f"{kept}.{f}").is_file() for f in formats):
            for extension, content in self._sound(unit, formats).items():
                write(Path(f"{kept}.{extension}"), content)
        for extension in reversed(formats):  # .ulaw last: it stands for all of them
            place(Path(f"{kept}.{extension}"), Path(f"{target}.{extension}"))

    def _sound(self, unit: Unit, formats: tuple[str, ...]) -> dict[str, bytes]:
        from switchboard.prompts import audio
        from switchboard.prompts.reading import name_pieces, pieces
        from switchboard.prompts.wav import read_wav

        if unit.recording:
            try:
                recorded = read_wav(unit.recording.read_bytes(), str(unit.recording))
            except OSError as error:
                raise PromptError(f"{unit.recording}: {error}") from error
            return dict(audio.encode(audio.prepare(recorded), formats))
        said = (
            name_pieces(unit.text, unit.spelt_in_chinese, unit.language, self._sounds.lexicon)
            if unit.of_person
            else pieces(unit.text, unit.language, self._sounds.lexicon)
        )
        if not said and not unit.is_name and not any(c.isalnum() for c in unit.text):
            return dict(audio.encode(audio.silence(PAUSE_SECONDS), formats))
        if not said:
            raise PromptError(f"nothing in {unit.text[:40]!r} can be spoken")
        parts = [(audio.prepare(self._speech.speak(piece)), piece.pause) for piece in said]
        return dict(audio.encode(audio.level(audio.join(parts)), formats))

    def _make_tone(self, target: Path, name: str) -> None:
        from switchboard.prompts import audio, tones

        if Path(f"{target}.ulaw").exists():
            return
        for extension, content in audio.encode(tones.tone(name)).items():
            write(Path(f"{target}.{extension}"), content)

    def _make_music(self) -> None:
        from switchboard.prompts import audio, tones

        target = self._share / "moh" / f"switchboard-{tones.MUSIC_VERSION}"
        if Path(f"{target}.ulaw").exists():
            return
        kept = self._cache / f"music-{tones.MUSIC_VERSION}"
        if not Path(f"{kept}.ulaw").exists():
            for extension, content in audio.encode(tones.music()).items():
                write(Path(f"{kept}.{extension}"), content)
        for extension in reversed(FORMATS):
            place(Path(f"{kept}.{extension}"), Path(f"{target}.{extension}"))


def _is_hashed(unit: Unit) -> bool:
    return unit.path.startswith(f"{FOLDER}/")


def _listing(folder: Path) -> set[str]:
    try:
        return set(os.listdir(folder))
    except FileNotFoundError:
        return set()


def _formats(unit: Unit) -> tuple[str, ...]:
    return NAME_FORMATS if unit.of_person else FORMATS


def _read_made(path: Path) -> dict[str, str]:
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
