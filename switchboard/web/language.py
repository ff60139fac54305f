"""What pages say, in both languages, and which one a request is answered in.

Texts lie in `texts/<feature>.<language>.yaml`; a key is used as `<feature>.<key>`. A missing key shows
itself; a test holds both languages equal.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from aiohttp import web
from ruamel.yaml import YAML

from switchboard.web.parts import LANGUAGE, PARTS

LANGUAGES = ("zh", "en")
FOLDER = Path(__file__).parent / "texts"
COOKIE = "language"
"""Whoever isn't signed in keeps their choice in this cookie."""


class Texts:
    """All texts of one language. `texts("desk.answer", name="…")` fills in `{name}`."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts

    def __call__(self, key: str, /, **values: Any) -> str:
        text = self._texts.get(key)
        if text is None:
            return key
        return text.format(**values) if values else text

    def __contains__(self, key: str) -> bool:
        return key in self._texts

    def all(self, feature: str) -> dict[str, str]:
        """Every text of a feature, for the page's script: full key → text."""
        return {k: v for k, v in self._texts.items() if k.startswith(feature + ".")}


@cache
def texts(language: str) -> Texts:
    """The texts of `language`; read once."""
    found: dict[str, str] = {}
    for path in sorted(FOLDER.glob(f"*.{language}.yaml")):
        feature = path.name.split(".")[0]
        content = YAML(typ="safe").load(path.read_text("utf-8")) or {}
        _flatten(feature, content, found)
    return Texts(found)


def _flatten(prefix: str, content: Mapping[str, Any], found: dict[str, str]) -> None:
    for key, value in content.items():
        if isinstance(value, Mapping):
            _flatten(f"{prefix}.{key}", value, found)
        else:
            found[f"{prefix}.{key}"] = str(value)


def language_of(request: web.Request) -> str:
    """zh or en: by the cookie, else by what the browser asks for, else the company's first language."""
    if LANGUAGE in request:
        return request[LANGUAGE]
    chosen = request.cookies.get(COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    for part in request.headers.get("Accept-Language", "").split(",")[:10]:
        word = part.split(";")[0].strip().lower()[:2]
        if word in LANGUAGES:
            return word
    default = request.app[PARTS].rules().default_language
    return default if default in LANGUAGES else "zh"


def t(request: web.Request, key: str, /, **values: Any) -> str:
    """A text in the request's language."""
    return texts(language_of(request))(key, **values)
