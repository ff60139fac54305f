"""Builds the programs folder: Asterisk and companions from Debian's packages, for hosts without them.

`mmdebstrap --variant=extract` resolves, fetches, verifies and unpacks the packages and runs none of
their scripts: that is all `switchboard.pbx.programs` needs, and it asks for no privilege at all
(mode chrootless) when we have none. The result is made beside its place and renamed into it, under a
lock, so that nobody ever sees half a folder and two builds never meet.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from switchboard.errors import PbxError
from switchboard.pbx.program import in_folder

SUITE = "forky"
PACKAGES = ("asterisk", "espeak-ng", "baresip-core", "sip-tester")
RECIPE = 1
"""Raised whenever SUITE, PACKAGES or what is stripped changes: a new number is a new folder."""

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_STAMP = "switchboard.json"
_STRIPPED = (
    "etc/apt",
    "usr/lib/*/perl",
    "usr/lib/*/perl-base",
    "usr/lib/python3*",
    "usr/share/bash-completion",
    "usr/share/doc",
    "usr/share/info",
    "usr/share/lintian",
    "usr/share/locale",
    "usr/share/man",
    "usr/share/perl*",
    "var/cache",
    "var/lib/apt",
    "var/lib/dpkg",
    "var/log",
)
_BUILD_SECONDS = 1800.0
_HOST_OPTIONS = re.compile(
    r"Acquire::(Check-Valid-Until|Check-Date|Max-ValidTime|Min-ValidTime|Max-FutureTime|Retries"
    r"|ForceIPv[46]|Queue-Mode|https?::[A-Za-z0-9:.-]+)"
)
"""How the host fetches packages. Carried over as it stands, so a check is off only where the
administrator has switched it off for the host itself."""

Progress = Callable[[str], None]


def place(programs: Path) -> Path:
    """Where this recipe's folder is, built or not."""
    return programs / f"{SUITE}-{RECIPE}"


def built(programs: Path) -> Path | None:
    """The finished folder of this recipe, or None."""
    root = place(programs)
    return root if (root / _STAMP).is_file() else None


def stamped_version(root: Path) -> str:
    """Asterisk's version line as noted when the folder was built."""
    return str(_stamp(root).get("asterisk", ""))


def age_days(root: Path) -> float:
    """Days since the folder was built."""
    return (time.time() - float(str(_stamp(root).get("built", 0)))) / 86400


def build(programs: Path, progress: Progress) -> Path:
    """Build the folder unless it is there. Takes 15 s to a minute; blocks. PbxError says what to do."""
    programs.mkdir(parents=True, exist_ok=True)
    with _lock(programs / ".lock", progress):
        done = built(programs)
        if done:
            return done
        need_mmdebstrap(progress)
        for left in programs.glob(".building-*"):  # of a build that was killed: the lock is ours
            shutil.rmtree(left, ignore_errors=True)
        workplace = Path(tempfile.mkdtemp(prefix=".building-", dir=programs))
        try:
            root = workplace / "root"
            _bootstrap(root, progress)
            _strip(root)
            _finish(root, progress)
            final = place(programs)
            if final.exists():  # without stamp: damaged
                shutil.rmtree(final)
            root.rename(final)
        finally:
            shutil.rmtree(workplace, ignore_errors=True)
        return final


def host_options(dump: str) -> list[str]:
    """The lines of `apt-config dump` that say how this host fetches packages."""
    return [
        line
        for line in dump.splitlines()
        if (key := line.partition(" ")[0]) and _HOST_OPTIONS.fullmatch(key.rstrip(":")) and '""' not in line
    ]


@contextmanager
def _lock(path: Path, progress: Progress) -> Iterator[None]:
    with path.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress("the programs folder is being built by another run: waiting for it")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def need_mmdebstrap(progress: Progress) -> None:
    wanted = [] if _found("mmdebstrap") else ["mmdebstrap"]
    if not KEYRING.exists():
        wanted.append("debian-archive-keyring")
    if wanted:
        _install(wanted, progress)


def _found(name: str) -> bool:
    return shutil.which(name) is not None


def _install(packages: list[str], progress: Progress) -> None:
    """apt-get install `packages` on the host, after saying so. Only as root."""
    names = " ".join(packages)
    if not _found("apt-get"):
        raise PbxError(
            "this machine has no Asterisk 22 or newer, and without apt none can be made from Debian's "
            "packages: install Asterisk (22 or newer), espeak-ng and baresip by its own means"
        )
    if os.geteuid() != 0:
        raise PbxError(
            f"to make the PBX from Debian's packages, install once what is needed for it: "
            f"sudo apt-get install {names}"
        )
    progress(f"installing on this machine: {names} (apt-get)")
    apt = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages]
    if _run_quietly(command, apt):
        subprocess.run(["apt-get", "update", "-q"], env=apt, capture_output=True, timeout=300, check=False)
        error = _run_quietly(command, apt)
        if error:
            raise PbxError(f"`{' '.join(command)}` failed: {error}")


def _run_quietly(command: list[str], environment: dict[str, str]) -> str:
    """ "" when it worked, else the last lines it printed."""
    done = subprocess.run(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=600,
        check=False,
    )
    lines = done.stdout.decode("utf-8", "replace").strip().splitlines()
    return "" if done.returncode == 0 else (" / ".join(lines[-3:]) or f"exit code {done.returncode}")


def _bootstrap(root: Path, progress: Progress) -> None:
    """Fetch and unpack; once more with a fresh keyring if the host's doesn't know the signature."""
    progress(f"making the PBX from Debian packages ({', '.join(PACKAGES)}): about half a minute, once")
    failure = _mmdebstrap(root, progress)
    if failure and _unknown_key(failure):
        progress(f"Debian's signing keys here are older than suite {SUITE}")
        _install(["debian-archive-keyring"], progress)
        shutil.rmtree(root, ignore_errors=True)
        failure = _mmdebstrap(root, progress)
    if failure:
        raise PbxError("the PBX can't be made from Debian packages. mmdebstrap says:\n" + failure)


def _unknown_key(text: str) -> bool:
    return any(sign in text for sign in ("NO_PUBKEY", "is not signed", "Missing key"))


def _mmdebstrap(root: Path, progress: Progress) -> str:
    """Run it, passing on how far it is. Returns "" or the end of what it said."""
    dump = subprocess.run(["apt-config", "dump"], capture_output=True, text=True, timeout=60, check=True)
    command = ["mmdebstrap", "--variant=extract", f"--include={','.join(PACKAGES)}"]
    # named outright: on hosts that aren't Debian, and have no gpg, it would not be found
    command.append(f"--keyring={KEYRING}")
    command += [] if os.geteuid() == 0 else ["--mode=chrootless"]
    command += [f"--aptopt={line.rstrip(';')}" for line in host_options(dump.stdout)]
    command += [SUITE, str(root)]
    environment = {**os.environ, "TMPDIR": str(root.parent), "LC_ALL": "C.UTF-8"}
    began = time.monotonic()
    said: list[str] = []
    with subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        umask=0o022,
    ) as process:
        assert process.stdout is not None
        try:
            for raw in process.stdout:
                line = raw.decode("utf-8", "replace").strip()
                said.append(line)
                if line.startswith("I: ") and line.endswith("..."):
                    progress(f"  {time.monotonic() - began:3.0f} s  {line[3:]}")
                if time.monotonic() - began > _BUILD_SECONDS:
                    raise PbxError(f"making the PBX took more than {_BUILD_SECONDS / 60:.0f} minutes")
        except BaseException:
            process.terminate()
            raise
    if process.returncode == 0:
        progress(f"  {time.monotonic() - began:3.0f} s  unpacked")
        return ""
    return "\n".join(said[-15:]) or f"exit code {process.returncode}"


def _strip(root: Path) -> None:
    for pattern in _STRIPPED:
        for path in root.glob(pattern):
            shutil.rmtree(path, ignore_errors=True)


def _finish(root: Path, progress: Progress) -> None:
    """See that the programs run, then stamp the folder as finished."""
    version = ""
    for inside, arguments, expected in (
        ("usr/sbin/asterisk", ["-V"], "Asterisk 2"),
        ("usr/bin/espeak-ng", ["--version"], "eSpeak NG"),
        ("usr/bin/baresip", ["-h"], "baresip"),
        ("usr/bin/sipp", ["-v"], "SIPp"),
    ):
        program = in_folder(root, inside)
        answer = program.ask(*arguments) if program else ""
        if expected not in answer:
            raise PbxError(f"{inside} from the Debian packages does not run here: {answer[:300].strip()!r}")
        version = version or answer.strip()
    size = sum(p.lstat().st_size for p in root.rglob("*") if not p.is_symlink()) / 1e6
    root.chmod(0o755)
    (root / _STAMP).write_text(json.dumps({"recipe": RECIPE, "built": time.time(), "asterisk": version}))
    progress(f"  {version}, {size:.0f} MB, kept for the next time")


def _stamp(root: Path) -> dict[str, object]:
    try:
        value = json.loads((root / _STAMP).read_text())
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}
