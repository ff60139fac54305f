"""Files in web/static/vendor, and the judge of pages in tests/web/axe, are others' work, made once: what is
there is what was made."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from switchboard.settings import SOURCE

VENDOR = SOURCE / "switchboard" / "web" / "static" / "vendor"
JUDGE = SOURCE / "tests" / "web" / "axe"


def listed(folder: Path) -> dict[str, str]:
    """File names and hashes, as SHA256SUMS has them."""
    lines = (folder / "SHA256SUMS").read_text().splitlines()
    return {name: digest for digest, name in (line.split() for line in lines)}


def found(folder: Path) -> dict[str, str]:
    """File names and hashes, as they are."""
    files = (path for path in folder.iterdir() if path.name != "SHA256SUMS")
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.mark.parametrize("folder", [VENDOR, JUDGE])
def test_vendored_files_are_those_that_were_made(folder: Path) -> None:
    """Each file has the hash in SHA256SUMS, and no file is without one."""
    assert found(folder) == listed(folder)


def test_the_judge_of_pages_comes_with_its_licences() -> None:
    """axe is unchanged, under the Mozilla Public License 2.0, beside it; the wheel has none of it."""
    assert {"LICENSE.txt", "LICENSE-3RD-PARTY.txt"} < set(listed(JUDGE))
    assert "Mozilla Public License" in (JUDGE / "LICENSE.txt").read_text("utf-8")


def test_every_vendored_library_comes_with_its_licence() -> None:
    """The parts that the bundle's first line names are the parts whose licences lie beside it."""
    first = (VENDOR / "jssip.js").read_text("utf-8").splitlines()[0]
    parts = first.partition("/* ")[2].partition(". Bundled")[0].split(", ")
    licences = (VENDOR / "jssip.LICENSE.txt").read_text("utf-8")
    assert len(parts) == 5
    for part in parts:
        assert f"{part}\n" in licences
    assert licences.count("Permission is hereby granted") == len(parts)


def test_the_bundle_asks_for_no_address_and_makes_no_code() -> None:
    """A strict Content-Security-Policy lets it run: nothing of it is evaluated or loaded."""
    text = (VENDOR / "jssip.js").read_text("utf-8")
    for word in ("eval(", "new Function", "importScripts", "import(", "<script"):
        assert word not in text
