"""The rules in force and those that calls under way began with, each with its sounds.

One `Book` in the controller. A call asks for its version at every step; a version that nobody remembers
(the controller restarted) is fetched from the versions kept, and if even that fails the rules in force
serve: a caller is better off with today's rules than with none.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

import structlog

from switchboard.domain.company import Rules
from switchboard.errors import SwitchboardError
from switchboard.flows.ports import Voice

log = structlog.get_logger()

REMEMBERED = 20
"""Versions kept in memory. Each is shared by all its calls; a version put in force pushes out the oldest."""


class Book:
    """Implements `flows.ports.RuleBook`. `fetch` reads a kept version; it raises SwitchboardError."""

    def __init__(self, fetch: Callable[[str], tuple[Rules, Voice]]) -> None:
        self._fetch = fetch
        self._known: OrderedDict[str, tuple[Rules, Voice]] = OrderedDict()
        self._in_force: tuple[Rules, Voice] | None = None

    def put_in_force(self, rules: Rules, voice: Voice) -> None:
        """New calls begin under `rules` from now on."""
        self._in_force = (rules, voice)
        self._remember(rules.version, self._in_force)

    def in_force(self) -> tuple[Rules, Voice]:
        """What a new call begins under."""
        if self._in_force is None:
            raise SwitchboardError("no rules are in force yet")
        return self._in_force

    def version(self, version: str) -> tuple[Rules, Voice]:
        """What a call under way goes on under."""
        if (known := self._known.get(version)) is not None:
            return known
        try:
            fetched = self._fetch(version)
        except SwitchboardError as error:
            log.error("rules_version_lost", version=version, error=str(error))
            return self.in_force()
        self._remember(version, fetched)
        return fetched

    def _remember(self, version: str, pair: tuple[Rules, Voice]) -> None:
        self._known[version] = pair
        self._known.move_to_end(version)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
