"""Pages from templates. Everything put into one is escaped; texts come in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from switchboard.errors import SwitchboardError
from switchboard.web.hosts import safer_address
from switchboard.web.language import language_of, texts
from switchboard.web.navigation import pages_for
from switchboard.web.parts import PARTS, USER
from switchboard.web.session import csrf_token

FOLDER = Path(__file__).parent / "templates"


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


async def render(request: web.Request, template: str, /, status: int = 200, **values: Any) -> web.Response:
    """The page `template` filled with `values`.

    Every template also has: t(key, …), texts(feature, …) for a script's data block, local(instant),
    language, theme, user (Account or None), company, mode (ModeNow or None), pages (navigation), path, csrf,
    zone, and safer (the same place over HTTPS, "" when there is no need).
    """
    parts = request.app[PARTS]
    rules = parts.rules()
    language = language_of(request)
    said = texts(language)
    user = request.get(USER)
    zone = ZoneInfo(rules.time_zone)

    def local(at: datetime | None, form: str = "%Y-%m-%d %H:%M") -> str:
        return at.astimezone(zone).strftime(form) if at else ""

    def script_texts(*features: str) -> Mapping[str, str]:
        return {k: v for feature in features for k, v in said.all(feature).items()}

    page = _environment().get_template(template)
    body = page.render(
        {
            "t": said,
            "texts": script_texts,
            "local": local,
            "language": language,
            "theme": user.theme if user else "auto",
            "user": user,
            "company": rules.company[language],
            "mode": await _mode(request),
            "pages": pages_for(request),
            "path": request.path,
            "csrf": await csrf_token(request),
            "zone": rules.time_zone,
            "safer": safer_address(request),
            "status": status,
        }
        | values
    )
    return web.Response(text=body, content_type="text/html", status=status)


async def _mode(request: web.Request) -> Any:
    """The mode for the badge; a page is shown without it when it can't be told."""
    if USER not in request:
        return None
    try:
        return await request.app[PARTS].desk.mode()
    except SwitchboardError:
        return None
