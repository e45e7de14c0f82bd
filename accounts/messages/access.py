"""What the privacy desk is told of colleagues who looked at people's data."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.messages.rights import DeskReader, colleague, declare


def _to_judge(reader: DeskReader, data: Mapping[str, Any]) -> dict[str, Any]:
    page = f"admin:privacy_{reader.row._meta.model_name}_changelist"
    return {"row": reader.row, "link": f"{settings.SITE_URL}{reverse(page)}"}


for code, label in (
    ("glass_broken", _("Somebody's data was opened with a reason")),
    ("violation_opened", _("A case against a colleague was opened")),
):
    declare(code, label, colleague, _to_judge, read_by=DeskReader)
