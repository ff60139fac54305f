"""Example calls beside the rules: `routing_rules.calls.yaml`, read with lines as the rules are.

Every mistake is told at once. Whether the numbers exist is asked when an example is run, against the rules
it is run with.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationError

from switchboard.domain.actions import MessageReason
from switchboard.domain.company import Rules
from switchboard.domain.mode import Mode
from switchboard.rehearsal.examples import Example, Expected
from switchboard.rehearsal.situation import Answer
from switchboard.rules.examples_wording import tell
from switchboard.rules.problems import Problem, Severity, cant_be_read, in_order, problem
from switchboard.rules.reading import SIZE_LIMIT, read
from switchboard.rules.schema import Section
from switchboard.rules.tree import Node, find, plain
from switchboard.rules.values import Extension, Identifier, Unfit
from switchboard.sentences import Sentence, say

CALLS = ".calls.yaml"
"""How names of files with example calls end."""

MOST_CALLS = 20_000


def _entry(value: str) -> str:
    if len(value) > 32 or set(value) - set("0123456789*#"):
        raise Unfit("entry")
    return value


def _number(value: str) -> str:
    if len(value) > 20 or set(value.removeprefix("+")) - set("0123456789"):
        raise Unfit("telephone")
    return value


def _dialled(value: str) -> str:
    if not value or len(value) > 32 or set(value) - set("0123456789*#+"):
        raise Unfit("dialled")
    return value


def _time(value: str) -> str:
    try:
        datetime.fromisoformat(value)
    except ValueError:
        raise Unfit("time") from None
    return value


Time = Annotated[str, AfterValidator(_time)]
Reason = Literal[
    "busy",
    "no_answer",
    "unavailable",
    "declined",
    "secretary_absent",
    "queue_overflow",
    "unclear",
    "fallback",
    "operator",
]
Words = Annotated[list[Annotated[str, Field(min_length=1, max_length=600)]], Field(max_length=50)]
Numbers = Annotated[list[Extension], Field(max_length=200)]


class Given(Section):
    """What is supposed of the call and of the company at that moment."""

    caller: Annotated[str, AfterValidator(_number)] | None = Field(
        None, description='Number of the caller; "" when it is withheld.'
    )
    dials: Annotated[str, AfterValidator(_dialled)] | None = Field(
        None, description="Number that was dialled. Left out: the main number."
    )
    trunk: Identifier | None = Field(None, description="By which trunk it comes, where that matters.")
    inside: bool | None = Field(None, description="`true`: `caller` is a phone inside.")
    at: Time | None = Field(
        None, description="When: `2026-11-23 10:00`, local time of the company, or ISO 8601 with offset."
    )
    mode: Literal["manual", "automatic", "schedule"] | None = Field(
        None, description="Who answers. Left out, or `schedule`: as the schedule says at that time."
    )
    operators: Numbers | None = Field(None, description="Operators at the desk. Left out: all who may be.")
    language: Literal["zh", "en"] | None = Field(None, description="Left out: the rules' `language`.")
    busy: Numbers = Field(default_factory=list, description="Phones in a conversation.")
    no_answer: Numbers = Field(default_factory=list, description="Phones that ring and nobody comes.")
    declines: Numbers = Field(default_factory=list, description="Phones whose owner turns the call away.")
    unreachable: Numbers = Field(default_factory=list, description="Phones that are not registered.")
    passes_on: Numbers = Field(
        default_factory=list, description="Executives who are asked and pass the call to the deputy."
    )
    wants_message: Numbers = Field(
        default_factory=list, description="Executives who are asked and have a message taken."
    )
    answers: Numbers = Field(default_factory=list, description="Phones that are answered.")
    others: Literal["answers", "busy", "declines", "no_answer", "unreachable"] | None = Field(
        None, description="What all other phones do: `answers` unless said."
    )


class When(Section):
    """What the caller does."""

    presses: Annotated[list[Annotated[str, AfterValidator(_entry)]], Field(max_length=200)] = Field(
        default_factory=list,
        description='Entries in the order of the questions: "8201", then "1"; "" is silence.',
    )
    speaks: bool = Field(True, description="`false`: says nothing after the tone.")
    knows_pin: bool = Field(True, description="`false`: enters a wrong PIN.")


class Then(Section):
    """What must come of it. At least one."""

    hears: Words = Field(
        default_factory=list,
        description="In this order: keys of `prompts/zh.yaml`, or parts of what is said.",
    )
    never_hears: Words = Field(default_factory=list, description="Not at any moment.")
    rings: Numbers | None = Field(
        None,
        description="All that ring, in this order; `[]`: nobody. A queue's number stands for its agents.",
    )
    never_rings: Numbers = Field(default_factory=list, description="Not at any moment.")
    ends_at: Extension | Literal["hangup", "refused"] | None = Field(
        None, description="Whom the caller talks with in the end; or `hangup`, `refused`."
    )
    message_for: Extension | None = Field(None, description="The mailbox that holds a message in the end.")
    because: Reason | None = Field(None, description="Why it came to a message.")


class ExampleCall(Section):
    """One example call."""

    name: Annotated[str, Field(min_length=1, max_length=200)] = Field(description="What it shows.")
    given: Given = Field(default_factory=Given.empty, description="What is supposed.")
    when: When = Field(default_factory=When.empty, description="What the caller does.")
    then: Then = Field(description="What must come of it: at least one of its keys.")


class CallsFile(Section):
    """The whole file."""

    company: Annotated[str, Field(min_length=1, max_length=200)] | None = Field(
        None,
        description="Whose rules they are about: the company's name, in either language. Rules of another "
        "company are not held up by them.",
    )
    given: Given = Field(
        default_factory=Given.empty, description="What holds for every call that says nothing else."
    )
    calls: Annotated[list[ExampleCall], Field(min_length=1, max_length=MOST_CALLS)] = Field(
        description="The example calls."
    )


@dataclass(frozen=True, slots=True)
class LoadedExamples:
    """What came of a file. `examples` is () when any problem is an error."""

    name: str
    examples: tuple[Example, ...]
    problems: tuple[Problem, ...] = ()
    company: str = ""

    @property
    def ok(self) -> bool:
        return not any(p.severity is Severity.ERROR for p in self.problems)

    def strange_to(self, rules: Rules) -> Sentence | None:
        """Why they say nothing about `rules`: they are another company's. None when they do."""
        if self.company in ("", rules.company.zh, rules.company.en):
            return None
        return say("examples.strange", file=Path(self.name).name, other=self.company, own=rules.company.zh)


def beside(rules: Path) -> tuple[Path, ...]:
    """The files with example calls of the rules at `rules`: `<stem>.calls.yaml` and `<stem>.*.calls.yaml`."""
    stem = rules.name.removesuffix(".yaml").removesuffix(".yml")
    try:
        found = sorted(
            p for p in rules.parent.iterdir() if p.name.startswith(f"{stem}.") and p.name.endswith(CALLS)
        )
    except OSError:
        return ()
    return tuple(p for p in found if p.is_file())


def load_examples(path: Path | str) -> LoadedExamples:
    """Read the example calls at `path`. Never raises: a file that can't be read is a problem too."""
    try:
        with Path(path).open("rb") as file:
            content = file.read(SIZE_LIMIT + 1)
    except (OSError, ValueError) as error:
        return LoadedExamples(str(path), (), (cant_be_read(error),))
    return load_examples_text(content, str(path))


def load_examples_text(content: bytes | str, name: str = "example calls") -> LoadedExamples:
    """Read what a file of example calls holds."""
    raw = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    root, problems = read(raw)
    if root is None:
        return LoadedExamples(name, (), in_order(problems))
    try:
        file = CallsFile.model_validate(plain(root))
    except ValidationError as error:
        problems += tell(error.errors(include_url=False), root, CallsFile)
        return LoadedExamples(name, (), in_order(problems))
    problems += _contradictions(file, root)
    told = in_order(problems)
    if any(p.severity is Severity.ERROR for p in told):
        return LoadedExamples(name, (), told)
    examples = tuple(_example(call, file.given, i, root) for i, call in enumerate(file.calls))
    return LoadedExamples(name, examples, told, file.company or "")


def _contradictions(file: CallsFile, root: Node) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    for i, call in enumerate(file.calls):
        line = find(root, ("calls", i))[0].line
        where = f"calls.{i}"
        if call.given.at is None and file.given.at is None:
            yield problem(Severity.ERROR, "missing.time", line, f"{where}.given.at", name=call.name)
        if not call.then.model_fields_set:
            yield problem(Severity.ERROR, "missing.expectation", line, f"{where}.then", name=call.name)
        if call.then.ends_at is not None and call.then.message_for is not None:
            yield problem(Severity.ERROR, "contradiction", line, f"{where}.then", name=call.name)
        if call.name in seen:
            first = seen[call.name]
            yield problem(
                Severity.WARNING, "duplicate-name", line, f"{where}.name", name=call.name, first=first
            )
        seen.setdefault(call.name, line)


def _example(call: ExampleCall, common: Given, i: int, root: Node) -> Example:
    given, then = call.given, call.then
    phones: dict[str, Answer] = {}
    for source in (common, given):
        phones |= _phones(source)

    def said(name: str) -> Any:
        value = getattr(given, name)
        return getattr(common, name) if value is None else value

    mode, operators = said("mode"), said("operators")
    return Example(
        name=call.name,
        at=datetime.fromisoformat(said("at")),
        then=Expected(
            hears=tuple(then.hears),
            never_hears=tuple(then.never_hears),
            rings=None if then.rings is None else tuple(then.rings),
            never_rings=tuple(then.never_rings),
            ends_at=then.ends_at,
            message_for=then.message_for,
            because=MessageReason(then.because).value if then.because else None,
        ),
        caller=said("caller") or "",
        dials=said("dials") or "",
        trunk=said("trunk") or "",
        inside=bool(said("inside")),
        language=said("language") or "",
        mode=None if mode in (None, "schedule") else Mode(mode),
        operators=None if operators is None else tuple(operators),
        phones=phones,
        others=Answer(said("others") or "answers"),
        presses=tuple(call.when.presses),
        speaks=call.when.speaks,
        knows_pin=call.when.knows_pin,
        lines=_lines(root, i),
    )


def _phones(given: Given) -> Iterable[tuple[str, Answer]]:
    return [(number, answer) for answer in Answer for number in getattr(given, answer.value)]


def _lines(root: Node, i: int) -> dict[str, int]:
    """The lines of what call `i` says: "" its own, "given", "then.rings" …"""
    node = find(root, ("calls", i))[0]
    found = {"": node.line}
    if isinstance(node.value, dict):
        for key, part in node.value.items():
            found[key] = part.line
            if isinstance(part.value, dict):
                found |= {f"{key}.{name}": child.line for name, child in part.value.items()}
    return found
