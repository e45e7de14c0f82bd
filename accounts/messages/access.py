"""What the privacy desk is told of colleagues who looked at people's data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.events import Event, Recipient, register
from accounts.messages.rights import NOWHERE
from accounts.models import Channel, Topic
from accounts.recipients import recipient_of
from privacy.models import DataSubject


@dataclass(frozen=True)
class Reader:
    """A colleague of the privacy desk, and what they are to look at."""

    row: models.Model
    colleague: DataSubject


def _colleague(reader: Reader) -> Recipient:
    return recipient_of(reader.colleague) or NOWHERE


def _to_judge(reader: Reader, data: Mapping[str, Any]) -> dict[str, Any]:
    page = f"admin:privacy_{reader.row._meta.model_name}_changelist"
    return {"row": reader.row, "link": f"{settings.SITE_URL}{reverse(page)}"}


for code, label in (
    ("glass_broken", _("Somebody's data was opened with a reason")),
    ("violation_opened", _("A case against a colleague was opened")),
):
    register(
        Event(
            code,
            label=label,
            topic=Topic.PRIVACY,
            channels=(Channel.EMAIL,),
            recipient=_colleague,
            context=_to_judge,
            can_be_refused=False,
            read_by=Reader,
        )
    )
