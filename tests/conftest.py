"""Fixtures that more than one part's tests use."""

pytest_plugins = ["tests.postgres"]
