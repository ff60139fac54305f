"""What is being checked: the file as far as it could be read, and where problems are noted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property

from switchboard.rules.problems import Nearest, Problem, Severity, problem, shown
from switchboard.rules.salvage import Salvaged
from switchboard.rules.schema import DIRECTORY, Department, Executive, Person, Queue, RulesFile
from switchboard.rules.tree import Location, Node, dotted, find
from switchboard.rules.wording import did_you_mean, names_of
from switchboard.sentences import Sentence, Value, say, several

Kinds = tuple[str, ...]


class Subject:
    """A file under examination. `problems` grows with every `error` and `warning`."""

    def __init__(self, root: Node, salvaged: Salvaged, nearest: Nearest, today: date) -> None:
        self.root = root
        self.today = today
        self.file: RulesFile = salvaged.file
        self.damaged = salvaged.damaged
        self._removed = salvaged.removed
        self.nearest = nearest
        self.problems: list[Problem] = []

    @cached_property
    def sections(self) -> dict[str, str]:
        """Every number of the directory and the (first) section it stands in, damaged entries too."""
        found: dict[str, str] = {}
        for section in DIRECTORY:
            node, there = find(self.root, (section,))
            if there and isinstance(node.value, dict):
                for number in node.value:
                    found.setdefault(number, section)
        return found

    @cached_property
    def members(self) -> dict[str, list[str]]:
        """Number of each department and queue -> numbers of its people, said there or at the person."""
        teams: dict[str, Department | Queue] = {**self.file.departments, **self.file.queues}
        found: dict[str, list[str]] = {number: [] for number in teams}
        for number, person in self.file.people.items():
            if person.department in found:
                found[person.department].append(number)
        for number, team in teams.items():
            if team.members is not None:
                found[number] = team.members
        return found

    def lacks_members(self, number: str) -> bool:
        """Whether nobody would be rung, also with what could not be read put right."""
        lost = self._lost_to
        return not (self.members[number] or number in lost or "" in lost)

    @cached_property
    def _lost_to(self) -> set[str]:
        """Teams whose people could not all be read; "" when nobody could."""
        lost: set[str] = set()
        for section, *rest in self._removed:
            if section in ("departments", "queues"):
                if len(rest) < 2 or rest[1] == "members":
                    lost.update(map(str, rest[:1]))
            elif section == "people" and (len(rest) < 2 or rest[1] == "department"):
                department, there = find(self.root, ("people", *rest[:1], "department"))
                if not rest or there:
                    lost.add(self._named(department) if rest else "")
        return lost

    @cached_property
    def _names(self) -> Mapping[str, str]:
        return names_of(self.root)

    def _named(self, node: Node) -> str:
        """The number a reference means, if it gives a name instead."""
        text = node.value if isinstance(node.value, str) else ""
        return self._names.get(text.casefold(), text)

    def line(self, location: Location) -> int:
        """The line of `location`, or of what it should stand in; at least 1."""
        return max(find(self.root, location)[0].line, 1)

    def error(self, kind: str, location: Location, advice: Sentence | None = None, /, **found: Value) -> None:
        """See `problems.problem`."""
        self._note(Severity.ERROR, kind, location, advice, found)

    def warning(
        self, kind: str, location: Location, advice: Sentence | None = None, /, **found: Value
    ) -> None:
        """See `problems.problem`."""
        self._note(Severity.WARNING, kind, location, advice, found)

    def _note(
        self,
        severity: Severity,
        kind: str,
        location: Location,
        advice: Sentence | None,
        found: Mapping[str, Value],
    ) -> None:
        line = self.line(location)
        self.problems.append(problem(severity, kind, line, dotted(location), advice, **found))

    def name(self, number: str) -> str:
        """`8201 (曾国强)`, for messages."""
        entry = self.entry(number)
        return f"{number} ({shown(entry.name.zh, 24)})" if entry else number

    def entry(self, number: str) -> Person | Executive | Department | Queue | None:
        """The entry of that number, unless it is missing or damaged."""
        section = self.sections.get(number)
        return getattr(self.file, section).get(number) if section else None

    def refers(self, location: Location, number: str, kinds: Kinds, main: bool = False) -> bool:
        """Check that `number`, found at `location`, is in one of the sections `kinds`. Tells if not."""
        if self.damaged(*location):
            return False
        if main and number == self.file.main_number:
            return True
        section = self.sections.get(number)
        if section in kinds:
            return True
        wanted = several((say(f"expected.kinds.{kind}") for kind in kinds), "or_words")
        expected = say("expected.number_of", kinds=wanted)
        if len(kinds) == len(DIRECTORY):
            expected = say("expected.an_extension")
        if section is None:
            near = self.nearest.to(number, (n for n, s in self.sections.items() if s in kinds))
            advice = did_you_mean(self.name(near)) if near else None
            self.error("unknown-extension", location, advice, number=number, expected=expected)
        else:
            what = say(f"expected.is.{section}")
            self.error("wrong-kind", location, who=self.name(number), what=what, expected=expected)
        return False
