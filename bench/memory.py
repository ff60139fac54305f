"""How much memory a process takes."""

from __future__ import annotations

from pathlib import Path


def memory(pid: int) -> dict[str, float]:
    """MiB of process `pid`: `rss` all it touches, `pss` with what it shares divided by the sharers."""
    found = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        key, _, rest = line.partition(":")
        if key in ("Rss", "Pss"):
            found[key.lower()] = round(int(rest.split()[0]) / 1024, 1)
    return found
