"""People from a spreadsheet into the rules file, all of them or none.

New entries become lines at the end of `people`, in the file's own manner of writing: its comments, order
and spacing stay as they are. Whoever stands in the file already is left alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from switchboard.domain.pinyin import SURNAMES, pinyin_of
from switchboard.errors import RulesError
from switchboard.rules import wording
from switchboard.rules.loading import load_text
from switchboard.rules.problems import Nearest, Problem, Severity, problem, shown
from switchboard.rules.reading import decode, read
from switchboard.rules.schema import Person, Section
from switchboard.rules.spreadsheet import Row
from switchboard.rules.tree import Node, find
from switchboard.rules.values import Extension
from switchboard.sentences import Value, say

ENTRY = '"8201": {name: {zh: 曾国强, en: Zeng Guoqiang}}'
"""An entry on a line of its own, as an example."""

_PLAIN = re.compile(r"[A-Za-z\u4e00-\u9fff](?:[A-Za-z0-9\u4e00-\u9fff·.@_-]| (?=[A-Za-z]))*")
"""Texts that need no quotes in YAML, if they are no word with a meaning of its own."""

_PADDING = re.compile(r"(?<=[\u3400-\u9fff])[ \u3000]+(?=[\u3400-\u9fff])")
"""Spaces that lists put into names of two characters, to make them as wide as those of three."""

_WORDS = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}

_ANSWERS = ((True, ("true", "yes", "1", "是", "有")), (False, ("false", "no", "0", "否", "无")))
_TRUTH = {word: truth for truth, words in _ANSWERS for word in words}


class _People(Section):
    people: dict[Extension, Person]


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong in one row."""

    row: int
    problem: Problem

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """The keys of `switchboard rules import --json`."""
        told = self.problem.as_json(language)
        return {
            "row": self.row,
            **{key: told[key] for key in ("severity", "code", "path", "message", "hint")},
        }


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do. `content` is the whole new file, to be written when there are no errors."""

    added: tuple[str, ...]
    present: tuple[str, ...]
    lines: tuple[str, ...]
    problems: tuple[RowProblem, ...]
    content: bytes

    @property
    def ok(self) -> bool:
        return not any(p.problem.severity is Severity.ERROR for p in self.problems)


def plan(content: bytes, people: Sequence[Row], skip_present: bool = False) -> Plan:
    """What importing `people` into the file `content` would do.

    Raises RulesError when the file has errors itself, or is written so that nothing can be put in.
    """
    before = load_text(content)
    if not before.ok:
        said = say("refusals.file_errors", problem=before.errors[0].said)
        raise RulesError(said, before.problems)
    root, _ = read(content)
    assert root is not None
    file = _File(content, root)
    entries, places, present, problems = _sorted(people, file, skip_present)
    problems += _shapes(entries, places)
    wrong = {p.row for p in problems if p.problem.severity is Severity.ERROR}
    right = {number: entry for number, entry in entries.items() if places[number] not in wrong}
    lines = tuple(file.line(number, entry) for number, entry in right.items())
    after, first = file.with_lines(lines)
    rows_of = [places[number] for number in right]
    known = {(p.code, p.path) for p in before.problems}
    for found in load_text(after).problems:
        if (found.code, found.path) not in known:
            at = found.line - first
            row = rows_of[at] if 0 <= at < len(rows_of) else 0
            problems.append(RowProblem(row, found))
    return Plan(tuple(right), present, lines, tuple(sorted(problems, key=lambda p: p.row)), after)


def _sorted(
    people: Sequence[Row], file: _File, skip_present: bool
) -> tuple[dict[str, dict[str, Any]], dict[str, int], tuple[str, ...], list[RowProblem]]:
    """New entries, the row of each, those there already, and what is wrong with numbers that stand twice."""
    entries: dict[str, dict[str, Any]] = {}
    places: dict[str, int] = {}
    present: list[str] = []
    problems: list[RowProblem] = []
    for row in people:
        number = row.cells.get("number", "")
        entry = _entry(row, file)
        if not number:
            problems.append(_row_problem(row, "missing.number"))
        elif number in places:
            problems.append(_row_problem(row, "listed-twice.row", what=number, first=places[number]))
        elif number in file.numbers:
            line, same = file.numbers[number].line, file.holds(number, entry)
            if same or skip_present:
                present.append(number)
            else:
                problems.append(_row_problem(row, "present", number=number, line=line))
        else:
            entries[number], places[number] = entry, row.line
    return entries, places, tuple(present), problems


def _row_problem(row: Row, kind: str, /, **found: Value) -> RowProblem:
    path = f"people.{shown(row.cells.get('number', ''))}"
    return RowProblem(row.line, problem(Severity.ERROR, kind, row.line, path, **found))


def _entry(row: Row, file: _File) -> dict[str, Any]:
    """A row as an entry of `people`. A department may be given by name, an English name left out."""
    cells = {column: text for column, text in row.cells.items() if column != "number"}
    entry: dict[str, Any] = {}
    for column, text in cells.items():
        section, _, language = column.partition(".")
        if language:
            entry.setdefault(section, {})[language] = text
        elif section == "department":
            entry[section] = file.teams.get(text.casefold(), text)
        else:
            entry[section] = _typed(section, text)
    name = entry.setdefault("name", {})
    if "zh" in name:
        name["zh"] = _PADDING.sub("", name["zh"])
    if name.get("zh") and not name.get("en"):
        name["en"] = romanized(name["zh"])
    return entry


def romanized(name: str) -> str:
    """A Chinese name as passports write it: 曾国强 → Zeng Guoqiang; ü is yu. Other names as they are."""
    name = _PADDING.sub("", name)
    syllables = [s.replace("v", "yu") for s in pinyin_of(name)]
    if not syllables or not all("\u3400" <= c <= "\u9fff" for c in name):
        return name
    surname = 2 if name[:2] in SURNAMES and len(name) > 2 else 1
    words = ["".join(syllables[:surname]), "".join(syllables[surname:])]
    return " ".join(word.capitalize() for word in words if word)


def _typed(column: str, text: str) -> Any:
    if column in ("mailbox", "call_waiting", "wait_when_busy"):
        return _TRUTH.get(text.casefold(), text)
    if column == "ring_for" and text.isascii() and text.isdigit():
        return int(text[:9])
    return text


def _shapes(entries: Mapping[str, Mapping[str, Any]], places: Mapping[str, int]) -> list[RowProblem]:
    """What the schema finds wrong in the entries, by row."""
    root = Node(1, {"people": Node(1, {n: _node(e, places[n]) for n, e in entries.items()})})
    try:
        _People.model_validate({"people": entries})
    except ValidationError as error:
        found = wording.tell(error.errors(include_url=False), root, Nearest())
        return [RowProblem(p.line, p) for p in found]  # a node's line is its row
    return []


def _node(value: Any, line: int) -> Node:
    if isinstance(value, Mapping):
        return Node(line, {key: _node(item, line) for key, item in value.items()})
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return Node(line, text, quoted=isinstance(value, str))


class _File:
    """The rules file as text into which lines can be put."""

    def __init__(self, content: bytes, root: Node) -> None:
        self._bom = content.startswith(b"\xef\xbb\xbf")
        self._crlf = b"\r\n" in content
        self._rows = decode(content).split("\n")
        self._root = root
        people, _ = find(root, ("people",))
        self._people = people
        self.numbers = {
            number: node
            for section in ("people", "executives", "departments", "queues")
            for number, node in _mapping(find(root, (section,))).items()
        }
        self.teams = {
            text.casefold(): number
            for section in ("departments", "queues")
            for number, node in _mapping(find(root, (section,))).items()
            for language in ("zh", "en")
            if isinstance(text := find(node, ("name", language))[0].value, str)
        }
        self._indent = self._indentation()

    def holds(self, number: str, entry: Mapping[str, Any]) -> bool:
        """Whether the file says the same of `number` already, as far as the row speaks of it."""
        node, there = find(self._root, ("people", number))
        return there and all(find(node, place)[0].value == text for place, text in _leaves(entry, ()))

    def line(self, number: str, entry: Mapping[str, Any]) -> str:
        """An entry as one line."""
        return f'{self._indent}"{number}": {_written(entry)}'

    def with_lines(self, lines: Sequence[str]) -> tuple[bytes, int]:
        """The file with `lines` at the end of `people`, and the number of the first of them."""
        at = self._end()
        rows = [*self._rows[:at], *lines, *self._rows[at:]]
        text = ("\r\n" if self._crlf else "\n").join(rows)
        return (b"\xef\xbb\xbf" if self._bom else b"") + text.encode("utf-8"), at + 1

    def _indentation(self) -> str:
        entries = _mapping((self._people, True))
        row = self._rows[next(iter(entries.values())).line - 1] if entries else ""
        bare = row.lstrip(" ")
        if bare == row or not bare.startswith(('"', "'")):
            raise RulesError(say("refusals.one_line", line=self._people.line, entry=ENTRY))
        return row[: len(row) - len(bare)]

    def _end(self) -> int:
        """Rows up to the last that belongs to `people`."""
        top = self._root.value
        assert isinstance(top, dict)
        after = [node.line for node in top.values() if node.line > self._people.line]
        end = min(after, default=len(self._rows) + 1) - 1
        while end > self._people.line and self._rows[end - 1][:1] in ("", "#", "\t"):
            end -= 1  # what stands between two sections introduces the next
        return end


def _mapping(found: tuple[Node, bool]) -> Mapping[str, Node]:
    node, there = found
    return node.value if there and isinstance(node.value, dict) else {}


def _leaves(entry: Mapping[str, Any], above: tuple[str, ...]) -> Sequence[tuple[tuple[str, ...], str]]:
    found: list[tuple[tuple[str, ...], str]] = []
    for key, value in entry.items():
        if isinstance(value, Mapping):
            found += _leaves(value, (*above, key))
        else:
            found.append(((*above, key), str(value).lower() if isinstance(value, bool) else str(value)))
    return found


def _written(value: Any) -> str:
    """A value in YAML, on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_written(item)}" for key, item in value.items()) + "}"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    return quoted(value)


def quoted(text: str) -> str:
    """A text in YAML, in quotes where it needs them."""
    if _PLAIN.fullmatch(text) and text.casefold() not in _WORDS:
        return text
    return json.dumps(text, ensure_ascii=False)
