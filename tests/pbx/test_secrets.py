"""Secrets: made once, kept from everybody else, never printed."""

from __future__ import annotations

import json
import multiprocessing
import re
import stat
from pathlib import Path

import pytest

from switchboard.errors import PbxError
from switchboard.pbx.secrets import Secrets


def test_a_secret_is_made_once_and_stays(tmp_path: Path) -> None:
    """The second asking, and another process, get the first's password."""
    first = Secrets(tmp_path / "s")
    password = first.phone("8201")
    assert Secrets(tmp_path / "s").phone("8201") == password
    assert first.trunk("8201") != password != first.phone("8202")


def test_only_the_owner_can_read_them(tmp_path: Path) -> None:
    """Folder 0700, every file in it 0600."""
    Secrets(tmp_path / "s").ami("switchboard-admin")
    assert stat.S_IMODE((tmp_path / "s").stat().st_mode) == 0o700
    assert all(stat.S_IMODE(p.stat().st_mode) == 0o600 for p in (tmp_path / "s").iterdir())


def test_passwords_mean_nothing_to_a_configuration_file(tmp_path: Path) -> None:
    """Letters and digits only, at least 20 of them; PINs are six digits and not trivial."""
    secrets = Secrets(tmp_path)
    assert re.fullmatch(r"[0-9A-Za-z]{20,}", secrets.phone("8201"))
    secrets.ensure(phones=[str(n) for n in range(8000, 8300)])
    pins = [secrets.pin(str(n)) for n in range(8000, 8300)]
    assert all(re.fullmatch(r"[0-9]{6}", pin) and len(set(pin)) > 2 for pin in pins)
    assert len(set(pins)) > 290


def test_nothing_printable_holds_a_secret(tmp_path: Path) -> None:
    """Neither repr nor the error about a damaged file shows one."""
    secrets = Secrets(tmp_path)
    password = secrets.phone("8201")
    assert password not in repr(secrets)
    (tmp_path / "secrets.json").write_text(json.dumps({"phone": {"8201": password}}) + "{")
    with pytest.raises(PbxError) as caught:
        Secrets(tmp_path).phone("8201")
    assert password not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("name", ["", "../x", "a b", "8201\n", "x" * 65, "8;01"])
def test_names_that_could_be_more_than_names_are_refused(tmp_path: Path, name: str) -> None:
    """A name from a rules file becomes a key only when it is a plain word."""
    with pytest.raises(PbxError):
        Secrets(tmp_path).phone(name)


def _ask_for(folder: Path, name: str) -> str:
    return Secrets(folder).phone(name)


def test_processes_that_ask_at_once_agree(tmp_path: Path) -> None:
    """`run` and `phones` started together show the same passwords, and none is lost."""
    names = ["8201", "8202", "8203"] * 6
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        answers = pool.starmap(_ask_for, [(tmp_path, n) for n in names])
    assert len(set(zip(names, answers, strict=True))) == 3


def test_a_password_that_somebody_chose_is_kept_and_others_see_it(tmp_path: Path) -> None:
    """A provider's password for its trunk; another process that asks anew gets it."""
    secrets = Secrets(tmp_path)
    assert secrets.trunk("provider")
    secrets.choose("trunk", "provider", "S3cret!of-theirs")
    assert secrets.trunk("provider") == "S3cret!of-theirs"
    other = Secrets(tmp_path)
    assert other.trunk("provider") == "S3cret!of-theirs"
    secrets.choose("trunk", "provider", "another")
    other.forget()
    assert other.trunk("provider") == "another"


@pytest.mark.parametrize("value", ["", "a;b", "a\nb", "${X}", "x" * 65, "gehört", '"'])
def test_a_password_that_asterisk_could_misread_is_refused(tmp_path: Path, value: str) -> None:
    """Refused before anything is kept; the text doesn't repeat it."""
    secrets = Secrets(tmp_path)
    before = secrets.trunk("provider")
    with pytest.raises(PbxError) as caught:
        secrets.choose("trunk", "provider", value)
    assert secrets.trunk("provider") == before
    assert not value or len(value) < 3 or value not in str(caught.value)
