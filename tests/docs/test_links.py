"""Links between the pages lead somewhere, and files they name are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from switchboard.settings import SOURCE
from tests.docs.pages import PAGES, anchors, links, name, words_in_code

FOLDERS = ("docs", "switchboard", "tests", "bench", "dialplan", "asterisk-conf", "prompts", "tools", ".ci")
OF_THE_READER = ("prompts/recordings/",)
"""Places where readers put files of their own."""


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_between_pages_hold(page: Path) -> None:
    """File and heading of every link within the repository exist."""
    for link in links(page):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{name(page)}: {link}"
        assert not anchor or anchor in anchors(target), f"{name(page)}: {link}: no such heading"


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_files_named_are_there(page: Path) -> None:
    """A path of the repository between backticks exists (patterns and readers' own files aside)."""
    for code in words_in_code(page):
        path = code.split(":")[0]
        if re.search(r"[\s<>*{}…]", path) or path.startswith(OF_THE_READER):
            continue
        if path.partition("/")[0] in FOLDERS and "/" in path:
            assert (SOURCE / path).exists(), f"{name(page)}: {code} is not there"


def test_every_page_is_reached() -> None:
    """From the README one comes to every page."""
    seen: set[Path] = set()
    ahead = [SOURCE / "README.md"]
    while ahead:
        page = ahead.pop()
        seen.add(page)
        for link in links(page):
            target = (page.parent / link.partition("#")[0]).resolve()
            if target.suffix == ".md" and target.exists() and target not in seen:
                ahead.append(target)
            if target.is_dir() and target not in seen:
                seen.add(target)
                ahead += [p for p in target.glob("*.md") if p not in seen]
    assert not [name(p) for p in PAGES if p not in seen]
