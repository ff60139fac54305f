"""Commands about rules answer in Chinese or English: as asked, else as the terminal is set."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from switchboard.cli import app
from switchboard.cli.language import Language, language
from switchboard.rules.store import RulesStore
from switchboard.settings import SOURCE
from tests.rules.test_in_chinese import LATIN, OURS

Run = Callable[..., Result]

SPOKEN = re.compile("「[^」]*」|For English")
"""What a caller hears, in the caller's language."""


VERSION = re.compile(r"\b\d+-[0-9a-f]{8}\b")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command line in a folder with the sample's rules, and two versions of them kept."""
    for name in ("routing_rules.yaml", "routing_rules.calls.yaml"):
        shutil.copy(SOURCE / name, tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SWITCHBOARD_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("COLUMNS", "300")
    text = (tmp_path / "routing_rules.yaml").read_text("utf-8")
    changed = text.replace("ring_for: 25", "ring_for: 30").replace('secretary: "8890"', 'secretary: "8891"')
    (tmp_path / "changed.yaml").write_text(changed, "utf-8")
    (tmp_path / "wrong.yaml").write_text(text.replace('unclear: "8100"', 'unclear: "8111"'), "utf-8")
    store = RulesStore(tmp_path / "var" / "rules")
    for content in (text, changed):
        store.put_in_force(store.keep(content, "test"))
    return lambda *words: CliRunner().invoke(app, words)


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": ""}, "zh"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
    ],
)
def test_the_terminal_decides_where_nobody_asks(environment: dict[str, str], expected: str) -> None:
    """LC_ALL before LC_MESSAGES before LANG; English where they don't say Chinese."""
    assert language(None, environment) == expected
    assert language(Language.ZH, environment) == "zh"
    assert language(Language.EN, environment) == "en"


COMMANDS = [
    ("check", "wrong.yaml"),
    ("check", "wrong.yaml", "--format", "github"),
    ("explain", "--at", "2026-11-23 20:00", "--press", "8202,1", "--busy", "8202"),
    ("explain", "--at", "2026-11-23 10:00", "--order", "transfer 913900001111", "--order", "transfer 8201"),
    (
        "explain",
        "--at",
        "2026-11-23 10:00",
        "--press",
        "8899,5",
        "--no-answer",
        "8890",
        "--format",
        "mermaid",
    ),
    ("explain", "--all", "--inside", "--from", "8201"),
    ("explain", "--all", "--format", "mermaid"),
    ("rehearse", "--coverage"),
    ("rehearse", "--rules", "changed.yaml", "routing_rules.calls.yaml"),
    ("rules", "diff", "2"),
    ("rules", "diff"),
    ("rules", "compare", "changed.yaml", "--since", "7d"),
]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_chinese_terminal_reads_chinese(
    words: tuple[str, ...], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No English is left but the files' own words and what callers hear."""
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    done = run(*words)
    assert done.exit_code in (0, 1), done.output
    assert re.search("[\u4e00-\u9fff]", done.output)
    files = "".join(path.read_text("utf-8") for path in Path().glob("*.yaml"))
    ours = OURS | set(LATIN.findall(files)) | {"flowchart", "TD", "br", "calls", "error", "warning", "title"}
    printed = VERSION.sub("", SPOKEN.sub("", done.output)).replace(str(Path.cwd()), "")
    assert sorted(set(LATIN.findall(printed)) - ours) == []
    assert run(*words, "--language", "en").output != done.output


def test_every_version_tells_its_changes_in_both(run: Run) -> None:
    """Also to whoever asks in the other language afterwards; nothing is lost by keeping one."""
    for asked, expected in (
        ("zh", "（陆承志）：secretary 8890 → 8891"),
        ("en", "(陆承志): secretary 8890 → 8891"),
    ):
        (newest, _) = json.loads(run("rules", "list", "--json", "--language", asked).output)
        assert any(words.endswith(expected) for words in newest["changed"]), newest["changed"]


def test_scripts_meet_the_same_codes_in_every_language(run: Run) -> None:
    """Only the words differ."""
    found = {}
    for asked in ("zh", "en"):
        problems = json.loads(run("check", "wrong.yaml", "--json", "--language", asked).output)["problems"]
        found[asked] = [(p["severity"], p["code"], p["line"], p["path"]) for p in problems]
    assert found["zh"] == found["en"]


def test_what_can_not_be_done_is_told_in_chinese_too(run: Run, tmp_path: Path) -> None:
    """A version that there isn't, a list without numbers, rules that can't be added to."""
    (tmp_path / "people.csv").write_text("工号,姓名\n1,甲\n", "utf-8")
    (tmp_path / "more.csv").write_text("分机,姓名\n8201,甲\n", "utf-8")
    for words, said in (
        (("rules", "show", "77"), "没有版本“77”"),
        (("rules", "compare", "77"), "没有版本“77”"),
        (("rules", "back", "77"), "没有版本“77”"),
        (("rules", "import", "people.csv"), "没有叫“工号”的列"),
        (("rules", "import", "more.csv", "--rules", "wrong.yaml"), "规则文件本身有错误：没有 8111 这个号码"),
        (("rules", "import", "more.csv"), "内容不同"),
    ):
        done = run(*words, "--language", "zh")
        assert done.exit_code != 0
        assert said in done.output, done.output
        assert said not in run(*words).output
