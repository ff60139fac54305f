"""`python -m bench.decision [--json]`: a large company's rules: one decision, memory, examples, all ways.

10,000 extensions in 300 departments and 50 queues. The promises: a decision in 100 µs (median), 100 MB for
one version of the rules, 1,000 example calls in 2 s.
"""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime

from bench.company import GIVEN, PINYIN, SURNAMES
from bench.spread import Spread
from switchboard.domain.call import Call
from switchboard.domain.company import Rules
from switchboard.domain.engine import next_step
from switchboard.domain.mode import Mode
from switchboard.domain.outcomes import Arrived, Outcome
from switchboard.errors import SwitchboardError
from switchboard.rehearsal import Answer, Situation, rehearse
from switchboard.rehearsal.examples import failures
from switchboard.rehearsal.ways import explore
from switchboard.rules import load_text
from switchboard.rules.examples import load_examples_text
from switchboard.sentences import NOTHING
from switchboard.settings import SOURCE

PEOPLE, DEPARTMENTS, QUEUES = 10_000, 300, 50
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
WAYS = (
    Situation(NOON, presses=("200007", "1"), others=Answer.NO_ANSWER),
    Situation(NOON, presses=("5012", "2", "5013", "1"), others=Answer.NO_ANSWER),
    Situation(NOON, presses=("0", "94264934", "1"), others=Answer.BUSY),
    Situation(NOON, presses=("0", "9", "99", "1"), others=Answer.ANSWERS),
    Situation(NOON, presses=("0", "1"), others=Answer.ANSWERS),
    Situation(NOON, presses=("123456", "123456", "123456"), others=Answer.UNREACHABLE),
    Situation(NOON, presses=("8801", "2"), others=Answer.DECLINES),
    Situation(NOON, presses=("7",), others=Answer.UNREACHABLE),
    Situation(NOON, presses=("6007",), mode=Mode.MANUAL, operators=("8011",), others=Answer.NO_ANSWER),
)
"""A message, departments, names by letters, the list, wrong numbers, an executive, complaints, operators."""


def large() -> str:
    """The sample company grown: every department and queue has people."""
    text = (SOURCE / "routing_rules.yaml").read_text("utf-8")
    teams = {
        "departments": [_team(5000 + i, f"第{i}部", f"Department {i}") for i in range(DEPARTMENTS)],
        "queues": [_team(6000 + i, f"第{i}队", f"Queue {i}") for i in range(QUEUES)],
        "people": [_person(i) for i in range(PEOPLE)],
    }
    for section, entries in teams.items():
        assert f"\n{section}:\n" in text
        text = text.replace(f"\n{section}:\n", f"\n{section}:\n" + "".join(entries), 1)
    return text


def _team(number: int, zh: str, en: str) -> str:
    return f'  "{number}": {{name: {{zh: {zh}, en: {en}}}}}\n'


def _person(i: int) -> str:
    surname, first, second = SURNAMES[i % 20], GIVEN[i // 20 % 20], GIVEN[i // 400 % 20]
    english = f"{PINYIN[surname]} {PINYIN[first]}{PINYIN[second].lower()}"
    team = i % (DEPARTMENTS + QUEUES)
    number = 5000 + team if team < DEPARTMENTS else 6000 + team - DEPARTMENTS
    name = f"{{zh: {surname}{first}{second}, en: {english}}}"
    return f'  "{200000 + i}": {{name: {name}, department: "{number}"}}\n'


def rules_of(text: str) -> Rules:
    """Rules without errors."""
    loaded = load_text(text)
    if loaded.rules is None:
        raise SwitchboardError(f"the made-up company has errors: {loaded.errors[:3]}")
    return loaded.rules


def decisions(rules: Rules, rounds: int = 60) -> Spread:
    """Microseconds of one decision, over every step of `WAYS`, once what is worked out once has been."""
    steps = [step for way in WAYS for step in _steps(rules, way)]
    samples = []
    clock = time.perf_counter_ns
    for turn in range(rounds + 1):
        for call, outcome in steps:
            began = clock()
            next_step(call, outcome, rules, NOON)
            if turn:
                samples.append((clock() - began) / 1000)
    return Spread.of(samples)


def _steps(rules: Rules, situation: Situation) -> Iterator[tuple[Call, Outcome]]:
    call = Call(id="bench", rules=rules.version, dialled=rules.main_number, language=rules.default_language)
    outcome: Outcome | None = Arrived()
    for moment in rehearse(rules, situation).moments:
        assert outcome is not None
        yield call, outcome
        call, outcome = moment.call, moment.outcome


def megabytes() -> float:
    """MB that Python holds for one version of the large rules, and what the first name search makes of it."""
    text = large()
    rules_of(text)  # what is kept whatever the rules: caches of names, compiled patterns
    gc.collect()
    tracemalloc.start()
    rules = rules_of(text)
    for way in WAYS:
        rehearse(rules, way)
    gc.collect()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return round(held / 1e6, 1)


def thousand_examples() -> float:
    """Seconds of reading and running 1,000 example calls of the sample company."""
    sample = (SOURCE / "routing_rules.calls.yaml").read_text("utf-8")
    head, key, calls = sample.partition("\ncalls:\n")
    count = len(load_examples_text(sample).examples)
    text = head + key + calls * (1000 // count + 1)
    rules = rules_of((SOURCE / "routing_rules.yaml").read_text("utf-8"))
    began = time.process_time()
    failures(rules, load_examples_text(text).examples[:1000], lambda phrase, language: repr(phrase))
    return round(time.process_time() - began, 2)


def main() -> None:
    if "--memory" in sys.argv:
        print(megabytes())
        return
    rules = rules_of(large())
    spread = decisions(rules)
    command = [sys.executable, "-m", "bench.decision", "--memory"]
    held = float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    call = Call(id="bench", rules=rules.version)
    began = time.process_time()
    ways = explore(rules, call, NOON, {rules.main_number: NOTHING})
    found = {
        "decision_us": spread.as_json(),
        "rules_mb": held,
        "thousand_examples_s": thousand_examples(),
        "all_ways_s": round(time.process_time() - began, 2),
        "all_ways_steps": len(ways.nodes),
    }
    print(json.dumps(found, indent=1))
    kept = spread.median <= 100 and held <= 100 and found["thousand_examples_s"] <= 2
    sys.exit(0 if kept else 1)


if __name__ == "__main__":
    main()
