"""A relay for text messages, spoken to over HTTP through apprise's JSON scheme; it can be down or refuse."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from tests.stack import free_port


class SmsServer:
    """`texts` is what came in; while `status` is not 200 nothing does."""

    def __init__(self, settings: Any) -> None:
        self.port = free_port()
        self.status = 200
        self.texts: list[dict[str, Any]] = []
        settings.SMS_URL = f"json://127.0.0.1:{self.port}/sms?:to={{to}}"

    @contextmanager
    def up(self) -> Iterator[None]:
        relay = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                text = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if relay.status == 200:
                    relay.texts.append(text)
                self.send_response(relay.status)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                """Tests are quiet."""

        server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
