"""Which Asterisk, espeak-ng, baresip and SIPp are used, and how each is started.

A program on the PATH is preferred when it is new enough. Otherwise it comes from the programs folder
(`switchboard.pbx.debian`), a Debian tree that is not entered with chroot: each program is started by
that tree's own dynamic loader with that tree's libraries, so it needs no privilege and no container,
and every path it is given means the same as outside.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from switchboard.errors import PbxError
from switchboard.pbx import debian, elsewhere
from switchboard.pbx.program import Program, in_folder, libraries, on_path
from switchboard.settings import Settings

OLDEST_ASTERISK = 22
NEEDED = ("asterisk", "espeak-ng", "baresip")
EXTRA_PATH = "/usr/sbin:/usr/local/sbin"
"""Where Asterisk also is: not on an ordinary user's PATH."""
FOR_TESTS = (*NEEDED, "sipp")


@dataclass(frozen=True)
class Programs:
    """Every program the switchboard starts, and where Asterisk's own files are.

    `modules` is astmoddir; `documentation` holds core-en_US.xml, which Asterisk needs in astdatadir;
    `asterisk_data` holds Debian's sounds and keys; `baresip_modules` is baresip's `module_path`.
    """

    asterisk: Program
    modules: Path
    asterisk_data: Path
    version: str
    espeak: Program | None = None
    baresip: Program | None = None
    baresip_modules: Path | None = None
    sipp: Program | None = None

    @property
    def documentation(self) -> Path:
        return self.asterisk_data / "documentation"

    @property
    def root(self) -> Path | None:
        """The programs folder if Asterisk comes from there."""
        return self.asterisk.root


def find(settings: Settings) -> Programs | None:
    """The programs as they are now, without building anything; None without a usable Asterisk."""
    if settings.pbx_elsewhere:
        return _beside_a_pbx_elsewhere()
    root = debian.built(settings.programs)
    asterisk = _asterisk_on_path()
    if asterisk is None:
        if root is None:
            return None
        asterisk = _asterisk_in(root)
    program, modules, data, version = asterisk
    baresip = _program(root, "baresip")
    return Programs(
        asterisk=program,
        modules=modules,
        asterisk_data=data,
        version=version,
        espeak=_program(root, "espeak-ng"),
        baresip=baresip,
        baresip_modules=_baresip_modules(baresip),
        sipp=_program(root, "sipp"),
    )


def obtain(settings: Settings, progress: Callable[[str], None], needed: tuple[str, ...] = NEEDED) -> Programs:
    """The programs, built into the programs folder first if one of `needed` is nowhere.

    Raises PbxError when there is no usable Asterisk and none can be built; its text says what to do.
    """
    found = find(settings)
    absent = missing(found, needed)
    if settings.pbx_elsewhere and absent:
        progress(f"going on without {', '.join(absent)}: not in this container")
    elif absent:
        progress(f"not found on this machine: {', '.join(absent)}")
        try:
            debian.build(settings.programs, progress)
        except PbxError as error:
            if "asterisk" in absent:
                raise
            progress(f"going on without {', '.join(absent)}: {error}")
        found = find(settings)
    if found is None:
        raise PbxError(f"the programs folder {settings.programs} was built but Asterisk in it can't be run")
    return found


def _beside_a_pbx_elsewhere() -> Programs:
    ours = elsewhere.companions()
    return Programs(
        asterisk=elsewhere.ASTERISK,
        modules=elsewhere.MODULES,
        asterisk_data=elsewhere.DATA,
        version="in a container of its own",
        espeak=ours["espeak-ng"],
        baresip=ours["baresip"],
        baresip_modules=_baresip_modules(ours["baresip"]),
        sipp=ours["sipp"],
    )


def missing(found: Programs | None, needed: tuple[str, ...] = NEEDED) -> tuple[str, ...]:
    """Which of `needed` are neither on the PATH nor in the programs folder."""
    if found is None:
        return tuple(name for name in needed if name == "asterisk" or on_path(name) is None)
    have = {
        "asterisk": found.asterisk,
        "espeak-ng": found.espeak,
        "baresip": found.baresip,
        "sipp": found.sipp,
    }
    return tuple(name for name in needed if have[name] is None)


def major(version_text: str) -> int:
    """22 for `Asterisk 22.10.1~dfsg…`; 0 when it says nothing of the kind."""
    match = re.search(r"Asterisk (?:certified[/-])?(\d+)\.", version_text)
    return int(match[1]) if match else 0


def _program(root: Path | None, name: str) -> Program | None:
    return on_path(name) or (in_folder(root, f"usr/bin/{name}") if root else None)


def _asterisk_on_path() -> tuple[Program, Path, Path, str] | None:
    program = on_path("asterisk", extra=EXTRA_PATH)
    if program is None:
        return None
    version = program.ask("-V")
    if major(version) < OLDEST_ASTERISK:
        return None
    prefix = Path(program.argv[0]).resolve().parent.parent
    modules = _first(
        [
            *prefix.glob("lib/*-linux-gnu*/asterisk/modules"),
            prefix / "lib/asterisk/modules",
            prefix / "lib64/asterisk/modules",
        ],
        "res_pjsip.so",
    )
    data = _first([prefix / "share/asterisk", Path("/var/lib/asterisk")], "documentation/core-en_US.xml")
    if modules is None or data is None:
        return None
    return program, modules, data, version.strip()


def _asterisk_in(root: Path) -> tuple[Program, Path, Path, str]:
    program = in_folder(root, "usr/sbin/asterisk")
    if program is None:
        raise PbxError(f"the programs folder {root} is damaged: delete it, and it is built again")
    version = debian.stamped_version(root) or program.ask("-V").strip()
    return program, libraries(root) / "asterisk/modules", root / "usr/share/asterisk", version


def _first(folders: list[Path], holds: str) -> Path | None:
    return next((f for f in folders if (f / holds).exists()), None)


def _baresip_modules(baresip: Program | None) -> Path | None:
    if baresip is None:
        return None
    prefix = (baresip.root / "usr") if baresip.root else Path(baresip.argv[0]).resolve().parent.parent
    return _first(
        [prefix / "lib/baresip/modules", *prefix.glob("lib/*-linux-gnu*/baresip/modules")], "ctrl_tcp.so"
    )
