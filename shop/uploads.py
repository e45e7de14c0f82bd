"""How much one request may send. Django limits its fields, not its files, and reads both before any view."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


class RequestSizeMiddleware:
    """Refuses by the announced length, before the check for forgery reads the form. WSGI reads no further."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], *args: Any
    ) -> HttpResponse | None:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and int(length) <= settings.MAX_REQUEST_BYTES:
            return None
        return render(request, "413.html", {"most": settings.MAX_REQUEST_BYTES // 1024**2}, status=413)
