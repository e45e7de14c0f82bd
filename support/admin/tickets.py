"""The agents' desk: queues to find what is next, and one page that tells the whole story of a ticket."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince, timeuntil
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from privacy.admin import ReadOnlyAdmin
from support import assistance, desk, figures
from support.admin import chat, deeds, story
from support.admin.deeds import DEEDS, Deed, Refused
from support.admin.forms import AnswerForm, DeedForm
from support.admin.queue import AgentFilter, Queue
from support.macros import CannotFillIn
from support.models import Ticket
from support.views.attachments import attachment_for_staff

WHOLE_STORY = (
    "subject__user",
    "assignee__subject__key",
    "order__market",
    "order__fulfilment",
    "order_line",
    "privacy_request",
    "merged_into",
)


def due_words(ticket: Ticket) -> str:
    """In words, so that nobody needs to tell red from green."""
    if ticket.due_at is None:
        return "–"
    if desk.is_overdue(ticket):
        return _("Overdue by %(time)s") % {"time": timesince(ticket.due_at, depth=1)}
    return _("in %(time)s") % {"time": timeuntil(ticket.due_at, depth=1)}


@admin.register(Ticket)
class TicketAdmin(ReadOnlyAdmin):
    list_display = (
        "reference",
        "due",
        "category",
        "status",
        "priority",
        "language",
        "agent",
        "tag_names",
        "last_message_at",
    )
    list_display_links = ("reference",)
    list_filter = ("status", "category", "priority", "tags", ("assignee", AgentFilter))
    list_select_related = ("assignee__subject__key",)
    list_per_page = 50
    ordering = desk.SOONEST_FIRST
    search_fields = ("^reference", "^order__number")
    search_help_text = gettext_lazy("By reference or order number")
    change_list_template = "support/admin/tickets.html"

    # --- The list -------------------------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> QuerySet[Ticket]:
        return desk.visible_to(request.user, super().get_queryset(request)).prefetch_related("tags")  # type: ignore[arg-type]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[Queue]:
        return Queue

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        if not request.GET:
            return HttpResponseRedirect(f"?queue={desk.FIRST_QUEUE}")
        context = {"queues": desk.queues_of(request.user), "queue": request.GET.get("queue", "all")}  # type: ignore[arg-type]
        return super().changelist_view(request, context | (extra_context or {}))

    @admin.display(description=gettext_lazy("answer due"), ordering="due_at")
    def due(self, ticket: Ticket) -> SafeString | str:
        words = due_words(ticket)
        return format_html("<strong>{}</strong>", words) if desk.is_overdue(ticket) else words

    @admin.display(description=gettext_lazy("agent"), ordering="assignee")
    def agent(self, ticket: Ticket) -> str:
        return (ticket.assignee.name or str(ticket.assignee)) if ticket.assignee else _("nobody")

    @admin.display(description=gettext_lazy("tags"))
    def tag_names(self, ticket: Ticket) -> str:
        return ", ".join(tag.name for tag in ticket.tags.all())

    # --- The pages of one ticket ----------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("evidence/<str:reference>/", view(attachment_for_staff), name="support_ticket_evidence"),
            path("figures/", view(self.figures_view), name="support_ticket_figures"),
            path("<str:key>/do/<slug:name>/", view(self.deed_view), name="support_ticket_deed"),
            *chat.urls(view),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        ticket = self._ticket(request, object_id)
        return self.locked_page(request, ticket) or self._page(request, ticket)

    def deed_view(self, request: HttpRequest, key: str, name: str) -> HttpResponse:
        """Does it, or shows the form again with what is wrong."""
        ticket, deed = self._ticket(request, key), DEEDS.get(name)
        if deed is None:
            raise Http404
        if not self.has_answer_permission(request):
            raise PermissionDenied
        if locked := self.locked_page(request, ticket):
            return locked
        said = request.POST if request.method == "POST" else None
        form = deed.form(said, ticket=ticket, agent=request.user)  # type: ignore[arg-type]
        if said is None:
            return self._ask(request, ticket, deed, form)
        if isinstance(form, AnswerForm) and "insert" in request.POST:
            return self._page(request, ticket, {name: self._with_macro(request, form)})
        if not form.is_valid():
            return self._ask(request, ticket, deed, form)
        return self._do(request, ticket, deed, form)

    def figures_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {**self.admin_site.each_context(request), "opts": self.opts}
        context |= {"title": _("How the desk does"), "figures": figures.of_last_days(), "days": figures.DAYS}
        return TemplateResponse(request, "support/admin/figures.html", context)

    def has_answer_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(desk.ANSWERS)

    def _ticket(self, request: HttpRequest, key: str) -> Ticket:
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = self.get_queryset(request).select_related(*WHOLE_STORY)
        return get_object_or_404(rows, pk=key if key.isdecimal() else None)

    def _context(self, request: HttpRequest, ticket: Ticket) -> dict[str, Any]:
        context = {**self.admin_site.each_context(request), "title": ticket.reference, "opts": self.opts}
        return context | {"ticket": ticket, "due": due_words(ticket), "is_overdue": desk.is_overdue(ticket)}

    def _page(
        self, request: HttpRequest, ticket: Ticket, given: dict[str, DeedForm] | None = None
    ) -> HttpResponse:
        """The whole story. Looking at it is written down."""
        agent: Any = request.user
        assistance.note_reading(ticket, agent=agent)
        possible = [deed for deed in DEEDS.values() if deed.is_possible(ticket)]
        if not self.has_answer_permission(request):
            possible = []
        forms = {deed.name: deed.form(ticket=ticket, agent=agent) for deed in possible if not deed.question}
        context = self._context(request, ticket) | {
            "thread": desk.thread(ticket),
            "person": story.person(ticket, agent),
            "bought": story.bought(ticket),
            "forms": forms | (given or {}),
            "deeds": [deed for deed in possible if deed.question],
        }
        return TemplateResponse(request, "support/admin/ticket.html", context)

    def _ask(self, request: HttpRequest, ticket: Ticket, deed: Deed, form: DeedForm) -> HttpResponse:
        """On the ticket's page, or on one of its own if it must be thought about."""
        if not deed.question:
            return self._page(request, ticket, {deed.name: form})
        context = self._context(request, ticket) | {"deed": deed, "form": form}
        return TemplateResponse(request, "support/admin/deed.html", context)

    def _with_macro(self, request: HttpRequest, form: AnswerForm) -> AnswerForm:
        try:
            return form.with_macro()
        except CannotFillIn as problem:
            messages.error(request, str(problem))
            return form.as_typed()

    def _do(self, request: HttpRequest, ticket: Ticket, deed: Deed, form: DeedForm) -> HttpResponse:
        try:
            deeds.do(deed, ticket, form.cleaned_data, request.user)  # type: ignore[arg-type]
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self._ask(request, ticket, deed, form)
        messages.success(request, _("%(deed)s: done.") % {"deed": deed.label})
        if not self.get_queryset(request).filter(pk=ticket.pk).exists():  # sorted out of the agent's sight
            return HttpResponseRedirect(reverse("admin:support_ticket_changelist"))
        return HttpResponseRedirect(reverse("admin:support_ticket_change", args=[ticket.pk]))
