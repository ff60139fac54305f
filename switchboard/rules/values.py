"""Single values of the rules file: what one may be, and what its error will say of that.

Each is a text with a check; a failing check raises Unfit with what was expected (its words are in
`sentences/expected.*.yaml`), which `wording` joins with what was found. Numbers, names and patterns that
pass can stand in a configuration file of Asterisk's without changing its meaning; names and texts can't,
whoever renders them quotes them.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
import zoneinfo
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Annotated, Any

from pydantic import AfterValidator, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema
from pydantic_core.core_schema import no_info_after_validator_function

from switchboard.sentences import Value, say

NAME_LIMIT = 80
SENTENCE_LIMIT = 600
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
RUN_LIMIT = 62
"""Days that one entry of `extra_holidays` may span: a longer run is a mistyped year."""


class Unfit(ValueError):
    """A value that can't stand where it stands. `expected`: what may."""

    def __init__(self, expected: str, /, **values: Value) -> None:
        self.expected = say(f"expected.{expected}", **values)
        super().__init__(f"expected {self.expected}")


class Matching:
    """A text that matches `pattern` as a whole; `expected` is the key of what says so. JSON Schema gets the
    pattern."""

    def __init__(self, pattern: str, expected: str) -> None:
        self._compiled = re.compile(pattern, re.ASCII)
        self._expected = expected

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {**handler(schema), "pattern": f"^(?:{self._compiled.pattern})$"}

    def _check(self, value: str) -> str:
        if not self._compiled.fullmatch(value):
            raise Unfit(self._expected)
        return value


def _spoken(limit: int, what: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        if not value.strip():
            raise Unfit("empty", what=say(what))
        for c in value:
            if ord(c) < 32 or unicodedata.category(c) in ("Cc", "Cs", "Co", "Zl", "Zp"):
                raise Unfit("one_line", what=say(what), character=f"U+{ord(c):04X}")
        if len(value) > limit:
            raise Unfit("shorter", what=say(what), limit=limit, count=len(value))
        return value

    return check


def minutes(value: str) -> int:
    """Minutes since midnight of a ClockTime."""
    hour, minute = value.split(":")
    return int(hour) * 60 + int(minute)


def weekdays(value: str) -> tuple[int, ...]:
    """ISO weekdays (1 = Monday) of a Days text. Unfit tells what is wrong with it."""
    found: set[int] = set()
    for part in value.lower().split(","):
        first, dash, last = (p.strip() for p in part.partition("-"))
        try:
            begin = WEEKDAYS.index(first)
            end = WEEKDAYS.index(last) if dash else begin
        except ValueError:
            raise Unfit("weekdays", part=part.strip()) from None
        while True:
            found.add(begin + 1)
            if begin == end:
                break
            begin = (begin + 1) % 7
    return tuple(sorted(found))


def month_day(value: str) -> tuple[int, int]:
    """(month, day) of a MonthDay."""
    month, day = value.split("-")
    return int(month), int(day)


def days_of(value: str) -> tuple[date, ...]:
    """Every day of a Dates text. Unfit tells what is wrong with it."""
    found = re.fullmatch(rf"({_DATE})(?: *(?:to|~|\.\.) *({_DATE}))?", value, re.ASCII)
    if not found:
        raise Unfit("dates")
    first, last = _day(found[1]), _day(found[2] or found[1])
    count = (last - first).days + 1
    if count < 1:
        raise Unfit("later", first=str(first))
    if count > RUN_LIMIT:
        raise Unfit("run", limit=RUN_LIMIT, count=count)
    return tuple(first + timedelta(days=i) for i in range(count))


def named_days(texts: Iterable[str]) -> frozenset[date]:
    """Every day that a list of `extra_holidays` or `extra_working_days` names."""
    return frozenset(day for text in texts for day in days_of(text))


def moment(value: str, last: bool = False) -> datetime:
    """The local time, without zone, that a Moment means; of a whole day its begin, or its end if `last`."""
    found = re.fullmatch(rf"({_DATE})(?:[ T]([0-2]?[0-9]:[0-5][0-9]))?", value, re.ASCII)
    if not found or (found[2] and minutes(found[2]) > 24 * 60):
        raise Unfit("moment")
    day = _day(found[1])
    whole = 24 * 60 if last else 0
    after = minutes(found[2]) if found[2] else whole
    return datetime.combine(day, time()) + timedelta(minutes=after)


_DATE = "[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"


def _day(value: str) -> date:
    year, month, day = map(int, value.split("-"))
    if not 2000 <= year <= 2100:
        raise Unfit("year")
    try:
        return date(year, month, day)
    except ValueError:
        raise Unfit("real_day", day=value) from None


def _days(value: str) -> str:
    weekdays(value)
    return value


def _dates(value: str) -> str:
    days_of(value)
    return value


def _moment(value: str) -> str:
    moment(value)
    return value


def _month_day(value: str) -> str:
    if not re.fullmatch("[0-9]{1,2}-[0-9]{1,2}", value, re.ASCII):
        raise Unfit("month_day")
    month, day = month_day(value)
    try:
        date(2000, month, day)  # a leap year: 02-29 may begin or end a season
    except ValueError:
        raise Unfit("real_day", day=value) from None
    return value


@lru_cache(maxsize=64)
def _zone(value: str) -> str:
    try:
        zoneinfo.ZoneInfo(value)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        raise Unfit("zone") from None
    return value


def _address(value: str) -> str:
    try:
        network = ipaddress.ip_network(value, strict=False)
    except ValueError:
        raise Unfit("address") from None
    if isinstance(network, ipaddress.IPv6Network) and network.network_address.ipv4_mapped:
        raise Unfit("ipv4")
    loopback = ipaddress.ip_network("127.0.0.0/8" if network.version == 4 else "::1/128")
    if network.overlaps(loopback):
        raise Unfit("not_loopback")
    if network.is_multicast or network.is_unspecified:
        raise Unfit("one_machine")
    return value


_PATTERN = r"(?:[0-9XZN]|\[(?:[0-9](?:-[0-9])?)+\]){1,24}\.?"


def _pattern(value: str) -> str:
    if not re.fullmatch(_PATTERN, value, re.ASCII):
        raise Unfit("pattern")
    for first, last in re.findall(r"([0-9])-([0-9])", value):
        if first > last:
            raise Unfit("range", first=first, last=last)
    return value


_HOST = r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?"
_EMAIL = r"[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])"

Extension = Annotated[str, Matching(r"[0-9]{2,10}", "extension"), Field(title="extension")]
Digits = Annotated[str, Matching(r"[0-9]{1,8}", "digits"), Field(title="digits")]
TrunkNumber = Annotated[
    str,
    Matching(r"\+?[0-9]{2,20}", "trunk_number"),
    Field(title="telephone number"),
]
CallerNumber = Annotated[
    str,
    Matching(r"\+?[0-9]{1,20}", "caller_number"),
    Field(title="telephone number"),
]
Phone = Annotated[
    str,
    Matching(r"[0-9]{2,20}", "phone"),
    Field(title="extension or telephone number"),
]
Key = Annotated[str, Matching(r"[0-9]", "key"), Field(title="digit")]
KeyMeaning = Annotated[
    str,
    Matching(r"language|enquiry|complaint|[0-9]{2,10}", "key_meaning"),
    Field(title="word or extension"),
]
OverflowTo = Annotated[
    str, Matching(r"message|[0-9]{2,10}", "overflow"), Field(title="`message` or extension")
]
Code = Annotated[str, Matching(r"\*[0-9]{2}", "code"), Field(title="code")]
Identifier = Annotated[
    str,
    Matching(r"[a-z](?:[a-z0-9]|-(?=[a-z0-9])){0,31}", "identifier"),
    Field(title="word"),
]
Host = Annotated[str, Matching(_HOST, "host"), Field(title="host")]
Registration = Annotated[
    str, Matching(rf"[A-Za-z0-9+._-]{{1,64}}@{_HOST}", "registration"), Field(title="user@host")
]
Email = Annotated[str, Matching(_EMAIL, "email"), Field(title="e-mail address")]
ClockTime = Annotated[
    str,
    Matching(r"(?:[01]?[0-9]|2[0-3]):[0-5][0-9]|24:00", "clock_time"),
    Field(title="time"),
]
Days = Annotated[
    str, AfterValidator(_days), Field(title="days", examples=["mon-fri", "sat", "mon, wed, fri"])
]
Dates = Annotated[
    str,
    AfterValidator(_dates),
    Field(
        title="day, or days",
        examples=["2026-10-01", "2026-10-01 to 2026-10-07"],
        json_schema_extra={"pattern": f"^{_DATE}(?: *(?:to|~|\\.\\.) *{_DATE})?$"},
    ),
]
Moment = Annotated[
    str,
    AfterValidator(_moment),
    Field(
        title="day or moment",
        examples=["2026-12-31", "2026-12-31 14:00"],
        json_schema_extra={"pattern": f"^{_DATE}(?:[ T](?:[01]?[0-9]|2[0-4]):[0-5][0-9])?$"},
    ),
]
MonthDay = Annotated[
    str,
    AfterValidator(_month_day),
    Field(title="month-day", examples=["07-01"], json_schema_extra={"pattern": "^[01]?[0-9]-[0-3]?[0-9]$"}),
]
TimeZone = Annotated[
    str, AfterValidator(_zone), Field(title="time zone", examples=["Asia/Shanghai", "Asia/Hong_Kong"])
]
Address = Annotated[
    str, AfterValidator(_address), Field(title="address", examples=["203.0.113.10", "203.0.113.0/28"])
]
Pattern = Annotated[
    str,
    AfterValidator(_pattern),
    Field(
        title="pattern",
        examples=["1[3-9]XXXXXXXXX", "0ZXXXXXXXXX", "X."],
        json_schema_extra={"pattern": f"^{_PATTERN}$"},
    ),
]
Line = Annotated[str, AfterValidator(_spoken(NAME_LIMIT, "expected.name")), Field(title="text")]
Sentence = Annotated[str, AfterValidator(_spoken(SENTENCE_LIMIT, "expected.text")), Field(title="text")]
