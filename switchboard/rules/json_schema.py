"""The JSON Schema of the rules file: editors complete keys by it and mark what is wrong while one writes.

`python -m switchboard.rules.json_schema` writes it anew; a test fails when it is not current. It sees less
than `switchboard check`: only the shape, not whether the parts fit together. Draft 7, which every editor
knows. The sample names it in its first line.
"""

from __future__ import annotations

import json
from typing import Any

from switchboard.rules.schema import RulesFile
from switchboard.shipped import shipped

PAGE = shipped("docs/routing_rules.schema.json")


def page() -> str:
    """The schema as it is checked in."""
    return json.dumps(schema(), ensure_ascii=False, indent=1) + "\n"


def schema() -> dict[str, Any]:
    """The schema of the whole file."""
    made = _plain(RulesFile.model_json_schema(by_alias=True, ref_template="#/definitions/{model}"))
    definitions, properties = made.pop("$defs"), made["properties"]
    for name, what in properties.items():
        if name not in made["required"]:
            properties[name] = _or_empty(what)
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "switchboard: routing_rules.yaml",
        **{key: value for key, value in made.items() if key != "description"},
        "definitions": definitions,
    }


def main() -> None:
    """Write the file."""
    PAGE.write_text(page(), "utf-8")


def _or_empty(what: dict[str, Any]) -> dict[str, Any]:
    """A section whose every line is commented away counts as left out."""
    about: dict[str, Any] = {key: what[key] for key in ("description", "default") if key in what}
    rest = {key: value for key, value in what.items() if key not in about}
    return {**about, "anyOf": [rest, {"type": "null"}]}


def _plain(value: Any) -> Any:
    """What the generator writes, made fit for editors.

    Titles made from names go: an editor shows the key anyway. `key:` with nothing after it is a mistake, so
    no value may be null. Entries whose key matches no pattern are mistakes too. Draft 7 takes no notice of
    words beside $ref.
    """
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    kept = {k: _plain(v) for k, v in value.items() if not (k == "title" and isinstance(v, str))}
    if kept.get("default", "") is None:
        del kept["default"]
    if "anyOf" in kept:
        (kind,) = [choice for choice in kept.pop("anyOf") if choice != {"type": "null"}]
        kept |= kind
    if "patternProperties" in kept:
        kept.setdefault("additionalProperties", False)
    if "$ref" in kept and len(kept) > 1:
        return {**{k: v for k, v in kept.items() if k != "$ref"}, "allOf": [{"$ref": kept["$ref"]}]}
    return kept


if __name__ == "__main__":
    main()
