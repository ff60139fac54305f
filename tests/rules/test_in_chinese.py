"""Problems of the rules for readers of Chinese: whole, with no English left but the file's own words."""

from __future__ import annotations

import re
import zoneinfo
from pathlib import Path

import pytest

from switchboard.domain import prompt_keys
from switchboard.rules import Loaded, Problem, load, load_text
from switchboard.rules.codes import MEANINGS
from switchboard.rules.differences import differences
from switchboard.rules.examples import load_examples, load_examples_text
from switchboard.rules.importing import plan
from switchboard.rules.recordings import in_one_language
from switchboard.rules.spreadsheet import Row
from switchboard.rules.values import WEEKDAYS
from switchboard.sentences import wordings
from tests.rules import test_problems, test_reading
from tests.rules.small import SMALL, added, changed
from tests.rules.test_differences import CHANGES as DIFFERENCES

SOURCE = Path(__file__).parents[2]
SCHEMA = (SOURCE / "docs" / "routing_rules.schema.json").read_text("utf-8")

LATIN = re.compile(r"[A-Za-z]{2,}")

OURS = set(
    LATIN.findall(" ".join((SCHEMA, *prompt_keys.ALL, *WEEKDAYS, *zoneinfo.available_timezones())))
) | {
    *("YAML", "UTF", "GBK", "GB", "IP", "IPv", "PIN", "docs", "md", "yaml", "prompts"),
    *("switchboard", "trunks", "rules", "rehearse", "force", "list", "all", "every", "skip", "present"),
    *("given", "hears", "ends", "message", "for", "at", "key", "value", "true", "false", "to", "wav"),
    *("rehearsal", "tag", "CSV", "csv", "Excel", "xlsx"),
}
"""Words that are the same for every reader: keys of the files, prompts, places, commands, standards."""


CHANGED = (
    ('voicemail: "*97"', "voicemail: *97"),
    ("en: Shen Jie", "en: !!str Shen Jie"),
    ("en: Shen Jie", "en: &name Shen Jie"),
    ('deputy: "8101"', 'deputy: "8101", unscreened: ["029"]'),
)
"""Mistakes that no table of the other tests has."""

ADDED = {
    "people:": ('  "810": {name: {zh: 甲, en: A}}', '  "8101": {name: {zh: 甲, en: A}}'),
    "    longest_wait: 60": ('    members: ["8101", "8601"]',),
    "trunks:": (
        '  b: {addresses: ["203.0.113.7", "198.51.100.0/24"], numbers: {"1": "8000"}}\n'
        '  c: {addresses: ["203.0.113.7", "198.51.100.9"], numbers: {"1": "8000"}}',
        '  b: {username: test-caller, numbers: {"11": "8000"}}',
    ),
    'unclear: "8100"': ('unclear: "8101"',),
    "texts:": ("  goodbye: {zh: 再见, en: Bye}",),
}
"""Lines that are mistakes below others."""


def strange(words: str, content: str) -> set[str]:
    """English in a Chinese sentence that stands neither in the file nor among what has no other name."""
    return set(LATIN.findall(re.sub(r"U\+[0-9A-F]{4}", "", words))) - OURS - set(LATIN.findall(content))


def told(loaded: Loaded) -> list[tuple[Problem, str]]:
    """Problems, with the file that has them."""
    return [(problem, loaded.content.decode("utf-8", "replace")) for problem in loaded.problems]


def corpus(tmp_path: Path) -> list[tuple[Problem, str]]:
    """Every broken file that the other tests have, and the mistakes that need more than a file."""
    found: list[tuple[Problem, str]] = []
    for old, new, *_ in (*test_problems.CASES, *test_problems.WARNINGS):
        found += told(changed(old, new))
    for mark in _tables(test_reading):
        for values in mark:
            texts = [v for v in (values if isinstance(values, tuple) else (values,)) if isinstance(v, str)]
            found += told(load_text(texts[0]))
            if len(texts) > 1 and texts[0] in SMALL:
                found += told(changed(texts[0], texts[1]))
    wide = "\n".join(f'  "{30000 + i}": {{name: {{zh: 甲, en: A}}, outside: local}}' for i in range(30))
    found += told(load_text(SMALL.replace("people:\n", f"people:\n{wide}\n")))
    for old, new in CHANGED:
        found += told(changed(old, new))
    for below, more in ADDED.items():
        for text in more:
            found += told(added(text, below))
    for text in (
        SMALL.replace("mon-fri", "mon-thu").replace(
            "hours:\n", 'hours:\n  extra_working_days: ["2026-12-05"]\n'
        ),
        SMALL.encode("gbk"),
        SMALL.encode("utf-16"),
        b"a\xff",
        SMALL.replace("  announce", "\tannounce"),
        "- a",
        "a",
        "x: " * 30,
        "a: {" * 30,
        "?" * 3,
        SMALL + 'x: "' + "y" * 100,
        SMALL + "\n".join(f"a{i}: 1" for i in range(600)),
    ):
        found += told(load_text(text))
    for path in (tmp_path / "none.yaml", tmp_path, tmp_path / "\0"):
        found += told(load(path))
        found += [(p, "") for p in load_examples(path).problems]
    (tmp_path / "zh").mkdir()
    (tmp_path / "zh" / "goodbye.wav").touch()
    found += [(p, f"{tmp_path.name} goodbye") for p in in_one_language(tmp_path)]
    examples = (
        "calls:\n"
        "  - {name: 甲, given: {bussy: [8201], busy: x, mode: handy, at: soon}, "
        "then: {rings: 1, ends_at: '1'}}\n"
        "  - {name: 乙, then: {}}\n  - {nam: 丙}\n"
    )
    calls = "calls:\n  - {name: 甲, then: {}}\n  - {name: 甲, then: {ends_at: '8201', message_for: '8201'}}\n"
    for text in (examples, calls, "calls: []", "calls: x"):
        found += [(p, text) for p in load_examples_text(text).problems]
    people = [
        Row(2, {"name.zh": "甲"}),
        Row(3, {"number": "8011", "name.zh": "乙"}),
        Row(4, {"number": "8301", "name.zh": "丙", "listing": "secret"}),
        Row(5, {"number": "8301", "name.zh": "丙"}),
    ]
    found += [(row.problem, "secret") for row in plan(SMALL.encode(), people).problems]
    return found


def _tables(module: object) -> list[list[object]]:
    """The tables of a module's tests."""
    marks = (
        mark
        for name in dir(module)
        for mark in getattr(getattr(module, name), "pytestmark", [])
        if mark.name == "parametrize"
    )
    return [[case for case in mark.args[1] if not isinstance(case, bytes)] for mark in marks]


def test_every_problem_of_every_broken_file_is_whole_in_chinese(tmp_path: Path) -> None:
    """What was found, what was expected and how to mend it; only the file's own words stay as they are."""
    found = corpus(tmp_path)
    left = {}
    for problem, content in found:
        words = problem.words_in("zh")
        assert "{" not in problem.message_in("zh") or "{" in problem.message, words
        if english := strange(words, f"{content} {problem.path}"):
            left[words] = english
    assert left == {}
    seen = {problem.code for problem, _ in found}
    assert set(MEANINGS) - seen == {"holidays-unknown", "too-large"}  # another year, twenty million bytes


@pytest.mark.parametrize("case", DIFFERENCES)
def test_changes_are_whole_in_chinese(case: tuple[str, ...]) -> None:
    """Who came, who left and what is different."""
    old, new = case[0], case[1]
    text = SMALL.replace(old, new, 1)
    for change in differences(SMALL, text):
        assert not strange(change.said.in_language("zh"), SMALL + text), change


def test_no_chinese_sentence_holds_english_words() -> None:
    """Of all that are said of rules, in cases that no test comes to as well."""
    left = {}
    for key, template in wordings("zh").items():
        if english := strange(re.sub(r"\{[a-z_]+[^}]*\}", "", template), ""):
            left[key] = english
    assert left == {}


def test_english_readers_get_english() -> None:
    """And a problem keeps its code, line and path for every reader."""
    (problem,) = changed('unclear: "8100"', 'unclear: "8111"').errors
    english, chinese = problem.as_json("en"), problem.as_json("zh")
    assert english["message"] == "Found 8111, which no entry has; expected the number of a department."
    assert chinese["message"] == "没有 8111 这个号码；应为部门的号码。"
    assert (english["hint"], chinese["hint"]) == (
        "Did you mean 8100 (综合管理部)?",
        "是否应为 8100 (综合管理部)？",
    )
    same = ("severity", "code", "line", "path")
    assert [english[key] for key in same] == [chinese[key] for key in same]
