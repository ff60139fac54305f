"""Rules from the console or a program: tried before they are put in force, put in force, and back again.

The rules file stays the one truth: what is put in force is written there first, and what stood there is
kept as a version. Nothing is written that would be refused.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from switchboard.bootstrap.examples import FORCE
from switchboard.domain.company import Rules
from switchboard.errors import SwitchboardError
from switchboard.flows.enforcement import Enforcement, Fault, RulesState
from switchboard.rules import Loaded, load_text
from switchboard.rules.codes import meaning
from switchboard.rules.differences import differences
from switchboard.rules.store import Kept, RulesStore, write_safely
from switchboard.sentences import Sentence, say


@dataclass(frozen=True)
class RulesRoom:
    """Implements `web.parts.RulesRoom`. One file is checked at a time: a large one keeps a core busy."""

    file: Path
    store: RulesStore
    enforcement: Enforcement
    unmet: Callable[[Rules], Sequence[Fault]]
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def state(self, language: str) -> dict[str, Any]:
        """Which version is in force, and what became of the file last offered."""
        return _state(self.enforcement.state, language)

    async def content(self) -> str:
        """The rules file as it lies there now; "" when it can't be read."""
        return await asyncio.to_thread(self._content)

    async def versions(self, limit: int, language: str) -> list[dict[str, Any]]:
        """Newest first, each with what it changed."""
        return await asyncio.to_thread(self._versions, limit, language)

    async def version(self, version: str, language: str) -> dict[str, Any]:
        """One version, as it was saved. Raises RulesError when there is none."""
        return await asyncio.to_thread(self._version, version, language)

    async def check(self, content: bytes, language: str) -> dict[str, Any]:
        """Everything wrong with `content`, what the example calls say of it, and what it changes."""
        async with self._turn:
            return await asyncio.to_thread(self._check, content, language)

    async def put(self, content: bytes, author: str, force: bool, language: str) -> dict[str, Any]:
        """Write `content` into the rules file and put it in force; a file that would be refused is not
        written. `force`: whatever the example calls say. Raises SwitchboardError when it can't be written."""
        async with self._turn:
            refused = await asyncio.to_thread(self._refusals, content, force)
            if refused:
                now = self.enforcement.state
                return _state(RulesState(now.version, "refused", refused), language)
            return await self._write(content, author, force, language)

    async def back(self, version: str, author: str, language: str) -> dict[str, Any]:
        """Write a version into the rules file again and put it in force. Raises SwitchboardError."""
        async with self._turn:
            content = await asyncio.to_thread(self._good, version)
            source = say("source.back", author=author, version=version)
            return await self._write(content, author, True, language, source)

    async def _write(
        self, content: bytes, author: str, force: bool, language: str, source: Sentence | None = None
    ) -> dict[str, Any]:
        await asyncio.to_thread(self._replace, content, author)
        source = source or say("source.by", file=self.file.name, author=author)
        state = await self.enforcement.offer(content, source, force)
        return _state(state, language)

    def _replace(self, content: bytes, author: str) -> None:
        try:
            before = self.file.read_bytes() if self.file.exists() else b""
            if before == content:
                return
            if before:
                self.store.keep(before, say("source.before", file=self.file.name, author=author))
            write_safely(self.file, content)
        except OSError as error:
            raise SwitchboardError(f"{self.file.name} can't be written: {error.strerror}") from error

    def _content(self) -> str:
        try:
            return self.file.read_bytes().decode("utf-8", "replace")
        except OSError:
            return ""

    def _good(self, version: str) -> bytes:
        """A version's content, if it can rule. Raises RulesError."""
        name = self.store.named(version)
        self.store.get(name)
        return self.store.content(name)

    def _refusals(self, content: bytes, force: bool) -> tuple[Fault, ...]:
        loaded = load_text(content, self.file.name)
        if loaded.rules is None:
            return tuple(Fault(p.said, p.line, advice=p.advice) for p in loaded.errors)
        return () if force else tuple(self._unmet(loaded.rules))

    def _check(self, content: bytes, language: str) -> dict[str, Any]:
        loaded: Loaded = load_text(content, self.file.name)
        now = self.store.version_in_force()
        before = self.store.content(now) if now else b""
        return {
            "ok": loaded.ok,
            "problems": [
                {**problem.as_json(language), "meaning_zh": meaning(problem.code, "zh")}
                for problem in loaded.problems
            ],
            "unmet": [fault.words_in(language) for fault in self._unmet(loaded.rules)]
            if loaded.rules is not None
            else [],
            "changes": [change.as_json(language) for change in differences(before, content)]
            if loaded.ok
            else [],
        }

    def _unmet(self, rules: Rules) -> list[Fault]:
        """What the example calls object to; how to overrule them is said by whoever asked."""
        return [fault for fault in self.unmet(rules) if fault != FORCE]

    def _versions(self, limit: int, language: str) -> list[dict[str, Any]]:
        return [self._told(kept, language) for kept in self.store.history(language)[:limit]]

    def _told(self, kept: Kept, language: str) -> dict[str, Any]:
        return {
            "version": kept.version,
            "at": kept.at,
            "source": kept.source,
            "state": kept.state.replace(" ", "_"),
            "in_force_at": list(kept.in_force_at),
            "size": kept.size,
            "changed": list(self.store.changed(kept.version, language)),
        }

    def _version(self, version: str, language: str) -> dict[str, Any]:
        name = self.store.named(version)
        kept = next(k for k in self.store.history(language) if k.version == name)
        return {**self._told(kept, language), "content": self.store.content(name).decode("utf-8", "replace")}


def _state(state: RulesState, language: str) -> dict[str, Any]:
    errors = [
        {
            "file": fault.file,
            "line": fault.line,
            "message": fault.message_in(language),
            "hint": fault.hint_in(language),
        }
        for fault in state.faults
    ]
    return {"version": state.version, "state": state.state, "errors": errors}
