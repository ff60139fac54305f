"""The pages that people read, and what stands in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from switchboard.settings import SOURCE

PAGES = sorted(
    p for p in (*SOURCE.glob("*.md"), *(SOURCE / "docs").rglob("*.md")) if not p.name.startswith("LICENSE")
)

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)
_INLINE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\[[^\]\n]*\]\(([^)\s]+)\)")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced piece of a page: what it is called (sh, console, yaml, …) and what stands in it."""

    page: str
    line: int
    kind: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def name(page: Path) -> str:
    """A page's path from the repository's root."""
    return page.relative_to(SOURCE).as_posix()


def blocks(*kinds: str) -> list[Block]:
    """Every block of these kinds, of all pages."""
    found = []
    for page in PAGES:
        text = page.read_text("utf-8")
        for match in _FENCE.finditer(text):
            if match[1] in kinds:
                found.append(Block(name(page), text.count("\n", 0, match.start()) + 1, match[1], match[2]))
    return found


def prose(page: Path) -> str:
    """A page without its blocks."""
    return _FENCE.sub("", page.read_text("utf-8"))


def words_in_code(page: Path) -> Iterator[str]:
    """What stands between backticks in the prose."""
    for match in _INLINE.finditer(prose(page)):
        yield match[1]


def links(page: Path) -> Iterator[str]:
    """Where the prose's links lead."""
    for match in _LINK.finditer(prose(page)):
        yield match[1]


def anchors(page: Path) -> set[str]:
    """What links may jump to on a page: its headings as GitHub makes anchors of them."""
    found = set()
    for heading in re.findall(r"^#{1,6} +(.+)$", prose(page), re.MULTILINE):
        bare = re.sub(r"[^\w\- ]", "", heading.strip().lower())
        found.add(bare.replace(" ", "-"))
    return found
