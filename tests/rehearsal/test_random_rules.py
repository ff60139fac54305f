"""Random rules that load without errors never lead the engine to an undefined place."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from switchboard.domain import prompt_keys
from switchboard.domain.actions import Action, Ask, Dial, Enqueue, Look, Record, Say, Screen, TakeMessage
from switchboard.domain.call import Call
from switchboard.domain.company import Principal, Queue, Rules, Screened
from switchboard.domain.engine import STEPS
from switchboard.domain.mode import Mode
from switchboard.domain.phrases import Spoken, Text
from switchboard.rehearsal import Answer, Situation, rehearse
from switchboard.rehearsal.ways import explore
from switchboard.rules import load_text
from switchboard.sentences import NOTHING

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)

_numbers = st.lists(
    st.builds(str.__add__, st.sampled_from("2345678"), st.text("0123456789", min_size=1, max_size=4)),
    unique=True,
    min_size=4,
    max_size=14,
)
_names = st.sampled_from(["李", "王芳", "曾国强", "单丽", "O'Neil", "a b", "欧阳"])


def _name(draw: st.DrawFn) -> dict[str, str]:
    return {"zh": draw(_names), "en": draw(_names.filter(str.isascii))}


@st.composite
def files(draw: st.DrawFn) -> dict[str, Any]:
    """A rules file as values: any company whose references mostly exist."""
    numbers = draw(_numbers)
    if draw(st.integers(0, 4)):
        numbers = _apart(numbers)
    some = st.sampled_from(numbers)
    one = draw(st.integers(1, max(1, len(numbers) - 1)))
    two = draw(st.integers(min(one + 1, len(numbers)), len(numbers)))
    three = draw(st.integers(two, len(numbers)))
    people, departments, queues, executives = (
        numbers[:one],
        numbers[one:two],
        numbers[two:three],
        numbers[three:],
    )
    several = st.lists(st.sampled_from(people), min_size=1, max_size=4, unique=True)
    seconds = st.sampled_from([5, 10, 25])
    file: dict[str, Any] = {
        "company": {"zh": "公司", "en": "Company"},
        "main_number": draw(st.sampled_from(["8000", "8000", "800000", numbers[0]])),
        "language": draw(st.sampled_from(["zh", "en"])),
        "unclear": draw(st.sampled_from(departments or numbers)),
        "general_head": draw(st.sampled_from(people)),
        "greeting": {
            "keys": draw(
                st.dictionaries(
                    st.sampled_from("0123456789"),
                    st.one_of(st.sampled_from(["language", "enquiry", "complaint"]), some),
                    max_size=5,
                )
            ),
            "tries": draw(st.integers(1, 3)),
        },
        "operators": {"people": draw(several), "ring": draw(st.sampled_from(["all", "in_turn"]))},
        "departments": {
            n: {
                "name": _name(draw),
                "members": draw(several),
                "ring": draw(st.sampled_from(["all", "in_turn"])),
            }
            for n in departments
        },
        "queues": {
            n: {
                "name": _name(draw),
                "members": draw(several),
                "overflow": draw(st.one_of(st.just("message"), some)),
                "call_back": draw(st.booleans()),
            }
            for n in queues
        },
        "executives": {n: _executive(draw, people) for n in executives},
        "people": {
            n: {
                "name": _name(draw),
                "department": draw(st.sampled_from(departments)) if departments else None,
                "ring_for": draw(seconds),
                "mailbox": draw(st.booleans()),
                "wait_when_busy": draw(st.booleans()),
                "call_waiting": draw(st.booleans()),
                "listing": draw(st.sampled_from(["listed", "internal", "unlisted"])),
            }
            for n in people
        },
    }
    if queues or departments:
        file["complaints"] = draw(st.sampled_from(queues or departments))
    return file


def _apart(numbers: list[str]) -> list[str]:
    """Those that neither begin nor are begun by an earlier one, nor by the main number."""
    kept: list[str] = []
    for number in numbers:
        others = (*kept, "8000")
        if not any(number.startswith(other) or other.startswith(number) for other in others):
            kept.append(number)
    return kept or numbers


def _executive(draw: st.DrawFn, people: Sequence[str]) -> dict[str, Any]:
    entry: dict[str, Any] = {"name": _name(draw)}
    if draw(st.booleans()):
        return entry | {"secretary": draw(st.sampled_from(people))}
    screening = {"deputy": draw(st.sampled_from(people))}
    if draw(st.booleans()):
        screening["assistant"] = draw(st.sampled_from(people))
    return entry | {"screening": screening}


def _text(file: dict[str, Any]) -> str:
    """JSON is YAML; empty parts are left out, as people do."""
    kept = {key: value for key, value in file.items() if value not in ({}, [], None)}
    kept.setdefault("departments", {})
    for person in kept["people"].values():
        if person["department"] is None:
            del person["department"]
    return json.dumps(kept, ensure_ascii=False)


def _places_exist(action: Action, rules: Rules) -> None:
    """Whatever is said, rung, joined or recorded into is defined by the rules."""
    match action:
        case Say(phrases) | Ask(phrases) | Record(phrases):
            assert phrases
            for phrase in phrases:
                if isinstance(phrase, Text):
                    assert phrase.key in prompt_keys.ALL
                if isinstance(phrase, Spoken) and phrase.number:
                    assert phrase.number in rules.extensions
        case Dial(phones, seconds):
            assert phones
            assert seconds > 0
            assert all(n in rules.extensions for n in phones)
            assert not any(isinstance(rules.extensions[n], Screened | Principal) for n in phones)
        case Screen(phones):
            assert isinstance(rules.extensions[phones[0]], Screened)
        case Look(phones):
            assert all(n in rules.extensions for n in phones)
        case Enqueue(queue):
            assert isinstance(rules.extensions[queue], Queue)
        case TakeMessage(mailbox):
            assert mailbox in rules.extensions
            assert rules.mailbox_of(mailbox) == mailbox


@given(files())
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_way_of_rules_that_load_leads_somewhere(file: dict[str, Any]) -> None:
    """All ways of the engine: each step's phones, queues, mailboxes and words exist, each way has an end."""
    rules = load_text(_text(file)).rules
    if rules is None:
        return
    ways = explore(rules, Call(id="1", rules=rules.version), NOW, {rules.main_number: NOTHING})
    for node in ways.nodes.values():
        _places_exist(node.moment.action, rules)
        assert node.branches or not ways.complete
    if ways.complete:
        ends = {n for n, node in ways.nodes.items() if any(b.to is None for b in node.branches)}
        while True:
            more = {n for n, node in ways.nodes.items() if any(b.to in ends for b in node.branches)} - ends
            if not more:
                break
            ends |= more
        assert ends == set(ways.nodes)


@given(files(), st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_calls_under_random_rules_end(file: dict[str, Any], data: st.DataObject) -> None:
    """Any entries, phones and modes: within the engine's bound, through defined places only."""
    rules = load_text(_text(file)).rules
    if rules is None:
        return
    number = st.sampled_from([*rules.extensions, rules.main_number, *"0123456789*#", "", "99"])
    situation = data.draw(
        st.builds(
            Situation,
            at=st.just(NOW),
            presses=st.lists(number, max_size=10).map(tuple),
            dialled=st.sampled_from(["", *rules.extensions]),
            others=st.sampled_from(Answer),
            phones=st.dictionaries(st.sampled_from([*rules.extensions]), st.sampled_from(Answer)),
            mode=st.sampled_from(Mode),
            operators=st.just(rules.operators),
            speaks=st.booleans(),
        )
    )
    moments = rehearse(rules, situation).moments
    assert len(moments) <= STEPS + 3
    for moment in moments:
        _places_exist(moment.action, rules)


def test_most_random_files_are_rules() -> None:
    """The tests above would prove nothing of files that never load."""
    loaded = []

    @given(files())
    @settings(max_examples=100, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    def count(file: dict[str, Any]) -> None:
        loaded.append(load_text(_text(file)))

    count()
    good = sum(one.ok for one in loaded)
    codes = [p.code for one in loaded for p in one.errors]
    assert good >= len(loaded) / 4, codes[:20]
