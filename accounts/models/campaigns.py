from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models.messages import Channel, Topic
from shop.catalogue.models import Product
from shop.states import StateMachine


class Campaign(StateMachine):
    """News about the shop's own goods for those who asked for it. The words are translated columns."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SENDING = "sending", _("Being sent")
        SENT = "sent", pgettext_lazy("message", "Sent")
        CANCELLED = "cancelled", _("Broken off")

    TRANSITIONS: ClassVar = {
        Status.DRAFT: {Status.SENDING, Status.CANCELLED},
        Status.SENDING: {Status.SENT, Status.CANCELLED},
    }

    topic = models.CharField(
        _("topic"),
        max_length=12,
        choices=[(topic.value, topic.label) for topic in Topic if topic.is_marketing],
        default=Topic.NEWSLETTER,
    )
    channel = models.CharField(_("channel"), max_length=8, choices=Channel, default=Channel.EMAIL)
    title = models.CharField(_("title"), max_length=120)
    text = models.TextField(_("text"), max_length=4000)
    products = models.ManyToManyField(Product, verbose_name=_("products"), blank=True, related_name="+")
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT)
    starts_at = models.DateTimeField(_("to be sent from"), null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    # The walk over those who agreed goes on behind this preference.
    walked_to = models.PositiveBigIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"campaign {self.pk}"

    def record_transition(self, from_status: str, to_status: str, actor: Any) -> None:
        """The use-case writes its own event in the audit trail."""
