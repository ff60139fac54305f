"""Finding rows by a few letters of theirs, whatever letters these are."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, ColumnElement, func, or_

_ESCAPE = "\\"


def containing(text: str, *columns: Column[Any]) -> ColumnElement[bool]:
    """Rows with `text` somewhere in one of `columns`; its % and _ are letters as any other."""
    plain = text.lower()
    for special in (_ESCAPE, "%", "_"):
        plain = plain.replace(special, _ESCAPE + special)
    return or_(*(func.lower(column).like(f"%{plain}%", escape=_ESCAPE) for column in columns))
