"""`switchboard rules new` and `import`, as people and scripts use them."""

from __future__ import annotations

import json
from datetime import date

import pytest
import typer
from typer.testing import CliRunner

from switchboard.cli import rules
from switchboard.rules import load
from tests.rules.small import SMALL

NAMES = ("--company-zh", "测试公司", "--company-en", "Test: Company", "--head-zh", "王芳")
SPRING = date(2026, 4, 1)


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SWITCHBOARD_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("SWITCHBOARD_RULES", str(tmp_path / "routing_rules.yaml"))
    app = typer.Typer()
    rules.register(app)
    return lambda *words, **more: CliRunner().invoke(app, ["rules", *words], **more)


def test_a_script_gets_a_file_that_is_right(run, tmp_path):
    """Without questions, and without a single problem."""
    done = run("new", "--yes", *NAMES, "--main-number", "600", "--opens", "9:00")
    assert done.exit_code == 0, done.output
    loaded = load(tmp_path / "routing_rules.yaml", SPRING)
    assert loaded.problems == ()
    assert loaded.rules.company.en == "Test: Company"
    assert loaded.rules.main_number == "600"
    assert loaded.rules.extensions["8101"].name.en == "Wang Fang"


def test_somebody_is_asked(run, tmp_path):
    """What is no answer is asked again; return takes what stands in brackets."""
    answers = ["测试公司", "Test", "8", "8000", "", "", "王芳", "", "", "", "", "", "", ""]
    done = run("new", "mine.yaml", input="\n".join(answers) + "\n")
    assert done.exit_code == 0, done.output
    assert "2 to 10 digits" in done.output
    assert load(tmp_path / "mine.yaml", SPRING).problems == ()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ((), "--company-zh is missing"),
        ((*NAMES, "--main-number", "8"), "--main-number: expected an extension"),
        ((*NAMES, "--main-number", "9000"), "begins with 9"),
        ((*NAMES, "--operator", "8101"), "again"),
    ],
)
def test_what_makes_no_file_is_told(run, tmp_path, options, words):
    """Nothing is written then."""
    done = run("new", "--yes", *options)
    assert done.exit_code == 2
    assert words in done.output
    assert not (tmp_path / "routing_rules.yaml").exists()


def test_a_file_that_is_there_stays(run, tmp_path):
    """`new` never writes over anything."""
    (tmp_path / "routing_rules.yaml").write_text("mine")
    assert run("new", "--yes", *NAMES).exit_code == 2
    assert (tmp_path / "routing_rules.yaml").read_text() == "mine"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "routing_rules.yaml"
    path.write_text(SMALL, "utf-8")
    (tmp_path / "good.csv").write_text("number,zh,department\n8205,翟敏,8100\n", "utf-8")
    (tmp_path / "bad.csv").write_text("number,zh,department\n8205,翟敏,8100\n8206,李雷,8109\n", "utf-8")
    return path


def test_a_dry_run_writes_nothing(run, file):
    """It shows the lines that would come."""
    done = run("import", "good.csv", "--dry-run")
    assert done.exit_code == 0
    assert '"8205": {name: {zh: 翟敏, en: Zhai Min}, department: "8100"}' in done.output
    assert file.read_text("utf-8") == SMALL


def test_people_are_added(run, file):
    """And a second time they are there already."""
    told = json.loads(run("import", "good.csv", "--json").output)
    assert (told["ok"], told["written"], told["added"]) == (True, True, ["8205"])
    assert load(file).rules.extensions["8205"].department == "8100"
    assert json.loads(run("import", "good.csv", "--json").output)["present"] == ["8205"]


def test_it_never_half_happens(run, file):
    """One wrong row, and no row is added."""
    done = run("import", "bad.csv")
    assert done.exit_code == 1
    assert "row 3 (8206.department): error: Found 8109" in done.output
    assert "Did you mean 8100" in done.output
    assert file.read_text("utf-8") == SMALL
    told = json.loads(run("import", "bad.csv", "--json").output)
    assert [(p["row"], p["path"]) for p in told["problems"]] == [(3, "people.8206.department")]


def test_a_missing_list_is_wrong_use(run, file):
    """Exit 2."""
    assert run("import", "nobody.csv").exit_code == 2
