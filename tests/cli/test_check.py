"""`switchboard check` and `switchboard rules`, as people and scripts use them."""

from __future__ import annotations

import json

import pytest
import typer
from typer.testing import CliRunner

from switchboard.cli import check, rules
from switchboard.rules.store import RulesStore
from tests.rules.small import SMALL

WRONG = SMALL.replace('unclear: "8100"', 'unclear: "8111"')


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SWITCHBOARD_DATA_DIR", str(tmp_path / "var"))
    app = typer.Typer()
    check.register(app)
    rules.register(app)
    return lambda *words: CliRunner().invoke(app, words)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "routing_rules.yaml"
    path.write_text(SMALL, "utf-8")
    return path


def test_faultless_rules_are_said_to_be_so(run, file):
    """Exit 0, and what the file holds."""
    done = run("check", str(file))
    assert done.exit_code == 0
    assert done.output == "No problems: 7 phones, 2 departments and queues.\n"


def test_a_mistake_is_shown_with_its_line_and_a_way_out(run, file):
    """File, line, what was found, the line itself, the nearest right name; exit 1."""
    file.write_text(WRONG, "utf-8")
    done = run("check", str(file))
    assert done.exit_code == 1
    assert f"{file}:6: error: Found 8111" in done.output
    assert 'unclear: "8111"' in done.output
    assert "Did you mean 8100 (综合管理部)?" in done.output
    assert "can't be put in force" in done.output


def test_scripts_get_json(run, file):
    """The contract's keys."""
    file.write_text(WRONG, "utf-8")
    done = run("check", str(file), "--json")
    told = json.loads(done.output)
    assert done.exit_code == 1
    assert told["ok"] is False
    assert set(told["problems"][0]) == {"severity", "code", "line", "path", "message", "hint"}
    assert told["problems"][0]["line"] == 6


def test_code_scanning_gets_sarif(run, file):
    """SARIF 2.1.0: level, rule, place and words of each problem."""
    file.write_text(WRONG, "utf-8")
    done = run("check", str(file), "--format", "sarif")
    assert done.exit_code == 1
    told = json.loads(done.output)
    assert told["version"] == "2.1.0"
    (found,) = told["runs"][0]["results"]
    assert (found["level"], found["ruleId"]) == ("error", "unknown-extension")
    assert told["runs"][0]["tool"]["driver"]["rules"][found["ruleIndex"]]["id"] == "unknown-extension"
    place = found["locations"][0]["physicalLocation"]
    assert place["region"] == {"startLine": 6}
    assert place["artifactLocation"]["uri"].endswith("/routing_rules.yaml")
    assert "Did you mean 8100" in found["message"]["text"]


def test_pull_requests_get_annotations(run, tmp_path):
    """One workflow command a problem; what means something in commands is escaped."""
    odd = tmp_path / "100%, a:b.yaml"
    odd.write_text(WRONG, "utf-8")
    done = run("check", str(odd), "--format", "github")
    assert done.exit_code == 1
    command, *_ = done.output.split("\n")
    assert command.startswith("::error file=")
    assert "100%25%2C a%3Ab.yaml,line=6,title=unknown-extension::Found 8111" in command


def test_strict_stops_for_warnings(run, file):
    """For whoever wants a spotless file."""
    file.write_text(SMALL.replace('screening: {deputy: "8101"}', "screening: {}"), "utf-8")
    assert run("check", str(file)).exit_code == 0
    assert run("check", str(file), "--strict").exit_code == 1


def test_a_phrase_recorded_in_one_language_is_told(run, file, tmp_path, monkeypatch):
    """Callers of the other language hear another voice for it."""
    recordings = tmp_path / "prompts" / "recordings" / "zh"
    recordings.mkdir(parents=True)
    (recordings / "goodbye.wav").write_bytes(b"")
    monkeypatch.setenv("SWITCHBOARD_PROMPTS_DIR", str(tmp_path / "prompts"))
    told = json.loads(run("check", str(file), "--json").output)
    assert told["ok"] is True
    assert [(p["code"], p["path"]) for p in told["problems"]] == [("recording-one-language", "texts.goodbye")]


def test_warnings_are_fine(run, file):
    """Exit 0, told all the same."""
    file.write_text(SMALL.replace('screening: {deputy: "8101"}', "screening: {}"), "utf-8")
    done = run("check", str(file))
    assert done.exit_code == 0
    assert "warning:" in done.output


def test_a_missing_file_is_wrong_use(run):
    """Exit 2, in JSON too."""
    assert run("check", "nothing.yaml").exit_code == 2
    done = run("check", "nothing.yaml", "--json")
    assert done.exit_code == 2
    assert json.loads(done.output)["ok"] is False


def test_nothing_of_the_file_is_markup(run, file):
    """Brackets and escapes in a file stay what they are."""
    file.write_text(SMALL.replace("unclear:", '"[red]\\e[31m[/nope]":'), "utf-8")
    done = run("check", str(file))
    assert done.exit_code == 1
    assert "[red]" in done.output
    assert "\x1b[31m" not in done.output


def test_versions_are_listed_shown_and_gone_back_to(run, file, tmp_path):
    """`back` writes the old version into the file and loses nothing of the present one."""
    store = RulesStore(tmp_path / "var" / "rules")
    first = store.keep(SMALL, "routing_rules.yaml")
    store.put_in_force(first)
    assert first in run("rules", "list").output
    assert json.loads(run("rules", "list", "--json").output)[0]["state"] == "in force"
    assert run("rules", "show", first).output == SMALL
    assert run("rules", "show", "7-00000000").exit_code == 1
    file.write_text(WRONG, "utf-8")
    assert run("rules", "back", first).exit_code == 0
    assert file.read_text("utf-8") == SMALL
    assert any(store.content(k.version).decode() == WRONG for k in store.history())


@pytest.fixture
def versions(file, tmp_path):
    """Two versions: the second adds somebody. The file holds the second."""
    store = RulesStore(tmp_path / "var" / "rules")
    second = SMALL.replace("\npeople:\n", '\npeople:\n  "8205": {name: {zh: 翟敏, en: Zhai Min}}\n', 1)
    assert second != SMALL
    for content in (SMALL, second):
        store.put_in_force(store.keep(content, "routing_rules.yaml"))
    file.write_text(second, "utf-8")
    return store


def test_the_list_says_what_each_version_changed(run, versions):
    """In words, beside when and from where."""
    assert "added 8205 (翟敏) to people" in run("rules", "list").output
    newest, oldest = json.loads(run("rules", "list", "--json").output)
    assert newest["changed"] == ["added 8205 (翟敏) to people"]
    assert newest["after"] == oldest["version"]
    assert oldest["changed"] == []


def test_a_version_is_named_by_its_number(run, versions):
    """1 is as good as 1-0a1b2c3d; what there is not is refused."""
    assert run("rules", "show", "1").output == SMALL
    shown = json.loads(run("rules", "show", "2", "--json").output)
    assert shown["state"] == "in force"
    assert "8205" in shown["content"]
    done = run("rules", "show", "9")
    assert done.exit_code == 1
    assert "no version '9'" in done.output


def test_versions_are_compared_in_words(run, versions, file):
    """One against the one before it, any two, or the file as it is now against what is in force."""
    assert "+ added 8205 (翟敏) to people" in run("rules", "diff", "2").output
    assert "− removed 8205 (翟敏) from people" in run("rules", "diff", "2", "1").output
    assert "They are the same." in run("rules", "diff").output
    file.write_text(file.read_text("utf-8").replace("longest_wait: 60", "longest_wait: 90"), "utf-8")
    told = json.loads(run("rules", "diff", "--json").output)
    assert told["from"].startswith("2-")
    assert [change["words"] for change in told["changes"]] == ["8600 (客服): longest_wait 60 → 90"]
    file.write_text(f"# hello\n{versions.content(versions.named('2')).decode()}", "utf-8")
    assert "Only comments" in run("rules", "diff").output
    assert run("rules", "diff", "7").exit_code == 1


def test_going_back_is_itself_a_version(run, versions, file):
    """With who went back; the file then holds the old rules, and nothing is lost."""
    done = run("rules", "back", "1")
    assert done.exit_code == 0
    assert file.read_text("utf-8") == SMALL
    newest = versions.history()[0]
    assert newest.version.startswith("3-")
    assert newest.source.startswith("back to 1-")
    assert versions.keep(SMALL, "the file was seen") == newest.version
    assert "already" in run("rules", "back", "1").output
