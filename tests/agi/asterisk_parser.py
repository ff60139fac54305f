"""How Asterisk itself splits a command: res_agi.c's parse_args and its fgets, in Python, for the tests."""

from __future__ import annotations


def lines_read(sent: bytes) -> list[bytes]:
    """What fgets into 8,192 bytes makes of what was sent: each at most 8,191 bytes, cut at NUL."""
    lines = []
    while sent:
        end = sent.find(b"\n") + 1 or len(sent)
        end = min(end, 8191)
        lines.append(sent[:end].rstrip(b"\n").partition(b"\0")[0])
        sent = sent[end:]
    return lines


def words(line: str) -> list[str]:
    """parse_args, character by character; raises where the C code would write past argv."""
    found: list[str] = []
    quoted = escaped = False
    blank = True
    for c in line:
        if c == '"' and not escaped:
            quoted = not quoted
            if quoted and blank:
                found.append("")
                blank = False
            continue
        if c in " \t" and not quoted and not escaped:
            blank = True
            continue
        if c == "\\" and not escaped:
            escaped = True
            continue
        if blank:
            found.append("")
            blank = False
        found[-1] += c
        escaped = False
    if len(found) > 127:
        raise OverflowError("argv")
    return found
