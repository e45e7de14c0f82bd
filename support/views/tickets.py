"""A conversation as the one who asked sees it: by the secret link, or in the account."""

from collections.abc import Callable
from dataclasses import dataclass

from allauth.core import ratelimit
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.pages import AccountRequest, account_page
from orders.pages import ShopRequest, secret_page, see_other
from shop.states import InvalidTransition
from support import tickets as deeds
from support.forms.conversation import RatingForm, ReplyForm
from support.links import page_of, page_token, reference_in
from support.messages import recipient_of
from support.models import Message, Ticket
from support.models.tickets import TicketQuerySet
from support.views import limits

A_PAGE = 20
Request = ShopRequest | AccountRequest


@dataclass(frozen=True)
class Door:
    """How the conversation was reached, so that its forms lead back the same way."""

    page: str
    solve: str
    rate: str
    evidence: str  # the name of the page that shows a file, and what it is asked by
    key: str
    layout: str


def by_link(ticket: Ticket) -> Door:
    token = page_token(ticket)
    return Door(
        page=reverse("support:ticket", args=[token]),
        solve=reverse("support:solve", args=[token]),
        rate=reverse("support:rate", args=[token]),
        evidence="support:attachment",
        key=token,
        layout="support/_layout.html",
    )


def in_account(ticket: Ticket) -> Door:
    return Door(
        page=reverse("support:my_ticket", args=[ticket.reference]),
        solve=reverse("support:solve_mine", args=[ticket.reference]),
        rate=reverse("support:rate_mine", args=[ticket.reference]),
        evidence="support:my_attachment",
        key=ticket.reference,
        layout="support/_layout_account.html",
    )


def _by_token(token: str) -> Ticket:
    """Any other token is a page that does not exist. One that was merged leads to where it went."""
    reference = reference_in(token)
    if reference is None:
        raise Http404
    ticket = get_object_or_404(_tickets(), reference=reference)
    return get_object_or_404(_tickets(), pk=ticket.merged_into_id) if ticket.merged_into_id else ticket


def _mine(request: AccountRequest, reference: str) -> Ticket:
    return get_object_or_404(_tickets().of(request.user.subject), reference=reference)


def _tickets() -> TicketQuerySet:
    return Ticket.objects.with_keys().select_related("privacy_request", "order")


# --- By the secret link -------------------------------------------------------------------------------------


@secret_page
@require_safe
def received(request: ShopRequest, token: str) -> HttpResponse:
    """What was sent is here: its reference, by when it is answered, and the link to come back by."""
    ticket = _by_token(token)
    context = {
        "ticket": ticket,
        "door": by_link(ticket),
        "link": page_of(ticket),
        "has_email": bool(recipient_of(ticket).email),
    }
    return render(request, "support/received.html", context)


@secret_page
@require_http_methods(["GET", "HEAD", "POST"])
@limits.counts_files
def ticket(request: ShopRequest, token: str) -> HttpResponse:
    return _conversation(request, _by_token(token), by_link)


@secret_page
@require_POST
def solve(request: ShopRequest, token: str) -> HttpResponse:
    return _solve(request, _by_token(token), by_link)


@secret_page
@require_http_methods(["GET", "HEAD", "POST"])
def rate(request: ShopRequest, token: str) -> HttpResponse:
    return _rate(request, _by_token(token), by_link)


# --- In the account -----------------------------------------------------------------------------------------


@account_page
@require_safe
def tickets(request: AccountRequest) -> HttpResponse:
    mine = Ticket.objects.of(request.user.subject).with_keys()
    page = Paginator(mine, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "support/tickets.html", {"page": page})


@account_page
@require_http_methods(["GET", "HEAD", "POST"])
@limits.counts_files
def my_ticket(request: AccountRequest, reference: str) -> HttpResponse:
    return _conversation(request, _mine(request, reference), in_account)


@account_page
@require_POST
def solve_mine(request: AccountRequest, reference: str) -> HttpResponse:
    return _solve(request, _mine(request, reference), in_account)


@account_page
@require_http_methods(["GET", "HEAD", "POST"])
def rate_mine(request: AccountRequest, reference: str) -> HttpResponse:
    return _rate(request, _mine(request, reference), in_account)


# --- The pages themselves -----------------------------------------------------------------------------------


def _conversation(request: Request, ticket: Ticket, door: Callable[[Ticket], Door]) -> HttpResponse:
    form = ReplyForm(request.POST or None, request.FILES or None)
    if form.is_valid() and not ratelimit.consume(request, action="ticket_reply"):
        form.add_error(None, _("You have written several times just now. Please wait a few minutes."))
    if form.is_bound and form.is_valid():
        message = deeds.reply(ticket, body=form.cleaned_data["body"], files=form.cleaned_data["evidence"])
        return see_other(f"{door(message.ticket).page}#m{message.pk}")
    context = {
        "ticket": ticket,
        "thread": _thread(ticket),
        "form": form,
        "door": door(ticket),
        # By the link, nobody learns whether the number they typed is that of an order.
        "order": ticket.order if door is in_account else None,
        "is_overdue": ticket.due_at is not None and ticket.due_at < timezone.now(),
        "can_solve": ticket.can_advance(Ticket.Status.SOLVED),
    }
    return render(request, "support/ticket.html", context)


def _thread(ticket: Ticket) -> list[Message]:
    return list(ticket.messages.public().select_related("subject__key").prefetch_related("attachments"))


def _solve(request: Request, ticket: Ticket, door: Callable[[Ticket], Door]) -> HttpResponse:
    if not limits.may_solve(request, ticket):
        return limits.too_fast(request)
    try:
        deeds.solve(ticket)
    except InvalidTransition:
        return see_other(door(ticket).page)  # it was solved already
    return see_other(door(ticket).rate)


def _rate(request: Request, ticket: Ticket, door: Callable[[Ticket], Door]) -> HttpResponse:
    if ticket.status not in deeds.RATEABLE:
        return see_other(door(ticket).page)
    form = RatingForm(request.POST or None, initial={"rating": ticket.rating, "note": ticket.rating_note})
    if form.is_valid():
        deeds.rate(ticket, **form.cleaned_data)
        return see_other(door(ticket).page)
    return render(request, "support/rate.html", {"ticket": ticket, "form": form, "door": door(ticket)})
