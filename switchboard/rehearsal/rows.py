"""Ways as rows of an indented tree: what the text on a terminal and the picture both show.

Steps that follow each other without a choice stand below each other; a choice indents. A step that is told
elsewhere is referred to by its number, and a question asked again tells only what is new.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from switchboard.domain import reasons
from switchboard.domain.actions import Hangup
from switchboard.domain.company import Rules
from switchboard.rehearsal.interpreter import Rehearsal
from switchboard.rehearsal.story import Speak, comes_to, does, ending, ending_words, said
from switchboard.rehearsal.ways import Branch, Node, Ways
from switchboard.sentences import NOTHING, say

ALIKE = 3
"""So many branches in common, and a question is told as a repetition of the earlier one."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row. `n` 0: no step of its own, but a reference to step `see`, or the end of the call.

    `otherwise`: it refers to what an earlier question offers besides.
    """

    depth: int
    label: str  # what led here
    parent: int  # the step it hangs from, 0 at the top
    n: int = 0
    hears: str = ""
    does: str = ""
    reason: str = ""
    line: int = 0
    see: int = 0
    ends: str = ""
    otherwise: bool = False


def one_way(rehearsal: Rehearsal, rules: Rules) -> Ways:
    """A rehearsal as ways: a chain without choices."""
    nodes = {}
    count = len(rehearsal.moments)
    for n, moment in enumerate(rehearsal.moments, start=1):
        last = n == count
        label = comes_to(moment, rules)
        ends = ending_words(ending(rehearsal), rules) if last else NOTHING
        nodes[n] = Node(n, moment, (Branch(label, None if last else n + 1, True, ends),))
    return Ways((Branch(NOTHING, 1),), nodes)


def rows(ways: Ways, rules: Rules, speak: Speak, language: str = "en") -> Iterator[Row]:
    """The rows, from the top down, for a reader of `language`."""
    stack: list[tuple[int, int, Branch]] = [(0, 0, root) for root in reversed(ways.roots)]
    originals: dict[object, Node] = {}
    while stack:
        depth, parent, branch = stack.pop()
        label = branch.label.in_language(language)
        if branch.to is None:
            ends = branch.ends if branch.ends != NOTHING else say("story.they_talk")
            yield Row(depth, label, parent, ends=ends.in_language(language))
            continue
        node = ways.nodes[branch.to]
        if isinstance(node.moment.action, Hangup):
            ends = node.branches[0].ends
            ends = ends if ends != NOTHING else does(node.moment.action, rules)
            yield Row(depth, label, parent, ends=ends.in_language(language))
            continue
        if not branch.first:
            yield Row(depth, label, parent, see=node.n)
            continue
        yield _row(depth, label, parent, node, rules, speak, language)
        shown = node.branches
        original = originals.setdefault((node.moment.call.stage, node.moment.call.target), node)
        common = {(b.label, b.to) for b in original.branches}
        known = [b for b in shown if not b.first and (b.label, b.to) in common]
        if original is not node and len(known) >= ALIKE:
            shown = tuple(b for b in shown if b not in known)
            otherwise = say("ways.otherwise").in_language(language)
            yield Row(depth + 1, otherwise, node.n, see=original.n, otherwise=True)
        deeper = depth + (0 if len(shown) == 1 and len(node.branches) == 1 else 1)
        stack += [(deeper, node.n, b) for b in reversed(shown)]


def _row(depth: int, label: str, parent: int, node: Node, rules: Rules, speak: Speak, language: str) -> Row:
    moment = node.moment
    return Row(
        depth=depth,
        label=label,
        parent=parent,
        n=node.n,
        hears=said(moment.action, moment.call.language, speak),
        does=does(moment.action, rules).in_language(language),
        reason=reasons.in_language(moment.reason, language),
        line=moment.line,
    )
