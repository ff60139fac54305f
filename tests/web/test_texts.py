"""What pages say: the same in both languages, and everything that a page asks for is there."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from switchboard.web import language
from switchboard.web.answers import CODES
from switchboard.web.language import FOLDER, LANGUAGES, texts
from switchboard.web.navigation import PAGES

WEB = FOLDER.parent
FEATURES = sorted({path.name.split(".")[0] for path in FOLDER.glob("*.yaml")})


def keys(of: str) -> dict[str, str]:
    """Every text of a language."""
    return {k: v for feature in FEATURES for k, v in texts(of).all(feature).items()}


def holes(text: str) -> set[str]:
    """What is filled in: names between braces."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_both_languages_say_the_same() -> None:
    """The same keys, with the same things filled in, and none of them empty."""
    zh, en = keys("zh"), keys("en")
    assert zh.keys() == en.keys()
    assert [k for k in zh if holes(zh[k]) != holes(en[k])] == []
    assert [k for k in zh if not zh[k].strip() or not en[k].strip()] == []


def test_chinese_texts_are_chinese() -> None:
    """No English sentence was left standing in for one; names that both languages write alike may."""
    left = {k: v for k, v in keys("zh").items() if not re.search(r"[\u4e00-\u9fff]", v)}
    assert {k: v for k, v in left.items() if re.search(r"[a-z]+ [a-z]+ [a-z]+", v)} == {}


def test_no_two_files_share_a_feature_and_each_has_both() -> None:
    """`<feature>.<language>.yaml`, nothing else."""
    found = {path.name for path in FOLDER.iterdir()}
    assert found == {f"{feature}.{lang}.yaml" for feature in FEATURES for lang in LANGUAGES}


ASKED = re.compile(r"""\bt\(\s*(?:request,\s*)?["']([a-z-]+\.[\w.-]+)["']""")


@pytest.mark.parametrize(
    "path", sorted([*WEB.rglob("*.html"), *WEB.rglob("*.py")]), ids=lambda p: p.relative_to(WEB).as_posix()
)
def test_every_text_a_page_asks_for_is_there(path: Path) -> None:
    """Keys named whole in templates and handlers."""
    for key in ASKED.findall(path.read_text("utf-8")):
        if not key.endswith((".", "_", "-")):  # the rest is put together where it is used
            assert key in texts("zh"), f"{path.name}: {key}"


def test_every_error_has_its_sentence() -> None:
    """Each code that is raised without a sentence of its own, and each status that has no code."""
    raised = {
        code
        for path in WEB.rglob("*.py")
        for code in re.findall(
            r"""Refused\(\s*\d+,\s*["'](\w+)["']\s*(?:\)|,\s*\w+=)""", path.read_text("utf-8")
        )
    }
    missing = {
        c
        for c in raised | set(CODES.values()) | {"internal", "no_database"}
        if f"errors.{c}" not in texts("en")
    }
    assert missing == set()
    assert len(raised) > 5


def test_every_page_has_its_name() -> None:
    """In the navigation."""
    assert [p.key for p in PAGES if f"nav.{p.key}" not in texts("zh")] == []


def test_a_missing_text_shows_its_key() -> None:
    """Rather than nothing, or an error page."""
    assert language.texts("zh")("no.such.text") == "no.such.text"


def test_what_is_filled_in_is_not_read_as_a_pattern() -> None:
    """A caller's name with braces stays a name."""
    said = language.Texts({"a.b": "Call from {name}"})
    assert said("a.b", name="{0.__class__}") == "Call from {0.__class__}"
