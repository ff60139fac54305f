"""The package: what the repository's wheel gives somebody who has nothing but it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from switchboard import __version__
from tests.installation import Installed, build_wheel, names_in
from tests.live.ports import SPAN, claim_ports, settings_of

START_SECONDS = 240.0


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel in an environment with what it says it needs."""
    built = tmp_path_factory.mktemp("wheel")
    return Installed.of(build_wheel(built), tmp_path_factory.mktemp("venv"))


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """A folder with nothing in it."""
    folder = tmp_path / "company"
    folder.mkdir()
    return folder


def test_the_wheel_holds_every_file_that_the_program_reads(installed: Installed) -> None:
    """Whatever lies in the package or beside it for the package's use is in; what an old build left isn't."""
    packed = names_in(installed.wheel)
    wanted = {f"switchboard/_data/{name}" for name in ("routing_rules.yaml", "routing_rules.calls.yaml")}
    for folder in ("asterisk-conf", "dialplan", "prompts", "docs"):
        wanted |= {f"switchboard/_data/{name}" for name in _files(installed.source, folder)}
    wanted |= _files(installed.source, "switchboard")
    assert wanted - packed == set()
    assert not [name for name in packed if "removed_long_ago" in name]
    strangers = {
        n for n in packed if not n.startswith(("switchboard/", f"switchboard-{__version__}.dist-info/"))
    }
    assert strangers == set()


def test_the_version_is_one_everywhere(installed: Installed, empty: Path) -> None:
    """The wheel's name, `--version`, the status and what phones are told: the same."""
    assert installed.wheel.name.startswith(f"switchboard-{__version__}-")
    assert installed.run("--version", cwd=empty).stdout == f"switchboard {__version__}\n"
    status = json.loads(installed.run("status", "--json", cwd=empty).stdout)
    assert status["version"] == __version__
    asked = "from importlib.metadata import version; print(version('switchboard'))"
    assert installed.program(asked, cwd=empty) == f"{__version__}\n"
    pjsip = installed.program(_RENDER + "print(files['pjsip.conf'])", cwd=empty)
    assert f"user_agent = switchboard/{__version__}\n" in pjsip


def test_nothing_of_the_repository_is_used(installed: Installed, empty: Path) -> None:
    """The modules and the files are the environment's own."""
    asked = "import switchboard.settings as s, switchboard as p; print(p.__file__); print(s.SOURCE)"
    for path in installed.program(asked, cwd=empty).splitlines():
        assert Path(path).is_relative_to(installed.site)


def test_the_sample_is_put_where_it_is_asked_for_and_right(installed: Installed, empty: Path) -> None:
    """`rules sample`: rules without an error, examples that hold, a schema that the first line names."""
    done = installed.run("rules", "sample", cwd=empty)
    assert done.returncode == 0, done.stderr
    assert sorted(p.name for p in empty.iterdir()) == [
        "routing_rules.calls.yaml",
        "routing_rules.schema.json",
        "routing_rules.yaml",
    ]
    assert installed.json("check", "routing_rules.yaml", cwd=empty)["ok"]
    assert installed.json("rehearse", cwd=empty)["ok"]
    first = (empty / "routing_rules.yaml").read_text("utf-8").partition("\n")[0]
    assert (empty / first.partition("$schema=")[2]).is_file()


def test_the_sample_writes_over_nothing(installed: Installed, empty: Path) -> None:
    """Rules, or examples, that are there stay as they are, and nothing is put beside them."""
    mine = empty / "routing_rules.calls.yaml"
    mine.write_text("calls: []\n")
    done = installed.run("rules", "sample", cwd=empty)
    assert done.returncode == 2
    assert "routing_rules.calls.yaml is there already" in done.stderr
    assert [p.name for p in empty.iterdir()] == [mine.name]
    assert mine.read_text() == "calls: []\n"


def test_rules_are_explained_and_begun(installed: Installed, empty: Path) -> None:
    """`explain` says what happens to a call, with the prompts' words; `rules new` begins a company."""
    installed.run("rules", "sample", cwd=empty)
    told = installed.run("explain", "--press", "8201", "--at", "2026-11-23 10:00", cwd=empty)
    assert told.returncode == 0, told.stderr
    assert "8201" in told.stdout
    names = ("--company-zh", "测试公司", "--company-en", "Test", "--head-zh", "王芳")
    done = installed.run("rules", "new", "mine.yaml", "--yes", *names, cwd=empty)
    assert done.returncode == 0, done.stderr
    assert installed.json("check", "mine.yaml", cwd=empty)["ok"]


def test_the_pbx_files_are_rendered(installed: Installed, empty: Path) -> None:
    """Every file of Asterisk's, from the templates and the dialplan that came along."""
    here = {
        p.name.removesuffix(".j2")
        for f in ("asterisk-conf", "dialplan")
        for p in (installed.source / f).glob("*.conf*")
    }
    assert set(installed.program(_RENDER + "print(*files)", cwd=empty).split()) == here


def test_a_database_is_made_and_brought_up_to_date(installed: Installed, empty: Path) -> None:
    """The migrations came along: every listing of what is recorded is empty instead of an error."""
    asked = (
        "import asyncio; from switchboard.storage import open_database\n"
        "async def main():\n"
        "    database = await open_database('sqlite:///made.db')\n"
        "    async with database.read() as c: print((await c.exec_driver_sql('select * from calls')).all())\n"
        "    await database.close()\n"
        "asyncio.run(main())"
    )
    assert installed.program(asked, cwd=empty) == "[]\n"


def test_rules_that_are_named_but_missing_are_not_made_up(installed: Installed, empty: Path) -> None:
    """A slip in SWITCHBOARD_RULES must not bring a company up that isn't theirs: it says what to do."""
    asked = (
        "import sys, pathlib; from switchboard.bootstrap.preparing import _first_rules\n"
        "_first_rules(pathlib.Path('/srv/routing_rules.yaml'), print)"
    )
    done = subprocess.run(
        [installed.python, "-c", asked], cwd=empty, capture_output=True, text=True, check=False, timeout=60
    )
    assert "/srv/routing_rules.yaml is not there" in done.stderr
    assert "rules sample /srv/routing_rules.yaml" in done.stderr
    assert not list(empty.iterdir())


@pytest.fixture
def running(installed: Installed, empty: Path, tmp_path: Path) -> Iterator[dict[str, str]]:
    """`switchboard run` of the wheel in an empty folder, up; its settings. It finds or makes its programs."""
    claim = claim_ports()
    base = claim.getsockname()[1] - SPAN + 1
    environ = {k: v for k, v in settings_of(empty, base).items() if k != "SWITCHBOARD_RULES"}
    output = tmp_path / "output"
    with output.open("wb") as log:
        process = subprocess.Popen(
            [installed.venv / "bin" / "switchboard", "run"],
            cwd=empty,
            env=installed.environment(environ),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        deadline = time.monotonic() + START_SECONDS
        while installed.run("status", cwd=empty, environ=environ).returncode:
            assert process.poll() is None, output.read_text()
            assert time.monotonic() < deadline, output.read_text()
        assert "is the sample company now" in output.read_text()
        yield environ
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(30)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            claim.close()


@pytest.mark.live
def test_run_in_an_empty_folder_answers_calls(
    installed: Installed, empty: Path, running: dict[str, str]
) -> None:
    """Nothing but the wheel: the sample company is put there, told, and takes a message from outside; the
    console shows its first page, with what the page needs."""
    said = installed.json("call", "8000", "--press", "8201,1", "--hurry", cwd=empty, environ=running)
    assert said["record"]["outcome"] == "message"
    assert said["ending"].startswith("a message was taken")
    assert [m["mailbox"] for m in installed.json("messages", cwd=empty, environ=running)] == ["8201"]
    status = installed.json("status", cwd=empty, environ=running)
    assert (status["version"], status["pbx"]) == (__version__, "up")
    assert (empty / "routing_rules.yaml").is_file()
    console = f"http://127.0.0.1:{running['SWITCHBOARD_HTTP_PORT']}"
    with urllib.request.urlopen(f"{console}/", timeout=10) as page:  # leads to signing in
        text = page.read().decode()
    assert '<form method="post"' in text
    needed = re.findall(r'(?:href|src)="(/static/[^"]+)"', text)
    assert needed
    for path in needed:
        with urllib.request.urlopen(f"{console}{path}", timeout=10) as file:
            assert file.read(), path


def _files(source: Path, folder: str) -> set[str]:
    """Every file of a folder that the wheel was built from."""
    return {p.relative_to(source).as_posix() for p in (source / folder).rglob("*") if p.is_file()}


_RENDER = """\
import pathlib
from switchboard.pbx.render import render
from switchboard.rules import load
from switchboard.settings import Settings
from switchboard.shipped import shipped
class Any:
    modules = pathlib.Path("/usr/lib/asterisk/modules")
    def phone(self, number): return "secret"
    trunk = ami = phone
    def pin(self, number): return "123456"
    def files(self, phrase, language): return ["sb/one"]
files = render(load(shipped("routing_rules.yaml")).rules, Settings.load(), Any(), Any(), programs=Any())
"""
