"""One AGI command as bytes, or a refusal.

Asterisk reads a command with fgets into 8,192 bytes and splits it at blanks; `"` groups, `\\` makes the
next character plain, inside quotes and outside (res_agi.c: run_agi, parse_args). What is longer is cut and
the rest taken for the next command, and parse_args writes past its 128 words when they are quoted: hence
hard limits.
"""

from __future__ import annotations

from switchboard.errors import AgiCommandFailed

MAX_LINE = 8191
"""Bytes of a line with its line end: AGI_BUF_LEN less the closing NUL."""

MAX_WORDS = 127
"""Words of a command: MAX_ARGS less the closing NULL."""

_FORBIDDEN = ("\r", "\n", "\0")


def line(verb: str, *arguments: str | int | float) -> bytes:
    """`verb` (one or more plain words) and arguments, each quoted; or AgiCommandFailed with the reason."""
    words = len(verb.split()) + len(arguments)
    if words > MAX_WORDS:
        raise AgiCommandFailed(f"refused before sending: {verb} with {words} words, {MAX_WORDS} allowed")
    text = " ".join((verb, *(quoted(str(a)) for a in arguments)))
    try:
        made = text.encode("utf-8") + b"\n"
    except UnicodeEncodeError as error:
        raise AgiCommandFailed(f"refused before sending: {verb} with text that is no Unicode") from error
    if len(made) > MAX_LINE:
        raise AgiCommandFailed(f"refused before sending: {verb} of {len(made)} bytes, {MAX_LINE} allowed")
    return made


def quoted(text: str) -> str:
    """One argument that Asterisk reads back as exactly `text`."""
    for c in _FORBIDDEN:
        if c in text:
            raise AgiCommandFailed(f"refused before sending: {c!r} in an argument")
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
