"""Refusing in the language of whoever asks."""

from __future__ import annotations

from aiohttp import web

from switchboard.web.answers import Refused
from switchboard.web.language import language_of, t


def refused(request: web.Request, status: int, code: str, sentence: str = "") -> Refused:
    """A refusal with the text `api.<code>`. In English `sentence` takes its place: it knows the details."""
    said = sentence if sentence and language_of(request) == "en" else t(request, f"api.{code}")
    return Refused(status, code, said)
