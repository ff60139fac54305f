"""Kinds of settings: each function reads a value as written, or raises ValueError saying what it expected.

The second argument is the folder that relative paths start from.
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any


def path(value: Any, folder: Path) -> Path:
    if not isinstance(value, str):
        raise ValueError(f"expected a path in quotes, found {value!r}")
    if "\n" in value or "\0" in value:
        raise ValueError("a path can't hold line ends")
    return Path(os.path.normpath(folder / Path(value).expanduser()))


def readable(value: Any, folder: Path) -> Path:
    found = path(value, folder)
    if not found.is_file():
        raise ValueError(f"there is no file {found}")
    return found


def port(value: Any, _: Path) -> int:
    number = value if isinstance(value, int) and not isinstance(value, bool) else _number(value)
    if number is None or not 1 <= number <= 65535:
        raise ValueError(f"expected a port from 1 to 65535, found {value!r}")
    return number


def ports(value: Any, _: Path) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{1,5})\s*-\s*(\d{1,5})", value) if isinstance(value, str) else None
    low, high = (int(match[1]), int(match[2])) if match else (0, 0)
    if not (low >= 1024 and high <= 65535 and high - low >= 9):
        raise ValueError(f'expected at least 10 ports above 1023, like "10000-10999", found {value!r}')
    return low, high


def _number(value: Any) -> int | None:
    return int(value) if isinstance(value, str) and re.fullmatch(r"\d{1,5}", value) else None


def address(value: Any, _: Path) -> str:
    try:
        return str(ipaddress.ip_address(str(value)))
    except ValueError:
        raise ValueError(f"expected an IP address, found {value!r}") from None


def host(value: Any, _: Path) -> str:
    if isinstance(value, str) and re.fullmatch(r"[0-9A-Za-z]([0-9A-Za-z.:_-]*[0-9A-Za-z])?|::1?", value):
        return value
    raise ValueError(f"expected a host name or an IP address, found {value!r}")


def hosts(value: Any, folder: Path) -> tuple[str, ...]:
    parts = value if isinstance(value, list) else re.split(r"[,\s]+", str(value).strip())
    return tuple(host(str(p), folder).lower() for p in parts if p)


def nets(value: Any, _: Path) -> tuple[str, ...]:
    parts = value if isinstance(value, list) else re.split(r"[,\s]+", str(value).strip())
    try:
        return tuple(str(ipaddress.ip_network(str(p), strict=False)) for p in parts if p)
    except ValueError as error:
        raise ValueError(f"expected networks like 192.168.0.0/16, separated by commas: {error}") from None


def narrow_nets(value: Any, folder: Path) -> tuple[str, ...]:
    found = nets(value, folder)
    for net in found:
        if ipaddress.ip_network(net).prefixlen == 0:
            raise ValueError(f"{net} is everybody: name the addresses themselves")
    return found


def url(value: Any, _: Path) -> str:
    if isinstance(value, str) and re.match(r"(sqlite|postgresql)(\+\w+)?://", value):
        return value
    raise ValueError("expected a SQLAlchemy URL that begins with sqlite+aiosqlite:// or postgresql+…://")


def level(value: Any, _: Path) -> str:
    if str(value).lower() in ("debug", "info", "warning", "error"):
        return str(value).lower()
    raise ValueError(f"expected debug, info, warning or error, found {value!r}")


def one_of(*words: str) -> Callable[[Any, Path], str]:
    """The reader of a setting that is one of `words`."""

    def read(value: Any, _: Path) -> str:
        if str(value).lower() in words:
            return str(value).lower()
        raise ValueError(f"expected {' or '.join(words)}, found {value!r}")

    return read


def seconds(value: Any, _: Path) -> int:
    number = value if isinstance(value, int) and not isinstance(value, bool) else _number(value)
    if number is None or not 0 <= number <= 86400:
        raise ValueError(f"expected seconds from 0 to 86400, found {value!r}")
    return number


def percent(value: Any, _: Path) -> int:
    number = value if isinstance(value, int) and not isinstance(value, bool) else _number(value)
    if number is None or not 50 <= number <= 200:
        raise ValueError(f"expected a whole number from 50 to 200, found {value!r}")
    return number
