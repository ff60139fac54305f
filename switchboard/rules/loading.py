"""Loading a rules file: every problem at once, and the rules when there is no error among them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from switchboard.domain.company import Name, Rules
from switchboard.rules import checks, wording
from switchboard.rules.compiling import compile_rules
from switchboard.rules.problems import Nearest, Problem, Severity, cant_be_read, in_order, problem
from switchboard.rules.reading import SIZE_LIMIT, read
from switchboard.rules.salvage import salvage

PROBLEMS_TOLD = 500
"""Nobody reads more; the last one then says how many were left out."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of a file. `rules` is None when any problem is an error."""

    name: str
    rules: Rules | None
    problems: tuple[Problem, ...] = ()
    content: bytes = field(default=b"", repr=False)

    @property
    def ok(self) -> bool:
        return self.rules is not None

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(p for p in self.problems if p.severity is Severity.ERROR)

    @property
    def texts(self) -> Mapping[str, Name]:
        """Phrases the file words anew, by key."""
        return self.rules.texts if self.rules else {}


def content_hash(content: bytes) -> str:
    """Eight characters that tell one content from another: the end of every version's name."""
    return hashlib.sha256(content).hexdigest()[:8]


def load(path: Path | str, today: date | None = None) -> Loaded:
    """Load the file at `path` as of `today`. Never raises: a file that can't be read is a problem too."""
    try:
        with Path(path).open("rb") as file:
            content = file.read(SIZE_LIMIT + 1)
    except (OSError, ValueError) as error:
        return Loaded(str(path), None, (cant_be_read(error),))
    return load_text(content, str(path), today=today)


def load_text(
    content: bytes | str, name: str = "rules", version: str = "", today: date | None = None
) -> Loaded:
    """Load what a file holds. `version` becomes the rules' version, by default "0-" and the hash.

    `today` says for which years holidays are wanted; by default the day it is.
    """
    raw = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    root, problems = read(content)
    if root is None:
        return Loaded(name, None, _told(problems), raw)
    nearest = Nearest()
    salvaged = salvage(root)
    problems += wording.tell(salvaged.errors, root, nearest)
    subject = checks.Subject(root, salvaged, nearest, today or datetime.now().astimezone().date())
    for check in checks.ALL:
        check(subject)
    told = _told([*problems, *subject.problems])
    if any(p.severity is Severity.ERROR for p in told):
        return Loaded(name, None, told, raw)
    return Loaded(name, compile_rules(subject, version or f"0-{content_hash(raw)}"), told, raw)


def _told(problems: list[Problem]) -> tuple[Problem, ...]:
    ordered = in_order(problems)
    if len(ordered) <= PROBLEMS_TOLD:
        return ordered
    errors = [p for p in ordered if p.severity is Severity.ERROR]
    kept = (errors or list(ordered))[:PROBLEMS_TOLD]
    left = len(ordered) - len(kept)
    more = problem(Severity.WARNING, "too-many.told", kept[-1].line, "", count=left)
    return (*kept, more)
