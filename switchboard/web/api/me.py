"""Who asks, as the switchboard knows them."""

from __future__ import annotations

from typing import Annotated

from aiohttp import web

from switchboard.domain.roles import Permission, Role
from switchboard.web.api.declaring import Operations, Told, one_of
from switchboard.web.language import language_of
from switchboard.web.parts import USER
from switchboard.web.session import csrf_token

operations = Operations("me")


class Me(Told):
    """Whoever the session or token belongs to. `csrf` is what changes send as `X-CSRF-Token`; "" for a
    token, which needs none."""

    user: str
    name: str
    roles: list[Role]
    permissions: list[Permission]
    language: Annotated[str, one_of("zh", "en")]
    theme: Annotated[str, one_of("auto", "light", "dark")]
    extension: str
    via: Annotated[str, one_of("session", "token")]
    csrf: str


@operations.get("/me", "Who asks", needs=Permission.SELF)
async def show_me(request: web.Request) -> Me:
    """User, roles and permissions of the session or token that this request came with."""
    account = request[USER]
    return Me(
        user=account.user,
        name=account.name,
        roles=sorted(account.roles),
        permissions=sorted(account.permissions),
        language=language_of(request),
        theme=account.theme,
        extension=account.extension,
        via=account.via,
        csrf="" if account.via == "token" else await csrf_token(request),
    )
