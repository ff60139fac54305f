"""`switchboard explain`, `rehearse` and `rules compare`, as people and scripts use them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner, Result

from switchboard.cli import app
from switchboard.rehearsal import Answer, Situation, rehearse
from switchboard.rules import load
from switchboard.settings import SOURCE, Settings
from switchboard.storage import Journal
from tests.rehearsal.supposed import as_recorded

Run = Callable[..., Result]
NIGHT = ("--at", "2026-11-23 20:00")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command line in a folder with the sample's rules and examples, and with data of its own."""
    for name in ("routing_rules.yaml", "routing_rules.calls.yaml"):
        shutil.copy(SOURCE / name, tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SWITCHBOARD_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("COLUMNS", "200")
    return lambda *words: CliRunner().invoke(app, words)


def changed(tmp_path: Path, old: str, new: str) -> str:
    """The sample's rules with a change."""
    text = (tmp_path / "routing_rules.yaml").read_text("utf-8")
    assert old in text
    (tmp_path / "new.yaml").write_text(text.replace(old, new, 1), "utf-8")
    return "new.yaml"


def test_a_call_is_explained_as_the_caller_hears_it(run: Run) -> None:
    """Texts in the caller's language, the reason and the line of each step, plain when piped."""
    done = run(
        "explain", "--from", "13800000001", *NIGHT, "--press", "9,8202", "--press", "1", "--busy", "8202"
    )
    assert done.exit_code == 0
    assert "您好，这里是华辰集团。" in done.output
    assert "Hello, this is Huachen Group." in done.output
    assert "⇒  a message for 8202 刘敏 Liu Min (busy)" in done.output
    assert "\x1b" not in done.output


def test_json_tells_steps_and_end(run: Run) -> None:
    """Every step with what is heard, done, why, and the line."""
    told = json.loads(run("explain", *NIGHT, "--press", "8201", "--json").output)
    assert [s["action"] for s in told["steps"]] == ["look", "ask", "say", "look", "dial"]
    assert told["ends"] == {"kind": "talks", "number": "8201", "wanted": "8201", "reason": None}
    rules = load("routing_rules.yaml").rules
    assert rules is not None
    assert told["steps"][-1]["line"] == rules.extensions["8201"].line
    assert told["mode"] == "automatic"


def test_the_mode_follows_the_schedule(run: Run) -> None:
    """On a Monday morning operators ring; on a holiday nobody does."""
    morning = json.loads(run("explain", "--at", "2026-11-23 10:00", "--json").output)
    assert (morning["mode"], morning["steps"][1]["rings"]) == ("manual", ["8011", "8012"])
    assert json.loads(run("explain", "--at", "2026-10-01 10:00", "--json").output)["mode"] == "automatic"
    nobody = json.loads(run("explain", "--at", "2026-11-23 10:00", "--no-operators", "--json").output)
    assert nobody["steps"][1]["reason"] == "no operator is signed in"


def test_codes_of_phones_inside_are_explained_too(run: Run) -> None:
    """An operator dials *60."""
    done = run("explain", "--inside", "--from", "8011", "--to", "*60")
    assert done.exit_code == 0
    assert "change mode" in done.output


def test_all_ways_and_what_none_leads_to(run: Run, tmp_path: Path) -> None:
    """Text, graph and pictures; an unreachable part is marked with its line."""
    rules = Path(changed(tmp_path, "wait_when_busy: true", "wait_when_busy: false"))
    text = rules.read_text("utf-8").replace("  goodbye:", "  wait-on:")
    rules.write_text(text, "utf-8")
    line = text[: text.index("  wait-on:")].count("\n") + 1
    done = run("explain", str(rules), "--all")
    assert done.exit_code == 0
    assert f"new.yaml:{line}: unreachable: the wording of wait-on" in done.output
    whole = json.loads(run("explain", "--all", "--json").output)
    assert whole["complete"]
    assert whole["unreachable"] == []
    numbers = {step["n"] for step in whole["steps"]}
    assert all(then["to"] in numbers for step in whole["steps"] for then in step["then"] if then["to"])
    assert run("explain", "--all", "--format", "mermaid").output.startswith("flowchart TD")
    ElementTree.fromstring(run("explain", "--all", "--format", "svg").output)


@pytest.mark.parametrize(
    "words",
    [
        ("--busy", "9999"),
        ("--at", "tomorrow"),
        ("--press", "82x1"),
        ("--mode", "sometimes"),
        ("--to", "4711"),
        ("--inside", "--from", "4711"),
        ("--inside", "--from", "8201", "--to", "8202"),
        ("--inside", "--from", "8201", "--to", "*97"),
        ("--lang", "fr"),
        ("--others", "explode"),
    ],
)
def test_wrong_use_is_told(run: Run, words: tuple[str, ...]) -> None:
    """Exit 2, naming what is wrong."""
    done = run("explain", *words)
    assert done.exit_code == 2
    assert "Traceback" not in done.output


def test_wrong_rules_are_told(run: Run, tmp_path: Path) -> None:
    """Exit 1 with lines for rules with errors, 2 when there is no file."""
    new = changed(tmp_path, 'unclear: "8100"', 'unclear: "8199"')
    done = run("explain", new)
    assert done.exit_code == 1
    assert f"{new}:" in done.output
    assert run("explain", "none.yaml").exit_code == 2


def test_examples_are_rehearsed(run: Run, tmp_path: Path) -> None:
    """Exit 0 when all hold; 1 and side by side when not; 2 without any."""
    assert run("rehearse").exit_code == 0
    new = changed(tmp_path, 'secretary: "8890"', 'secretary: "8891"')
    done = run("rehearse", "--rules", new, "routing_rules.calls.yaml")
    assert done.exit_code == 1
    assert "talks with 8890" in done.output
    assert "talks with 8891 for 8899" in done.output
    assert run("rehearse", "--rules", new).exit_code == 2
    assert run("rehearse", "none.calls.yaml").exit_code == 2


def test_rehearsing_for_scripts(run: Run, tmp_path: Path) -> None:
    """Failures with file, line and both sides; what no example touches."""
    calls = tmp_path / "one.calls.yaml"
    calls.write_text(
        "calls:\n  - name: one\n    given: {at: 2026-11-23 20:00}\n"
        '    when: {presses: ["8201"]}\n    then: {ends_at: "8202"}\n',
        "utf-8",
    )
    done = run("rehearse", str(calls), "--json", "--coverage")
    told = json.loads(done.output)
    assert (done.exit_code, told["ok"], told["calls"], told["failed"]) == (1, False, 1, 1)
    failure = told["failures"][0]
    assert (failure["line"], failure["expected"], failure["happened"]) == (
        5,
        "talks with 8202",
        "talks with 8201",
    )
    left = {part["path"] for part in told["untouched"]}
    assert "extensions.8202" in left
    assert "extensions.8201" not in left


def _keep(rows: list[dict[str, Any]]) -> None:
    """Journal the rows as the controller would have."""
    journal = Journal(Settings.load().journal)
    for row in rows:
        head = {"call": row["id"], "at": row["started"]}
        about = {k: row[k] for k in ("caller", "dialled", "origin", "trunk")}
        journal.append({"kind": "started", **head, "name": "", "rules": "1-x", **about})
        before = "arrived"
        for step in row["steps"]:
            record = {k: step[k] for k in ("n", "action", "detail", "reason", "rule_line")}
            journal.append({"kind": "step", **head, **record, "outcome": before})
            before = step["outcome"]
        journal.append({"kind": "outcome", **head, "n": row["steps"][-1]["n"], "outcome": before})


def test_recorded_calls_under_other_rules(run: Run, tmp_path: Path) -> None:
    """Ten calls to the chairman, one to sales: with another secretary ten go another way, one cause."""
    rules = load("routing_rules.yaml").rules
    assert rules is not None
    at = datetime.now().astimezone()
    rows = []
    for i in range(11):
        presses = ("8899",) if i else ("8201",)
        phones = {"8890": Answer.NO_ANSWER} if i == 3 else {}
        way = rehearse(
            rules, Situation(at, "13800000001", "8000", "test-caller", presses=presses, phones=phones)
        )
        rows.append(as_recorded(way, f"call-{i}", started=at.isoformat()))
    _keep(rows)
    new = changed(tmp_path, 'secretary: "8890"', 'secretary: "8891"')
    done = run("rules", "compare", new)
    assert done.exit_code == 0, done.output
    assert "10 go another way" in done.output
    told = json.loads(run("rules", "compare", new, "--since", "today", "--json").output)
    assert (told["calls"], told["changed"], len(told["causes"])) == (11, 10, 1)
    cause = told["causes"][0]
    assert "8890" in cause["before"]["reason"]
    assert "8891" in cause["after"]["reason"]
    ends = {call["ends_before"].partition(" 8")[0] for call in cause["calls"]}
    assert ends == {"talks with", "a message for"}
    assert json.loads(run("rules", "compare", new, "--since", "2099-01-01", "--json").output)["calls"] == 0


def test_force_without_a_running_switchboard_holds_for_the_next_start(run: Run) -> None:
    """The version is kept as the one in force."""
    told = json.loads(run("rules", "force", "--json").output)
    assert told["state"] == "in_force at the next start"
    assert told["version"].startswith("1-")


def test_what_an_operator_orders_is_explained(run: Run) -> None:
    """Refused because no line takes it: they talk on; to an extension: the caller is there."""
    words = (
        "explain",
        "--at",
        "2026-11-23 10:00",
        "--order",
        "transfer 913900001111",
        "--order",
        "transfer 8201",
    )
    done = run(*words)
    assert "refused: transfer 913900001111: no outside line takes 13900001111" in done.output
    assert "answers, and orders: transfer 8201" in done.output
    told = json.loads(run(*words, "--json").output)
    assert [(r["code"], r["target"]) for r in told["refused"]] == [("not_allowed", "913900001111")]
    assert told["ends"]["number"] == "8201"
    assert run("explain", "--order", "consult 8201").exit_code == 2
