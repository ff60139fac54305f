"""Rules: in force, tried out, put in force, and back (D1 to D4)."""

from __future__ import annotations

from typing import Annotated

from aiohttp import web
from pydantic import AwareDatetime, Field, StringConstraints

from switchboard.domain.roles import Permission
from switchboard.errors import RulesError, SwitchboardError
from switchboard.web.answers import Refused
from switchboard.web.api.declaring import Asked, Media, Operations, Told, one_of
from switchboard.web.api.kinds import Count
from switchboard.web.api.refusing import refused
from switchboard.web.language import language_of
from switchboard.web.parts import PARTS, USER
from switchboard.web.trail import audit

operations = Operations("rules")

LARGEST_FILE = 8 * 1024 * 1024
"""Bytes of a rules file that is sent. 10,000 extensions are 1.5 MB."""

Version = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,8}(-[0-9a-f]{8})?$")]
Yaml = Annotated[bytes, Media("application/yaml", LARGEST_FILE, "a whole rules file, UTF-8")]


class RulesFault(Told):
    """Why rules stayed out, in the user's language. `file` is "" for the rules file, else that of the example
    calls."""

    file: str
    line: int | None
    message: str
    hint: str


class RulesTold(Told):
    """`version` is in force. `state` is of the file last offered: in force, refused (the version stays), or
    pending (right, and waiting for the PBX)."""

    version: str
    state: Annotated[str, one_of("in_force", "refused", "pending", "none")]
    errors: list[RulesFault]


class Problem(Told):
    """Something wrong in a rules file, at its line, with how to mend it, in the user's language."""

    severity: Annotated[str, one_of("error", "warning")]
    code: str
    line: int
    path: str
    message: str
    meaning_zh: str = Field(description="What problems of this kind are about, in Chinese")
    hint: str


class Change(Told):
    """What a file changes against the rules in force, in words of the user's language."""

    kind: Annotated[str, one_of("added", "removed", "moved", "changed")]
    path: str
    name: str
    words: str


class Checked(Told):
    """`ok`: no errors (warnings may be). `unmet`: what the example calls would meet otherwise than they
    expect; such rules are put in force only with `force`."""

    ok: bool
    problems: list[Problem]
    unmet: list[str]
    changes: list[Change]


class RulesVersion(Told):
    """A version that was kept. `source`: by whom, from where."""

    version: str
    at: AwareDatetime | None
    source: str
    state: Annotated[str, one_of("in_force", "kept", "replaced")]
    in_force_at: list[AwareDatetime]
    size: int
    changed: list[str]


class RulesVersionShown(RulesVersion):
    """A version with the file as it was saved."""

    content: str


class VersionsWanted(Asked):
    """How many."""

    limit: Annotated[Count, Field(description="at most so many")] = 20


class PutWanted(Asked):
    """How to put rules in force."""

    force: Annotated[bool, Field(description="whatever the example calls say")] = False


class BackWanted(Asked):
    """Where to go back to: a version's number or name."""

    version: Version


@operations.get("/rules", "The rules in force", needs=Permission.RULES)
async def show_rules(request: web.Request) -> RulesTold:
    """And what became of the file that was offered last, with its errors."""
    return RulesTold.model_validate(request.app[PARTS].rules_room.state(language_of(request)))


@operations.get("/rules/versions", "Every version kept", needs=Permission.RULES)
async def list_rules_versions(request: web.Request, query: VersionsWanted) -> list[RulesVersion]:
    """Newest first, each with what it changed."""
    found = await request.app[PARTS].rules_room.versions(query.limit, language_of(request))
    return [RulesVersion.model_validate(_dated(version)) for version in found]


@operations.get("/rules/versions/{version}", "One version", needs=Permission.RULES)
async def show_rules_version(request: web.Request, version: Version) -> RulesVersionShown:
    """With the file as it was saved."""
    try:
        found = await request.app[PARTS].rules_room.version(version, language_of(request))
    except RulesError as error:
        raise Refused(404, "not_found") from error
    return RulesVersionShown.model_validate(_dated(found))


@operations.post("/rules/check", "Try rules out", needs=Permission.RULES)
async def check_rules(request: web.Request, body: Yaml) -> Checked:
    """Everything wrong with a file, what the example calls say of it, and what it changes. Nothing is put in
    force."""
    return Checked.model_validate(await request.app[PARTS].rules_room.check(body, language_of(request)))


@operations.post("/rules", "Put rules in force", needs=Permission.EDIT_RULES, errors=(409,))
async def put_rules(request: web.Request, query: PutWanted, body: Yaml) -> RulesTold:
    """The file is written where the rules file lies, and put in force. Rules with errors, or that the example
    calls object to, are `refused` and change nothing."""
    await audit(request, "rules.put", "", {"bytes": len(body), "force": query.force})
    try:
        room, author = request.app[PARTS].rules_room, request[USER].author
        state = await room.put(body, author, query.force, language_of(request))
    except SwitchboardError as error:
        raise refused(request, 409, "rules_not_written", str(error)) from error
    return RulesTold.model_validate(state)


@operations.post("/rules/back", "Go back to a version", needs=Permission.EDIT_RULES, errors=(404, 409))
async def go_back(request: web.Request, body: BackWanted) -> RulesTold:
    """The version is written into the rules file again, and put in force."""
    await audit(request, "rules.back", body.version)
    try:
        room, author = request.app[PARTS].rules_room, request[USER].author
        state = await room.back(body.version, author, language_of(request))
    except RulesError as error:
        raise refused(request, 404, "no_version", str(error)) from error
    except SwitchboardError as error:
        raise refused(request, 409, "rules_not_written", str(error)) from error
    return RulesTold.model_validate(state)


def _dated(version: dict[str, object]) -> dict[str, object]:
    return {**version, "at": version["at"] or None}
