"""Users and the trail of what they did, for administrators (A16, B8)."""

from __future__ import annotations

from typing import Annotated, Any

from aiohttp import web
from pydantic import AwareDatetime, Field, StringConstraints

from switchboard.domain.roles import Permission, Role
from switchboard.web.api.declaring import Asked, Operations, Told
from switchboard.web.api.kinds import PLAIN, Count, RowId
from switchboard.web.parts import PARTS

operations = Operations("people")


class UserTold(Told):
    """A user. `seen`: when a session of theirs was last used."""

    user: str
    name: str
    roles: list[Role]
    extension: str
    language: str
    locked: bool
    made: AwareDatetime
    sessions: int
    seen: AwareDatetime | None


class AuditRow(Told):
    """One thing that somebody did."""

    id: int
    at: AwareDatetime
    author: str
    via: str
    address: str
    action: str
    about: str
    details: dict[str, Any]


Said = Annotated[str, StringConstraints(max_length=100, pattern=PLAIN)]


class AuditWanted(Asked):
    """Which rows."""

    limit: Annotated[Count, Field(description="at most so many")] = 100
    before: Annotated[RowId | None, Field(description="those with lower numbers: the next page")] = None
    author: Annotated[Said, Field(description="whose")] = ""
    action: Annotated[Said, Field(description="what was done")] = ""


@operations.get("/users", "Users", needs=Permission.USERS)
async def list_users(request: web.Request) -> list[UserTold]:
    """By name. No passwords: nobody has them."""
    return [
        UserTold(
            user=listed.account.user,
            name=listed.account.name,
            roles=sorted(listed.account.roles),
            extension=listed.account.extension,
            language=listed.account.language,
            locked=listed.locked,
            made=listed.made.astimezone(),
            sessions=listed.sessions,
            seen=listed.seen.astimezone() if listed.seen is not None else None,
        )
        for listed in await request.app[PARTS].users.listed()
    ]


@operations.get("/audit", "Who did what", needs=Permission.AUDIT)
async def list_audit(request: web.Request, query: AuditWanted) -> list[AuditRow]:
    """Newest first. Rows are added to and never changed."""
    rows = await request.app[PARTS].audit.rows(query.limit, query.before, query.author, query.action)
    return [AuditRow.model_validate(row) for row in rows]
