"""Requests and answers, as plain values."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

BODY_LIMIT = 64 * 1024


class BadRequest(Exception):
    """What arrived cannot be read."""


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: str
    headers: dict[str, str]  # names in lower case
    body: bytes

    @classmethod
    def from_wsgi(cls, environ: dict[str, Any]) -> "Request":
        headers = {
            name.removeprefix("HTTP_").replace("_", "-").lower(): value
            for name, value in environ.items()
            if name.startswith("HTTP_")
        }
        return cls(
            method=environ["REQUEST_METHOD"],
            path=environ.get("PATH_INFO", "/"),
            query=environ.get("QUERY_STRING", ""),
            headers=headers,
            body=_body(environ),
        )

    @property
    def form(self) -> list[tuple[str, str]]:
        """The fields of the body, or of the address where there is no body."""
        try:
            text = self.body.decode() if self.method == "POST" else self.query
            return parse_qsl(text, keep_blank_values=True, max_num_fields=200, errors="strict")
        except ValueError as error:
            raise BadRequest("The form could not be read.") from error


@dataclass(frozen=True)
class Response:
    body: bytes
    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)


def json_response(body: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(json.dumps(body).encode(), status, "application/json", headers or {})


def redirect(url: str) -> Response:
    return Response(b"", 303, headers={"Location": url})


def _body(environ: dict[str, Any]) -> bytes:
    try:
        length = int(environ.get("CONTENT_LENGTH") or 0)
    except ValueError as error:
        raise BadRequest("Content-Length is not a number.") from error
    if not 0 <= length <= BODY_LIMIT:
        raise BadRequest(f"At most {BODY_LIMIT} bytes are read.")
    body: bytes = environ["wsgi.input"].read(length)
    return body
