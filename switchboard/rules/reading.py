"""From the bytes of a rules file to nodes with lines, or to problems; never an exception.

We take the parser's events and build the tree ourselves: that way duplicate keys are told with both
lines, aliases (and with them "alias bombs") are refused where they stand, and neither depth nor size can
exhaust anything. The compiled parser is used where it is installed, ruamel's own otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from switchboard.rules import syntax
from switchboard.rules.problems import Problem, Severity, problem, shown
from switchboard.rules.tree import Node, is_number, plain
from switchboard.sentences import Sentence, Value, say

try:
    from _ruamel_yaml import CParser  # type: ignore[import-not-found]
except ImportError:  # a platform without the compiled parser: slower, same result
    CParser = None

SIZE_LIMIT = 20_000_000
"""Bytes. A company of 10,000 extensions takes 1 to 3 million."""

VALUE_LIMIT = 600_000
"""Values in a file: each takes memory. 10,000 extensions have about 100,000."""

DEPTH_LIMIT = 20
"""Levels. The deepest key of the schema stands at the fifth."""

PROBLEM_LIMIT = 500
"""Problems the reader collects before it gives up on the file."""

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")


class Unreadable(Exception):
    """Ends the reading of a file; carries the problem."""

    def __init__(self, kind: str, line: int, advice: Sentence | None = None, /, **found: Value) -> None:
        self.problem = problem(Severity.ERROR, kind, line, "", advice, **found)
        super().__init__(self.problem.message)


def read(content: bytes | str) -> tuple[Node | None, list[Problem]]:
    """The top of the file, always a mapping, or None; and what is wrong with its writing."""
    problems: list[Problem] = []
    try:
        text = decode(content)
        root = _build(text, problems)
    except Unreadable as stop:
        return None, [*problems, stop.problem]
    return root, problems


def decode(content: bytes | str) -> str:
    """The file's text, line ends made equal. Raises Unreadable when it is too large or not UTF-8."""
    if len(content) > SIZE_LIMIT:
        raise Unreadable("too-large.bytes", 1, size=len(content), limit=SIZE_LIMIT)
    if isinstance(content, bytes):
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise _not_utf8(content, error) from error
    else:
        text = content.removeprefix("\ufeff")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    bad = _FORBIDDEN.search(text)
    if bad:
        line = text.count("\n", 0, bad.start()) + 1
        raise Unreadable("control-character", line, character=f"U+{ord(bad[0]):04X}")
    return text


def _not_utf8(content: bytes, error: UnicodeDecodeError) -> Unreadable:
    line = content.count(b"\n", 0, error.start) + 1
    advice = say("advice.utf8")
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        advice = say("advice.utf16")
    else:
        try:
            content[:100_000].decode("gb18030")
            advice = say("advice.gbk")
        except UnicodeDecodeError:
            pass
    return Unreadable("encoding", line, advice)


def _events(text: str, compiled: bool) -> Iterator[Any]:
    if compiled:
        parser = CParser(text)
        while parser.check_event():
            yield parser.get_event()
    else:
        yield from YAML(typ="safe", pure=True).parse(text)


def _build(text: str, problems: list[Problem], compiled: bool = CParser is not None) -> Node:
    builder = _Builder(problems)
    last_line = text.count("\n") + 1
    try:
        for event in _events(text, compiled):
            builder.take(event)
    except MarkedYAMLError as error:
        if compiled and "found unexpected ':'" in (error.problem or ""):
            problems.clear()  # 08:30 between braces: YAML 1.2 allows it, the compiled parser doesn't know
            return _build(text, problems, compiled=False)
        fault = syntax.explain(error, text)
        raise Unreadable(fault.kind, fault.line, fault.advice, **fault.found) from error
    except (YAMLError, ValueError, RecursionError) as error:
        raise Unreadable("syntax.unread", builder.line) from error
    root = builder.root
    if root is None or (not root.quoted and plain(root) is None):
        raise Unreadable("empty", 1)
    if isinstance(root.value, list):
        raise Unreadable("not-a-mapping.list", min(root.line, last_line))
    if isinstance(root.value, str):
        raise Unreadable("not-a-mapping.text", min(root.line, last_line), text=shown(root.value))
    return root


class _Builder:
    """Takes events one by one. No recursion: what is open stands on a stack."""

    def __init__(self, problems: list[Problem]) -> None:
        self.root: Node | None = None
        self.line = 1
        self._problems = problems
        self._open: list[Node] = []
        self._keys: list[tuple[str, int] | None] = []  # per open mapping: the key that waits for its value
        self._path: list[str] = []  # what each open value is called
        self._values = 0
        self._documents = 0

    def take(self, event: Any) -> None:
        self.line = event.start_mark.line + 1
        if isinstance(event, ScalarEvent):
            self._check_marks(event)
            quoted = bool(event.style) and event.style in "\"'|>"
            self._put(Node(self.line, event.value, quoted))
        elif isinstance(event, MappingStartEvent | SequenceStartEvent):
            self._check_marks(event)
            node = Node(self.line, {} if isinstance(event, MappingStartEvent) else [])
            name = self._name()
            self._put(node)
            self._path.append(name)
            self._open.append(node)
            self._keys.append(None)
            if len(self._open) > DEPTH_LIMIT:
                raise Unreadable("too-deep", self.line, limit=DEPTH_LIMIT)
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            self._open.pop()
            self._keys.pop()
            self._path.pop()
        elif isinstance(event, AliasEvent):
            text = f"*{event.anchor}"
            self._problem("alias.repetition", self.line, self._name(), text=shown(text))
            self._put(Node(self.line, text, quoted=True))
        elif isinstance(event, DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise Unreadable("syntax.document", self.line)

    def _check_marks(self, event: Any) -> None:
        if event.anchor:
            self._problem("alias.mark", self.line, self._name(), text=f"&{shown(event.anchor)}")
        if event.tag and event.tag != "!":
            self._problem("tag", self.line, self._name(), tag=shown(event.tag))

    def _put(self, node: Node) -> None:
        self._values += 1
        if self._values > VALUE_LIMIT:
            raise Unreadable("too-large.values", self.line, limit=VALUE_LIMIT)
        if not self._open:
            self.root = node
            return
        top = self._open[-1]
        if isinstance(top.value, list):
            top.value.append(node)
            return
        waiting = self._keys[-1]
        if waiting is None:
            self._keys[-1] = (self._key(node), node.line)
            return
        key, line = waiting
        self._keys[-1] = None
        assert isinstance(top.value, dict)
        first = top.value.get(key)
        if first is not None:
            self._problem("duplicate-key", line, key, key=shown(key), first=first.line)
            return
        node.line = line
        top.value[key] = node

    def _key(self, node: Node) -> str:
        if not isinstance(node.value, str):
            raise Unreadable("syntax.key", node.line)
        if not node.quoted and is_number(node.value):
            self._problem("unquoted-number.key", node.line, node.value, number=shown(node.value))
        return node.value

    def _name(self) -> str:
        """What the next value is called in the mapping or list that is open."""
        if not self._open:
            return ""
        waiting, items = self._keys[-1], self._open[-1].value
        return waiting[0] if waiting else str(len(items)) if isinstance(items, list) else ""

    def _problem(self, kind: str, line: int, path: str, /, **found: Value) -> None:
        if len(self._problems) >= PROBLEM_LIMIT:
            raise Unreadable("too-many.read", line, limit=PROBLEM_LIMIT)
        where = ".".join(name for name in (*self._path, path) if name)
        self._problems.append(problem(Severity.ERROR, kind, line, where, **found))
