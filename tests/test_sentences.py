"""What people read of rules, in both languages: every sentence whole, and every use of one fills its gaps."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from switchboard.flows.wording import _ACTION_NAMES
from switchboard.rules.codes import MEANINGS
from switchboard.sentences import FOLDER, Reason, say, several, wordings

PACKAGE = FOLDER.parent
EN, ZH = wordings("en"), wordings("zh")

NOT_OF_RULES = {"contradiction", "duplicate-name", "present"}
"""Kinds of problems that only example calls and imported lists have."""

HAN = re.compile("[\u4e00-\u9fff]")


def gaps(template: str) -> set[str]:
    """What a sentence leaves open."""
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def test_every_sentence_is_there_in_both_languages() -> None:
    """None left out, and each with the same gaps; only an English name isn't told in Chinese."""
    assert EN.keys() == ZH.keys()
    apart = {key: (gaps(EN[key]), gaps(ZH[key])) for key in EN if gaps(EN[key]) != gaps(ZH[key])}
    assert apart == {"story.who": ({"number", "zh", "en"}, {"number", "zh"})}


def test_chinese_sentences_are_chinese() -> None:
    """Each that says something in words; what only joins and fills has none in either language."""
    spoken = {key for key in EN if re.search("[A-Za-z]{3}", re.sub(r"\{[^}]*\}", "", EN[key]))}
    assert sorted(key for key in spoken if not HAN.search(ZH[key]) and ZH[key].strip() != EN[key]) == []
    assert sorted(key for key in EN if HAN.search(EN[key])) == []


def test_every_kind_of_problem_says_what_was_found() -> None:
    """All of the table, with or without cases; and no sentence is about a kind that there is not."""
    said = {key.split(".")[1] for key in EN if key.startswith("problems.") and key.endswith(".found")}
    assert said == set(MEANINGS) | NOT_OF_RULES


def test_every_action_of_a_call_has_words() -> None:
    """`explain` may come to any of them."""
    assert [name for name in _ACTION_NAMES.values() if f"story.action.{name}" not in EN] == []


def uses() -> Iterator[tuple[str, str, set[str]]]:
    """(where, key, what is filled in) of each use in the program whose key stands there."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or any(k.arg is None for k in node.keywords):
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            texts = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            filled = {k.arg for k in node.keywords if k.arg}
            where = f"{path.relative_to(PACKAGE)}:{node.lineno}"
            if not texts:
                continue
            if name == "say" and texts[0] in EN:
                yield where, texts[0], filled
            elif name == "say" and re.fullmatch(r"[a-z_]+(\.[a-z0-9_]+)+", texts[0]):
                yield where, f"{texts[0]} is no sentence", filled
            elif name == "counted":
                yield where, f"{texts[0]}.one", filled | {"count"}
                yield where, f"{texts[0]}.many", filled | {"count"}
            elif name == "Unfit":
                yield where, f"expected.{texts[0]}", filled
            elif name in ("problem", "error", "warning", "Unreadable", "_problem", "_row_problem"):
                kinds = [t for t in texts if f"problems.{t}.found" in EN]
                if kinds and "rules" in path.parts:
                    yield where, f"problems.{kinds[0]}.found", filled
                    if len(node.args) < 3 and f"problems.{kinds[0]}.mend" in EN:
                        yield where, f"problems.{kinds[0]}.mend", filled


def test_every_use_fills_what_the_sentence_leaves_open() -> None:
    """So that nobody meets a gap, in a case that no test comes to."""
    found = list(uses())
    assert len(found) > 200
    wrong = [
        (where, key, sorted(gaps(EN.get(key, "")) - filled))
        for where, key, filled in found
        if key not in EN or gaps(EN[key]) - filled
    ]
    assert wrong == []


def test_every_check_of_the_rules_says_a_sentence_that_is_there() -> None:
    """A kind that is misspelt would show itself instead of words."""
    for path in sorted((PACKAGE / "rules" / "checks").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("error", "warning"):
                first = node.args[0] if node.args else None
                if isinstance(first, ast.Constant):
                    assert f"problems.{first.value}.found" in EN, f"{path.name}:{node.lineno}"


@pytest.mark.parametrize(
    ("language", "words"), [("en", "expected none, local or all"), ("zh", "应为 none、local 或 all")]
)
def test_a_list_is_joined_as_its_language_joins(language: str, words: str) -> None:
    """With the commas of each, and the word before the last."""
    said = say("problems.bad-value.found", found="x", expected=several(("none", "local", "all"), "or"))
    assert words.replace("应为 ", "应为") in said.in_language(language)


def test_a_reason_is_told_in_the_readers_language() -> None:
    """It is kept in English."""
    said = say("compare.asks", reason=Reason("automatic mode"))
    assert (str(said), said.in_language("zh")) == ("asks: automatic mode", "询问：自动应答")


def test_what_nobody_worded_shows_itself() -> None:
    """Rather than nothing, or a crash."""
    assert str(say("problems.of-tomorrow.found")) == "problems.of-tomorrow.found"


def test_the_words_lie_beside_the_program() -> None:
    """One file of each language for each feature."""
    files = {path.name for path in Path(FOLDER).glob("*.yaml")}
    assert {name.replace(".en.", ".zh.") for name in files if ".en." in name} == {
        name for name in files if ".zh." in name
    }
