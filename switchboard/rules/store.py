"""Every version of the rules that ever held, and which one holds now.

A folder with, for each version, `<version>.yaml` (the file as it was saved) and `<version>.json` (when,
from where, when in force), and `in_force`, a file that names one version. Each is written beside its
place, flushed to disk and renamed, so a power cut leaves the old or the new, never half of one.

A version is "<n>-<hash8>". Calls carry it, so its text comes from outside: only names of that form are
ever turned into a path.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from switchboard.domain.company import Rules
from switchboard.errors import RulesError, StorageError
from switchboard.rules.differences import differences
from switchboard.rules.loading import Loaded, content_hash, load_text
from switchboard.rules.problems import why_not
from switchboard.sentences import LANGUAGES, Sentence, say

VERSION = re.compile(r"([1-9][0-9]{0,8})-([0-9a-f]{8})", re.ASCII)

COMPILED_KEPT = 8
"""Versions held ready in memory: the one in force and those that calls under way began with."""


DESCRIBED_AT_ONCE = 300_000
"""Bytes of a file whose changes are put into words when it comes into force. Larger ones take a second; they
are described when somebody asks."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One version as it is listed. `state` is `in force`, `kept` (never in force) or `replaced`."""

    version: str
    at: str  # ISO 8601, when it was kept
    source: str  # by whom or from where
    state: str
    in_force_at: tuple[str, ...] = ()
    size: int = 0
    after: str = ""  # the version in force when it was kept; what it changed, it changed against that one

    @property
    def number(self) -> int:
        return int(self.version.partition("-")[0])


class RulesStore:
    """Versions in `folder`, which is made when missing. Safe to use from several threads."""

    def __init__(
        self, folder: Path | str, clock: Callable[[], datetime] = lambda: datetime.now(UTC).astimezone()
    ) -> None:
        self._folder = Path(folder)
        self._clock = clock
        self._lock = threading.RLock()
        self._compiled: OrderedDict[str, Rules] = OrderedDict()
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(f"The rules' versions can't be kept in {self._folder}: {error}") from error

    def keep(self, content: bytes | str, source: Sentence | str, rules: Rules | None = None) -> str:
        """Keep `content`, which came from `source`, and return its version.

        What equals the version in force, or the newest one, keeps that version. `rules` are what `content`
        holds, when somebody has compiled it already.
        """
        raw = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
        with self._lock:
            version = self._keep(raw, source)
            if rules is not None:
                self._remember(rules.of_version(version))
            return version

    def _keep(self, raw: bytes, source: Sentence | str) -> str:
        versions = self._versions()
        now = self.version_in_force()
        for version in dict.fromkeys(v for v in (now, versions[-1] if versions else None) if v):
            if version.endswith(content_hash(raw)) and self._holds(version, raw):
                return version
        number = (int(versions[-1].partition("-")[0]) if versions else 0) + 1
        version = f"{number}-{content_hash(raw)}"
        self._write(f"{version}.yaml", raw)
        said: Any = source
        if isinstance(source, Sentence):
            said = {language: source.in_language(language) for language in LANGUAGES}
        about = {"at": self._now(), "source": said, "in_force_at": [], "after": now or ""}
        self._note(version, about)
        return version

    def put_in_force(self, version: str) -> Rules:
        """Make `version` the one that holds from now on, also after a restart.

        Raises RulesError for a version that doesn't exist or has errors; then nothing changes.
        """
        with self._lock:
            rules = self.get(version)
            if version != self.version_in_force():
                about = self._about(version)
                self._note(version, {**about, "in_force_at": [*about.get("in_force_at", []), self._now()]})
                self._write("in_force", version.encode())
                if len(self.content(version)) <= DESCRIBED_AT_ONCE:
                    self.changed(version)
            return rules

    def version_in_force(self) -> str | None:
        """The version that holds, None before the first."""
        try:
            text = (self._folder / "in_force").read_text("ascii", "replace").strip()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StorageError(f"{self._folder / 'in_force'} can't be read: {error}") from error
        return text if VERSION.fullmatch(text) and self._path(text).exists() else None

    def in_force(self) -> Rules | None:
        """The rules that hold, None before the first, or when they can't be read any more."""
        version = self.version_in_force()
        if version is None:
            return None
        try:
            return self.get(version)
        except RulesError:
            return None

    def last_good(self) -> Rules | None:
        """What to go on with when the file is wrong: the rules in force, else the newest that can be read."""
        found = self.in_force()
        if found is not None:
            return found
        for kept in self.history():
            if kept.in_force_at:
                try:
                    return self.get(kept.version)
                except RulesError:
                    continue
        return None

    def get(self, version: str) -> Rules:
        """The rules of `version`. Raises RulesError when there are none, or they have errors."""
        with self._lock:
            if version in self._compiled:
                self._compiled.move_to_end(version)
                return self._compiled[version]
            loaded = self.load(version)
            if loaded.rules is None:
                count = len(loaded.errors)
                said = say("refusals.version_errors", version=version, count=count)
                raise RulesError(said, problems=loaded.problems)
            self._remember(loaded.rules)
            return loaded.rules

    def _remember(self, rules: Rules) -> None:
        self._compiled[rules.version] = rules
        while len(self._compiled) > COMPILED_KEPT:
            self._compiled.popitem(last=False)

    def load(self, version: str) -> Loaded:
        """The version and its problems. Raises RulesError when it was never kept."""
        return load_text(self.content(version), version, version)

    def content(self, version: str) -> bytes:
        """The file as it was saved. Raises RulesError for a version that was never kept."""
        if not VERSION.fullmatch(version):
            raise RulesError(say("refusals.no_version_name"))
        try:
            return self._read(version)
        except OSError as error:
            raise RulesError(say("refusals.not_kept", version=version, reason=why_not(error))) from error

    def history(self, language: str = "en") -> list[Kept]:
        """Every version, newest first."""
        now = self.version_in_force()
        found = []
        for version in reversed(self._versions()):
            about = self._about(version)
            history = tuple(str(at) for at in about.get("in_force_at", []))
            state = "in force" if version == now else "replaced" if history else "kept"
            size = self._path(version).stat().st_size
            found.append(
                Kept(
                    version,
                    str(about.get("at", "")),
                    _in_language(about.get("source", ""), language),
                    state,
                    history,
                    size,
                    str(about.get("after", "")),
                )
            )
        return found

    def named(self, text: str) -> str:
        """The version that `text` names: "3", "3-1f2e3d4c". Raises RulesError when there is none."""
        found = [v for v in self._versions() if v == text or v.partition("-")[0] == text]
        if not found:
            raise RulesError(say("refusals.no_version", text=text))
        return found[-1]

    def before(self, version: str) -> str | None:
        """The version that `version` took the place of; None for the first."""
        after = str(self._about(version).get("after", ""))
        versions = self._versions()
        if after in versions:
            return after
        place = versions.index(version) if version in versions else 0
        return versions[place - 1] if place > 0 else None

    def changed(self, version: str, language: str = "en") -> tuple[str, ...]:
        """What `version` changed, in words; () for the first, or when only the writing changed."""
        about = self._about(version)
        kept = about.get("changed")  # a list: kept by a version of ours that knew English only
        if isinstance(kept, dict) and isinstance(kept.get(language), list):
            return tuple(map(str, kept[language]))
        before = self.before(version)
        if before is None:
            return ()
        found = differences(self.content(before), self.content(version))
        words = {known: [change.said.in_language(known) for change in found] for known in LANGUAGES}
        with self._lock, contextlib.suppress(StorageError):  # whoever only reads can't keep it
            self._note(version, {**self._about(version), "changed": words})
        return tuple(words[language])

    def _versions(self) -> list[str]:
        """Oldest first."""
        stems = (p.name.removesuffix(".yaml") for p in self._folder.glob("*.yaml"))
        return sorted((s for s in stems if VERSION.fullmatch(s)), key=lambda s: int(s.partition("-")[0]))

    def _holds(self, version: str, raw: bytes) -> bool:
        """Whether `version` is kept with just this content; what is damaged is kept anew."""
        try:
            return self._read(version) == raw
        except OSError:
            return False

    def _path(self, version: str) -> Path:
        return self._folder / f"{version}.yaml"

    def _read(self, version: str) -> bytes:
        return self._path(version).read_bytes()

    def _about(self, version: str) -> dict[str, Any]:
        try:
            about = json.loads((self._folder / f"{version}.json").read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return about if isinstance(about, dict) else {}

    def _note(self, version: str, about: dict[str, Any]) -> None:
        self._write(f"{version}.json", json.dumps(about, ensure_ascii=False, indent=1).encode())

    def _write(self, name: str, content: bytes) -> None:
        try:
            write_safely(self._folder / name, content)
        except OSError as error:
            raise StorageError(f"{self._folder / name} can't be written: {error}") from error

    def _now(self) -> str:
        return self._clock().isoformat(timespec="seconds")


def _in_language(source: Any, language: str) -> str:
    """Where a version came from: a text, or one for each language."""
    return str(source.get(language, "")) if isinstance(source, dict) else str(source)


def write_safely(path: Path, content: bytes) -> None:
    """Put `content` at `path` in one motion: whoever reads finds the old or the new, whole. On disk after.

    A link stays one. Mode and, where we may, owner stay those of the file before.
    """
    path = Path(os.path.realpath(path))
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        try:
            before = path.stat()
            os.chmod(beside, before.st_mode & 0o777)
            with contextlib.suppress(PermissionError):
                os.chown(beside, before.st_uid, before.st_gid)
        except FileNotFoundError:
            os.chmod(beside, 0o644)
        os.replace(beside, path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
