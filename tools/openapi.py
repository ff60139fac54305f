"""Writes docs/openapi.json anew, from what the API declares. A test holds the two equal."""

from __future__ import annotations

import json
from pathlib import Path

from switchboard.web.api import described

PLACE = Path(__file__).parent.parent / "docs" / "openapi.json"


def main() -> None:
    """Write the document."""
    PLACE.write_text(json.dumps(described(), ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
