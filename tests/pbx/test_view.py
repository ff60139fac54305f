"""Which folders the PBX's user can't enter, and what is bound where for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from switchboard.pbx import view
from switchboard.pbx.account import Account
from switchboard.pbx.view import Need, arguments, covers

NOBODY = Account(uid=65534, gid=65534)


def test_open_folders_need_nothing() -> None:
    """Where everybody may enter, the PBX is started plainly."""
    assert covers([Need(Path("/usr/bin")), Need(Path("/tmp"), writes=True)], NOBODY) == {}


@pytest.fixture
def closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is the only closed one on the way, wherever the tests' own folder lies."""
    folder = tmp_path / "closed"
    folder.mkdir()
    may_enter = view._may_enter
    monkeypatch.setattr(
        view, "_may_enter", lambda f, who: may_enter(f, who) if f.is_relative_to(tmp_path) else True
    )
    tmp_path.chmod(0o755)
    folder.chmod(0o700)
    return folder


def test_the_first_closed_ancestor_is_covered(closed: Path) -> None:
    """One cover for all that lies below it, however many closed folders follow."""
    (closed / "also/data").mkdir(parents=True)
    (closed / "also").chmod(0o700)
    (closed / "programs").mkdir()
    needs = [Need(closed / "also/data", writes=True), Need(closed / "programs")]
    assert covers(needs, NOBODY) == {closed: needs}


def test_a_folder_of_the_pbx_itself_may_be_closed_to_others(closed: Path) -> None:
    """Its own spool is entered by its user; only ancestors matter, and owners may enter."""
    assert covers([Need(closed)], NOBODY) == {}
    owner = Account(closed.stat().st_uid, closed.stat().st_gid)
    assert covers([Need(closed / "data")], owner) == {}


def test_links_are_followed_to_where_folders_really_are(closed: Path) -> None:
    """What is bound is the real folder: a link into a closed place needs a cover, too."""
    (closed / "data").mkdir()
    link = closed.parent / "link"
    link.symlink_to(closed / "data")
    assert covers([Need(link)], NOBODY) == {closed: [Need(closed / "data")]}


def test_the_script_is_told_cover_by_cover() -> None:
    """The order of arguments that the shell script reads."""
    closed = {Path("/root"): [Need(Path("/root/a")), Need(Path("/root/b c"), writes=True)]}
    assert arguments(closed, Path("/tmp/stage")) == [
        *("/tmp/stage", "/root", "2", "ro", "/root/a", "rw", "/root/b c", "--")
    ]
