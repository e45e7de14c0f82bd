"""Chat as the agent sees it, below the address of the ticket in the back office."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from accounts.models import User
from privacy import access
from support import assistance, desk
from support import chat as talk
from support.chat import Side
from support.forms.chat import HandOverForm, LineForm
from support.models import Ticket
from support.tickets import TicketClosed
from support.views.chat import after, stream

View = Callable[..., HttpResponseBase]


def urls(wrap: Callable[[View], View]) -> list[URLPattern]:
    """`wrap` is the `admin_view` of the site."""
    return [
        path("<int:key>/chat/", wrap(chat), name="support_ticket_chat"),
        path("<int:key>/chat/lines/", wrap(lines), name="support_ticket_chat_lines"),
        path("<int:key>/chat/events/", wrap(events), name="support_ticket_chat_events"),
        path("<int:key>/chat/hand-over/", wrap(hand_over), name="support_ticket_chat_hand_over"),
        path("<int:key>/chat/end/", wrap(end), name="support_ticket_chat_end"),
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def chat(request: HttpRequest, key: int) -> HttpResponseBase:
    agent, ticket = _agent(request), _ticket(request, key)
    looks = "look" in request.POST
    form = LineForm(
        None if looks else request.POST or None,
        request.FILES or None,
        initial={"body": request.POST.get("body", "")},
    )
    if form.is_valid():
        try:
            message = talk.answer(ticket, agent=agent, **form.said)
        except TicketClosed:
            form.add_error(None, _("This conversation is closed."))
        else:
            return HttpResponseRedirect(f"{_page(ticket)}#m{message.pk}")
    assistance.note_reading(ticket, agent=agent)
    context = admin.site.each_context(request) | _seen(ticket) | {"title": ticket.reference, "form": form}
    return TemplateResponse(request, "support/admin/chat.html", context)


@require_safe
def lines(request: HttpRequest, key: int) -> HttpResponseBase:
    seen = _seen(_ticket(request, key), after=after(request))
    return TemplateResponse(request, "support/admin/_chat_lines.html", seen)


@require_GET
def events(request: HttpRequest, key: int) -> HttpResponseBase:
    return stream(_ticket(request, key), Side.AGENT)


@require_POST
def hand_over(request: HttpRequest, key: int) -> HttpResponse:
    agent, ticket = _agent(request), _ticket(request, key)
    form = HandOverForm(request.POST, colleagues=desk.agents_for(ticket))
    if form.is_valid():
        talk.hand_over(ticket, to=form.cleaned_data["to"], actor=agent)
    return HttpResponseRedirect(_page(ticket))


@require_POST
def end(request: HttpRequest, key: int) -> HttpResponse:
    agent, ticket = _agent(request), _ticket(request, key)
    talk.end(ticket, actor=agent)
    return HttpResponseRedirect(reverse("admin:support_ticket_change", args=[ticket.pk]))


def _agent(request: HttpRequest) -> User:
    if not request.user.has_perm(desk.ANSWERS):
        raise PermissionDenied
    return cast(User, request.user)


def _ticket(request: HttpRequest, key: int) -> Ticket:
    """One that this agent may see, and that their work opens."""
    chats = desk.visible_to(_agent(request)).filter(source=Ticket.Source.CHAT)
    ticket = get_object_or_404(chats.select_related("subject__key", "assignee__subject__key"), pk=key)
    access.open_(request.user, ticket)
    return ticket


def _seen(ticket: Ticket, *, after: int = 0) -> dict[str, Any]:
    talk.look(ticket, Side.AGENT)
    return {
        "ticket": ticket,
        "opts": Ticket._meta,
        "thread": talk.lines(ticket, after=after),
        "hand_over": HandOverForm(colleagues=desk.agents_for(ticket)),
        "is_here": talk.is_here(ticket, Side.REQUESTER),
        "read": talk.read_until(ticket, Side.AGENT),
    }


def _page(ticket: Ticket) -> str:
    return reverse("admin:support_ticket_chat", args=[ticket.pk])
