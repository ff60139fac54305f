"""Where the softphone program is: baresip from the PATH, or from the folder of programs.

The folder of programs is a whole Debian tree that nothing is installed from: its programs run by its own
loader, with its own libraries, and must be told where their modules are.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from switchboard.softphone.faults import SoftphoneError

MODULE_FOLDERS = (
    "usr/lib/baresip/modules",
    "usr/lib/x86_64-linux-gnu/baresip/modules",
    "lib/baresip/modules",
)
"""Below a tree's root. Debian uses the first on every architecture."""

NEEDED_MODULES = ("ctrl_tcp", "aufile", "sndfile", "aubridge", "g711", "account", "menu", "mwi")


@dataclass(frozen=True, slots=True)
class Program:
    """How to start baresip: the beginning of its command line, and where its modules are."""

    command: tuple[str, ...]
    modules: Path


def in_tree(root: Path) -> Program | None:
    """baresip inside the Debian tree at `root`, run by that tree's loader; None if it has none."""
    binary = root / "usr/bin/baresip"
    modules = _modules(root)
    if not binary.exists() or modules is None:
        return None
    loaders = sorted(root.glob("lib*/ld-linux-*.so.*")) + sorted(root.glob("usr/lib*/ld-linux-*.so.*"))
    loaders += sorted(root.glob("usr/lib/*/ld-linux-*.so.*"))
    if not loaders:
        return None
    triplets = sorted(p for p in (root / "usr/lib").glob("*-linux-gnu*") if p.is_dir())
    folders = [d for t in triplets for d in (t, t / "pulseaudio")] + [root / "usr/lib"]
    libraries = ":".join(str(d) for d in folders if d.is_dir())
    return Program((str(loaders[0]), "--library-path", libraries, str(binary)), modules)


def on_path() -> Program | None:
    """baresip as installed on this machine, or None."""
    found = shutil.which("baresip")
    if not found:
        return None
    root = Path(found).resolve().parent.parent.parent  # /usr/bin/baresip -> /
    modules = _modules(root) or _modules(Path("/"))
    return Program((found,), modules) if modules else None


def find(programs: Path | None = None) -> Program:
    """baresip from the folder of programs when it has one, else from the PATH.

    Raises SoftphoneError that says what to install.
    """
    found = (in_tree(programs) if programs else None) or on_path()
    if found is None:
        raise SoftphoneError(
            "no softphone: baresip is neither on the PATH nor among the switchboard's programs. "
            "`switchboard doctor` says how to get it (Debian's package: baresip-core)"
        )
    missing = [name for name in NEEDED_MODULES if not (found.modules / f"{name}.so").exists()]
    if missing:
        raise SoftphoneError(f"baresip at {found.modules} lacks its modules {', '.join(missing)}")
    return found


def _modules(root: Path) -> Path | None:
    return next((root / d for d in MODULE_FOLDERS if (root / d).is_dir()), None)
