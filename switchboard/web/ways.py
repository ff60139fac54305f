"""Where a form may lead on to."""

from __future__ import annotations

import re

_OWN = re.compile(r"/(?![/\\])[!-\[\]-~]{0,500}", re.ASCII)


def own_path(wanted: str) -> str:
    """`wanted` when it is a path of ours, else "/": never another site, never a line end."""
    return wanted if _OWN.fullmatch(wanted) else "/"
