"""`python -m bench [--json FILE] [--rounds N] [--rate CALLS]`: all measurements, as a table and as JSON."""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
import time
from pathlib import Path
from typing import Any

from bench import calls, thinking
from bench.memory import memory
from bench.spread import Spread
from bench.subject import PLAIN, Subject

MAIN_NUMBER = "8000"


def main() -> None:
    options = _options()
    began = time.time()
    found: dict[str, Any] = {
        "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "load": os.getloadavg()[0]}
    }
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before we began\n")
    found["thinking"] = _thinking()
    if not options.no_calls:
        with Subject() as subject:
            time.sleep(options.settle)
            found["memory_mib"] = _memory(subject)
            found["calls"] = _calls(subject, options)
            found["memory_after_mib"] = _memory(subject)
    found["seconds"] = round(time.time() - began)
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    sys.exit(1 if any(r["failed"] for r in found.get("calls", {}).get("rounds", [])) else 0)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--json", type=Path, help="also write everything into this file")
    parser.add_argument("--rounds", type=int, default=3, help="of calls, each of both kinds (3)")
    parser.add_argument("--rate", type=int, default=100, help="calls a second (100)")
    parser.add_argument("--seconds", type=float, default=10, help="of one kind of calls in a round (10)")
    parser.add_argument("--held", type=float, default=1.5, help="seconds from answer to hang-up (1.5)")
    parser.add_argument("--settle", type=float, default=5, help="idle seconds before memory is read (5)")
    parser.add_argument("--no-calls", action="store_true", help="only what needs no telephone")
    return parser.parse_args()


def _thinking() -> dict[str, Any]:
    sample, large = thinking.rules_of(0), thinking.rules_of(10_000)
    found = {
        "decision_us": thinking.decisions(sample, 400),
        "decision_10000_people_us": thinking.decisions(large, 40),
        "check_s": thinking.checking(0, 7),
        "check_10000_people_s": thinking.checking(10_000, 3),
        "check_command_s": thinking.checking_by_command(0, 5),
        "check_command_10000_people_s": thinking.checking_by_command(10_000, 3),
    }
    print(f"{'':42}{'median':>10}{'p99':>10}{'most':>10}")
    _row("a decision, sample company", found["decision_us"], "µs")
    _row("a decision, 10,000 more people", found["decision_10000_people_us"], "µs")
    _row("checking the sample rules", found["check_s"], "s")
    _row("checking 10,000 more people", found["check_10000_people_s"], "s")
    _row("`switchboard check`, sample", found["check_command_s"], "s")
    _row("`switchboard check`, 10,000 more people", found["check_command_10000_people_s"], "s")
    return {key: spread.as_json() for key, spread in found.items()}


def _row(name: str, spread: Spread, unit: str) -> None:
    print(f"{name:42}{spread.median:>10.3g}{spread.p99:>10.3g}{spread.largest:>10.3g} {unit}", flush=True)


def _memory(subject: Subject) -> dict[str, Any]:
    pids = subject.status()["pids"]
    found = {name: memory(pid) for name, pid in pids.items()}
    found["run"] = memory(subject.process.pid) if subject.process else {}
    print()
    for name, figures in found.items():
        print(f"{f'memory of the {name}':42}{figures['rss']:>10} MiB RSS{figures['pss']:>10} MiB PSS")
    return found


def _calls(subject: Subject, options: argparse.Namespace) -> dict[str, Any]:
    calls.call(subject, MAIN_NUMBER, 10, 1, options.held)  # what is loaded at its first use
    calls.call(subject, PLAIN, 10, 1, options.held)
    print(f"\n{options.rate} calls/s, {options.seconds:g} s, INVITE → 200")
    print(f"{'':42}{'median':>10}{'p99':>10}{'most':>10}")
    rounds, ratios = [], []
    for _ in range(options.rounds):
        pair = []
        for name, number in (("plain dialplan", PLAIN), ("engine", MAIN_NUMBER)):
            before = subject.decisions()
            one = calls.call(subject, number, options.rate, options.seconds, options.held)
            pair.append(one)
            load = os.getloadavg()[0]
            _row(f"{name}, {one.failed} of {one.calls} failed, load {load:.1f}", one.answered, "ms")
            rounds.append(
                {
                    "kind": name,
                    "calls": one.calls,
                    "failed": one.failed,
                    "decisions": subject.decisions() - before,
                    "load": load,
                    "answered_ms": one.answered.as_json(),
                    "from_first_invite_ms": one.first.as_json(),
                }
            )
            time.sleep(2)
        plain, engine = pair
        ratios.append(
            {
                "median": round(engine.answered.median / plain.answered.median, 2),
                "p99": round(engine.answered.p99 / plain.answered.p99, 2),
            }
        )
    summary = {
        key: {
            "median": statistics.median(r[key] for r in ratios),
            "least": min(r[key] for r in ratios),
            "most": max(r[key] for r in ratios),
        }
        for key in ("median", "p99")
    }
    for key, ratio in summary.items():
        spread = f"(rounds: {ratio['least']:g} to {ratio['most']:g})"
        print(f"{f'engine ÷ plain, {key}':42}{ratio['median']:>10.2f} {spread}")
    return {"rate": options.rate, "rounds": rounds, "ratios": ratios, "ratio": summary}


main()
