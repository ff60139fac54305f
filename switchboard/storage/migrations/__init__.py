"""Alembic's folder: `versions/` changes a database step by step, never backwards."""
