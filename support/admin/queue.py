"""The list of tickets, one queue at a time."""

from typing import Any

from django.contrib.admin.filters import RelatedFieldListFilter
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import User
from support import desk


class Queue(ChangeList):
    """Whoever searches looks everywhere; otherwise the address says which queue is shown."""

    def get_filters_params(self, params: Any = None) -> dict[str, Any]:
        return {name: value for name, value in super().get_filters_params(params).items() if name != "queue"}

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        rows = super().get_queryset(request, exclude_parameters)
        return rows if self.query else rows.filter(self.shown.rows(request.user))  # type: ignore[arg-type]

    @property
    def shown(self) -> desk.Queue:
        return desk.QUEUES.get(self.params.get("queue", ""), desk.QUEUES["all"])


class AgentFilter(RelatedFieldListFilter):
    """Only those who work at the desk, by name."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        agents = User.objects.filter(desk.can(desk.ANSWERS), is_staff=True).select_related("subject__key")
        return [(agent.pk, agent.name or str(agent)) for agent in agents.distinct().order_by("pk")]
