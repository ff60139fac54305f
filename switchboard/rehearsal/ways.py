"""All the ways a call can take: every key, every kind of entry, every outcome, and what no way leads to.

The engine is asked again and again with each outcome that makes a difference. States that are alike but for
the language or a count of waits are one, so that loops close and the whole is finite.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from switchboard.domain.call import Call, Stage
from switchboard.domain.company import Rules
from switchboard.domain.engine import next_step
from switchboard.domain.mode import Mode
from switchboard.domain.outcomes import Arrived, Outcome
from switchboard.rehearsal.interpreter import Moment
from switchboard.rehearsal.parts import Part, touched, untouched
from switchboard.rehearsal.possible import Possibilities
from switchboard.sentences import NOTHING, Sentence, say, several

MOST_NODES = 2000
"""Steps told at most; a sample company has about 300."""

_FORGETS: Mapping[Stage, dict[str, Any]] = {
    Stage.SEARCH: {"rung": 0, "waits": 0, "page": 0, "via": ""},
    Stage.GREETING: {"rung": 0, "waits": 0, "page": 0, "via": ""},
    Stage.LISTING: {"rung": 0, "waits": 0, "page": 0, "via": ""},
    Stage.OTHER: {"target": "", "via": "", "why": None, "rung": 0, "waits": 0, "page": 0},
    Stage.GOODBYE: {"target": "", "via": "", "why": None, "tries": 0},
    Stage.ENDED: {"target": "", "via": "", "why": None, "tries": 0},
    Stage.SORRY: {"tries": 0, "rung": 0},
    Stage.MESSAGE_INTRO: {"tries": 0, "rung": 0, "via": "", "waits": 0, "page": 0},
    Stage.MESSAGE: {"tries": 0, "rung": 0, "via": "", "waits": 0, "page": 0},
}
"""What a call still remembers at a stage where it makes no difference any more. A stage that is missing
here is only told more often than need be."""


@dataclass(frozen=True, slots=True)
class Branch:
    """One thing that can happen after a step. `to` is the next node, None when the call ends with it.

    `first` marks the branch below which the next node is told in full; elsewhere it is only referred to.
    """

    label: Sentence
    to: int | None
    first: bool = True
    ends: Sentence = NOTHING


@dataclass(frozen=True, slots=True)
class Node:
    """One step of some calls, and all that can follow."""

    n: int
    moment: Moment
    branches: tuple[Branch, ...] = ()


@dataclass(frozen=True, slots=True)
class Ways:
    """All ways from `roots`. `unreachable` are parts of the rules that none of them touches."""

    roots: tuple[Branch, ...]
    nodes: dict[int, Node]
    unreachable: tuple[Part, ...] = ()
    complete: bool = True


@dataclass
class _Found:
    """A node while it is being explored."""

    moment: Moment
    branches: list[tuple[Sentence, Any]] = field(default_factory=list)  # label and key, or label and None


def explore(
    rules: Rules, call: Call, at: datetime, roots: dict[str, Sentence], mode: Mode | None = None
) -> Ways:
    """All ways of a call like `call` at `at`, for each of `roots` (number dialled -> what to call it).

    `mode` limits them to one mode of the desk.
    """
    return _Explorer(rules, at, mode).ways(call, roots)


class _Explorer:
    def __init__(self, rules: Rules, at: datetime, mode: Mode | None) -> None:
        self._rules = rules
        self._at = at
        self._possible = Possibilities(rules, mode)
        self._found: dict[Any, _Found] = {}
        self._paths: set[str] = set()
        self._complete = True

    def ways(self, call: Call, roots: dict[str, Sentence]) -> Ways:
        open_: deque[Any] = deque()
        begun = []
        for dialled, label in roots.items():
            key = self._decide(replace(call, dialled=dialled), Arrived(), open_)
            begun.append((label, key))
        while open_:
            key = open_.popleft()
            found = self._found[key]
            if len(self._found) > MOST_NODES:
                self._complete = False
                continue
            self._branch(found, open_)
        return self._numbered(begun)

    def _decide(self, call: Call, outcome: Outcome, open_: deque[Any]) -> Any:
        """The node that follows, explored later if it is new; its key."""
        decision = next_step(replace(call, steps=0), outcome, self._rules, self._at)
        after = replace(
            decision.call,
            steps=0,
            waits=min(decision.call.waits, 1),
            told_place=min(decision.call.told_place, 1),
            told_minutes=min(decision.call.told_minutes, 1),
        )
        key = (_alike(after), decision.action)
        line = self._rules.line(decision.rule)
        moment = Moment(after, decision.action, decision.reason, decision.rule, line, None)
        self._paths |= touched([moment])
        if key not in self._found:
            self._found[key] = _Found(moment)
            open_.append(key)
        return key

    def _branch(self, found: _Found, open_: deque[Any]) -> None:
        """What can follow. Things that lead to the same step are told together."""
        together: dict[Any, list[Sentence]] = {}
        for label, outcome in self._possible.after(found.moment):
            key = None if outcome is None else self._decide(found.moment.call, outcome, open_)
            together.setdefault(key, []).append(label)
        found.branches = [(_either(labels), key) for key, labels in together.items()]

    def _numbered(self, begun: list[tuple[Sentence, Any]]) -> Ways:
        """Numbers in reading order; each node is told in full where the shortest way reaches it."""
        owner: dict[Any, Any] = {key: None for _, key in begun}
        queue = deque(owner)
        while queue:
            key = queue.popleft()
            for i, (_, to) in enumerate(self._found[key].branches):
                if to is not None and to not in owner:
                    owner[to] = (key, i)
                    queue.append(to)
        numbers: dict[Any, int] = {}
        stack = [key for _, key in reversed(begun)]
        while stack:
            key = stack.pop()
            if key in numbers:
                continue
            numbers[key] = len(numbers) + 1
            branches = self._found[key].branches
            stack += [to for i, (_, to) in reversed(list(enumerate(branches))) if owner.get(to) == (key, i)]
        nodes = {}
        for key, n in numbers.items():
            told_here = tuple(
                Branch(label, None if to is None else numbers[to], owner.get(to) == (key, i))
                for i, (label, to) in enumerate(self._found[key].branches)
            )
            nodes[n] = Node(n, self._found[key].moment, told_here)
        told: set[Any] = set()
        roots = []
        for label, key in begun:
            roots.append(Branch(label, numbers[key], key not in told))
            told.add(key)
        lost = untouched(self._rules, self._paths | self._possible.dialled) if self._complete else ()
        return Ways(tuple(roots), nodes, lost, self._complete)


def _alike(call: Call) -> Call:
    """The same for all calls that go on in the same way, whatever they speak."""
    return replace(call, language="", dialled="", **_FORGETS.get(call.stage, {}))


def _either(labels: list[Sentence]) -> Sentence:
    found = list(dict.fromkeys(label for label in labels if label != NOTHING))
    return (
        found[0]
        if len(found) == 1
        else say("story.list", items=several(found, "either"))
        if found
        else NOTHING
    )
