"""Which request is answered by whom. A WSGI application and the little server it runs in."""

import logging
import re
import secrets
import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from orders.sandbox import api, page, payments
from orders.sandbox.config import Config
from orders.sandbox.messages import BadRequest, Request, Response, json_response
from orders.sandbox.parameters import Refused, nested
from orders.sandbox.store import Books, Json, Store, new_id
from orders.sandbox.webhooks import Clock

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

logger = logging.getLogger(__name__)

ID = "([A-Za-z0-9_]+)"
SAFE_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
NOT_PAIRED = "This key has been used with other parameters; an idempotency key belongs to one request."


class Sandbox:
    """The application: a pure function of the request and the books, with a clock to ring afterwards."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.store = Store(config.data)
        self.clock = Clock(self.store, config)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        try:
            response = self.answer(Request.from_wsgi(environ))
        except BadRequest as error:
            response = Response(str(error).encode(), 400, "text/plain; charset=utf-8")
        status = f"{response.status} {HTTPStatus(response.status).phrase}"
        headers = {**SAFE_HEADERS, "Content-Type": response.content_type, **response.headers}
        headers["Content-Length"] = str(len(response.body))
        start_response(status, list(headers.items()))
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else response.body]

    def answer(self, request: Request) -> Response:
        if request.path == "/page.css":
            return page.stylesheet()
        if request.path == "/sandbox/health":
            return json_response({"ok": True})
        if request.path.startswith(("/v1/", "/sandbox/")):
            return self._answer_api(request)
        return self._answer_browser(request)

    def _answer_browser(self, request: Request) -> Response:
        found = re.fullmatch(f"/pay/{ID}", request.path)
        if not found:
            return page.unknown(request, self.config)
        if request.method not in ("GET", "HEAD", "POST"):
            return Response(b"", 405, headers={"Allow": "GET, HEAD, POST"})
        deed = page.submit if request.method == "POST" else page.view
        with self.store.transaction() as books:
            response = deed(request, books, self.config, found[1])
        if books.has_due:
            self.clock.ring()
        return response

    def _answer_api(self, request: Request) -> Response:
        headers = {"Request-Id": new_id("req")}
        try:
            self._check_key(request)
            with self.store.transaction() as books:
                body, replayed = self._once(request, books)
        except Refused as refused:
            return json_response({"error": refused.error}, refused.status, headers)
        if books.has_due:
            self.clock.ring()
        return json_response(body, headers=headers | ({"Idempotent-Replayed": "true"} if replayed else {}))

    def _check_key(self, request: Request) -> None:
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not secrets.compare_digest(given.encode(), self.config.key.encode()):
            raise Refused("Invalid API Key provided.", status=401)

    def _once(self, request: Request, books: Books) -> tuple[Json, bool]:
        """The same key and the same request: the same answer, and nothing happens twice."""
        key = request.headers.get("idempotency-key", "")
        if request.method != "POST" or not key:
            return route(request, books, self.config), False
        if len(key) > 255:
            raise Refused("Idempotency keys are at most 255 characters long.", type_="idempotency_error")
        fingerprint = f"{request.path}?{urlencode(sorted(request.form))}"
        earlier = books.reply(key)
        if earlier:
            if earlier[0] != fingerprint:
                raise Refused(NOT_PAIRED, type_="idempotency_error")
            return earlier[1], True
        body = route(request, books, self.config)
        books.remember(key, fingerprint, body)
        return body, False


Route = Callable[[Books, Json, Config, str], Json]

ROUTES: list[tuple[str, str, Route]] = [
    ("POST", "/v1/checkout/sessions", lambda b, p, c, _: api.create_session(b, p, time.time(), c)),
    ("GET", f"/v1/checkout/sessions/{ID}", lambda b, p, _, x: api.retrieve_session(b, p, x)),
    (
        "POST",
        f"/v1/checkout/sessions/{ID}/expire",
        lambda b, p, _, x: api.expire_session(b, p, time.time(), x),
    ),
    ("GET", f"/v1/payment_intents/{ID}", lambda b, p, _, x: api.retrieve_intent(b, p, x)),
    ("POST", "/v1/refunds", lambda b, p, c, _: api.create_refund(b, p, time.time(), c)),
    ("GET", f"/v1/refunds/{ID}", lambda b, p, _, x: api.retrieve_refund(b, p, x)),
    ("GET", "/v1/events", lambda b, p, _, x: api.list_events(b, p)),
    ("GET", f"/v1/events/{ID}", lambda b, p, _, x: api.retrieve_event(b, p, x)),
    # No part of Stripe: for tests and curious developers.
    ("GET", "/sandbox/sessions", lambda b, p, _, x: list_sessions(b)),
    ("GET", "/sandbox/jobs", lambda b, p, _, x: {"data": b.jobs()}),
    ("POST", f"/sandbox/events/{ID}/resend", lambda b, p, _, x: resend(b, x)),
]


def route(request: Request, books: Books, config: Config) -> Json:
    params = nested(request.form)
    for method, pattern, deed in ROUTES:
        found = re.fullmatch(pattern, request.path)
        if found and method == request.method:
            return api.expanded(books, deed(books, params, config, "".join(found.groups())), params)
    raise Refused(f"Unrecognized request URL ({request.method}: {request.path}).", status=404)


def list_sessions(books: Books) -> Json:
    return {"data": [payments.public(session) for session in books.newest(payments.SESSION)]}


def resend(books: Books, event_id: str) -> Json:
    event = api.retrieve_event(books, {}, event_id)
    books.schedule("deliver", event_id, time.time())
    return event


class QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        logger.debug(format, *args)


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 64


def make_server(sandbox: Sandbox, host: str, port: int) -> Server:
    server = Server((host, port), QuietHandler)
    server.set_app(sandbox)
    return server
