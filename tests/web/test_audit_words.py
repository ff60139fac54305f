"""The audit in words: every action and every detail that anything in the program keeps has its words."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from switchboard.domain.callers import Grade
from switchboard.domain.duty import DutyWord
from switchboard.domain.order import OrderKind
from switchboard.domain.roles import Role
from switchboard.domain.tickets import TicketState
from switchboard.settings import SOURCE
from switchboard.web.api.mode import ModeWanted, Wanted
from switchboard.web.language import LANGUAGES, texts
from switchboard.web.pages import audit_words
from tests.web.site import house

PACKAGE = SOURCE / "switchboard"
SIGN_IN = ("wrong", "locked", "closed", "busy")
ENDS = {"order.": OrderKind, "duty.": DutyWord, "sign-in.": SIGN_IN}
"""Actions whose last word is put in where they are kept, by what stands before it."""


def kept() -> Iterator[tuple[Path, ast.Call]]:
    """Every place that keeps something: `audit(request, action, …)`, `note(action, …)` of commands."""
    for path in [*(PACKAGE / "web").rglob("*.py"), PACKAGE / "cli" / "user.py"]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            named = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            if named and node.func.id in ("audit", "note", "simple") and node.args:
                yield path, node


def actions() -> set[str]:
    """Every action there can be."""
    found: set[str] = set()
    for _, call in kept():
        for at in call.args[:2]:
            if isinstance(at, ast.Constant) and isinstance(at.value, str):
                found.add(at.value)
            elif isinstance(at, ast.JoinedStr):
                before = at.values[0]
                assert isinstance(before, ast.Constant), ast.unparse(at)
                found |= {f"{before.value}{word}" for word in ENDS[before.value]}
    commands = {"lock", "unlock", "remove", "sign-out"}  # names of commands beside their actions
    return {one for one in found if "." in one or one in ("mode", "request", "sign-in")} - commands


def names() -> set[str]:
    """Every name of a detail: in dicts written there or kept in a variable before, and keywords."""
    found: set[str] = set(ModeWanted.model_fields)
    for path, call in kept():
        found |= {word.arg for word in call.keywords if word.arg}
        for told in call.args[2:]:
            found |= _keys(told)
            if isinstance(told, ast.Name):
                found |= _assigned(path, told.id)
    return found


def _keys(node: ast.AST) -> set[str]:
    """Keys of the dicts in an expression."""
    dicts = [one for one in ast.walk(node) if isinstance(one, ast.Dict)]
    return {key.value for one in dicts for key in one.keys if isinstance(key, ast.Constant)}


def _assigned(path: Path, name: str) -> set[str]:
    """Keys of what a variable of a file is made of."""
    made = [one for one in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(one, ast.Assign)]
    own = [one for one in made if any(isinstance(to, ast.Name) and to.id == name for to in one.targets)]
    return {key for one in own for key in _keys(one.value)}


def test_the_search_finds_what_is_kept() -> None:
    """Else the tests below would be about nothing."""
    assert {"duty.in", "request", "order.transfer", "user.roles", "sign-in.wrong", "mode"} <= actions()
    assert {"roles", "scopes", "target", "minutes", "force", "mailbox", "grade", "reason"} <= names()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_action_has_words(language: str) -> None:
    """In both languages."""
    assert [one for one in sorted(actions()) if not audit_words.act(texts(language), one)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_detail_has_a_name(language: str) -> None:
    """In both languages."""
    assert [one for one in sorted(names()) if f"audit.names.{one}" not in texts(language)] == []


@pytest.mark.parametrize(
    ("key", "values"),
    [("roles", Role), ("mode", Wanted), ("state", TicketState), ("grade", Grade)],
)
def test_every_value_that_is_a_word_has_words(key: str, values: type[Role]) -> None:
    """What is one of a few words in the rows is told in the reader's."""
    for value in values:
        ((_, told),) = audit_words.details(texts("zh"), {key: value.value})
        assert told != value.value


UNNAMED = ("/language", "/account/preferences", "/api/v1/messages/{message}/heard", "/api/v1/rules/check")
"""Requests that are kept as what they were, since their handlers name no action."""


async def test_a_request_that_is_kept_as_one_is_told_by_what_it_does(tmp_path: Path) -> None:
    """Not only by its path; each is one that the console takes."""
    async with house(tmp_path) as it:
        assert it.client.app is not None
        there = {(r.method, r.resource.canonical) for r in it.client.app.router.routes() if r.resource}
    other = audit_words.act(texts("zh"), "request", "POST /somewhere")
    assert other == "其他操作"
    for path in UNNAMED:
        assert ("POST", path) in there
        asked = f"POST {path.replace('{message}', '8201-1795360228-00000001')}"
        for language in LANGUAGES:
            told = audit_words.act(texts(language), "request", asked)
            assert told not in (other, texts(language)("audit.acts.request"))
            assert "audit." not in told


def test_details_are_told_as_a_person_would() -> None:
    """Lists, yes and no, nothing at all; what has no words stays as it is kept."""
    row = {"roles": ["agent", "operator"], "name": "", "force": True, "scopes": [], "new": "x"}
    assert audit_words.details(texts("zh"), row) == [
        ("角色", "座席、话务员"),
        ("不顾示例来电", "是"),
        ("范围", "无"),
        ("new", "x"),
    ]
    assert audit_words.details(texts("en"), {"roles": ["agent", "operator"], "minutes": 5}) == [
        ("roles", f"{texts('en')('roles.agent')}, {texts('en')('roles.operator')}"),
        ("minutes", "5"),
    ]
    assert audit_words.act(texts("zh"), "older.than-this") == ""
    assert audit_words.about(texts("zh"), "mode", "automatic") == "自动"
    assert audit_words.about(texts("zh"), "user.lock", "automatic") == "automatic"
