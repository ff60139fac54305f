"""Operations of the API, each declared once: the declaration reads requests, writes answers and the document.

A feature is one module with its operations::

    operations = Operations("calls")

    @operations.get("/calls/{call}", "One call, with its steps", needs=Permission.SEE_CALLS, errors=(404,))
    async def show_call(request: web.Request, call: CallId) -> CallShown:
        \"""What becomes the operation's description.\"""

After `request` an operation takes, by name:

- what stands in its path (`call`), of a type that pydantic can read from text; text that doesn't fit is a
  404, since no such thing exists;
- `query`, a model (`Asked`) of the query string: unknown and repeated names are refused;
- `body`, a model (`Asked`) of the JSON that was sent, read strictly; or `Annotated[bytes, Media(…)]`.

What it returns is written as its return annotation says (`None`: 204); an `Annotated[web.StreamResponse,
Media(…)]` is sent as it is. It refuses by raising `Refused`. `web/api/__init__.py` lists the modules,
`openapi.py` makes the document.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from switchboard.domain.roles import Permission
from switchboard.web.answers import Refused
from switchboard.web.api.faults import faults_of, not_valid, twice
from switchboard.web.permissions import BODY_LIMIT, needs, public

PREFIX = "/api/v1"

Handler = Callable[..., Awaitable[Any]]


class Asked(BaseModel):
    """What a client sends: nothing that isn't declared."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Told(BaseModel):
    """What a client is told."""

    model_config = ConfigDict(frozen=True)


def one_of(*words: str) -> Any:
    """Documents that a text which is told is one of `words`."""
    return Field(json_schema_extra={"enum": list(words)})


@dataclass(frozen=True, slots=True)
class Media:
    """A body that is no JSON; at most `limit` bytes when it is a request's."""

    type: str
    limit: int = BODY_LIMIT
    about: str = ""


@dataclass(frozen=True)
class Operation:
    """One operation, as declared. `path` stands below `PREFIX`."""

    method: str
    path: str
    summary: str
    tag: str
    handler: Handler
    needs: Permission | None
    status: int
    errors: frozenset[int]
    placed: Mapping[str, TypeAdapter[Any]] = field(default_factory=dict)
    query: type[Asked] | None = None
    body: type[Asked] | Media | None = None
    answer: TypeAdapter[Any] | Media | None = None

    @property
    def name(self) -> str:
        """The operation's name, one in the whole document."""
        return self.handler.__name__

    def add_to(self, app: web.Application) -> None:
        """Make it a route, with what it asks of whoever calls it."""

        async def handle(request: web.Request) -> web.StreamResponse:
            return await self.answered(request)

        limit = self.body.limit if isinstance(self.body, Media) else BODY_LIMIT
        door = public if self.needs is None else needs(self.needs, body=limit)
        app.router.add_route(self.method, PREFIX + self.path, door(handle))

    async def answered(self, request: web.Request) -> web.StreamResponse:
        """Read, carry out, write. Raises Refused."""
        arguments = self._from_path(request)
        if self.query is not None:
            arguments["query"] = self._from_query(request, self.query)
        if self.body is not None:
            arguments["body"] = await self._from_body(request, self.body)
        result = await self.handler(request, **arguments)
        if isinstance(result, web.StreamResponse):
            return result
        if self.answer is None:
            return web.Response(status=self.status)
        assert isinstance(self.answer, TypeAdapter)
        written = self.answer.dump_json(result, by_alias=True)
        return web.Response(body=written, status=self.status, content_type="application/json")

    def _from_path(self, request: web.Request) -> dict[str, Any]:
        try:
            return {n: kind.validate_python(request.match_info[n]) for n, kind in self.placed.items()}
        except ValidationError as error:
            raise Refused(404, "not_found") from error

    def _from_query(self, request: web.Request, model: type[Asked]) -> Asked:
        values: dict[str, str] = {}
        for key, value in request.query.items():
            if key in values:
                raise not_valid(request, [twice(request, f"query.{key}")])
            values[key] = value
        try:
            return model.model_validate(values)
        except ValidationError as error:
            raise not_valid(request, faults_of(request, "query", error)) from error

    async def _from_body(self, request: web.Request, kind: type[Asked] | Media) -> Any:
        media = kind if isinstance(kind, Media) else Media("application/json")
        if request.content_type != media.type:
            raise Refused(415, "wrong_type")
        content = await request.read()  # the guard has set the limit
        if isinstance(kind, Media):
            return content
        try:
            json.loads(content)
        except (ValueError, RecursionError) as error:
            raise Refused(400, "bad_request") from error
        try:
            return kind.model_validate_json(content, strict=True)
        except ValidationError as error:
            raise not_valid(request, faults_of(request, "body", error)) from error


class Operations:
    """What one module declares. `tag` groups its operations in the document."""

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self.all: list[Operation] = []

    def get(self, path: str, summary: str, **declared: Any) -> Callable[[Handler], Handler]:
        """See `_declare`."""
        return self._declare("GET", path, summary, **declared)

    def post(self, path: str, summary: str, **declared: Any) -> Callable[[Handler], Handler]:
        """See `_declare`."""
        return self._declare("POST", path, summary, **declared)

    def put(self, path: str, summary: str, **declared: Any) -> Callable[[Handler], Handler]:
        """See `_declare`."""
        return self._declare("PUT", path, summary, **declared)

    def delete(self, path: str, summary: str, **declared: Any) -> Callable[[Handler], Handler]:
        """See `_declare`."""
        return self._declare("DELETE", path, summary, **declared)

    def _declare(
        self,
        method: str,
        path: str,
        summary: str,
        *,
        needs: Permission | None,
        status: int = 200,
        errors: Collection[int] = (),
    ) -> Callable[[Handler], Handler]:
        """Declare an operation. `needs` None: for anybody, signed in or not. `errors` are statuses that it
        may refuse with, besides those that follow from what it takes."""

        def declare(handler: Handler) -> Handler:
            hints = get_type_hints(handler, include_extras=True)
            takes = list(inspect.signature(handler).parameters)[1:]
            placed = {n: TypeAdapter(hints[n]) for n in takes if "{" + n + "}" in path}
            query, body = hints.get("query"), hints.get("body")
            assert set(takes) <= {*placed, "query", "body"}, f"{handler.__name__} takes what nobody gives"
            follow = {421, 503, *errors}
            follow |= {401, 403} if needs is not None else set()
            follow |= {404} if placed else set()
            follow |= {422} if query else set()
            follow |= {400, 413, 415, 422} if body else set()
            self.all.append(
                Operation(
                    method=method,
                    path=path,
                    summary=summary,
                    tag=self.tag,
                    handler=handler,
                    needs=needs,
                    status=204 if hints["return"] is type(None) else status,
                    errors=frozenset(follow),
                    placed=placed,
                    query=query,
                    body=_media(body) or body,
                    answer=_answer(hints["return"]),
                )
            )
            return handler

        return declare


def _answer(hint: Any) -> TypeAdapter[Any] | Media | None:
    if hint is type(None):
        return None
    return _media(hint) or TypeAdapter(hint)


def _media(hint: Any) -> Media | None:
    if get_origin(hint) is Annotated:
        return next((extra for extra in get_args(hint)[1:] if isinstance(extra, Media)), None)
    return None


def phrase(status: int) -> str:
    """HTTP's own name of a status."""
    return HTTPStatus(status).phrase
