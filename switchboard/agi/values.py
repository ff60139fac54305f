"""What may stand in an AGI command, and what callers' values are cut down to.

Everything a caller sends (name, number, digits, headers) is text by another's hand. Asterisk gives it to us
with the session and we give some of it back in commands. This module refuses what could change a command's
meaning; it never repairs a command, since a repaired command is one that nobody wrote.

What Asterisk does with arguments (res_agi.c, 22): `SET VARIABLE` stores the value as it is, but a *name*
that ends in ")" runs a function; `GET FULL VARIABLE` substitutes its whole argument; `EXEC` substitutes its
argument when the channel variable AGIEXECFULL is true (it never is with us) and the application then splits
it at commas, quotes and parentheses. `${` and `$[` in a value are refused all the same: some applications
and many dialplan lines evaluate what they are given once more.
"""

from __future__ import annotations

import re
import unicodedata

from switchboard.errors import AgiCommandFailed

NAME_LIMIT = 256
"""Characters kept of a caller's name or number."""

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\([A-Za-z0-9_,./@: *#+-]*\))?", re.ASCII)
_SOUND = re.compile(r"[A-Za-z0-9_/+-][A-Za-z0-9_./+-]*", re.ASCII)
_PHONE = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_APP = re.compile(r"[A-Za-z][A-Za-z0-9]*", re.ASCII)
_FORMAT = re.compile(r"[a-z0-9]{1,16}", re.ASCII)
_DIGITS = re.compile(r"[0-9*#A-D]*", re.ASCII)
_JOINERS = "\u200c\u200d"  # needed inside some scripts and emoji; every other format character is dropped


def clean(text: str, limit: int = NAME_LIMIT) -> str:
    """A caller's text without controls, line ends and direction marks, trimmed, `limit` at most."""
    kept = (c for c in text if c in _JOINERS or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp"))
    return "".join(kept).strip()[:limit]


def variable_name(name: str) -> str:
    """A channel variable or function with plain arguments: `SB_STATE`, `CALLERID(num)`."""
    return _checked(_VARIABLE, name, "variable name")


def sound_name(name: str) -> str:
    """A sound or recording without its ending: `sb/greeting-hello-3f2a9c1b`. Never upwards, never a URL."""
    if ".." in name:
        raise AgiCommandFailed(f"refused before sending: sound name {name!r} leads upwards")
    return _checked(_SOUND, name, "sound name")


def phone_name(name: str) -> str:
    """One endpoint: an extension or a trunk. `&`, `/` and the like would name further devices."""
    return _checked(_PHONE, name, "phone")


def app_name(name: str) -> str:
    """A dialplan application."""
    return _checked(_APP, name, "application")


def file_format(name: str) -> str:
    """A file format as Asterisk names them: wav, sln16, ulaw."""
    return _checked(_FORMAT, name, "file format")


def escape_digits(digits: str) -> str:
    """Keys that cut a command short."""
    return _checked(_DIGITS, digits, "escape digits")


def value(text: str) -> str:
    """A value for a variable: no substitution in it. Line ends and NUL are refused by `command.line`."""
    for mark in ("${", "$["):
        if mark in text:
            raise AgiCommandFailed(f"refused before sending: {mark!r} in a value of {len(text)} characters")
    return text


def app_argument(text: str) -> str:
    """One argument of an application: nothing in it can end it or begin another."""
    value(text)
    depth = 0
    for c in text:
        depth += (c == "(") - (c == ")")
        if depth < 0 or c in '"\\' or (c == "," and depth == 0):
            raise AgiCommandFailed(f"refused before sending: {c!r} in an application's argument")
    if depth:
        raise AgiCommandFailed("refused before sending: '(' left open in an application's argument")
    return text


def _checked(pattern: re.Pattern[str], text: str, what: str) -> str:
    if pattern.fullmatch(text) is None:
        raise AgiCommandFailed(f"refused before sending: {text[:80]!r} is no {what}")
    return text
