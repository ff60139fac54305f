"""The directory, searched while somebody types, with presence (B1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from aiohttp import web
from pydantic import Field, StringConstraints

from switchboard.domain import dialling, directory
from switchboard.domain.company import Listing, Person, Rules
from switchboard.domain.roles import Permission
from switchboard.web.api.declaring import Asked, Operations, Told, one_of
from switchboard.web.parts import PARTS, USER

operations = Operations("directory")


class EntryTold(Told):
    """A line of the directory. `presence` is null for what has no phone of its own."""

    number: str
    name: str
    name_en: str
    department: str
    department_en: str
    title: str
    title_en: str
    kind: Annotated[str, one_of("person", "screened", "principal", "department", "queue", "extension")]
    presence: Annotated[str, one_of("idle", "ringing", "busy", "away", "unreachable")] | None
    listed: Annotated[str, one_of(*Listing)]


class Looked(Asked):
    """What is looked for."""

    q: Annotated[
        str,
        StringConstraints(max_length=200),
        Field(description="characters, pinyin (whole, initials, mixed), English, digits; several parts"),
    ] = ""
    limit: Annotated[int, Field(ge=1, le=200, description="at most so many")] = 20


@operations.get("/directory", "Search people and numbers", needs=Permission.DIRECTORY)
async def search_directory(request: web.Request, query: Looked) -> list[EntryTold]:
    """Best first; everything, by number, when nothing is looked for. Unlisted entries are shown to operators,
    supervisors and administrators."""
    parts = request.app[PARTS]
    rules = parts.rules()
    unlisted = bool(request[USER].roles & directory.SEES_UNLISTED)
    found = directory.find(rules, query.q, unlisted=unlisted, limit=query.limit)
    return [_told(rules, entry, parts.live.phone) for entry in found]


class OutsideTold(Told):
    """A number outside. `dialled` is what an order names as its target; `allowed`: one's own phone may."""

    number: str
    dialled: str
    allowed: bool


class Typed(Asked):
    """What was typed."""

    q: Annotated[
        str,
        StringConstraints(max_length=60),
        Field(description="a number outside, as it is written or as one's phone dials it"),
    ] = ""


@operations.get("/directory/outside", "Read a number outside", needs=Permission.DIRECTORY)
async def read_number_outside(request: web.Request, query: Typed) -> list[OutsideTold]:
    """What number outside is meant, for orders of one's own phone. Emergency numbers are none."""
    meant = dialling.meant(request.app[PARTS].rules(), query.q, request[USER].extension)
    return [OutsideTold(number=one.number, dialled=one.dialled, allowed=one.allowed) for one in meant]


def _told(rules: Rules, entry: directory.Entry, presence: Callable[[str], str]) -> EntryTold:
    extension = entry.extension
    department = directory.department_of(rules, extension)
    person = extension if isinstance(extension, Person) else None
    title = person.title if person is not None else None
    return EntryTold(
        number=extension.number,
        name=extension.name.zh,
        name_en=extension.name.en,
        department=department.name.zh if department is not None else "",
        department_en=department.name.en if department is not None else "",
        title=title.zh if title is not None else "",
        title_en=title.en if title is not None else "",
        kind=entry.kind,
        presence=presence(extension.number) if person is not None else None,
        listed=extension.listing.value,
    )
