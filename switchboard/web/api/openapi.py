"""The API's own document (OpenAPI 3.1), made from the declarations that read requests and write answers.

What is validated and what is documented can't differ: both are the same pydantic types. `docs/openapi.json`
is a copy that a test holds equal.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Union, get_args

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import JsonSchemaMode
from pydantic_core import PydanticUndefined

from switchboard.web.api.declaring import PREFIX, Asked, Media, Operation, phrase

REF = "#/components/schemas/{model}"

ABOUT = """\
Everything the console does goes through this interface, and every program may do it too.

Sign in with a token (`Authorization: Bearer …`), made by `switchboard user token` with the scopes it needs;
or use the console's own session, then every request that changes anything carries the header
`X-CSRF-Token` (its value is in `/me`). `x-permission` names what an operation needs: roles have permissions,
a token has those of its scopes that its user's roles have too.

Times are ISO 8601 with offset. Errors are `{"error": {"code", "message"}}`, the message in the language of
the user, the code stable. Fields may be added: ignore those you don't know.
"""

Key = tuple[str, JsonSchemaMode]


class ErrorBody(BaseModel):
    """Why a request was refused: a stable code, and a sentence for people."""

    code: str
    message: str


class Error(BaseModel):
    """The answer to every request that was refused."""

    error: ErrorBody


def document(operations: Sequence[Operation], version: str) -> dict[str, Any]:
    """The whole document."""
    schemas, components = _schemas(operations)
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        path = PREFIX + operation.path
        paths.setdefault(path, {})[operation.method.lower()] = _operation(operation, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "switchboard", "version": version, "description": ABOUT},
        "servers": [{"url": "/", "description": "this switchboard"}],
        "tags": [{"name": tag} for tag in dict.fromkeys(o.tag for o in operations)],
        "paths": paths,
        "components": {
            "schemas": components,
            "responses": {
                str(status): {
                    "description": phrase(status),
                    "content": {"application/json": {"schema": {"$ref": REF.format(model="Error")}}},
                }
                for status in sorted({status for o in operations for status in o.errors})
            },
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "a token with scopes"},
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "switchboard-8080",
                    "description": "the console's session, by port; changes need X-CSRF-Token too",
                },
            },
        },
    }


def _operation(operation: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "tags": [operation.tag],
        "responses": {str(operation.status): _answer(operation, schemas)}
        | {str(s): {"$ref": f"#/components/responses/{s}"} for s in sorted(operation.errors)},
    }
    if about := _text(operation.handler.__doc__):
        made["description"] = about
    if operation.needs is None:
        made["security"] = []
    else:
        made["security"] = [{"token": []}, {"session": []}]
        made["x-permission"] = operation.needs.value
    if parameters := [*_in_path(operation, schemas), *_in_query(operation, schemas)]:
        made["parameters"] = parameters
    if isinstance(operation.body, Media):
        made["requestBody"] = {"required": True, "content": _media(operation.body)}
    elif operation.body is not None:
        schema = schemas[_key(operation, "body")]
        made["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return made


def _answer(operation: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {"description": phrase(operation.status)}
    if isinstance(operation.answer, Media):
        made["content"] = _media(operation.answer)
    elif operation.answer is not None:
        made["content"] = {"application/json": {"schema": schemas[_key(operation, "answer")]}}
    return made


def _media(media: Media) -> dict[str, Any]:
    """A body that is no JSON. A schema beside YAML would be one of what the YAML says, which is the rules'
    own business: anything may be sent, and is told its mistakes."""
    schema = {} if media.type.endswith("yaml") else {"type": "string"}
    return {media.type: {"schema": schema | ({"description": media.about} if media.about else {})}}


def _in_path(operation: Operation, schemas: dict[str, Any]) -> Iterable[dict[str, Any]]:
    for name in operation.placed:
        schema = schemas[_key(operation, "path." + name)]
        yield {"name": name, "in": "path", "required": True, "schema": schema}


def _in_query(operation: Operation, schemas: dict[str, Any]) -> Iterable[dict[str, Any]]:
    if operation.query is None:
        return
    for name, about in operation.query.model_fields.items():
        yield {
            "name": name,
            "in": "query",
            "required": about.is_required(),
            "schema": _defaulted(schemas[_key(operation, "query." + name)], about.default),
            **({"description": about.description} if about.description else {}),
        }


def _defaulted(schema: dict[str, Any], default: Any) -> dict[str, Any]:
    """With the default that it has, when there is one to speak of."""
    told = default not in (None, "", PydanticUndefined)
    return {**schema, "default": default} if told else schema


def _schemas(operations: Sequence[Operation]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Each operation's parts by key, and the models that they refer to."""
    inputs: list[tuple[str, JsonSchemaMode, TypeAdapter[Any]]] = []
    for o in operations:
        for name, kind in o.placed.items():
            inputs.append((_key(o, "path." + name), "validation", kind))
        if o.query is not None:
            inputs += [
                (_key(o, "query." + name), "validation", _field(o.query, name))
                for name in o.query.model_fields
            ]
        if o.body is not None and not isinstance(o.body, Media):
            inputs.append((_key(o, "body"), "validation", TypeAdapter(o.body)))
        if isinstance(o.answer, TypeAdapter):
            inputs.append((_key(o, "answer"), "serialization", o.answer))
    inputs.append(("error", "serialization", TypeAdapter(Error)))
    made, shared = TypeAdapter.json_schemas(inputs, ref_template=REF)
    return {key: schema for (key, _), schema in made.items()}, shared.get("$defs", {})


def _field(model: type[Asked], name: str) -> TypeAdapter[Any]:
    """One field of a query by itself. What may be left out is just left out, never null."""
    about = model.model_fields[name]
    given = [kind for kind in get_args(about.annotation) if kind is not type(None)]
    optional = type(None) in get_args(about.annotation)
    kind: Any = Union[tuple(given)] if optional else about.annotation  # noqa: UP007 - made from a list
    return TypeAdapter(Annotated[(kind, *about.metadata)] if about.metadata else kind)


def _key(operation: Operation, part: str) -> str:
    return f"{operation.name} {part}"


def _text(doc: str | None) -> str:
    return " ".join((doc or "").split())
