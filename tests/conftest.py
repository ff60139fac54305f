"""Fixtures that more than one part's tests use, and the order in which files are spread over processes."""

from __future__ import annotations

from collections import Counter

import pytest

pytest_plugins = ["tests.postgres"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Beside others (xdist): files with most live tests first, so that no process ends with a long one."""
    if not hasattr(config, "workerinput"):
        return
    live = Counter(str(item.path) for item in items if item.get_closest_marker("live"))
    items.sort(key=lambda item: -live[str(item.path)])  # stable: the rest keeps its order
