"""Example calls: read with lines, run, and told where something else happens."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from switchboard.domain.mode import Mode
from switchboard.rehearsal.examples import Example, Expected, failures, run
from switchboard.rehearsal.situation import Answer
from switchboard.rules import load
from switchboard.rules.examples import beside, load_examples, load_examples_text
from switchboard.settings import SOURCE
from tests.company import company
from tests.rehearsal.supposed import NOW, speak

TOP = 'given: {at: 2026-11-23 10:00, mode: automatic, caller: "13800000001"}\ncalls:\n'


def examples_of(text: str) -> tuple[Example, ...]:
    """The examples of a file without mistakes."""
    loaded = load_examples_text(TOP + text)
    assert loaded.ok, loaded.problems
    return loaded.examples


def problems_of(text: str) -> list[tuple[int, str, str]]:
    """(line, code, path) of everything wrong with a file."""
    return [(p.line, p.code, p.path) for p in load_examples_text(text).problems]


def judged(then: Expected, *presses: str, **more: Any) -> list[tuple[str, str, str]]:
    """What comes otherwise for a call with these entries."""
    example = Example("an example", NOW, then, mode=Mode.AUTOMATIC, presses=presses, **more)
    return [(f.what, str(f.expected), str(f.happened)) for f in run(company(), example, speak).failures]


def test_an_example_is_read_with_what_holds_for_all() -> None:
    """The top's `given` fills what a call leaves out; lists of phones add up; lines are kept."""
    (example,) = examples_of(
        "  - name: busy\n"
        '    given: {busy: ["8202"], operators: []}\n'
        '    when: {presses: ["8202", "1"]}\n'
        "    then:\n"
        '      message_for: "8202"\n'
        "      because: busy\n"
    )
    assert (example.caller, example.mode, example.operators) == ("13800000001", Mode.AUTOMATIC, ())
    assert example.phones == {"8202": Answer.BUSY}
    assert [example.line(x) for x in ("", "when", "then.message_for", "then.because")] == [3, 5, 7, 8]
    assert run(company(), example, speak).failures == ()


@pytest.mark.parametrize(
    ("then", "presses", "phones"),
    [
        (Expected(ends_at="8201", rings=("8201",)), ("8201",), {}),
        (Expected(ends_at="8200", rings=("8201", "8202")), ("8200",), {"8201": Answer.NO_ANSWER}),
        (Expected(ends_at="8600", rings=("8600",)), ("8600",), {}),
        (Expected(rings=("8102", "8101")), ("8100",), {}),
        (Expected(rings=()), ("8202",), {"8202": Answer.BUSY}),
        (Expected(hears=("greeting-hello", "hold-on", "line-busy")), ("8202",), {"8202": Answer.BUSY}),
        (Expected(never_hears=("line-busy",), never_rings=("8899",)), ("8899",), {"8890": Answer.BUSY}),
        (Expected(message_for="8899", because="secretary_absent"), ("8899",), {"8890": Answer.BUSY}),
    ],
)
def test_what_is_as_expected(then: Expected, presses: tuple[str, ...], phones: dict[str, Answer]) -> None:
    """People, departments in turn and together, queues, silence, words, messages."""
    assert judged(then, *presses, phones=phones) == []


def test_what_comes_otherwise_is_told_side_by_side() -> None:
    """Each expectation with what happened instead."""
    then = Expected(
        hears=("greeting-hello", "no-answer", "line-busy"),
        never_hears=("hold-on",),
        rings=("8201", "8202"),
        never_rings=("8201",),
        ends_at="8201",
        because="busy",
    )
    told = judged(then, "8201", "1", phones={"8201": Answer.NO_ANSWER})
    assert [what for what, _, _ in told] == [
        "then.hears",
        "then.never_hears",
        "then.rings",
        "then.never_rings",
        "then.ends_at",
        "then.because",
    ]
    assert told[2][1:] == ("rings 8201, 8202", "rings 8201")
    assert told[4][1:] == ("talks with 8201", "a message for 8201, because: no_answer")


def test_numbers_that_the_rules_do_not_have_are_told() -> None:
    """A person who left is still busy in an old example: that is a mistake of the example."""
    told = judged(Expected(rings=("8201",)), "8201", phones={"8299": Answer.BUSY})
    assert told == [("given", "an extension 8299", "the rules have none")]


def test_entries_that_nobody_asks_for_are_told() -> None:
    """The call was over before the last key."""
    assert judged(Expected(ends_at="8201"), "8201", "5")[0][0] == "when.presses"


def test_failures_are_sentences_with_lines() -> None:
    """What keeps a file out of force says where to look."""
    examples = examples_of('  - {name: wrong, when: {presses: ["8201"]}, then: {ends_at: "8202"}}\n')
    assert [str(failure) for failure in failures(company(), examples, speak)] == [
        "example 'wrong', line 3: expected talks with 8202; what happens: talks with 8201"
    ]


def test_every_mistake_is_told_with_its_line() -> None:
    """All at once, in words, with the nearest right one."""
    text = (
        "given: {at: yesterday}\n"
        "calls:\n"
        "  - name: one\n"
        "    given: {bussy: [8201]}\n"
        "    when:\n"
        '      presses: ["82a"]\n'
        "    then: {rings: [8201], because: annoyed}\n"
        "  - then: {}\n"
    )
    assert problems_of(text) == [
        (1, "bad-value", "given.at"),
        (4, "unknown-key", "calls.0.given.bussy"),
        (6, "bad-value", "calls.0.when.presses.0"),
        (7, "bad-value", "calls.0.then.because"),
        (7, "unquoted-number", "calls.0.then.rings.0"),
        (8, "missing", "calls.1.name"),
    ]
    told = {p.path: p.hint for p in load_examples_text(text).problems}
    assert told["calls.0.given.bussy"] == "Did you mean busy?"
    assert told["calls.0.then.rings.0"] == 'Write "8201".'


def test_contradictions_are_mistakes() -> None:
    """No time; nothing expected; two ends; one name twice (a warning)."""
    text = (
        "calls:\n"
        '  - {name: a, then: {ends_at: "8201"}}\n'
        "  - {name: b, given: {at: 2026-11-23 10:00}, then: {}}\n"
        '  - {name: a, given: {at: 2026-11-23 10:00}, then: {ends_at: "8201", message_for: "8201"}}\n'
    )
    assert [(line, code) for line, code, _ in problems_of(text)] == [
        (2, "missing"),
        (3, "missing"),
        (4, "contradiction"),
        (4, "duplicate-name"),
    ]


@given(st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_or_told(text: str) -> None:
    """Never an exception, always a line."""
    for content in (text, TOP + text, f"calls: [{text}]"):
        loaded = load_examples_text(content)
        assert loaded.examples or loaded.problems
        assert all(p.line >= 1 for p in loaded.problems)


def test_files_beside_the_rules_are_found(tmp_path: Path) -> None:
    """`<rules>.calls.yaml`, and more of them with a word between; not those of other rules."""
    for name in ("a.yaml", "a.calls.yaml", "a.night.calls.yaml", "b.calls.yaml"):
        (tmp_path / name).write_text("")
    assert [p.name for p in beside(tmp_path / "a.yaml")] == ["a.calls.yaml", "a.night.calls.yaml"]
    assert load_examples(tmp_path / "none.calls.yaml").problems[0].code == "unreadable"


def test_the_sample_has_examples_of_every_kind_and_all_hold() -> None:
    """More than twenty calls, in Chinese and English, touching every part of the rules."""
    from switchboard.cli.rehearsing import speaker
    from switchboard.rehearsal.parts import touched, untouched
    from switchboard.settings import Settings

    rules = load(SOURCE / "routing_rules.yaml").rules
    assert rules is not None
    loaded = load_examples(SOURCE / "routing_rules.calls.yaml")
    assert loaded.problems == ()
    spoken = speaker(rules, Settings.load({}))
    assert failures(rules, loaded.examples, spoken) == []
    assert len(loaded.examples) > 20
    runs = [run(rules, example, spoken) for example in loaded.examples]
    assert untouched(rules, touched(m for one in runs for m in one.rehearsal.moments)) == ()
    assert {m.call.language for one in runs for m in one.rehearsal.moments} == {"zh", "en"}


def test_a_thousand_examples_take_less_than_two_seconds() -> None:
    """Reading and running them, on one core; the best of three, since machines are shared."""
    sample = (SOURCE / "routing_rules.calls.yaml").read_text("utf-8")
    head, key, calls = sample.partition("\ncalls:\n")
    rules = load(SOURCE / "routing_rules.yaml").rules
    assert rules is not None
    count = len(load_examples_text(sample).examples)
    text = head + key + calls * (1000 // count + 1)
    best = 99.0
    for _ in range(3):
        began = time.process_time()
        loaded = load_examples_text(text)
        told = failures(rules, loaded.examples, speak)
        best = min(best, time.process_time() - began)
    assert len(loaded.examples) >= 1000
    assert told or loaded.ok
    assert best < 2.0
