"""What a browser says by itself: Global Privacy Control and Do Not Track, each a full answer."""

from django.http import HttpRequest

HEADERS = ("Sec-GPC", "DNT")
VARIABLES = tuple(f"HTTP_{name.upper().replace('-', '_')}" for name in HEADERS)  # as WSGI names them


def opts_out(request: HttpRequest) -> bool:
    """Exactly "1" is a signal, sent once or several times; anything else is none."""
    return any(_is_sent(request.META.get(name, "")) for name in VARIABLES)


def _is_sent(value: str) -> bool:
    """A server joins repeated headers by commas."""
    return {part.strip(" ") for part in value.split(",")} == {"1"}
