"""What costs no telephone: one decision of the engine, and checking a rules file."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from bench.company import text
from bench.spread import Spread
from switchboard.domain.call import Call
from switchboard.domain.company import Rules
from switchboard.domain.engine import next_step
from switchboard.domain.outcomes import Arrived, Outcome
from switchboard.errors import SwitchboardError
from switchboard.rehearsal.interpreter import rehearse
from switchboard.rehearsal.situation import Answer, Situation
from switchboard.rules import load_text
from switchboard.settings import SOURCE

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
WAYS = (
    Situation(NOON, presses=("8201", "1"), others=Answer.NO_ANSWER),
    Situation(NOON, presses=("9", "8301", "2", "8401"), others=Answer.BUSY),
    Situation(NOON, presses=("0", "99", "1"), others=Answer.ANSWERS),
    Situation(NOON, presses=("12345", "12345", "12345"), others=Answer.UNREACHABLE),
    Situation(NOON, presses=("8801", "1"), others=Answer.ANSWERS),
    Situation(NOON, presses=("7",), others=Answer.NO_ANSWER),
)
"""A message, another extension, somebody by name, wrong numbers, an executive, the queue."""


def rules_of(people: int) -> Rules:
    """The sample company with so many more employees."""
    loaded = load_text(text(people))
    if loaded.rules is None:
        raise SwitchboardError(f"the made-up company has errors: {loaded.errors[:3]}")
    return loaded.rules


def decisions(rules: Rules, rounds: int) -> Spread:
    """Microseconds of one `next_step`, over every step of `WAYS`, `rounds` times."""
    steps = [step for way in WAYS for step in _steps(rules, way)]
    samples = []
    clock = time.perf_counter_ns
    for _ in range(rounds):
        for call, outcome in steps:
            began = clock()
            next_step(call, outcome, rules, NOON)
            samples.append((clock() - began) / 1000)
    return Spread.of(samples)


def _steps(rules: Rules, situation: Situation) -> list[tuple[Call, Outcome]]:
    """Each decision of a call: the call as it stood, and what had come of the action before."""
    call = Call(
        id="bench",
        rules=rules.version,
        caller=situation.caller,
        inside=False,
        dialled=rules.main_number,
        language=rules.default_language,
    )
    outcome: Outcome | None = Arrived()
    steps = []
    for moment in rehearse(rules, situation).moments:
        assert outcome is not None
        steps.append((call, outcome))
        call, outcome = moment.call, moment.outcome
    return steps


def checking(people: int, times: int) -> Spread:
    """Seconds from a file's bytes to checked rules."""
    content = text(people) if people else (SOURCE / "routing_rules.yaml").read_text("utf-8")
    return _timed(lambda: load_text(content), times)


def checking_by_command(people: int, times: int) -> Spread:
    """Seconds of `switchboard check FILE`, with the start of Python."""
    with tempfile.TemporaryDirectory(prefix="switchboard-check-") as name:
        file = Path(name) / "rules.yaml"
        file.write_text(text(people), "utf-8")
        command = [sys.executable, "-m", "switchboard", "check", str(file)]
        return _timed(lambda: subprocess.run(command, check=True, capture_output=True, cwd=SOURCE), times)


def _timed(work: Callable[[], object], times: int) -> Spread:
    samples = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        samples.append(time.perf_counter() - began)
    return Spread.of(samples)
