"""Files in web/static/vendor are others' work, made once: what is there is what was made."""

from __future__ import annotations

import hashlib

from switchboard.settings import SOURCE

VENDOR = SOURCE / "switchboard" / "web" / "static" / "vendor"


def test_vendored_files_are_those_that_were_made() -> None:
    """Each file has the hash in SHA256SUMS, and no file is without one."""
    listed = {
        name: digest
        for digest, name in (line.split() for line in (VENDOR / "SHA256SUMS").read_text().splitlines())
    }
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.iterdir()
        if path.name != "SHA256SUMS"
    }
    assert found == listed


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
