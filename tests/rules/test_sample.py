"""The company that comes with the switchboard."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from switchboard.domain.company import (
    Class,
    Department,
    KeyAction,
    Listing,
    Person,
    Principal,
    Queue,
    Screened,
)
from switchboard.rules import load, load_text, reference

SAMPLE = Path(__file__).resolve().parents[2] / "routing_rules.yaml"
SPRING = date(2026, 4, 1)
"""A day on which the year's holidays are known and nobody expects the next year's."""


@pytest.fixture(scope="module")
def rules():
    loaded = load(SAMPLE, SPRING)
    assert loaded.problems == ()
    return loaded.rules


def test_the_sample_loads_without_a_problem(rules):
    """Not even a warning: it is the example everybody starts from."""
    assert rules is not None


def test_the_sample_has_the_numbers_of_the_contract(rules):
    """Main number, departments, queue, executives and operators are as promised outside."""
    assert rules.main_number == "8000"
    assert [type(rules.extensions[n]) for n in ("8100", "8200", "8300", "8400", "8600")] == [
        Department,
        Department,
        Department,
        Department,
        Queue,
    ]
    assert isinstance(rules.extensions["8801"], Screened)
    assert rules.extensions["8899"].secretary == "8890"
    assert rules.extensions["8898"].secretary == "8891"
    assert isinstance(rules.extensions["8899"], Principal)
    assert rules.operators == ("8011", "8012")
    assert rules.unclear == "8100"
    assert rules.general_head == "8101"
    assert rules.greeting_keys["9"].action is KeyAction.LANGUAGE
    assert rules.greeting_keys["7"].extension == "8600"
    assert rules.greeting_keys["0"].action is KeyAction.ENQUIRY


def test_the_sample_has_everything_a_company_may_need(rules):
    """Each kind of listing, numbers of different lengths, a way in for the test caller."""
    people = [e for e in rules.extensions.values() if isinstance(e, Person)]
    assert len(people) >= 25
    assert {p.listing for p in people} == set(Listing)
    assert len({len(n) for n in rules.extensions}) == 3
    assert {p.name.zh[0] for p in people} >= set("曾单仇区朴查翟")
    assert rules.trunks[0].username == "test-caller"
    assert rules.trunks[0].numbers["8000"] == "8000"
    assert rules.extensions["8101"].outside is Class.NATIONAL
    assert rules.texts["goodbye"].en


def test_departments_ring_those_who_belong_to_them(rules):
    """Members come from the people, unless the department names others."""
    assert rules.extensions["8200"].members == ("8201", "8202", "8203", "8204")
    assert rules.extensions["8300"].members == ("8302", "8303", "8304")
    assert rules.extensions["8600"].members == ("8601", "8602", "8603")


def test_every_rule_has_its_line(rules):
    """Reasons name lines, so each entry and key must know its own."""
    rows = SAMPLE.read_text("utf-8").split("\n")
    assert '"8201"' in rows[rules.line("people.8201") - 1]
    assert '"8201"' in rows[rules.extensions["8201"].line - 1]
    assert rows[rules.line("unclear") - 1].startswith("unclear:")
    assert '"7"' in rows[rules.line("greeting.keys.7") - 1]
    assert "longest_wait" in rows[rules.line("queues.8600.longest_wait") - 1]
    assert all(e.line > 0 for e in rules.extensions.values())


def test_the_reference_page_is_current():
    """docs/rules.md says what the schema says."""
    assert reference.PAGE.read_text("utf-8") == reference.page(), "run python -m switchboard.rules.reference"


def test_every_key_is_described():
    """No key of the file is left without a word about it."""
    for model in [reference.RulesFile, *(m for _, m in reference._sections(reference.RulesFile, ()))]:
        assert model.__doc__
        for name, field in model.model_fields.items():
            assert field.description, f"{model.__name__}.{name}"


def test_the_providers_trunk_holds_when_uncommented():
    """The sample's own example is right, too."""
    text = SAMPLE.read_text("utf-8")
    uncommented = re.sub(r"(?m)^  # (provider:|  \w+:)", r"  \1", text)
    loaded = load_text(uncommented, today=SPRING)
    assert loaded.problems == ()
    assert [t.name for t in loaded.rules.trunks] == ["test-caller", "provider"]
