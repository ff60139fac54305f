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
from switchboard.sentences import Sentence, say

log = structlog.get_logger()


class Versions(Protocol):
    """The versions kept (`switchboard.rules.RulesStore`)."""

    def keep(self, content: bytes, source: Sentence | str, rules: Rules) -> str:
        """Keep `content`, which holds `rules`; its version. What is in force already keeps its version."""

    def put_in_force(self, version: str) -> object: ...


Read = Callable[[bytes], Rules]
"""Rules from a file's content; raises RulesError with every problem."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why rules stay out. `line` is that of the rules file, or of `file` beside it; None: of no single line.

    `said` is a text where an outside part said it in its own words.
    """

    said: Sentence | str
    line: int | None = None
    file: str = ""
    advice: Sentence | None = None

    def message_in(self, language: str) -> str:
        """What is wrong."""
        return self.said.in_language(language) if isinstance(self.said, Sentence) else self.said

    def hint_in(self, language: str) -> str:
        """How to mend it; may be ""."""
        return self.advice.in_language(language) if self.advice else ""

    def words_in(self, language: str) -> str:
        """All of it but a line of the rules file, in one line."""
        place = ":".join(str(part) for part in (self.file, self.line) if part) if self.file else ""
        words = f"{self.message_in(language)} {self.hint_in(language)}".rstrip()
        return f"{place}: {words}" if place else words

    def __str__(self) -> str:
        """One line in English, for logs and `status`."""
        words = self.words_in("en")
        return f"line {self.line}: {words}" if self.line and not self.file else words


Rehearse = Callable[[Rules], Sequence[Fault]]
"""What rules do otherwise than the administrator's example calls expect."""

Publish = Callable[[Rules], Awaitable[Voice]]
"""Make the PBX follow `rules`, wholly or not at all; raises SwitchboardError after rolling back."""


@dataclass(frozen=True, slots=True)
class RulesState:
    """What `status` says of the rules. `state` is of the file last offered: in_force, refused, or pending
    (right, and waiting for a PBX that is away)."""

    version: str
    state: str
    faults: tuple[Fault, ...] = ()

    @property
    def errors(self) -> tuple[str, ...]:
        """The faults, a line of English each."""
        return tuple(map(str, self.faults))


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

    async def offer(self, content: bytes, source: Sentence | str, force: bool = False) -> RulesState:
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
                waits = Fault(say("rules.waits", why=str(error)))
                self.state = RulesState(self.state.version, "pending", (waits,))
                log.warning("rules_pending", source=str(source), in_force=self.state.version)
            except RulesError as error:
                self.refused(source, [_fault(problem) for problem in error.problems] or [Fault(str(error))])
            except SwitchboardError as error:
                self.refused(source, [Fault(str(error))])
            return self.state

    async def _put_in_force(self, rules: Rules, content: bytes, source: Sentence | str) -> None:
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
            log.info("rules_in_force", version=version, source=str(source))
        self.state = RulesState(version, "in_force")

    def started(self, rules: Rules, voice: Voice) -> None:
        """The rules that were prepared before the controller began."""
        self._book.put_in_force(rules, voice)
        self.state = RulesState(rules.version, "in_force")

    def refused(self, source: Sentence | str, faults: Sequence[Fault]) -> None:
        """What was offered can't rule; the rules in force stay."""
        self.state = RulesState(self.state.version, "refused", tuple(faults))
        errors = list(self.state.errors)
        log.error("rules_refused", source=str(source), in_force=self.state.version, errors=errors)


def _fault(problem: Any) -> Fault:
    """A `switchboard.rules.problems.Problem` of the file that was offered."""
    return Fault(problem.said, problem.line, advice=problem.advice)
