"""Lets the unprivileged PBX reach folders that lie below closed ones, without opening those.

A data folder in /root can't be entered by the user `switchboard`. The PBX is then started in a mount
namespace of its own, where the closed ancestor is covered by an empty, read-only tmpfs holding nothing
but the folders it needs, bound at their own paths: controller and PBX name every file alike.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from switchboard.pbx.account import Account

SCRIPT = r"""
set -eu
# arguments: STAGE, then for each covered folder: COVER n, then n times ro|rw FOLDER; then -- command
stage=$1; shift
kept=$(umask); umask 022
while [ "$1" != -- ]; do
    cover=$1 count=$2; shift 2
    mount -t tmpfs -o size=1m,mode=755,nosuid,nodev tmpfs "$stage"
    while [ "$count" -gt 0 ]; do
        how=$1 folder=$2; shift 2; count=$((count - 1))
        inside=$stage${folder#"$cover"}
        mkdir -p "$inside"
        mount --bind "$folder" "$inside"
        [ "$how" = rw ] || mount -o remount,bind,ro "$inside" || :
    done
    mount -o remount,ro "$stage"
    mount --move "$stage" "$cover"
done
shift
rmdir "$stage" || :
umask "$kept"
exec "$@"
"""
"""The tree is put together on STAGE while the folders can still be reached, then moved over COVER."""


@dataclass(frozen=True, slots=True)
class Need:
    """A folder the PBX must reach."""

    folder: Path
    writes: bool = False


def covers(needs: list[Need], who: Account) -> dict[Path, list[Need]]:
    """Closed ancestor → the needed folders below it. Empty when `who` can enter everything."""
    result: dict[Path, list[Need]] = {}
    for need in needs:
        real = Path(os.path.realpath(need.folder))
        for ancestor in reversed(real.parents):
            if not _may_enter(ancestor, who):
                result.setdefault(ancestor, []).append(Need(real, need.writes))
                break
    return result


def arguments(closed: dict[Path, list[Need]], stage: Path) -> list[str]:
    """What SCRIPT takes, up to and including `--`."""
    result = [str(stage)]
    for cover, needs in closed.items():
        result += [str(cover), str(len(needs))]
        for need in needs:
            result += ["rw" if need.writes else "ro", str(need.folder)]
    return [*result, "--"]


def _may_enter(folder: Path, who: Account) -> bool:
    status = folder.stat()
    if status.st_uid == who.uid:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid == who.gid:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)
