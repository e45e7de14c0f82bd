"""Words a person adds to a request, for a colleague to read. Kept by the app that keeps conversations, which
also says where a colleague finds them.
"""

from collections.abc import Callable

from .models import PrivacyRequest

Taker = Callable[[PrivacyRequest, str], None]
Page = Callable[[PrivacyRequest], str]  # its address; empty where nothing was said

_takers: list[Taker] = []
_pages: list[Page] = []


def register(*, take: Taker, page: Page) -> None:
    _takers.append(take)
    _pages.append(page)


def hand_over(request: PrivacyRequest, words: str) -> None:
    for take in _takers:
        take(request, words)


def page_of(request: PrivacyRequest) -> str:
    return next((address for page in _pages if (address := page(request))), "")
