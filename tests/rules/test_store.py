"""Versions of the rules: kept, put in force in one motion, found again."""

from __future__ import annotations

import os
from datetime import UTC, datetime

import pytest

from switchboard.errors import RulesError
from switchboard.rules import load_text
from switchboard.rules.store import RulesStore, write_safely
from tests.rules.small import SMALL

OTHER = SMALL.replace("Shen Jie", "Shen Jia")
WRONG = SMALL.replace('unclear: "8100"', 'unclear: "8111"')
AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


@pytest.fixture
def store(tmp_path):
    return RulesStore(tmp_path / "rules", clock=lambda: AT)


def test_nothing_is_in_force_at_first(store):
    """A new company has no rules until it puts some in force."""
    assert store.in_force() is None
    assert store.last_good() is None
    assert store.version_in_force() is None
    assert store.history() == []


def test_a_version_has_a_number_and_a_hash_and_unchanged_content_keeps_it(store):
    """Saving without a change is no new version."""
    first = store.keep(SMALL, "routing_rules.yaml")
    assert first.startswith("1-")
    assert len(first) == 10
    assert store.keep(SMALL.encode(), "again") == first
    second = store.keep(OTHER, "routing_rules.yaml")
    assert second.startswith("2-")
    assert store.get(second).version == second
    assert store.content(first).decode() == SMALL


def test_the_version_in_force_is_recognised_behind_newer_ones(store):
    """A refused change that is taken back makes no new version."""
    first = store.keep(SMALL, "file")
    store.put_in_force(first)
    store.keep(WRONG, "file")
    assert store.keep(SMALL, "file") == first


def test_what_is_in_force_survives_a_restart(store, tmp_path):
    """The pointer is on disk."""
    version = store.keep(SMALL, "file")
    assert store.put_in_force(version).version == version
    again = RulesStore(tmp_path / "rules")
    assert again.in_force().version == version
    assert again.in_force().extensions == store.in_force().extensions


def test_wrong_rules_are_never_put_in_force(store):
    """The last good ones rule; the problems are told."""
    good = store.keep(SMALL, "file")
    store.put_in_force(good)
    with pytest.raises(RulesError) as refused:
        store.put_in_force(store.keep(WRONG, "file"))
    assert refused.value.problems[0].code == "unknown-extension"
    assert store.in_force().version == good
    assert store.last_good().version == good


def test_the_last_good_rules_are_found_when_the_pointer_or_its_version_is_lost(store, tmp_path):
    """A damaged disk still leaves a company its switchboard, if any version can be read."""
    first, second = store.keep(SMALL, "file"), store.keep(OTHER, "file")
    store.put_in_force(first)
    store.put_in_force(second)
    (tmp_path / "rules" / f"{second}.yaml").write_text("not rules")
    again = RulesStore(tmp_path / "rules")
    assert again.in_force() is None
    assert again.last_good().version == first
    (tmp_path / "rules" / "in_force").write_bytes(b"\xff\x00../../etc/passwd")
    assert RulesStore(tmp_path / "rules").last_good().version == first


def test_history_tells_when_and_from_where(store):
    """Each version with its state, newest first."""
    first, second = store.keep(SMALL, "file"), store.keep(OTHER, "by hand")
    store.put_in_force(first)
    store.put_in_force(second)
    third = store.keep(WRONG, "file")
    newest, now, old = store.history()
    assert (newest.version, newest.state) == (third, "kept")
    assert (now.version, now.state, now.source) == (second, "in force", "by hand")
    assert (old.state, old.in_force_at) == ("replaced", ("2026-03-01T09:30:00+00:00",))
    assert now.at == "2026-03-01T09:30:00+00:00"


def test_ten_versions_sort_by_number(store):
    """10 comes after 9."""
    for i in range(11):
        store.keep(f"{SMALL}# {i}\n", "file")
    assert [k.number for k in store.history()] == list(range(11, 0, -1))


@pytest.mark.parametrize(
    "version",
    ["", "1", "../../etc/passwd", "1-zzzzzzzz", "1-00000000/..", "0-12345678", "1-12345678\n", "１-12345678"],
)
def test_a_version_that_was_never_kept_is_refused(store, version):
    """Calls carry versions, so a version is outside input: it never becomes another path."""
    with pytest.raises(RulesError):
        store.get(version)


def test_writing_leaves_the_old_or_the_new(tmp_path, monkeypatch):
    """Power lost between writing and renaming: the old file stands, nothing lies about."""
    path = tmp_path / "file"
    write_safely(path, b"old")

    def lost(*_):
        raise OSError("power lost")

    monkeypatch.setattr(os, "replace", lost)
    with pytest.raises(OSError, match="power lost"):
        write_safely(path, b"new")
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_writing_keeps_the_files_mode(tmp_path):
    """Going back to a version doesn't lock colleagues out of the rules file."""
    path = tmp_path / "file"
    path.write_bytes(b"old")
    path.chmod(0o664)
    write_safely(path, b"new")
    assert path.stat().st_mode & 0o777 == 0o664


def test_rules_compiled_already_are_not_compiled_again(store, monkeypatch):
    """Ten thousand extensions take a second: once is enough."""
    loaded = load_text(SMALL)
    version = store.keep(loaded.content, "file", loaded.rules)
    monkeypatch.setattr(store, "load", None)
    assert store.get(version).version == version
    assert store.put_in_force(version).extensions is loaded.rules.extensions


def test_a_file_keeps_its_place_mode_and_owner(tmp_path):
    """Rules behind a link are written where they are, and stay their owner's."""
    (tmp_path / "real").mkdir()
    real = tmp_path / "real" / "rules.yaml"
    real.write_text("old")
    real.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(real, 12345, 12345)
    owner = real.stat().st_uid
    link = tmp_path / "rules.yaml"
    link.symlink_to(real)
    write_safely(link, b"new")
    assert link.is_symlink()
    assert real.read_text() == "new"
    assert (real.stat().st_mode & 0o777, real.stat().st_uid) == (0o640, owner)
