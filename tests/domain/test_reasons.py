"""Every reason that the engine gives can be read in Chinese."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from switchboard.domain import reasons

DOMAIN = Path(reasons.__file__).parent
SPEAKING = ("Decision(", "Refusal(")
DECIDING = [
    path for path in sorted(DOMAIN.glob("*.py")) if any(s in path.read_text("utf-8") for s in SPEAKING)
]


def given_in(path: Path) -> Iterator[str]:
    """Sentences in the code of `path`, X in place of what varies: arguments of calls and assigned texts."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    raised = {
        node
        for statement in ast.walk(tree)
        if isinstance(statement, ast.Raise)
        for node in ast.walk(statement)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node not in raised:
            for argument in (*node.args, *(k.value for k in node.keywords)):
                yield from sentences(argument)
        elif isinstance(node, ast.Assign):
            yield from sentences(node.value)


def sentences(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(text)):
            if " " in text.strip():
                yield text
        case ast.JoinedStr():
            parts = (str(v.value) if isinstance(v, ast.Constant) else "X" for v in node.values)
            if " " in (text := "".join(parts)):
                yield text
        case ast.IfExp():
            yield from sentences(node.body)
            yield from sentences(node.orelse)
        case ast.BoolOp():
            for value in node.values:
                yield from sentences(value)


@pytest.mark.parametrize("path", DECIDING, ids=lambda p: p.stem)
def test_each_reason_has_a_chinese_wording(path: Path) -> None:
    """A sentence of the engine's that nobody translated would meet a Chinese reader in English."""
    assert [s for s in given_in(path) if reasons.in_language(s, "zh") == s] == []


@pytest.mark.parametrize(
    ("reason", "chinese"),
    [
        ("rings 8201, 8202 for 25 s", "振铃 8201, 8202，25 秒"),
        ("rings 8011 for 3 rings", "振铃 8011，3 声"),
        ("the next operator", "下一位话务员"),
        ("ordered by 8011: transfer 8201", "8011 吩咐：转接 8201"),
        ("ordered by 8011: take_back", "8011 吩咐：收回"),
        ("8201: busy; message or another extension", "8201：占线；可留言或拨其他分机"),
        ("something from a newer version", "something from a newer version"),
        ("", ""),
    ],
)
def test_what_varies_is_carried_over(reason: str, chinese: str) -> None:
    """Numbers as they are, words in Chinese; what nobody knows stays as it is."""
    assert reasons.in_language(reason, "zh") == chinese


def test_english_stays() -> None:
    """The record's own language."""
    assert reasons.in_language("who is free", "en") == "who is free"
