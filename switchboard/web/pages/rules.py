"""The pages of rules: what is in force, or refused at which lines; trying out; versions, and back (D1-D4)."""

from __future__ import annotations

import asyncio
import difflib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiohttp import web

from switchboard.domain.roles import Permission
from switchboard.errors import RulesError
from switchboard.web.answers import Refused
from switchboard.web.language import language_of
from switchboard.web.parts import PARTS
from switchboard.web.permissions import needs
from switchboard.web.rendering import render

AROUND = 3
"""Lines shown before and behind one with an error."""

VERSIONS_SHOWN = 50
ERRORS_SHOWN = 50
LONGEST_LINE = 300
LONGEST_COMPARED = 20_000
"""Lines of a file that is compared line by line; of longer ones only the changes in words are shown."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """An error with the lines around it: (number, text, whether it is the one)."""

    file: str
    line: int | None
    message: str
    lines: tuple[tuple[int, str, bool], ...] = ()
    hint: str = ""


@needs(Permission.RULES)
async def rules_page(request: web.Request) -> web.StreamResponse:
    """GET /rules."""
    room = request.app[PARTS].rules_room
    language = language_of(request)
    state = room.state(language)
    errors = state["errors"]
    content = await room.content() if errors else ""
    return await render(
        request,
        "rules.html",
        state=state,
        errors=excerpts(errors[:ERRORS_SHOWN], content),
        errors_left=max(0, len(errors) - ERRORS_SHOWN),
        versions=await room.versions(VERSIONS_SHOWN, language),
        moment=_moment,
    )


def excerpts(errors: list[dict[str, Any]], content: str) -> list[Excerpt]:
    """Each error with the lines of the rules file around it."""
    rows = content.splitlines()
    found = []
    for error in errors:
        line = error["line"]
        around: tuple[tuple[int, str, bool], ...] = ()
        if line and not error["file"] and line <= len(rows):
            first, last = max(1, line - AROUND), min(len(rows), line + AROUND)
            around = tuple((n, rows[n - 1][:LONGEST_LINE], n == line) for n in range(first, last + 1))
        found.append(Excerpt(error["file"], line, error["message"], around, error.get("hint", "")))
    return found


@needs(Permission.RULES)
async def version_page(request: web.Request) -> web.StreamResponse:
    """GET /rules/versions/{version}: `against` is the other side of the comparison."""
    room, language = request.app[PARTS].rules_room, language_of(request)
    try:
        shown = await room.version(request.match_info["version"], language)
        versions = await room.versions(VERSIONS_SHOWN, language)
        against = request.query.get("against", "") or _other(shown["version"], versions)
        other = await room.version(against, language) if against else None
    except RulesError as error:
        raise Refused(404, "not_found") from error
    difference = await asyncio.to_thread(compared, other["content"], shown["content"]) if other else []
    return await render(
        request,
        "rules-version.html",
        shown=shown,
        other=other,
        versions=versions,
        difference=difference,
        lines=shown["content"].splitlines(),
        moment=_moment,
    )


def _other(version: str, versions: list[dict[str, Any]]) -> str:
    """What a version is compared with at first: the one in force; that one with the one before it."""
    names = [v["version"] for v in versions]
    in_force = next((v["version"] for v in versions if v["state"] == "in_force"), "")
    if in_force and in_force != version:
        return str(in_force)
    place = names.index(version) if version in names else len(names)
    return str(names[place + 1]) if place + 1 < len(names) else ""


def compared(before: str, after: str) -> list[tuple[str, str]]:
    """Lines that differ, with some around: (sign, text), sign one of + - @ or a blank. Blocking."""
    old, new = before.splitlines(), after.splitlines()
    if max(len(old), len(new)) > LONGEST_COMPARED:
        return []
    told = list(difflib.unified_diff(old, new, lineterm="", n=AROUND))[2:]
    return [(line[:1] or " ", line[1:][:LONGEST_LINE]) for line in told]


def _moment(text: str | None) -> datetime | None:
    """A time that was told as text."""
    return datetime.fromisoformat(text) if text else None


def add(app: web.Application) -> None:
    """Routes."""
    app.router.add_get("/rules", rules_page)
    app.router.add_get(r"/rules/versions/{version:[0-9]{1,9}(?:-[0-9a-f]{8})?}", version_page)
