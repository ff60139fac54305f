"""Problems as other programs show them: SARIF for code scanning, annotations for GitHub's pull requests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from switchboard.rules.codes import meaning
from switchboard.rules.problems import Problem

SARIF_VERSION = "2.1.0"
SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif(problems: Iterable[Problem], file: str, language: str = "en") -> dict[str, Any]:
    """One run of SARIF 2.1.0 about the rules file `file`, a path relative to where the reader looks."""
    told = list(problems)
    codes = sorted({p.code for p in told})
    return {
        "$schema": SARIF_SCHEMA,
        "version": SARIF_VERSION,
        "runs": [
            {
                "tool": {
                    "driver": {"name": "switchboard check", "rules": [_kind(c, language) for c in codes]}
                },
                "columnKind": "unicodeCodePoints",
                "results": [_result(p, file, codes.index(p.code), language) for p in told],
            }
        ],
    }


def _kind(code: str, language: str) -> dict[str, Any]:
    return {"id": code, "shortDescription": {"text": meaning(code, language) or code}}


def _result(problem: Problem, file: str, rule: int, language: str) -> dict[str, Any]:
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(PurePath(file).as_posix())},
            "region": {"startLine": problem.line},
        }
    }
    if problem.path:
        location["logicalLocations"] = [{"fullyQualifiedName": problem.path}]
    return {
        "ruleId": problem.code,
        "ruleIndex": rule,
        "level": problem.severity.value,
        "message": {"text": problem.words_in(language)},
        "locations": [location],
    }


def github(problems: Iterable[Problem], file: str, language: str = "en") -> Iterator[str]:
    """A workflow command for each problem: https://docs.github.com/actions (workflow commands)."""
    for problem in problems:
        where = f"file={_property(file)},line={problem.line},title={_property(problem.code)}"
        yield f"::{problem.severity.value} {where}::{_data(problem.words_in(language))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
