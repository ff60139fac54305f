"""Async stories: ask the domain, then act through ports. No adapter is imported here."""
