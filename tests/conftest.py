"""Fixtures that more than one part's tests use, and the order in which files are spread over processes."""

from __future__ import annotations

import os
from collections import Counter

import pytest

os.environ["LC_ALL"] = "C.UTF-8"
"""Commands answer in English, on whatever machine they are tried."""

pytest_plugins = ["tests.postgres"]

SLOW = ("live", "containers")
"""Marks of tests that take many seconds each."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Beside others (xdist): files with most slow tests first, so that no process ends with a long one."""
    if not hasattr(config, "workerinput"):
        return
    slow = Counter(str(i.path) for i in items if any(i.get_closest_marker(name) for name in SLOW))
    items.sort(key=lambda item: -slow[str(item.path)])  # stable: the rest keeps its order
