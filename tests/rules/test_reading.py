"""Files that are hardly YAML: each gets an answer with a line, none gets through."""

from __future__ import annotations

import time

import pytest

from switchboard.rules import load, load_text, reading
from tests.rules.small import SMALL, added, changed, line_of, only


def test_a_missing_file_is_a_problem_not_a_crash(tmp_path):
    """There is nothing to read, and it says so."""
    problem = only(load(tmp_path / "nothing.yaml"))
    assert (problem.code, problem.line) == ("unreadable", 1)
    assert only(load(tmp_path)).code == "unreadable"
    assert only(load("a\0b")).code == "unreadable"


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "---\n", "null", "~"])
def test_an_empty_file_is_told(text):
    """An editor's emptied file never becomes the rules."""
    assert only(load_text(text)).code == "empty"


@pytest.mark.parametrize(
    ("text", "found"), [("- a\n- b\n", "a list"), ("hello", "hello"), ('""', "the text")]
)
def test_something_else_than_keys_is_told(text, found):
    """A list or a sentence is no company."""
    problem = only(load_text(text))
    assert problem.code == "not-a-mapping"
    assert found in problem.message


def test_other_encodings_are_told_with_their_line():
    """GBK and UTF-16, as Chinese editors save them, are named."""
    problem = only(load_text(SMALL.encode("gbk")))
    assert (problem.code, problem.line) == ("encoding", 1)
    assert "GBK" in problem.hint
    assert "UTF-16" in only(load_text(SMALL.encode("utf-16"))).hint
    broken = SMALL.encode().replace("林娜".encode(), b"\xff\xfe")
    assert only(load_text(broken)).line == line_of("Lin Na", load_text(SMALL))


def test_a_byte_order_mark_and_windows_line_ends_are_fine():
    """Notepad writes both."""
    loaded = load_text(("\ufeff" + SMALL.replace("\n", "\r\n")).encode())
    assert loaded.ok
    assert loaded.rules.line("people.8101") == load_text(SMALL).rules.line("people.8101")


@pytest.mark.parametrize("bad", ["\0", "\x1b", "\x7f", "\x85", "\u2028", "\ufeff", "\ufffe"])
def test_invisible_characters_are_told_with_their_line(bad):
    """Whatever was pasted along is found."""
    problem = only(changed("Lin Na", f"Lin{bad}Na"))
    assert problem.code == "control-character"
    assert problem.line == line_of('8601":', load_text(SMALL))


def test_tabs_are_told_with_every_line_that_has_one():
    """YAML wants spaces; the first line is named, and the others beside it."""
    loaded = changed("  announce", "\tannounce")
    problem = only(loaded)
    assert (problem.code, problem.line) == ("tab", line_of("announce", loaded))
    both = load_text(SMALL.replace("  announce", "\tannounce").replace("  keys", "\tkeys"))
    assert "also in lines 5" in only(both).message


@pytest.mark.parametrize(
    ("old", "new", "hint"),
    [
        ('main_number: "8000"', 'main_number: "8000', "Close the quote"),
        ("  weekly:", "   weekly:\n  x: y", "below each other"),
        ("{zh: 小公司, en: Small Company}", "{zh: 小公司, en: Small Company", "bracket"),
        ("unclear:", "unclear：", "full-width ："),
        ('complaints: "8600"', "complaints: a: b", "in quotes"),
        ("{zh: 何静, en: He Jing}", "{zh: @何静, en: He Jing}", "quotes"),
        ('unclear: "8100"', 'unclear: "\\8100"', "single quotes"),
    ],
)
def test_bad_writing_is_told_in_plain_words(old, new, hint):
    """A line, and a way to mend it, instead of a parser's words."""
    loaded = changed(old, new)
    problem = only(loaded)
    assert problem.code == "syntax"
    assert hint in problem.hint
    assert 0 <= problem.line - line_of(old, load_text(SMALL)) <= 2


def test_duplicate_keys_name_both_lines():
    """YAML lets the last one win silently; we don't."""
    loaded = changed('unclear: "8100"', 'unclear: "8100"\nmain_number: "8001"')
    problem = only(loaded)
    assert (problem.code, problem.line, problem.path) == ("duplicate-key", 7, "main_number")
    assert "line 2" in problem.message


def test_the_same_number_twice_in_a_section_names_both_lines():
    """The commonest slip: a copied line."""
    loaded = added('  "8101": {name: {zh: 甲, en: A}}', '  "8890": {name: {zh: 沈洁, en: Shen Jie}}')
    problem = only(loaded)
    assert (problem.code, problem.path) == ("duplicate-key", "people.8101")


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ('main_number: "8000"', "main_number: 8000", "main_number"),
        ('unclear: "8100"', "unclear: 0123", "unclear"),
        ('  "8890":', "  8890:", "people.8890"),
        ('announce: ["8100"', "announce: [8100", "greeting.announce.0"),
        ('"9": language', "9: language", "greeting.keys.9"),
        ('prefix: "9"', "prefix: 9", "outside.prefix"),
        ("en: Shen Jie", "en: 2046", "people.8890.name.en"),
    ],
)
def test_unquoted_numbers_are_told_to_be_quoted(old, new, path):
    """0123 would become 123; the message shows the digits as they were written."""
    problem = next(p for p in changed(old, new).problems if p.code == "unquoted-number")
    assert problem.path == path
    assert "quotes" in problem.message
    assert '"' in problem.hint
    assert "0123" not in new or "0123" in problem.message


def test_an_unquoted_code_is_told_to_be_quoted():
    """*97 alone is an alias to YAML."""
    problem = only(changed('voicemail: "*97"', "voicemail: *97"))
    assert (problem.code, problem.path) == ("alias", "codes.voicemail")
    assert '"*97"' in problem.hint


def test_alias_bombs_are_refused_at_once():
    """Aliases are not followed, so nothing can grow."""
    rows = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    rows += [
        f"{c}: &{c} [{', '.join('*' + b for _ in range(9))}]"
        for b, c in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    begun = time.process_time()
    loaded = load_text("\n".join(rows))
    assert not loaded.ok
    assert any(p.code == "alias" and p.line == 2 for p in loaded.problems)
    assert time.process_time() - begun < 2


@pytest.mark.parametrize("text", ["[" * 50_000, "a: " + "{a: " * 50_000, "- " * 50_000, "? " * 50_000])
def test_deep_nesting_is_refused_at_once(text):
    """No stack is exhausted."""
    begun = time.process_time()
    problem = load_text(text).problems[-1]
    assert problem.code in ("too-deep", "syntax")
    assert time.process_time() - begun < 2


def test_a_huge_file_is_refused_unread():
    """20 MB are more than any company's."""
    assert only(load_text(b"#" * (reading.SIZE_LIMIT + 1))).code == "too-large"


def test_too_many_values_are_refused(monkeypatch):
    """Memory has a bound too."""
    monkeypatch.setattr(reading, "VALUE_LIMIT", 50)
    assert load_text(SMALL).problems[-1].code == "too-large"


def test_tags_and_second_documents_are_refused():
    """YAML's rarer doors are closed."""
    assert only(changed("en: Shen Jie", "en: !!python/name:os.system x")).code == "tag"
    assert only(load_text(SMALL + "---\na: b\n")).code == "syntax"


def test_times_need_no_quotes_even_between_braces():
    """08:30 is a text in YAML 1.2, whichever parser reads it."""
    loaded = changed('from: "09:00", to: "12:00"', "from: 9:00, to: 12:00")
    assert loaded.ok
    assert loaded.rules.calendar.hours[0].opens == 540


def test_without_the_compiled_parser_the_answers_are_the_same(monkeypatch):
    """ruamel's own parser is the reserve."""
    compiled = load_text(SMALL)
    monkeypatch.setattr(reading._build, "__defaults__", (False,))
    pure = load_text(SMALL)
    assert pure.rules.extensions == compiled.rules.extensions
    assert pure.rules.lines == compiled.rules.lines
    assert only(changed('main_number: "8000"', 'main_number: "8000')).code == "syntax"
