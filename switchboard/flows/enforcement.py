"""Putting rules in force: one motion, for a file that was saved and for the controller's own start.

Read → rehearse the example calls → publish (speak, render, write, reload; or roll all of it back) → keep →
in force for new calls. A wrong file changes nothing but `state`, which `status` shows.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import structlog

from switchboard.domain import directory, search
from switchboard.domain.company import Rules
from switchboard.errors import AmiDisconnected, RulesError, SwitchboardError
from switchboard.flows.ports import Voice
from switchboard.flows.rulebook import Book

log = structlog.get_logger()


class Versions(Protocol):
    """The versions kept (`switchboard.rules.RulesStore`)."""

    def keep(self, content: bytes, source: str, rules: Rules) -> str:
        """Keep `content`, which holds `rules`; its version. What is in force already keeps its version."""

    def put_in_force(self, version: str) -> object: ...


Read = Callable[[bytes], Rules]
"""Rules from a file's content; raises RulesError with every problem."""

Rehearse = Callable[[Rules], Sequence[str]]
"""What rules do otherwise than the administrator's example calls expect; a sentence each."""

Publish = Callable[[Rules], Awaitable[Voice]]
"""Make the PBX follow `rules`, wholly or not at all; raises SwitchboardError after rolling back."""


@dataclass(frozen=True, slots=True)
class RulesState:
    """What `status` says of the rules. `state` is of the file last offered: in_force, refused, or pending
    (right, and waiting for a PBX that is away)."""

    version: str
    state: str
    errors: tuple[str, ...] = ()


class Enforcement:
    """Takes offers one at a time."""

    def __init__(
        self,
        versions: Versions,
        book: Book,
        read: Read,
        publish: Publish,
        rehearse: Rehearse = lambda rules: (),
    ) -> None:
        self._versions = versions
        self._book = book
        self._read = read
        self._publish = publish
        self._rehearse = rehearse
        self.one_at_a_time = asyncio.Lock()
        self.state = RulesState("", "none")

    def company(self) -> Rules:
        """The rules in force."""
        return self._book.in_force()[0]

    async def offer(self, content: bytes, source: str, force: bool = False) -> RulesState:
        """Try to put `content` in force. Never raises for a wrong file: the last good rules stay.

        Rules that break an example call stay out too, unless `force`.
        """
        async with self.one_at_a_time:
            try:
                rules = await asyncio.to_thread(self._read, content)
                unmet = () if force else await asyncio.to_thread(self._rehearse, rules)
                if unmet:
                    self.refused(source, unmet)
                else:
                    await self._put_in_force(rules, content, source)
            except AmiDisconnected as error:
                self.state = RulesState(self.state.version, "pending", (f"waits for the PBX: {error}",))
                log.warning("rules_pending", source=source, in_force=self.state.version)
            except RulesError as error:
                self.refused(source, [_line(problem) for problem in error.problems] or [str(error)])
            except SwitchboardError as error:
                self.refused(source, [str(error)])
            return self.state

    async def _put_in_force(self, rules: Rules, content: bytes, source: str) -> None:
        version = await asyncio.to_thread(self._versions.keep, content, source, rules)
        rules = rules.of_version(version)
        if version != self.state.version:
            voice = await self._publish(rules)
            await asyncio.to_thread(search.prepare, rules)
            await asyncio.to_thread(directory.prepare, rules)
            try:
                await asyncio.to_thread(self._versions.put_in_force, version)
            except SwitchboardError:
                await self._publish(self._book.in_force()[0])  # nobody remembers the new ones: the old again
                raise
            self._book.put_in_force(rules, voice)
            log.info("rules_in_force", version=version, source=source)
        self.state = RulesState(version, "in_force")

    def started(self, rules: Rules, voice: Voice) -> None:
        """The rules that were prepared before the controller began."""
        self._book.put_in_force(rules, voice)
        self.state = RulesState(rules.version, "in_force")

    def refused(self, source: str, errors: Sequence[str]) -> None:
        """What was offered can't rule; the rules in force stay."""
        self.state = RulesState(self.state.version, "refused", tuple(errors))
        log.error("rules_refused", source=source, in_force=self.state.version, errors=list(errors))


def _line(problem: Any) -> str:
    return f"line {problem.line}: {problem.message}"
