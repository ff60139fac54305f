"""Decisions: pure functions over plain values. No clock, no I/O, no await, no chance."""
