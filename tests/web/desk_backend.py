"""A switchboard that says what a test wants, for the desk page alone: a thousand calls, a broken line, a
session that ends, names with markup. The page, its script and its look are the real ones; that they work
with a real switchboard is shown elsewhere.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from switchboard.domain import dialling
from switchboard.domain.company import Person, Principal, Queue, Rules, Screened
from switchboard.rules import load_text
from switchboard.settings import SOURCE
from switchboard.web.app import STATIC
from switchboard.web.language import texts
from switchboard.web.pages import desk as desk_pages
from switchboard.web.rendering import FOLDER

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; media-src 'self' blob:; manifest-src 'self'; frame-ancestors 'none'; "
    "base-uri 'none'; form-action 'self'"
)
"""As the switchboard's own."""

TOKEN = "token-of-the-test"


def sample() -> Rules:
    """The sample company."""
    rules = load_text((SOURCE / "routing_rules.yaml").read_bytes(), "the sample").rules
    assert rules is not None
    return rules


@dataclass
class Backend:
    """What the page is told, and what it ordered. `skew`: how far the server's clock is ahead of ours."""

    rules: Rules
    language: str = "zh"
    theme: str = "light"
    extension: str = "8011"
    url: str = ""
    skew: timedelta = timedelta()
    calls: dict[str, dict[str, Any]] = field(default_factory=dict)
    phones: dict[str, str] = field(default_factory=dict)
    mode: dict[str, Any] = field(default_factory=dict)
    pbx: str = "up"
    signed_in: bool = True
    permissions: tuple[str, ...] = ("self", "live", "order", "mode", "duty", "callers.edit")
    answers: bool = True  # False: the stream is refused
    refuse: dict[str, Any] | None = None  # what orders are answered with instead
    patience: float = 0.0  # seconds before an order is answered
    orders: list[dict[str, Any]] = field(default_factory=list)
    asked: list[tuple[str, str, Any]] = field(default_factory=list)
    history: list[dict[str, Any]] = field(default_factory=list)
    _streams: list[web.StreamResponse] = field(default_factory=list)

    def now(self) -> datetime:
        """The server's time."""
        return datetime.now().astimezone() + self.skew

    def call(self, id_: str, state: str = "ringing", waited: float = 4, **more: Any) -> dict[str, Any]:
        """A call on the board; `waited` seconds ago it began to wait."""
        since = (self.now() - timedelta(seconds=waited)).isoformat(timespec="milliseconds")
        waits = state in ("waiting", "ringing", "queued", "held", "parked", "consulting")
        caller = {"number": "13900001111", "name": "", "organisation": "", "grade": "", "notes": ""}
        caller |= {"earlier_calls": 0, "open_tickets": 0} | more.pop("caller", {})
        made: dict[str, Any] = {
            "id": id_, "caller": caller, "inside": False, "dialled": "8000", "state": state, "since": since,
            "waiting_since": since if waits else None, "with": [], "held_by": "", "target": "",
            "language": "zh", "place": None, "step": None, "order": None, "consult": None, "last": None,
            "verdict": "",
        }  # fmt: skip
        made |= more
        self.calls[id_] = made
        return made

    async def tell(self, kind: str, value: Any) -> None:
        """Send an event to every open page."""
        await self._send(f"event: {kind}\ndata: {json.dumps(value, ensure_ascii=False)}\n\n")

    async def told(self, id_: str, **changes: Any) -> None:
        """A call changed."""
        self.calls[id_] |= changes
        await self.tell("call", self.calls[id_])

    async def gone(self, id_: str) -> None:
        """A call ended."""
        self.calls.pop(id_, None)
        await self.tell("gone", {"id": id_})

    async def beat(self) -> None:
        """A heartbeat."""
        await self._send(": still here\n\n")

    async def cut(self) -> None:
        """The line breaks."""
        streams, self._streams[:] = list(self._streams), []
        for stream in streams:
            if stream._req is not None and stream._req.transport is not None:
                stream._req.transport.abort()

    @property
    def readers(self) -> int:
        """How many pages listen."""
        return len(self._streams)

    async def _send(self, text: str) -> None:
        for stream in list(self._streams):
            try:
                await stream.write(text.encode())
            except ConnectionError:
                self._streams.remove(stream)

    def _board(self) -> dict[str, Any]:
        at = self.now().isoformat(timespec="milliseconds")
        return {
            "calls": list(self.calls.values()), "phones": self.phones, "mode": self.mode,
            "messages": {"new": 2}, "pbx": {"state": self.pbx}, "at": at,
        }  # fmt: skip

    # what the page asks

    async def page(self, request: web.Request) -> web.Response:
        environment = Environment(
            loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined,
            trim_blocks=True, lstrip_blocks=True,
        )  # fmt: skip
        said = texts(self.language)
        values = {
            "t": said, "texts": lambda *f: {k: v for one in f for k, v in said.all(one).items()},
            "language": self.language, "theme": self.theme, "company": self.rules.company[self.language],
            "user": {"name": "何静", "extension": self.extension, "user": "hejing"}, "mode": None,
            "pages": [], "path": "/desk", "csrf": TOKEN, "safer": "",
            "zone": self.rules.time_zone, "local": str,
            "desk": desk_pages.settings_of(self.rules, self.language, "hejing"),
        }  # fmt: skip
        body = environment.get_template("desk.html").render(values)
        return web.Response(text=body, content_type="text/html")

    async def sign_in_page(self, request: web.Request) -> web.Response:
        fault = ""
        if request.method == "POST":
            form = await request.post()
            if form.get("csrf") == TOKEN and form.get("password") == "right":
                self.signed_in = True
                raise web.HTTPSeeOther("/desk")
            fault = '<p role="alert">用户名或密码不正确</p>'
        body = f'<!doctype html><title>x</title>{fault}<form><input name="csrf" value="{TOKEN}"></form>'
        return web.Response(text=body, content_type="text/html", status=403 if fault else 200)

    async def events(self, request: web.Request) -> web.StreamResponse:
        self._need_session()
        if not self.answers:
            raise web.HTTPServiceUnavailable
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await stream.prepare(request)
        board = json.dumps(self._board(), ensure_ascii=False)
        await stream.write(f"retry: 1000\n\nevent: board\ndata: {board}\n\n".encode())
        self._streams.append(stream)
        try:
            while stream in self._streams:
                await asyncio.sleep(0.2)
        finally:
            if stream in self._streams:
                self._streams.remove(stream)
        return stream

    async def api(self, request: web.Request) -> web.Response:
        self._need_session()
        path, given = request.match_info["path"], None
        if request.method != "GET":
            if request.headers.get("X-CSRF-Token") != TOKEN:
                return _error(403, "stale_page", "csrf")
            given = await request.json()
            self.asked.append((request.method, path, given))
        if path == "me":
            return web.json_response(
                {
                    "user": "hejing",
                    "name": "何静",
                    "extension": self.extension,
                    "csrf": TOKEN,
                    "permissions": self.permissions,
                }
            )
        if path == "directory":
            return web.json_response(self._found(request.query["q"], int(request.query["limit"])))
        if path == "directory/outside":
            meant = dialling.meant(self.rules, request.query["q"], self.extension)
            return web.json_response([asdict(one) for one in meant])
        if path.startswith("callers/"):
            return web.json_response({"calls": self.history})
        if path == "mode" and given:
            self.mode |= {"mode": given["mode"], "source": "console", "author": "user:hejing (8011)"}
            await self.tell("mode", self.mode)
            return web.json_response(self.mode)
        if path.endswith("/orders") and given:
            return await self._ordered(path.split("/")[1], given)
        if path.startswith("orders/"):
            return web.json_response({"id": int(path[7:]), "state": "done", "outcome": "done"})
        return web.json_response({}, status=201 if request.method == "POST" else 200)

    async def _ordered(self, call: str, given: dict[str, Any]) -> web.Response:
        await asyncio.sleep(self.patience)
        if self.refuse:
            return _error(409, self.refuse["code"], self.refuse["message"])
        self.orders.append(given | {"call": call})
        return web.json_response({"id": len(self.orders), "state": "placed"}, status=202)

    def _need_session(self) -> None:
        if not self.signed_in:
            raise web.HTTPUnauthorized(
                text='{"error":{"code":"not_signed_in","message":"请登录"}}', content_type="application/json"
            )

    def _found(self, text: str, limit: int) -> list[dict[str, Any]]:
        entries = [self._entry(number) for number in self.rules.extensions]
        text = text.lower()
        hits = [e for e in entries if any(text in str(v).lower() for v in e.values())] if text else entries
        return hits[:limit]

    def _entry(self, number: str) -> dict[str, Any]:
        entry = self.rules.extensions[number]
        kind = "department"
        if isinstance(entry, Person):
            kind = "person"
        for one, word in ((Queue, "queue"), (Screened, "screened"), (Principal, "principal")):
            if isinstance(entry, one):
                kind = word
        department = getattr(entry, "department", "")
        unit = self.rules.extensions[department].name[self.language] if department else ""
        return {
            "number": number, "name": entry.name.zh, "name_en": entry.name.en, "department": unit,
            "department_en": unit, "title": "", "title_en": "",
            "kind": kind, "presence": self.phones.get(number, "unreachable") if kind not in (
                "queue", "department") else None,
            "listed": entry.listing.value,
        }  # fmt: skip


def _error(status: int, code: str, message: str) -> web.Response:
    return web.json_response({"error": {"code": code, "message": message}}, status=status)


async def _harden(request: web.Request, response: web.StreamResponse) -> None:
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cache-Control"] = "no-store"


@asynccontextmanager
async def backend_of(rules: Rules) -> AsyncIterator[Backend]:
    """A backend at a port of its own, until the block ends."""
    it = Backend(rules)
    it.phones = {n: "idle" for n in ("8011", "8012", "8101", "8102", "8201", "8202", "8301", "8302")}
    it.mode = {
        "mode": "manual", "source": "schedule", "author": "", "reason": "",
        "until": (it.now() + timedelta(hours=2)).isoformat(), "operators": ["8011", "8012"], "away": [],
    }  # fmt: skip
    app = web.Application()
    app.on_response_prepare.append(_harden)
    app.router.add_static("/static/", STATIC)
    app.router.add_get("/desk", it.page)
    app.router.add_route("*", "/sign-in", it.sign_in_page)
    app.router.add_get("/api/v1/events", it.events)
    app.router.add_route("*", "/api/v1/{path:.+}", it.api)
    runner = web.AppRunner(app, shutdown_timeout=0.2)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    it.url = f"http://127.0.0.1:{runner.addresses[0][1]}/desk"
    try:
        yield it
    finally:
        it._streams.clear()
        await runner.cleanup()
