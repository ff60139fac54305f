"""What the journal and Asterisk's call records say, as values. Their text is foreign, and checked here.

A reader raises `Unreadable` for a record that can't be applied; whoever follows the file sets it aside.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any

from switchboard.dialplan import CDR_COLUMNS, extension_of

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_ID = re.compile(r"[\w.:-]{1,150}", re.ASCII)
_PARTY = re.compile(r"[A-Za-z]+/([^@;]+?)(?:-[0-9a-f]{8})?(?:@[^;]*)?(?:;[12])?")

TRUNK_PREFIX = "trunk-"


class Unreadable(ValueError):
    """A record that can't be applied; the text says why."""


def clean(value: object) -> str:
    """`value` as text any database takes: no control characters but tab and newline, no lone surrogates."""
    text = value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False)
    return _CONTROLS.sub("�", text)


def call_id(value: object) -> str:
    """A linked id: Asterisk's letters, digits, dots and dashes, and nothing that could be more than an id."""
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise Unreadable(f"no linked id: {value!r:.60}")
    return value


def instant(value: object) -> datetime:
    """An aware datetime from ISO 8601 with offset."""
    try:
        at = datetime.fromisoformat(str(value))
        if at.tzinfo is None:
            raise Unreadable(f"a time without offset: {value!r:.60}")
        return at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Unreadable(f"no time: {value!r:.60}") from error


def integer(value: object) -> int:
    """A whole number that fits a database's INTEGER."""
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > 2**31 - 1:
        raise Unreadable(f"no number: {value!r:.60}")
    return value


@dataclass(frozen=True, slots=True)
class Begun:
    """How a call began, from the journal."""

    at: datetime
    caller: str = ""
    name: str = ""
    dialled: str = ""
    origin: str = ""
    trunk: str = ""
    rules: str = ""

    @staticmethod
    def of(record: Mapping[str, Any]) -> Begun:
        """Read the record of kind "started". Raises Unreadable."""
        texts = {f.name: clean(record.get(f.name, "")) for f in fields(Begun) if f.name != "at"}
        return Begun(instant(record.get("at")), **texts)


@dataclass(frozen=True, slots=True)
class Step:
    """One decision, and what came of it (None: not known yet)."""

    n: int
    at: datetime
    action: str
    detail: str = ""
    outcome: str | None = None
    reason: str = ""
    rule_line: int | None = None
    derived: bool = False  # the outcome is worked out from other records; the journal's word replaces it
    row: int | None = None  # its number in the database; None before it has one

    @staticmethod
    def of(record: Mapping[str, Any]) -> Step:
        """Read a record of kind "step". Its `outcome` belongs to the step before. Raises Unreadable."""
        line = record.get("rule_line")
        return Step(
            n=integer(record.get("n")),
            at=instant(record.get("at")),
            action=clean(record.get("action", "")),
            detail=clean(record.get("detail", "")),
            reason=clean(record.get("reason", "")),
            rule_line=integer(line) if line else None,
        )

    def closed(self, outcome: str, *, derived: bool = False) -> Step:
        """The step with what came of it; what is known already stays."""
        return self if self.outcome is not None else replace(self, outcome=outcome, derived=derived)


@dataclass(frozen=True, slots=True)
class Cdr:
    """One of Asterisk's call detail records. A call has one for each channel and each leg dialled."""

    linkedid: str
    uniqueid: str
    sequence: int
    channel: str
    dstchannel: str
    src: str
    dst: str
    dcontext: str
    lastapp: str
    start: datetime
    answer: datetime | None
    end: datetime | None
    duration: float
    billsec: float
    disposition: str
    ending: str = ""

    @staticmethod
    def of(columns: Sequence[str]) -> Cdr:
        """Read the columns of dialplan.CDR_COLUMNS. Raises Unreadable."""
        if len(columns) != len(CDR_COLUMNS):
            raise Unreadable(f"{len(columns)} columns instead of {len(CDR_COLUMNS)}")
        text = dict(zip((name for name, _ in CDR_COLUMNS), map(clean, columns), strict=True))
        start = _epoch(text["start"])
        if start is None:
            raise Unreadable("no start")
        return Cdr(
            linkedid=call_id(text["linkedid"]),
            uniqueid=call_id(text["uniqueid"]),
            sequence=int(_number(text["sequence"])),
            start=start,
            answer=_epoch(text["answer"]),
            end=_epoch(text["end"]),
            duration=_number(text["duration"]),
            billsec=_number(text["billsec"]),
            **{
                name: text[name]
                for name in (
                    "channel",
                    "dstchannel",
                    "src",
                    "dst",
                    "dcontext",
                    "lastapp",
                    "disposition",
                    "ending",
                )
            },
        )

    def said(self) -> dict[str, str]:
        """The pairs that the hangup handler left in `ending`."""
        pairs = (pair.partition("=") for pair in self.ending.split(";"))
        return {key.strip(): value for key, equals, value in pairs if equals}


def party(channel: str) -> str:
    """Who is at the end of a channel: PJSIP/8201-00000002, PJSIP/8201-web-00000002 (the page), and
    Local/8201@reach-0001;1 → 8201."""
    found = _PARTY.fullmatch(channel.strip())
    return extension_of(found[1]) if found else channel.strip()


def _number(text: str) -> float:
    try:
        value = float(text or 0)
    except ValueError as error:
        raise Unreadable(f"no number: {text!r:.60}") from error
    if not -1e15 < value < 1e15:
        raise Unreadable(f"no sensible number: {text!r:.60}")
    return value


def _epoch(text: str) -> datetime | None:
    """Seconds since 1970, "" or 0 for a moment that never came (Asterisk: CDR(answer,u))."""
    seconds = _number(text)
    if seconds <= 0:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Unreadable(f"no time: {text!r:.60}") from error
