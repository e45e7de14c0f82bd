"""Words a person adds to a request, for a colleague to read. Kept by the app that keeps conversations."""

from collections.abc import Callable

from .models import PrivacyRequest

Taker = Callable[[PrivacyRequest, str], None]

_takers: list[Taker] = []


def register(take: Taker) -> Taker:
    _takers.append(take)
    return take


def hand_over(request: PrivacyRequest, words: str) -> None:
    for take in _takers:
        take(request, words)
