"""Rules that break an example call stay out of force, unless they are forced (D4)."""

from __future__ import annotations

from pathlib import Path

import pytest

from switchboard.bootstrap.examples import ExampleCalls
from switchboard.bootstrap.preparing import _rules_to_begin_with
from switchboard.domain.company import Rules
from switchboard.flows.enforcement import Enforcement
from switchboard.flows.rulebook import Book
from switchboard.rules import load, load_text
from switchboard.rules.store import RulesStore
from switchboard.settings import SOURCE, Settings
from tests.flows.test_enforcement import Published, no_fetch
from tests.rehearsal.supposed import speak

SAMPLE = (SOURCE / "routing_rules.yaml").read_text("utf-8")
CHANGED = SAMPLE.replace('secretary: "8890"', 'secretary: "8891"')
EXAMPLES = """
calls:
  - name: the chairman's own secretary
    given: {at: 2026-11-23 10:00, mode: automatic}
    when: {presses: ["8899"]}
    then: {ends_at: "8890"}
"""


class Place:
    """A folder with rules, examples and versions."""

    def __init__(self, folder: Path) -> None:
        self.rules = folder / "rules.yaml"
        self.calls = folder / "rules.calls.yaml"
        self.rules.write_text(SAMPLE, "utf-8")
        self.calls.write_text(EXAMPLES, "utf-8")
        self.store = RulesStore(folder / "kept")
        self.examples = ExampleCalls(self.rules, self.store, lambda rules: speak)
        self.settings = Settings.load({"SWITCHBOARD_RULES": str(self.rules)})
        self.published = Published()
        self.enforcement = Enforcement(self.store, Book(no_fetch), _read, self.published, self.examples.unmet)

    def start(self) -> tuple[Rules, list[str]]:
        """The rules a start begins with, and what it says."""
        said: list[str] = []
        return _rules_to_begin_with(self.settings, self.store, self.examples, said.append), said


def _read(content: bytes) -> Rules:
    rules = load_text(content).rules
    assert rules is not None
    return rules


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


async def test_rules_that_break_an_example_stay_out(place: Place) -> None:
    """Refused with the example's line and the way to force; the good rules stay, nothing is published."""
    await place.enforcement.offer(SAMPLE.encode(), "test")
    state = await place.enforcement.offer(CHANGED.encode(), "test")
    assert state.state == "refused"
    assert state.errors[0] == (
        'rules.calls.yaml: example "the chairman\'s own secretary", line 6: '
        "expected talks with 8890; what happens: talks with 8891 for 8899"
    )
    assert "rules force" in state.errors[-1]
    assert place.published.versions == [state.version]


async def test_they_can_be_forced(place: Place) -> None:
    """Whoever forces them has them."""
    await place.enforcement.offer(SAMPLE.encode(), "test")
    state = await place.enforcement.offer(CHANGED.encode(), "test", force=True)
    assert (state.state, state.errors, len(place.published.versions)) == ("in_force", (), 2)


async def test_going_back_waits_for_no_example(place: Place) -> None:
    """What was in force before goes in force again at once."""
    await place.enforcement.offer(SAMPLE.encode(), "test")
    await place.enforcement.offer(CHANGED.encode(), "test", force=True)
    place.calls.write_text(EXAMPLES.replace('"8890"', '"8891"'), "utf-8")
    assert (await place.enforcement.offer(SAMPLE.encode(), "test")).state == "in_force"


async def test_examples_that_can_not_be_read_keep_rules_out(place: Place) -> None:
    """A mistake in the examples is told with its line, rather than passing for no example."""
    place.calls.write_text("calls:\n  - {name: a, thn: {}}\n", "utf-8")
    state = await place.enforcement.offer(CHANGED.encode(), "test")
    assert state.state == "refused"
    assert state.errors[0].startswith("rules.calls.yaml:2: ")


async def test_without_examples_nothing_is_asked(place: Place) -> None:
    """Nobody has to write examples."""
    place.calls.unlink()
    assert (await place.enforcement.offer(CHANGED.encode(), "test")).state == "in_force"


async def test_another_companys_examples_hold_nobody_up(place: Place) -> None:
    """The sample's are still there when one's own rules come: they don't count, and it is said why."""
    place.calls.write_text(f"company: 华辰集团\n{EXAMPLES}", "utf-8")
    assert (await place.enforcement.offer(CHANGED.encode(), "test")).state == "refused"
    mine = CHANGED.replace(
        "company: {zh: 华辰集团, en: Huachen Group}", "company: {zh: 宏图公司, en: Hongtu}"
    )
    assert (await place.enforcement.offer(mine.encode(), "test")).state == "in_force"
    (sentence,) = place.examples.strange(_read(mine.encode()))
    assert sentence.startswith("rules.calls.yaml is about 华辰集团, the rules are 宏图公司's")
    place.rules.write_text(mine, "utf-8")
    _, said = place.start()
    assert said == [sentence]
    english = place.calls.read_text("utf-8").replace("company: 华辰集团", "company: Huachen Group")
    place.calls.write_text(english, "utf-8")
    assert place.examples.strange(_read(SAMPLE.encode())) == []


def test_a_start_keeps_out_what_was_kept_out(place: Place) -> None:
    """A restart is no way round: the rules in force before rule on, and the reason is said."""
    first, _ = place.start()
    place.rules.write_text(CHANGED, "utf-8")
    again, said = place.start()
    assert again.version == first.version
    assert "expected talks with 8890" in said[0]


def test_a_start_takes_what_was_forced(place: Place) -> None:
    """What is in force stays in force over a restart, whatever the examples say."""
    place.start()
    place.rules.write_text(CHANGED, "utf-8")
    version = place.store.keep(CHANGED, "force", load(place.rules).rules)
    place.store.put_in_force(version)
    rules, said = place.start()
    assert (rules.version, said) == (version, [])


def test_the_very_first_rules_rule_whatever_examples_say(place: Place) -> None:
    """Nothing else could: it is told, and the switchboard answers."""
    place.rules.write_text(CHANGED, "utf-8")
    rules, said = place.start()
    assert rules.version.startswith("1-")
    assert "expected talks with 8890" in said[0]


def test_changed_examples_are_noticed(place: Place) -> None:
    """So that rules that stayed out are tried again."""
    before = place.examples.fingerprint()
    place.calls.write_text(EXAMPLES + "# changed\n", "utf-8")
    assert place.examples.fingerprint() != before
