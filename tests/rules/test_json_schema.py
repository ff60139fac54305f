"""The JSON Schema that editors use."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft7Validator

from switchboard.rules import json_schema
from switchboard.rules.reading import read
from switchboard.rules.tree import plain
from tests.rules.small import SMALL
from tests.rules.test_problems import CASES

SAMPLE = Path(__file__).resolve().parents[2] / "routing_rules.yaml"
CHECKER = Draft7Validator(json.loads(json_schema.PAGE.read_text("utf-8")))

SHAPE = {
    "unknown-key",
    "missing",
    "bad-value",
    "wrong-type",
    "out-of-range",
    "unquoted-number",
    "missing-text",
}
ONLY_CHECK = (
    "empty text",
    "time zone",
    "5-1",
    "IP address",
    "IPv4",
    "mon-fry",
    "exist",
    "later day",
    "62 days",
)
"""Mistakes of a value that only `switchboard check` sees."""


def errors(text: str) -> list[str]:
    root, _ = read(text)
    assert root is not None
    return [error.message for error in CHECKER.iter_errors(plain(root))]


def test_the_checked_in_schema_is_current():
    """It says what the schema of the program says."""
    assert json_schema.PAGE.read_text("utf-8") == json_schema.page(), (
        "python -m switchboard.rules.json_schema"
    )


def test_it_is_a_schema():
    """Draft 7."""
    Draft7Validator.check_schema(json_schema.schema())


def test_the_sample_names_it():
    """Editors look for this line."""
    first = SAMPLE.read_text("utf-8").split("\n")[0]
    assert first == "# yaml-language-server: $schema=docs/routing_rules.schema.json"


@pytest.mark.parametrize("text", [SAMPLE.read_text("utf-8"), SMALL, SMALL.replace('{people: ["8011"]}', "")])
def test_right_files_are_right_in_editors(text):
    """The sample, the small company, one with a section commented away."""
    assert errors(text) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        c[:2]
        for c in CASES
        if c[2] in SHAPE and c[4:] != ("complaints is missing",) and not any(w in c[4] for w in ONLY_CHECK)
    ],
)
def test_mistakes_of_shape_are_marked_in_editors(old, new):
    """What the loader refuses for its shape, an editor underlines."""
    assert errors(SMALL.replace(old, new, 1))


def test_keys_are_explained_where_they_are_written():
    """An editor shows the words of docs/rules.md."""
    queue = json_schema.schema()["definitions"]["Queue"]["properties"]
    assert "Seconds of rest" in queue["wrap_up"]["description"]
    assert queue["strategy"]["enum"][0] == "ringall"
