"""The shop is closed while a backup is being restored: until what people had done since is done again.

That it is closed is a file beside the rights journal, so that every process sees it without the database,
and so that it stays closed when a restore is killed.
"""

import os
import time
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

RETRY_AFTER = 300  # seconds


def marker() -> Path:
    return Path(settings.RIGHTS_JOURNAL).with_name("RESTORE_PENDING")


def is_closed() -> bool:
    """Cheap enough for every request: the disk is asked once a second."""
    return _exists(str(settings.RIGHTS_JOURNAL), int(time.monotonic()))


def close() -> None:
    marker().parent.mkdir(parents=True, exist_ok=True)
    marker().touch()
    _exists.cache_clear()


def reopen() -> None:
    marker().unlink(missing_ok=True)
    _exists.cache_clear()


@lru_cache(maxsize=1)
def _exists(journal: str, second: int) -> bool:
    return os.path.exists(marker())


class ClosedMiddleware:
    """Answers 503 to everything, the load balancer's question whether we are well included."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not is_closed():
            return self.get_response(request)
        page = render_to_string("closed.html", {"words": _in_every_language()})
        headers = {"Retry-After": str(RETRY_AFTER), "Cache-Control": "no-store"}
        return HttpResponse(page, status=503, headers=headers)


def _in_every_language() -> list[dict[str, str]]:
    """Which language and market somebody is in, only the database could tell."""
    words = []
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            words.append(
                {
                    "language": code,
                    "heading": _("We will be back in a moment"),
                    "text": _(
                        "The shop is being restored from a backup. It opens again as soon as everything"
                        " you had deleted, corrected or switched off is so again."
                    ),
                }
            )
    return words
