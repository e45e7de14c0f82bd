"""What the shop's partners are told: to delete what they received of somebody who is erased."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.events import Event, Recipient, register
from accounts.models import Channel, Topic
from privacy.models import ErasureNotice


def _partner(notice: ErasureNotice) -> Recipient:
    return Recipient(
        language=settings.LANGUAGE_CODE, country="", email=notice.processor.privacy_email, has_inbox=False
    )


def _numbers(notice: ErasureNotice, data: Mapping[str, Any]) -> dict[str, Any]:
    """Nothing that the partner does not know."""
    return {"notice": notice, "references": notice.references}


def _desk(notice: ErasureNotice) -> str:
    return str(settings.SHOP_EMAIL)


register(
    Event(
        "partner_erasure",
        label=_("A partner is asked to delete data"),
        topic=Topic.PRIVACY,
        channels=(Channel.EMAIL,),
        recipient=_partner,
        context=_numbers,
        can_be_refused=False,
        reply_to=_desk,
    )
)
