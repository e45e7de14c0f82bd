"""Chat as the one who asks sees it: with or without an account, cookies and JavaScript."""

from typing import Any

from allauth.core import ratelimit
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from orders.pages import ShopRequest, secret_page, see_other, subject_of
from support import chat as talk
from support import service_level, tickets
from support.chat import NoPlaceToListen, Side
from support.forms.chat import LineForm, StartForm
from support.links import page_token, path_of, reference_in
from support.models import Ticket
from support.views import limits
from support.views.tickets import by_link


@secret_page
@require_http_methods(["GET", "HEAD", "POST"])
@limits.counts_files
def start(request: ShopRequest) -> HttpResponse:
    """While nobody is here it is the way to an ordinary question."""
    subject, is_open = subject_of(request), service_level.is_open_now()
    form = StartForm(request.POST or None, request.FILES or None, is_known=subject is not None)
    if form.is_valid() and not limits.may_ask(request, form.cleaned_data.get("email", "")):
        form.add_error(None, _too_fast())
    if form.is_bound and form.is_valid():
        place: dict[str, Any] = {"language": request.LANGUAGE_CODE, "country": request.market.country}
        if is_open:
            ticket = talk.start(**form.said, **place, subject=subject)
            return see_other(path_of(ticket, "support:chat"))
        ticket = tickets.open_ticket(**form.said, **place, subject=subject, category=Ticket.Category.OTHER)
        return see_other(path_of(ticket, "support:received"))
    answered = service_level.answer_by(Ticket.Category.OTHER)
    return render(request, "support/chat_start.html", {"form": form, "is_open": is_open, "due": answered})


@secret_page
@require_http_methods(["GET", "HEAD", "POST"])
@limits.counts_files
def chat(request: ShopRequest, token: str) -> HttpResponse:
    """`look` shows what is new and keeps what is typed; that is how it works without JavaScript."""
    ticket = _ticket(token)
    if ticket.merged_into:
        return see_other(path_of(ticket.merged_into))
    looks = "look" in request.POST
    form = LineForm(None if looks else request.POST or None, request.FILES or None, initial=_typed(request))
    if form.is_valid() and not ratelimit.consume(request, action="chat_line"):
        form.add_error(None, _too_fast())
    if form.is_bound and form.is_valid():
        message = tickets.reply(ticket, **form.said)
        return see_other(f"{path_of(message.ticket, 'support:chat')}#m{message.pk}")
    return render(request, "support/chat.html", _seen(ticket) | {"form": form})


@secret_page
@require_safe
def lines(request: ShopRequest, token: str) -> HttpResponse:
    """What was said since, for a page that is open already."""
    return render(request, "support/_chat_lines.html", _seen(_ticket(token), after=after(request)))


@require_GET
def events(request: ShopRequest, token: str) -> HttpResponseBase:
    return stream(_ticket(token), Side.REQUESTER)


@secret_page
@require_POST
def end(request: ShopRequest, token: str) -> HttpResponse:
    ticket = _ticket(token)
    if not limits.may_solve(request, ticket):
        return limits.too_fast(request)
    talk.end(ticket)
    return see_other(path_of(ticket, "support:chat"))


def after(request: HttpRequest) -> int:
    """The last line that the page has."""
    number = request.GET.get("after", "")
    return int(number) if number.isdecimal() and len(number) < 19 else 0


def stream(ticket: Ticket, side: Side) -> HttpResponseBase:
    """204 tells a browser not to come back for events; the page looks every few seconds then."""
    try:
        events = talk.listen(ticket, side)
    except NoPlaceToListen:
        return HttpResponse(status=204)
    response = StreamingHttpResponse(events, content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"  # nginx passes on what it has
    return response


def _ticket(token: str) -> Ticket:
    """Any other token is a page that does not exist; so is a question that was not asked in a chat."""
    reference = reference_in(token)
    if reference is None:
        raise Http404
    chats = Ticket.objects.with_keys().select_related("merged_into").filter(source=Ticket.Source.CHAT)
    return get_object_or_404(chats, reference=reference)


def _seen(ticket: Ticket, *, after: int = 0) -> dict[str, Any]:
    """The page's own words; whoever opens it has read them."""
    talk.look(ticket, Side.REQUESTER)
    return {
        "ticket": ticket,
        "token": page_token(ticket),
        "door": by_link(ticket),
        "thread": talk.lines(ticket, after=after),
        "is_over": ticket.status in talk.OVER,
        "agent_is_here": talk.is_here(ticket, Side.AGENT),
        "read": talk.read_until(ticket, Side.REQUESTER),
    }


def _typed(request: ShopRequest) -> dict[str, str]:
    return {"body": request.POST.get("body", "")}


def _too_fast() -> str:
    return _("You have written several times just now. Please wait a minute.")
