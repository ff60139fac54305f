"""Calls by SIPp: many a second, each answered, hung up after a moment; how long each waited for its 200."""

from __future__ import annotations

import csv
import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bench.spread import Spread
from bench.subject import TRUNK, Subject
from switchboard.errors import SwitchboardError

SCENARIO = Path(__file__).parent / "caller.xml"

LATE_SECONDS = 8
"""A call that isn't answered by then counts as failed."""


@dataclass(frozen=True, slots=True)
class Round:
    """One round of calls to one number. `answered` in milliseconds from the INVITE with the password to its
    200; `first` from the very first INVITE, with the round trip of being asked for it."""

    number: str
    calls: int
    failed: int
    answered: Spread
    first: Spread


def call(subject: Subject, number: str, rate: int, seconds: float, held: float) -> Round:
    """`rate` calls a second for `seconds`, each held for `held` seconds."""
    sipp = subject.programs.sipp
    if sipp is None:
        raise SwitchboardError("SIPp isn't here: `switchboard programs --for-tests` brings it")
    calls = round(rate * seconds)
    with tempfile.TemporaryDirectory(prefix="switchboard-sipp-") as name:
        folder = Path(name)
        # in the scenario, not on the command line, which everybody on the machine can see
        scenario = SCENARIO.read_text().replace("USERNAME", TRUNK).replace("PASSWORD", subject.password())
        (folder / "caller.xml").write_text(scenario)
        command = [*sipp.argv, f"127.0.0.1:{subject.settings.sip_port}", "-sf", "caller.xml"]
        command += ["-s", number, "-i", "127.0.0.1", "-p", str(subject.caller_port), "-mi", "127.0.0.1"]
        command += ["-r", str(rate), "-m", str(calls), "-l", str(calls), "-d", str(round(held * 1000))]
        command += ["-recv_timeout", str(LATE_SECONDS * 1000), "-timeout", f"{seconds + 30:.0f}s"]
        command += ["-trace_rtt", "-rtt_freq", "1", "-trace_err", "-nostdin"]
        done = subprocess.run(
            command,
            cwd=folder,
            env=os.environ | {"TERM": "dumb"} | dict(sipp.environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds + 60,
            check=False,
        )
        answered, first = _times(folder)
        if not answered:
            errors = "\n".join(p.read_text("utf-8", "replace")[-1500:] for p in folder.glob("*errors.log"))
            said = done.stdout.decode("utf-8", "replace")[-1500:] + done.stderr.decode("utf-8", "replace")
            raise SwitchboardError(f"no call to {number} was answered: {errors or said}")
    return Round(number, calls, calls - len(answered), Spread.of(answered), Spread.of(first))


def _times(folder: Path) -> tuple[list[float], list[float]]:
    """SIPp's `-trace_rtt` files: date; milliseconds; name of the timer."""
    found: dict[str, list[float]] = {}
    for path in folder.glob("*_rtt.csv"):
        with path.open(newline="") as file:
            for row in csv.reader(file, delimiter=";"):
                if len(row) >= 3 and not row[0].startswith("Date"):
                    found.setdefault(row[2], []).append(float(row[1]))
    return found.get("1", []), found.get("2", [])
