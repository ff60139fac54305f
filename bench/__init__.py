"""Measures the switchboard on this machine: `make bench`. What the figures mean: docs/performance.md."""
