"""The example calls beside the rules file: what new rules must do before they are put in force (D4)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import structlog

from switchboard.domain.company import Rules
from switchboard.flows.enforcement import Fault
from switchboard.rehearsal.examples import failures
from switchboard.rehearsal.story import Speak
from switchboard.rules.examples import beside, load_examples
from switchboard.rules.store import RulesStore
from switchboard.sentences import say

log = structlog.get_logger()

TOLD = 20
"""Sentences told of what isn't as expected; nobody reads more in a status."""

FORCE = Fault(say("examples.force"))
"""How to overrule the examples; the last thing told."""


class ExampleCalls:
    """Rehearses the examples of the rules at `rules_file`. Its methods block."""

    def __init__(self, rules_file: Path, store: RulesStore, speak: Callable[[Rules], Speak]) -> None:
        self._rules_file = rules_file
        self._store = store
        self._speak = speak

    def unmet(self, rules: Rules) -> list[Fault]:
        """Everything that `rules` do otherwise than an example expects; [] to go on.

        Rules that were in force before are not asked: going back must never wait for an example. A file
        of examples that can't be read counts as not met; one about another company doesn't count (`strange`).
        """
        if self._was_in_force(rules):
            return []
        told: list[Fault] = []
        for path in beside(self._rules_file):
            loaded = load_examples(path)
            if loaded.ok and (why := loaded.strange_to(rules)):
                log.warning("examples_of_another_company", why=str(why))
                continue
            if loaded.ok:
                if loaded.examples:
                    unmet = failures(rules, loaded.examples, self._speak(rules))
                    told += [Fault(sentence, file=path.name) for sentence in unmet]
            else:
                told += [Fault(p.said, p.line, path.name, p.advice) for p in loaded.problems]
        if len(told) > TOLD:
            told = [*told[:TOLD], Fault(say("examples.more", count=len(told) - TOLD))]
        return [*told, FORCE] if told else []

    def strange(self, rules: Rules) -> list[str]:
        """A sentence for each file of examples that is about another company, such as the sample's."""
        told = (load_examples(path).strange_to(rules) for path in beside(self._rules_file))
        return [str(sentence) for sentence in told if sentence]

    def fingerprint(self) -> tuple[tuple[str, int, int], ...]:
        """What changes when one of the files does."""
        found = []
        for path in beside(self._rules_file):
            try:
                about = path.stat()
            except OSError:
                continue
            found.append((path.name, about.st_mtime_ns, about.st_size))
        return tuple(found)

    def _was_in_force(self, rules: Rules) -> bool:
        content = rules.version.rpartition("-")[2]
        return any(
            kept.in_force_at and kept.version.endswith(f"-{content}") for kept in self._store.history()
        )
