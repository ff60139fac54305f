"""Finding the programs, and how one of a Debian tree is started."""

from __future__ import annotations

from pathlib import Path

import pytest

from switchboard.pbx import debian, programs
from switchboard.pbx.program import in_folder
from switchboard.settings import Settings


def script(path: Path, prints: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '{prints}'\n")
    path.chmod(0o755)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A machine with nothing on its PATH and an empty cache."""
    monkeypatch.setenv("PATH", str(tmp_path / "usr/bin"))
    monkeypatch.setattr(programs, "EXTRA_PATH", str(tmp_path / "usr/sbin"))
    (tmp_path / "usr/bin").mkdir(parents=True)
    return Settings.load({"SWITCHBOARD_CACHE_DIR": str(tmp_path / "cache")})


def host_asterisk(tmp_path: Path, version: str) -> None:
    script(tmp_path / "usr/sbin/asterisk", version)
    (tmp_path / "usr/lib/asterisk/modules").mkdir(parents=True)
    (tmp_path / "usr/lib/asterisk/modules/res_pjsip.so").touch()
    (tmp_path / "usr/share/asterisk/documentation").mkdir(parents=True)
    (tmp_path / "usr/share/asterisk/documentation/core-en_US.xml").touch()


def debian_tree(root: Path) -> None:
    libraries = root / "usr/lib/x86_64-linux-gnu"
    (libraries / "asterisk/modules").mkdir(parents=True)
    (libraries / "ld-linux-x86-64.so.2").touch()
    for inside in ("usr/sbin/asterisk", "usr/bin/espeak-ng", "usr/bin/baresip", "usr/bin/sipp"):
        script(root / inside, "x")
    (root / "usr/lib/baresip/modules").mkdir(parents=True)
    (root / "usr/lib/baresip/modules/ctrl_tcp.so").touch()
    (root / "switchboard.json").write_text('{"asterisk": "Asterisk 22.10.1", "built": 0}')


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Asterisk 22.10.1~dfsg+~cs6.15.60671435-1", 22),
        ("Asterisk certified/22.8-cert1", 22),
        ("Asterisk 20.9.0", 20),
        ("Asterisk GIT-master-1a2b3c", 0),
        ("", 0),
    ],
)
def test_the_major_version_is_read_from_what_asterisk_says(text: str, number: int) -> None:
    """Every way in which a released Asterisk tells its version; anything else counts as too old."""
    assert programs.major(text) == number


def test_a_new_enough_asterisk_on_the_path_is_used(settings: Settings, tmp_path: Path) -> None:
    """With its own modules and documentation, from the same prefix."""
    host_asterisk(tmp_path, "Asterisk 23.1.0")
    found = programs.find(settings)
    assert found is not None
    assert found.asterisk.argv == (str(tmp_path / "usr/sbin/asterisk"),)
    assert found.modules == tmp_path / "usr/lib/asterisk/modules"
    assert found.documentation == tmp_path / "usr/share/asterisk/documentation"
    assert found.root is None


def test_an_old_asterisk_is_passed_over_for_the_programs_folder(settings: Settings, tmp_path: Path) -> None:
    """Version 20 on the PATH, and a built folder: the folder's."""
    host_asterisk(tmp_path, "Asterisk 20.9.0")
    assert programs.find(settings) is None
    assert programs.missing(None) == ("asterisk", "espeak-ng", "baresip")
    root = debian.place(settings.programs)
    debian_tree(root)
    found = programs.find(settings)
    assert found is not None
    assert found.root == root
    assert found.version == "Asterisk 22.10.1"
    assert found.baresip_modules == root / "usr/lib/baresip/modules"
    assert programs.missing(found, programs.FOR_TESTS) == ()


def test_a_folder_without_stamp_is_not_believed(settings: Settings) -> None:
    """Something that was left half made is no programs folder."""
    root = debian.place(settings.programs)
    debian_tree(root)
    (root / "switchboard.json").unlink()
    assert programs.find(settings) is None


def test_a_program_of_a_tree_is_started_by_the_trees_own_loader(tmp_path: Path) -> None:
    """Loader, libraries and data of the tree; nothing of the host's."""
    debian_tree(tmp_path)
    asterisk = in_folder(tmp_path, "usr/sbin/asterisk")
    espeak = in_folder(tmp_path, "usr/bin/espeak-ng")
    assert asterisk is not None
    assert espeak is not None
    libraries = tmp_path / "usr/lib/x86_64-linux-gnu"
    assert asterisk.argv == (
        str(libraries / "ld-linux-x86-64.so.2"),
        "--library-path",
        f"{libraries}:{libraries}/pulseaudio",
        str(tmp_path / "usr/sbin/asterisk"),
    )
    assert espeak.argv[-1] == f"--path={libraries}"
    assert in_folder(tmp_path, "usr/bin/absent") is None
