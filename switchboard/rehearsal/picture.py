"""Ways as pictures for a company's own documents: Mermaid text, or an SVG that needs no other program."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from html import escape

from switchboard.rehearsal.rows import Row
from switchboard.sentences import say

LABEL = 48
"""Characters of a sentence in a picture; the rest is an ellipsis."""

ROW, STEP, MARGIN, SIZE = 26, 26, 16, 13
"""Heights, indentation, margin and letter size of the SVG, in pixels."""


def mermaid(rows: Iterable[Row], language: str = "en") -> str:
    """A flow chart in Mermaid's language."""
    lines = ["flowchart TD"]
    for count, row in enumerate(rows):
        name = f"s{row.n or row.see}" if row.n or row.see else f"e{count}"
        if row.n:
            lines.append(f'  {name}["{_what(row, language)}"]')
        elif not row.see:
            lines.append(f'  {name}(["{_quoted(row.ends)}"])')
        if row.parent:
            arrow = "-.->" if row.otherwise else "-->"
            label = f'|"{_quoted(row.label)}"|' if row.label else ""
            lines.append(f"  s{row.parent} {arrow}{label} {name}")
    return "\n".join(lines) + "\n"


def svg(rows: Iterable[Row], title: str, language: str = "en") -> str:
    """A drawing of the tree. Texts are texts: they can be searched and copied."""
    drawn = list(rows)
    parts: list[str] = []
    places: dict[int, tuple[int, int]] = {}
    width = _width(title) + MARGIN
    for i, row in enumerate(drawn):
        x, y = MARGIN + row.depth * STEP, 2 * MARGIN + ROW * (i + 1)
        if row.parent:
            left, top = places[row.parent]
            way = f"V{y - SIZE}" if left == x else f"V{y - 4}H{x - 4}"
            parts.append(f'<path d="M{left + 6} {top + 5}{way}" class="line"/>')
        places[row.n] = (x, y)
        pieces = _pieces(row, language)
        spans = " ".join(f'<tspan class="{s}">{escape(words)}</tspan>' for s, words in pieces if words)
        parts.append(f'<text x="{x}" y="{y}">{spans}</text>')
        width = max(width, x + _width(" ".join(words for _, words in pieces)))
    height = 3 * MARGIN + ROW * (len(drawn) + 1)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width + 2 * MARGIN}" height="{height}" '
        f'font-family="sans-serif" font-size="{SIZE}">\n'
        "<style>.line{fill:none;stroke:#999}.label{fill:#0a5}.n{fill:#888}.hears{fill:#000}"
        ".does{fill:#235}.why{fill:#888;font-size:11px}.ends{font-weight:bold}.see{fill:#888}</style>\n"
        f'<rect width="100%" height="100%" fill="#fff"/>\n'
        f'<text x="{MARGIN}" y="{MARGIN + SIZE}" font-weight="bold">{escape(title)}</text>\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )


def _pieces(row: Row, language: str) -> list[tuple[str, str]]:
    """What stands in a row, each piece with its style."""
    label = say("ways.label", label=row.label).in_language(language) if row.label else ""
    pieces = [("label", label)]
    if row.see:
        return [*pieces, ("see", say("ways.as_at", step=row.see).in_language(language))]
    if not row.n:
        return [*pieces, ("ends", row.ends)]
    hears = f"「{_short(row.hears)}」" if row.hears else ""
    line = say("ways.in_line", line=row.line).in_language(language) if row.line else ""
    why = f"{row.reason} {line}".rstrip()
    return [("n", f"{row.n}"), *pieces, ("hears", hears), ("does", row.does), ("why", why)]


def _what(row: Row, language: str) -> str:
    hears = f"「{_short(row.hears)}」" if row.hears else ""
    line = say("ways.line", line=row.line).in_language(language) if row.line else ""
    return "<br/>".join(_quoted(part) for part in (f"{row.n}. {hears}{row.does}", line) if part)


def _short(text: str) -> str:
    return text if len(text) <= LABEL else text[: LABEL - 1] + "…"


def _quoted(text: str) -> str:
    """Text within a Mermaid label: nothing in it is syntax or markup."""
    return "".join(f"#{ord(c)};" if c in '&<>"#`|' or not c.isprintable() else c for c in text)


def _width(text: str) -> int:
    """Pixels, about: Chinese letters are twice as wide."""
    return sum(SIZE if unicodedata.east_asian_width(c) in "WF" else 7 for c in text)
