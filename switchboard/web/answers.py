"""Refusing: one exception for handlers, one form of error for browsers and for programs.

raise Refused(404, "not_found")      # text: `errors.not_found` in texts/errors.<language>.yaml
"""

from __future__ import annotations

from typing import Any

from aiohttp import web


class Refused(Exception):
    """A request can't be answered. `code` is stable, for programs; its text is `errors.<code>`.

    `values` fill the text. `message` takes the text's place, where a sentence exists already in the
    language of the rules or of an outside part.
    """

    def __init__(self, status: int, code: str, message: str = "", **values: Any) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message
        self.values = values
        self.headers: dict[str, str] = {}


CODES = {
    400: "bad_request",
    401: "not_signed_in",
    403: "not_allowed",
    404: "not_found",
    405: "wrong_method",
    408: "too_slow",
    409: "conflict",
    411: "bad_request",
    413: "too_large",
    415: "wrong_type",
    421: "wrong_host",
    422: "not_valid",
    429: "too_many",
    503: "not_now",
}
"""Code of an error that has none of its own, by status."""


def for_program(request: web.Request) -> bool:
    """Whether errors are told as JSON: in the API always, elsewhere to who asks for JSON or has a token."""
    asked = request.headers.get("Accept", "")
    return (
        request.path.startswith("/api/") or "application/json" in asked or "Authorization" in request.headers
    )


def error_json(status: int, code: str, message: str) -> web.Response:
    """The API's error."""
    return web.json_response({"error": {"code": code, "message": message}}, status=status)
