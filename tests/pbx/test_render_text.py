"""The gate every printed value passes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.errors import PbxError
from switchboard.pbx import text
from tests.pbx.firm import HOSTILE

DANGEROUS = set(";[]{}()<>=\"'`\\$#&|,^!~\r\n\t\0")


@given(st.text(max_size=300))
def test_no_text_keeps_a_character_that_asterisk_reads(value: str) -> None:
    """Whatever a name holds, what is printed is one line without marks, and UTF-8."""
    printed = text.conf(value)
    assert not DANGEROUS & set(printed)
    assert len(printed) <= text.NAME_LIMIT
    assert printed == printed.strip()
    assert printed.encode("utf-8").decode("utf-8") == printed


@given(st.text(max_size=300))
def test_what_is_safe_stays_as_it_is(value: str) -> None:
    """Printing twice changes nothing more."""
    assert text.conf(text.conf(value)) == text.conf(value)


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_names_print_harmless(value: str) -> None:
    """The company's worst employees."""
    assert not DANGEROUS & set(text.conf(value))


def test_names_stay_readable() -> None:
    """Letters of every script stay; marks keep their looks; turned-round writing is turned back."""
    assert text.conf("王小明 (R&D; 二部)") == "王小明 （R＆D； 二部）"
    assert text.conf("\u202egnp.exe") == "gnp.exe"
    assert text.conf("😀 Zoë") == "😀 Zoë"


def test_a_value_the_template_forgot_to_filter_is_made_safe() -> None:
    """Only numbers and checked values go through as they are."""
    assert text.finalize(5060) == 5060
    assert text.finalize(text.number("8201")) == "8201"
    assert text.finalize("${SHELL(id)}") == "＄｛SHELL（id）｝"
    assert text.finalize(True) == "True"


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        (text.number, "0123", "82O1"),
        (text.number, "8201", "8201\n"),
        (text.number, "8201", ""),
        (text.dialled, "+862155550000", "1+2"),
        (text.code, "*97", "97"),
        (text.word, "trunk-main", "a b"),
        (text.word, "x", "-x"),
        (text.username, "user.name+1", "user name"),
        (text.secret, "aZ09_.~", "a;b"),
        (text.pin, "482615", "48x"),
        (text.host, "sip.example.cn:5070", "host;x"),
        (text.host, "[2001:db8::1]:5060", "[x"),
        (text.network, "203.0.113.0/24", "example"),
        (text.pattern, "0[1-9]X.", "X.X"),
        (text.pattern, "[2-8]XXXXXXX", "${EXTEN}"),
        (text.sound, "sb/hello-3f2a9c1b", "../../etc/passwd&x"),
        (text.zone, "Asia/Shanghai", "x|y"),
    ],
)
def test_checked_kinds(check: object, good: str, bad: str) -> None:
    """A value of the kind passes unchanged, anything else is an error that says which kind was meant."""
    assert check(good) == good  # type: ignore[operator]
    with pytest.raises(PbxError, match="can't write the PBX's files"):
        check(bad)  # type: ignore[operator]


def test_paths() -> None:
    """Spaces and semicolons are possible in a path, line ends and brackets aren't."""
    assert text.path("/srv/a b;c") == r"/srv/a b\;c"
    for bad in ("relative", "/a\nb", "/a[b]", "/a "):
        with pytest.raises(PbxError, match="choose another folder"):
            text.path(bad)
