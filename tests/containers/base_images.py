"""The images that the Dockerfiles begin with: pulled where that works, else made from Debian's packages.

Made ones have the names of the pulled ones and what counts of their content: the same Debian without manuals,
the same Python. They also reach packages the way this machine does (its apt options, its certificates for
pip); so they are for tests on this machine and nobody else.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from switchboard.settings import SOURCE
from tests.containers.engine import Engine
from tests.containers.packages import bootstrap

_SLIM = (
    "--dpkgopt=path-exclude=/usr/share/doc/*",
    "--dpkgopt=path-include=/usr/share/doc/*/copyright",
    "--dpkgopt=path-exclude=/usr/share/man/*",
    "--dpkgopt=path-exclude=/usr/share/locale/*",
    "--dpkgopt=path-exclude=/usr/share/info/*",
    "--dpkgopt=path-exclude=/usr/share/lintian/*",
)
_PYTHON = ("python3", "python3-venv", "python3-pip")
_PULL_SECONDS = 300.0


def wanted() -> list[str]:
    """Names of the images that the Dockerfiles begin with."""
    found = []
    for file in sorted((SOURCE / "containers").glob("*/Dockerfile")):
        found += re.findall(r"^ARG (?:DEBIAN|PYTHON)=(\S+)", file.read_text(), re.MULTILINE)
    return sorted(set(found))


def provide(engine: Engine) -> dict[str, str]:
    """Have every base image there. How each came to be: "there", "pulled" or "made"."""
    return {name: _provide(engine, name) for name in wanted()}


def _provide(engine: Engine, name: str) -> str:
    if engine.docker("image", "inspect", name, check=False).returncode == 0:
        return "there"
    if engine.docker("pull", "-q", name, check=False, seconds=_PULL_SECONDS).returncode == 0:
        return "pulled"
    suite = re.search(r"bookworm|trixie|forky|sid", name)
    assert suite, f"{name}: of which Debian?"
    packages = ("ca-certificates", *(_PYTHON if name.startswith("python:") else ()))
    with tempfile.TemporaryDirectory(prefix="sb-base-") as folder:
        archive = Path(folder) / "base.tar"
        bootstrap(suite[0], packages, archive, *_SLIM, *_as_this_machine_does(Path(folder)))
        engine.docker("import", str(archive), name)
    return "made"


def _as_this_machine_does(folder: Path) -> list[str]:
    """Options that carry over how pip reaches packages from here: index, certificates."""
    asked = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    )
    found = dict(
        re.findall(r"^(?:global|:env:)\.(cert|index-url|trusted-host)='(.*)'$", asked.stdout, re.MULTILINE)
    )
    lines = ["[global]"]
    hooks = []
    certificates = found.pop("cert", "")
    if certificates and Path(certificates).is_file():
        lines.append("cert = /etc/machine-certificates.crt")
        hooks.append(f'--customize-hook=cp {certificates} "$1/etc/machine-certificates.crt"')
    lines += [f"{name} = {value}" for name, value in found.items()]
    config = folder / "pip.conf"
    config.write_text("\n".join(lines) + "\n")
    os.chmod(config, 0o644)
    return [*hooks, f'--customize-hook=cp {config} "$1/etc/pip.conf"']
