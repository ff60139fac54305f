"""The package as somebody gets it: a wheel built from this repository, in an environment of its own.

No network: what the package says it needs is linked in from this environment, and nothing else, so that a
library it uses without saying so is missing there. Nothing is built in the repository itself.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
_TAKEN = ("switchboard", "asterisk-conf", "dialplan", "docs", "prompts", "tools")
_FILES = (
    "pyproject.toml",
    "README.md",
    "LICENSE",
    "routing_rules.yaml",
    "routing_rules.calls.yaml",
)


def build_wheel(folder: Path) -> Path:
    """The wheel, built in `folder` from a copy of the sources with this environment's setuptools."""
    source = folder / "source"
    source.mkdir()
    for name in _TAKEN:
        shutil.copytree(
            ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__", "node_modules")
        )
    for name in _FILES:
        shutil.copy(ROOT / name, source)
    # what an earlier build left behind must not come along
    stale = source / "build" / "lib" / "switchboard" / "removed_long_ago.py"
    stale.parent.mkdir(parents=True)
    stale.touch()
    pip("wheel", "--no-build-isolation", "--no-deps", "--no-index", "-w", str(folder), str(source))
    (wheel,) = folder.glob("*.whl")
    return wheel


@dataclass(frozen=True)
class Installed:
    """An environment with the wheel and what it needs."""

    venv: Path
    wheel: Path

    @classmethod
    def of(cls, wheel: Path, folder: Path) -> Installed:
        """Make the environment at `folder`."""
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True, timeout=60)
        self = cls(folder, wheel)
        pip("install", "--no-deps", "--no-index", str(wheel), python=self.python)
        for needed in _needed(wheel):
            _link(needed, self.site)
        return self

    @property
    def source(self) -> Path:
        """What the wheel was built from."""
        return self.wheel.parent / "source"

    @property
    def python(self) -> Path:
        return self.venv / "bin" / "python"

    @property
    def site(self) -> Path:
        return next(self.venv.glob("lib/python*/site-packages"))

    def run(
        self, *words: str, cwd: Path, environ: Mapping[str, str] | None = None, seconds: float = 120
    ) -> subprocess.CompletedProcess[str]:
        """`switchboard WORDS` as it was installed, in `cwd`."""
        return subprocess.run(
            [self.venv / "bin" / "switchboard", *words],
            cwd=cwd,
            env=self.environment(environ),
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )

    def json(self, *words: str, cwd: Path, environ: Mapping[str, str] | None = None) -> Any:
        """The JSON that a command prints; fails with its words when it doesn't exit with 0."""
        done = self.run(*words, "--json", cwd=cwd, environ=environ)
        assert done.returncode == 0, f"{words}: {done.stderr}{done.stdout}"
        return json.loads(done.stdout)

    def program(self, text: str, *, cwd: Path) -> str:
        """What a Python program prints that imports the installed package."""
        done = subprocess.run(
            [self.python, "-c", text],
            cwd=cwd,
            env=self.environment(None),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def environment(self, more: Mapping[str, str] | None) -> dict[str, str]:
        """Nothing of this repository: neither its folder on the path nor settings of its own."""
        plain = {
            k: v for k, v in os.environ.items() if k != "PYTHONPATH" and not k.startswith("SWITCHBOARD_")
        }
        return {**plain, **(more or {})}


def names_in(wheel: Path) -> set[str]:
    """Every file of a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def pip(*words: str, python: Path | None = None) -> None:
    """Run pip for `python`, without any network."""
    front = [sys.executable, "-m", "pip", "-q", "--disable-pip-version-check", "--no-input"]
    target = ["--python", str(python)] if python else []
    done = subprocess.run([*front, *target, *words], capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def _needed(wheel: Path) -> list[Distribution]:
    """Everything that the wheel requires, and what that requires; fails when some of it isn't here."""
    with zipfile.ZipFile(wheel) as archive:
        (metadata,) = (n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        text = archive.read(metadata).decode()
    waiting = [(Requirement(line), "") for line in re.findall(r"^Requires-Dist: (.*)$", text, re.MULTILINE)]
    found: dict[str, Distribution] = {}
    done: set[tuple[str, str]] = set()
    while waiting:
        requirement, extra = waiting.pop()
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": extra}):
            continue
        name = re.sub(r"[-_.]+", "-", requirement.name).lower()
        there = distribution(name)
        assert requirement.specifier.contains(there.version, prereleases=True), (
            str(requirement),
            there.version,
        )
        found[name] = there
        for wanted in ("", *requirement.extras):
            if (name, wanted) not in done:
                done.add((name, wanted))
                waiting += [(Requirement(line), wanted) for line in there.requires or ()]
    return list(found.values())


def _link(needed: Distribution, site: Path) -> None:
    """Make a distribution of this environment importable in another, by links."""
    here = Path(sysconfig.get_path("purelib"))
    for name in {file.parts[0] for file in needed.files or () if file.parts[0] not in ("..", "__pycache__")}:
        target = site / name
        if not target.exists():
            target.symlink_to(here / name)
