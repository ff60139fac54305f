"""Where the files that came with this version lie: texts, templates, the dialplan, the sample company.

In a clone they are beside the package, where people edit them. An installed package has no such place, so
its wheel carries them inside, in `switchboard/_data/`, laid out the same (tools/package_data.py). Nobody
else needs to know which of the two it is.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
PACKED = "_data"
"""The folder inside the package that a wheel brings them in."""

FOLDER = _PACKAGE / PACKED if (_PACKAGE / PACKED).is_dir() else _PACKAGE.parent
"""What holds `prompts/`, `dialplan/`, `asterisk-conf/`, `docs/` and the sample's two files."""


def shipped(name: str) -> Path:
    """The file or folder that came as `name`, a path as in the repository: `docs/rules.md`."""
    return FOLDER / name
