"""Folders and voices for tests of prompts; what is spoken once is kept for all workers of a run."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from switchboard.domain.company import Rules
from switchboard.pbx import programs
from switchboard.prompts import Report, Sounds, Speech, build_report, choose
from switchboard.prompts.reading import Piece
from switchboard.prompts.wav import Sound
from switchboard.settings import SOURCE, Settings
from tests.company import company


@dataclass
class Place:
    """The folders of one switchboard, as `build` wants them."""

    root: Path
    speech: Path
    prompts_dir: Path = SOURCE / "prompts"

    @property
    def asterisk_share(self) -> Path:
        return self.root / "share"

    @property
    def sounds(self) -> Path:
        return self.asterisk_share / "sounds"


class ToneSpeech:
    """A voice that hums: half a second for any piece. Remembers what it was asked to say."""

    def __init__(self, name: str = "hum") -> None:
        self.name = name
        self.said: list[Piece] = []

    def identity(self, language: str) -> str:
        return self.name

    def speak(self, piece: Piece) -> Sound:
        self.said.append(piece)
        return Sound(0.1 * np.sin(np.arange(8000) * 0.15), 16000)


@pytest.fixture(scope="session")
def espeak() -> Sequence[str]:
    """How to start espeak-ng here."""
    found = programs.find(Settings.load({}))
    if found is not None and found.espeak is not None:
        return found.espeak.argv
    if path := shutil.which("espeak-ng"):
        return (path,)
    pytest.skip("no espeak-ng here: `make test` prepares one")


@pytest.fixture(scope="session")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cache of speech shared by the workers of this test run."""
    base = tmp_path_factory.getbasetemp()
    return (base.parent if base.name.startswith("popen-") else base) / "speech"


@dataclass(frozen=True)
class Built:
    """A company's sounds, really spoken."""

    sounds: Sounds
    report: Report
    place: Place


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, spoken: Path, espeak: Sequence[str]) -> Built:
    """Every sound of the test company, by espeak-ng."""
    place = Place(tmp_path_factory.mktemp("built"), spoken)
    sounds, report = build_report(company(), place, choose(espeak, {}))
    return Built(sounds, report, place)


@pytest.fixture
def place(tmp_path: Path, spoken: Path) -> Place:
    """An empty switchboard of its own, with its own copy of the texts."""
    copy = tmp_path / "prompts"
    shutil.copytree(SOURCE / "prompts", copy)
    return Place(tmp_path / "data", spoken, copy)


Make = Callable[..., tuple[Sounds, Report]]


@pytest.fixture
def make(place: Place) -> Make:
    """Build into `place` with a humming voice."""

    def _make(rules: Rules | None = None, speech: Speech | None = None) -> tuple[Sounds, Report]:
        return build_report(rules or company(), place, speech or ToneSpeech())

    return _make
