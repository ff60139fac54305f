"""Files are put in place whole, together, or not at all."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from switchboard.errors import PbxError
from switchboard.pbx import files
from tests.pbx.test_render import files as rendered


def test_put_writes_what_changed_and_removes_the_rest(tmp_path: Path) -> None:
    """The names that changed come back; nobody else reads the files."""
    assert files.put(tmp_path, {"a.conf": "1", "b.conf": "甲"}) == ("a.conf", "b.conf")
    assert files.put(tmp_path, {"a.conf": "1", "b.conf": "甲"}) == ()
    assert files.put(tmp_path, {"b.conf": "乙", "c.conf": "3"}) == ("a.conf", "b.conf", "c.conf")
    assert {p.name: p.read_text("utf-8") for p in tmp_path.iterdir()} == {"b.conf": "乙", "c.conf": "3"}
    assert stat.S_IMODE((tmp_path / "b.conf").stat().st_mode) == 0o640


def test_a_swap_can_be_undone(tmp_path: Path) -> None:
    """When Asterisk refuses the new set, the old one is put back to the letter."""
    files.put(tmp_path, {"a.conf": "1", "b.conf": "2"})
    swap = files.swap(tmp_path, {"a.conf": "x", "c.conf": "y"})
    swap.undo()
    assert {p.name: p.read_text() for p in tmp_path.iterdir()} == {"a.conf": "1", "b.conf": "2"}


def test_an_error_half_way_leaves_the_old_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk at the second file."""
    files.put(tmp_path, {"a.conf": "1", "b.conf": "2"})
    real = files._put_one

    def full(folder: Path, name: str, text: str | None) -> None:
        if name == "b.conf" and text == "new":
            raise OSError(28, "No space left on device", name)
        real(folder, name, text)

    monkeypatch.setattr(files, "_put_one", full)
    with pytest.raises(PbxError, match="No space left"):
        files.put(tmp_path, {"a.conf": "new", "b.conf": "new"})
    assert {p.name: p.read_text() for p in tmp_path.iterdir()} == {"a.conf": "1", "b.conf": "2"}


def test_every_rendered_file_is_reloaded_by_somebody() -> None:
    """Each is known to `reloads` or read at the start only; the dialplan comes last."""
    unread = {"acl.conf", "ccss.conf", "cel.conf", "udptl.conf"}  # hold nothing of the rules
    for name in rendered().keys() - unread:
        assert files.reloads([name]) or files.needs_restart([name]), name
    assert files.reloads(["directory.conf", "voicemail.conf", "pjsip.conf"])[-1] == "pbx_config.so"
    assert files.reloads([]) == []
    assert not files.needs_restart(["pjsip.conf"])
