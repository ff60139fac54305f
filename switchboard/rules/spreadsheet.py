"""A list of people as personnel keeps it: CSV or XLSX to rows of texts. What the columns mean is decided
by their headings, in English or Chinese.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from switchboard.errors import RulesError
from switchboard.rules.problems import why_not
from switchboard.sentences import say, several

SIZE_LIMIT = 20_000_000
"""Bytes of a file."""

ROW_LIMIT = 50_000
COLUMN_LIMIT = 100

HEADINGS = {
    "number": ("number", "extension", "ext", "分机", "分机号", "号码"),
    "name.zh": ("zh", "name_zh", "name.zh", "chinese", "chinese name", "name", "姓名", "中文名", "名字"),
    "name.en": ("en", "name_en", "name.en", "english", "english name", "英文名", "英文姓名"),
    "title.zh": ("title", "title_zh", "title.zh", "职务", "职位", "岗位"),
    "title.en": ("title_en", "title.en", "英文职务", "英文职位"),
    "department": ("department", "dept", "部门", "部门号"),
    "listing": ("listing", "公开"),
    "outside": ("outside", "外线", "外线权限"),
    "ring_for": ("ring_for", "振铃"),
    "mailbox": ("mailbox", "留言信箱", "信箱"),
    "email": ("email", "e-mail", "mail", "邮箱", "电子邮件", "邮件"),
    "language": ("language", "语言"),
    "call_waiting": ("call_waiting", "呼叫等待"),
    "wait_when_busy": ("wait_when_busy", "遇忙等待"),
}
"""What a column is called in the rules: the headings it may have."""

_MEANINGS = {heading: column for column, headings in HEADINGS.items() for heading in headings}


@dataclass(frozen=True, slots=True)
class Row:
    """One person. `line` is the row as the spreadsheet counts it; cells left empty are missing."""

    line: int
    cells: dict[str, str]


def rows(path: Path) -> list[Row]:
    """The people in a file. Raises RulesError when it can't be read, or lacks a column it needs."""
    try:
        content = path.read_bytes() if path.stat().st_size <= SIZE_LIMIT else None
    except OSError as error:
        raise RulesError(say("refusals.unreadable", path=str(path), reason=why_not(error))) from error
    if content is None:
        raise RulesError(say("refusals.large", path=str(path), limit=SIZE_LIMIT))
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise RulesError(say("refusals.old_excel", path=str(path)))
    table = _xlsx(path, content) if content.startswith(b"PK") else _csv(path, content)
    return _people(path, table)


def _people(path: Path, table: Iterator[list[str]]) -> list[Row]:
    columns: list[str | None] | None = None
    found: list[Row] = []
    for line, cells in enumerate(table, 1):
        if line > ROW_LIMIT:
            raise RulesError(say("refusals.rows", path=str(path), limit=ROW_LIMIT))
        texts = [cell.strip() for cell in cells[:COLUMN_LIMIT]]
        if not any(texts):
            continue
        if columns is None:
            columns = _columns(path, line, texts)
            continue
        row = {column: text for column, text in zip(columns, texts, strict=False) if column and text}
        found.append(Row(line, row))
    if columns is None:
        raise RulesError(say("refusals.empty", path=str(path)))
    return found


def _columns(path: Path, line: int, headings: list[str]) -> list[str | None]:
    """What each column means. One that means nothing to us is an error: it might be a misspelt heading."""
    columns = [_MEANINGS.get(heading.casefold().replace(" ", "_")) or _MEANINGS.get(heading.casefold())
               for heading in headings]  # fmt: skip
    unknown = [heading for heading, column in zip(headings, columns, strict=True) if heading and not column]
    if unknown:
        known = several(names[0] for names in HEADINGS.values())
        raise RulesError(say("refusals.column", path=str(path), row=line, heading=unknown[0], known=known))
    twice = [c for i, c in enumerate(columns) if c and c in columns[:i]]
    if twice:
        raise RulesError(say("refusals.column_twice", path=str(path), row=line, column=str(twice[0])))
    for needed in ("number", "name.zh"):
        if needed not in columns:
            column = HEADINGS[needed][0]
            raise RulesError(say("refusals.column_missing", path=str(path), row=line, column=column))
    return columns


def _csv(path: Path, content: bytes) -> Iterator[list[str]]:
    """Rows of a CSV file in UTF-8, or in GB 18030 as Excel writes it in China; , ; or tab between cells."""
    for encoding in ("utf-8-sig", "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise RulesError(say("refusals.csv_encoding", path=str(path)))
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    except csv.Error as error:
        raise RulesError(say("refusals.csv", path=str(path), error=str(error))) from error


def _xlsx(path: Path, content: bytes) -> Iterator[list[str]]:
    """Rows of the first sheet."""
    import openpyxl  # type: ignore[import-untyped]
    from openpyxl.utils.exceptions import InvalidFileException  # type: ignore[import-untyped]

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > 10 * SIZE_LIMIT:
                raise RulesError(say("refusals.unpacked", path=str(path)))
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        for row in book.worksheets[0].iter_rows(values_only=True, max_col=COLUMN_LIMIT):
            yield list(_texts(row))
    except RulesError:
        raise
    except (
        zipfile.BadZipFile,
        InvalidFileException,
        KeyError,
        IndexError,
        ValueError,
        OSError,
        SyntaxError,
    ) as error:
        raise RulesError(say("refusals.xlsx", path=str(path), error=str(error))) from error


def _texts(row: Iterable[Any]) -> Iterator[str]:
    """Cells as texts: Excel keeps 8205 as a number, and TRUE as a truth value."""
    for cell in row:
        if cell is None:
            yield ""
        elif isinstance(cell, bool):
            yield str(cell).lower()
        elif isinstance(cell, float) and cell.is_integer():
            yield str(int(cell))
        else:
            yield str(cell)
