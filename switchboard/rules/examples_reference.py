"""The keys of a file with example calls, as tables for docs/rehearsal.md (a test holds it current)."""

from __future__ import annotations

from collections.abc import Iterator

from switchboard.rules.examples import CallsFile, ExampleCall, Given, Then, When
from switchboard.rules.schema import Section

BEGIN, END = "<!-- keys: made by switchboard.rules.examples_reference -->", "<!-- end of keys -->"

_PARTS: tuple[tuple[str, type[Section]], ...] = (
    ("The file", CallsFile),
    ("A call", ExampleCall),
    ("`given`", Given),
    ("`when`", When),
    ("`then`", Then),
)


def tables() -> str:
    """A table for each part, in Markdown."""
    return "\n".join(_tables())


def _tables() -> Iterator[str]:
    yield BEGIN
    for title, model in _PARTS:
        yield f"\n**{title}**\n"
        yield "| key | meaning |"
        yield "|---|---|"
        for name, field in model.model_fields.items():
            yield f"| `{name}` | {field.description} |"
    yield f"\n{END}"
