"""The shop behind a proxy that ends TLS: every request carries the header such a proxy adds."""

from collections.abc import Iterable
from typing import Any

from shop.wsgi import application as shop


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    environ["HTTP_X_FORWARDED_PROTO"] = "https"
    return shop(environ, start_response)
