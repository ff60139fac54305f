"""Putting rules in force: one motion, for a file that was saved and for the controller's own start.

Read → publish (speak, render, write, reload; or roll all of it back) → keep → in force for new calls. A
wrong file changes nothing but `state`, which `status` shows.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import structlog

from switchboard.domain.company import Rules
from switchboard.errors import RulesError, SwitchboardError
from switchboard.flows.ports import Voice
from switchboard.flows.rulebook import Book

log = structlog.get_logger()


class Versions(Protocol):
    """The versions kept (`switchboard.rules.RulesStore`)."""

    def keep(self, text: str, source: str) -> str:
        """Keep `text`; its version. The same text as the newest version keeps that version."""

    def put_in_force(self, version: str) -> None: ...


Read = Callable[[str], Rules]
"""Rules from a file's text; raises RulesError with every problem."""

Publish = Callable[[Rules], Awaitable[Voice]]
"""Make the PBX follow `rules`, wholly or not at all; raises SwitchboardError after rolling back."""


@dataclass(frozen=True, slots=True)
class RulesState:
    """What `status` says of the rules. `state` is in_force or refused (of the file last offered)."""

    version: str
    state: str
    errors: tuple[str, ...] = ()


class Enforcement:
    """Takes offers one at a time."""

    def __init__(self, versions: Versions, book: Book, read: Read, publish: Publish) -> None:
        self._versions = versions
        self._book = book
        self._read = read
        self._publish = publish
        self._one_at_a_time = asyncio.Lock()
        self.state = RulesState("", "none")

    async def offer(self, text: str, source: str) -> RulesState:
        """Try to put `text` in force. Never raises for a wrong file: the last good rules stay."""
        async with self._one_at_a_time:
            try:
                await self._put_in_force(text, source)
            except RulesError as error:
                self._refused(source, [_line(problem) for problem in error.problems] or [str(error)])
            except SwitchboardError as error:
                self._refused(source, [str(error)])
            return self.state

    async def _put_in_force(self, text: str, source: str) -> None:
        rules = await asyncio.to_thread(self._read, text)
        version = await asyncio.to_thread(self._versions.keep, text, source)
        rules = rules.of_version(version)
        if version != self.state.version:
            voice = await self._publish(rules)
            await asyncio.to_thread(self._versions.put_in_force, version)
            self._book.put_in_force(rules, voice)
            log.info("rules_in_force", version=version, source=source)
        self.state = RulesState(version, "in_force")

    def started(self, rules: Rules, voice: Voice) -> None:
        """The rules that were prepared before the controller began."""
        self._book.put_in_force(rules, voice)
        self.state = RulesState(rules.version, "in_force")

    def _refused(self, source: str, errors: Sequence[str]) -> None:
        self.state = RulesState(self.state.version, "refused", tuple(errors))
        log.error("rules_refused", source=source, in_force=self.state.version, errors=list(errors))


def _line(problem: Any) -> str:
    return f"line {problem.line}: {problem.message}"
