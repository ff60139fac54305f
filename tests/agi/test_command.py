"""Commands: Asterisk reads back exactly the words meant, or nothing is sent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.agi.command import MAX_LINE, MAX_WORDS, line
from switchboard.errors import AgiCommandFailed
from tests.agi.asterisk_parser import lines_read, words


@given(st.lists(st.text(max_size=60), max_size=20))
def test_what_is_sent_is_what_asterisk_reads(arguments: list[str]) -> None:
    """Any text survives quoting, or is refused for a line end, NUL or broken Unicode; never two commands."""
    try:
        sent = line("SET VARIABLE", *arguments)
    except AgiCommandFailed:
        joined = "".join(arguments)
        assert any(c in joined for c in "\r\n\0") or any(0xD800 <= ord(c) <= 0xDFFF for c in joined)
        return
    read = lines_read(sent)
    assert len(read) == 1
    assert words(read[0].decode()) == ["SET", "VARIABLE", *arguments]


@pytest.mark.parametrize("evil", ["a\nHANGUP", "a\r", "\0", "x\r\nSET VARIABLE A B"])
def test_line_ends_and_nul_are_refused(evil: str) -> None:
    """They would begin another command, or hide the rest of this one."""
    with pytest.raises(AgiCommandFailed, match="refused before sending"):
        line("NOOP", evil)


def test_limits_are_asterisks_own() -> None:
    """8,191 bytes and 127 words pass; one more would be cut into a second command or written past argv."""
    fits = MAX_LINE - len(b'NOOP ""\n')
    assert len(lines_read(line("NOOP", "x" * fits))) == 1
    with pytest.raises(AgiCommandFailed, match="8192 bytes"):
        line("NOOP", "x" * (fits + 1))
    with pytest.raises(AgiCommandFailed, match="bytes"):
        line("NOOP", "汉" * 3000)
    assert len(words(line("NOOP", *["x"] * (MAX_WORDS - 1)).decode().rstrip("\n"))) == 127
    with pytest.raises(AgiCommandFailed, match="128 words"):
        line("NOOP", *["x"] * MAX_WORDS)
