"""How often somebody may do what costs us work, or others a mail. The settings say how often."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from privacy.keys import blind_index
from support.models import Ticket


def counts_files(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A form draws its files anew before it is known whether it is valid, so they are counted before."""

    @wraps(view)
    def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.FILES and not ratelimit.consume(request, action="evidence"):
            return too_fast(request)
        return view(request, *args, **kwargs)

    return cast(Callable[..., HttpResponse], counted)


def may_ask(request: HttpRequest, email: str) -> bool:
    """Whoever types an address has not proved it: nobody's mailbox is filled from many places at once."""
    if not ratelimit.consume(request, action="contact"):
        return False
    return not email or bool(
        ratelimit.consume(request, action="contact_address", key=blind_index("email", email))
    )


def may_solve(request: HttpRequest, ticket: Ticket) -> bool:
    """Each time it is solved a mail says so, and each answer opens it again."""
    return bool(ratelimit.consume(request, action="ticket_solved", key=ticket.reference))


def too_fast(request: HttpRequest) -> HttpResponse:
    return render(request, "429.html", status=429)
