"""The sample company, put where it can be edited: rules, example calls, and the schema that editors use."""

from __future__ import annotations

from pathlib import Path

from switchboard.errors import RulesError
from switchboard.rules.examples import CALLS
from switchboard.rules.store import write_safely
from switchboard.shipped import shipped

RULES = "routing_rules.yaml"
SCHEMA = "routing_rules.schema.json"
_SCHEMA_IN_CLONE = f"docs/{SCHEMA}"


def put_sample(file: Path) -> tuple[Path, ...]:
    """Write the sample's rules to `file`, its example calls and the schema beside it. Returns all three.

    Nothing that is there already is written over: RulesError names it, and nothing is written at all.
    """
    calls = file.with_name(file.name.removesuffix(".yaml").removesuffix(".yml") + CALLS)
    schema = file.with_name(SCHEMA)
    contents = {
        calls: shipped(f"routing_rules{CALLS}").read_bytes(),
        schema: shipped(_SCHEMA_IN_CLONE).read_bytes(),
        # last, since whoever sees the rules may go by them at once
        file: shipped(RULES).read_bytes().replace(_SCHEMA_IN_CLONE.encode(), SCHEMA.encode(), 1),
    }
    for path, content in contents.items():
        if path.exists() and path.read_bytes() != content:
            raise RulesError(f"{path} is there already: name another file, or move it away first")
    try:
        for path, content in contents.items():
            write_safely(path, content)
    except OSError as error:
        raise RulesError(f"{path} can't be written: {error.strerror or error}") from error
    return tuple(contents)
