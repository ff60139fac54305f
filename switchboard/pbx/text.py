"""What may stand in a file that Asterisk reads: the one gate every printed value passes.

Asterisk's files have no quoting worth the name: `;` begins a comment, `[` a section, `#include` a file,
and a name that reaches the dialplan can hold `${SHELL(…)}`. So templates print nothing raw. A value is
either checked for its kind (`number`, `secret`, `path`, …) and becomes `Plain`, or it is text for people
and `conf` takes everything out of it that Asterisk could read as more than text. `finalize` does the
latter to whatever a template forgot.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

from switchboard.errors import PbxError

NAME_LIMIT = 80
"""Characters of a name that are shown on telephones; Asterisk itself keeps 80 (AST_MAX_EXTENSION)."""

_LOOKALIKES = str.maketrans({c: chr(ord(c) + 0xFEE0) for c in ";[]{}()<>=\"'`\\$#&|,^!~"})
"""ASCII marks with a meaning in .conf files or dialplan, and their full-width twins, without any."""

_UNSPEAKABLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Unicode categories dropped: controls, line ends, invisible marks that turn writing round."""


class Plain(str):
    """Text that was checked for what it stands for and is printed as it is."""

    __slots__ = ()


def conf(value: object, limit: int = NAME_LIMIT) -> Plain:
    """Text for people, harmless in any place of any file: never a section, comment, call or separator.

    What looks dangerous keeps its looks, as full-width characters; what can't be seen goes.
    """
    shown = unicodedata.normalize("NFC", str(value)[: 8 * limit])
    shown = "".join(c for c in shown if unicodedata.category(c) not in _UNSPEAKABLE or c in "\t\n")
    return Plain(" ".join(shown.split())[:limit].translate(_LOOKALIKES).strip())


def finalize(value: object) -> object:
    """Jinja's last word on a printed value: numbers and `Plain` stay, anything else goes through `conf`."""
    if isinstance(value, Plain) or type(value) is int:
        return value
    return conf(value)


def _checked(kind: str, form_of: str) -> Callable[[object], Plain]:
    form = re.compile(form_of)

    def check(value: object) -> Plain:
        text = str(value)
        if not form.fullmatch(text):
            raise PbxError(f"can't write the PBX's files: {text[:60]!r} is no {kind}")
        return Plain(text)

    check.__doc__ = f"`value` as it is if it is a {kind}; PbxError otherwise."
    return check


number = _checked("telephone number", r"[0-9]{1,20}")
dialled = _checked("number that a provider can dial", r"\+?[0-9]{1,20}")
shown = _checked("number to show", r"(?:\+?[0-9]{1,20})?")
code = _checked("feature code", r"\*[0-9]{1,6}")
word = _checked("plain name", r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,38}[A-Za-z0-9])?")
username = _checked("SIP user name", r"[A-Za-z0-9_.+-]{1,64}")
TURNING_MARKS = (
    *"\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
    *"\u200b\u2060\ufeff",
)
"""Invisible characters: those that turn writing round (UAX #9), and spaces of no width."""

secret = _checked("secret", r"[A-Za-z0-9!#%()*+,./:<=>?@_~-]{1,128}")
pin = _checked("mailbox PIN", r"[0-9]{1,16}")
host = _checked(
    "host", r"[A-Za-z0-9](?:[A-Za-z0-9.:-]{0,251}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\](?::[0-9]{1,5})?|::1?"
)
network = _checked("address or network", r"[0-9A-Fa-f:.]{2,45}(?:/[0-9]{1,3})?")
email = _checked("e-mail address", r"(?:[A-Za-z0-9_.+-]+@[A-Za-z0-9.-]+)?")
pattern = _checked("dial pattern", r"(?:[0-9XZN*+]|\[[0-9-]{1,20}\]){1,30}[.!]?")
sound = _checked("sound file", r"[A-Za-z0-9_/-]{1,120}")
zone = _checked("time zone", r"[A-Za-z0-9_+/-]{1,64}")


def path(value: Path | str) -> Plain:
    """A path for a .conf file; `;` escaped. PbxError for one that no .conf file can hold."""
    text = str(value)
    if not re.fullmatch(r"/[^\x00-\x1f\x7f\[\]]*", text) or text != text.strip():
        raise PbxError(f"Asterisk's files can't hold this path, choose another folder: {text!r}")
    return Plain(text.replace(";", r"\;"))


FILTERS = {
    "conf": conf,
    "number": number,
    "dialled": dialled,
    "code": code,
    "shown": shown,
    "word": word,
    "username": username,
    "secret": secret,
    "pin": pin,
    "host": host,
    "network": network,
    "email": email,
    "pattern": pattern,
    "sound": sound,
    "zone": zone,
    "path": path,
}
