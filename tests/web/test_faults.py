"""What is wrong with a request is told in the language of whoever sent it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from switchboard.web.api import FEATURES
from switchboard.web.language import texts

ODD: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    10**30,
    1.5,
    "",
    "x" * 20_000,
    "5",
    "\n",
    [],
    ["x"] * 900,
    {},
    {"x": 1},
)


def models() -> Iterator[type[BaseModel]]:
    """Every query and body that the API takes."""
    for feature in FEATURES:
        for operation in feature.operations.all:
            for model in (operation.query, operation.body):
                if isinstance(model, type) and issubclass(model, BaseModel):
                    yield model


def broken(model: type[BaseModel]) -> Iterator[str]:
    """pydantic's names of the rules that odd values break: each field with each value, one at a time."""
    tries: list[Any] = [*ODD, {}, {"no_such": 1}]
    tries += [{field.alias or name: odd} for name, field in model.model_fields.items() for odd in ODD]
    for value in tries:
        try:
            model.model_validate_json(json.dumps(value), strict=True)  # as a body is read
        except ValidationError as error:
            yield from (fault["type"] for fault in error.errors())
        if isinstance(value, dict):
            try:
                model.model_validate({name: str(text) for name, text in value.items()})  # as a query is
            except ValidationError as error:
                yield from (fault["type"] for fault in error.errors())


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_rule_that_a_request_can_break_has_words(language: str) -> None:
    """Whatever odd value stands wherever something is sent."""
    met = {kind for model in models() for kind in broken(model)}
    assert {"missing", "extra_forbidden", "string_type", "less_than_equal", "literal_error"} <= met
    assert sorted(kind for kind in met if f"faults.{kind}" not in texts(language)) == []


def test_chinese_faults_hold_no_english() -> None:
    """But the words of JSON and Unicode."""
    said = texts("zh").all("faults").values()
    words = {word for text in said for word in re.findall(r"[A-Za-z]{2,}", re.sub(r"\{.*?\}", "", text))}
    assert words <= {"true", "false", "null", "Unicode"}
