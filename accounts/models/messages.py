"""Everything the shop says to a person outside its pages, and what the person wishes to hear."""

import uuid
from typing import Self

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from privacy.fields import encrypt
from privacy.models import DataSubject


class Channel(models.TextChoices):
    EMAIL = "email", _("E-mail")
    SMS = "sms", _("Text message")
    INBOX = "inbox", _("Messages in your account")


class Topic(models.TextChoices):
    """What a message is about. The first ones belong to the service; the last ones are advertising."""

    ACCOUNT = "account", _("Your account and its safety")
    ORDERS = "orders", _("Your orders")
    SUPPORT = "support", _("Your questions to us")
    PRIVACY = "privacy", _("Your privacy requests and our policies")
    NEWSLETTER = "newsletter", _("Newsletter")
    OFFERS = "offers", _("New pieces and offers")

    @property
    def is_marketing(self) -> bool:
        return self in (Topic.NEWSLETTER, Topic.OFFERS)


class NotificationQuerySet(models.QuerySet["Notification"]):
    def due(self) -> Self:
        return self.filter(status=Notification.Status.WAITING, due_at__lte=timezone.now())

    def inbox_of(self, subject: DataSubject) -> Self:
        return self.filter(subject=subject, channel=Channel.INBOX, status=Notification.Status.SENT)

    def unread(self) -> Self:
        return self.filter(read_at__isnull=True)


class Notification(models.Model):
    """One message to one person through one channel. Its text is rendered when it is sent, and never kept."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENT = "sent", pgettext_lazy("message", "Sent")
        SKIPPED = "skipped", _("Not sent on purpose")
        FAILED = "failed", _("Given up")

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=160, unique=True, help_text="the same news is not told twice")
    subject = models.ForeignKey(DataSubject, on_delete=models.CASCADE, related_name="notifications")
    event = models.SlugField(_("event"), max_length=60)
    topic = models.CharField(_("topic"), max_length=12, choices=Topic)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    language = models.CharField(_("language"), max_length=8)
    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, null=True, blank=True)
    object_id = models.CharField(max_length=36, blank=True)
    about = GenericForeignKey("content_type", "object_id")
    # What cannot be looked up again when it is sent, such as a code. Emptied as soon as it is sent.
    data = encrypt(models.JSONField(null=True, blank=True))
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.WAITING)
    reason = models.CharField(_("reason"), max_length=40, blank=True, help_text="a code")
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(_("due"), default=timezone.now)
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("message to a person")
        verbose_name_plural = _("messages to people")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["status", "due_at"], name="notification_due"),
            models.Index(fields=["subject", "channel", "-created_at"], name="notification_inbox"),
        ]

    def __str__(self) -> str:
        return f"notification {self.pk}"


class ChannelPreference(models.Model):
    """Whether somebody wants a topic through a channel. Without a row, service is on and marketing off."""

    subject = models.ForeignKey(DataSubject, on_delete=models.CASCADE, related_name="channel_preferences")
    topic = models.CharField(_("topic"), max_length=12, choices=Topic)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    is_wanted = models.BooleanField(_("wanted"))
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("channel preference")
        verbose_name_plural = _("channel preferences")
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "topic", "channel"], name="one_preference_a_topic_and_channel"
            )
        ]

    def __str__(self) -> str:
        return f"preference {self.pk}"


class Suppression(models.Model):
    """An address nothing is sent to any more, because it bounced, complained or said STOP."""

    class Why(models.TextChoices):
        BOUNCE = "bounce", _("The address does not exist")
        COMPLAINT = "complaint", _("Reported as unwanted")
        STOP = "stop", _("Answered STOP")

    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    address_index = models.CharField(max_length=64)
    why = models.CharField(_("why"), max_length=12, choices=Why)
    created_at = models.DateTimeField(_("since"), auto_now_add=True)

    class Meta:
        verbose_name = _("suppressed address")
        verbose_name_plural = _("suppressed addresses")
        constraints = [
            models.UniqueConstraint(fields=["channel", "address_index"], name="an_address_is_suppressed_once")
        ]

    def __str__(self) -> str:
        return f"suppression {self.pk}"


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def confirmed(self) -> Self:
        return self.filter(confirmed_at__isnull=False, ended_at__isnull=True)


class Subscription(models.Model):
    """Somebody's newsletter: asked for in a form, then confirmed from the mailbox (double opt-in)."""

    subject = models.OneToOneField(DataSubject, on_delete=models.CASCADE, related_name="subscription")
    email = encrypt(models.EmailField(_("e-mail"), max_length=254))
    language = models.CharField(_("language"), max_length=8)
    country = models.CharField(_("country"), max_length=2)
    asked_at = models.DateTimeField(_("asked for"), auto_now_add=True)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("newsletter subscription")
        verbose_name_plural = _("newsletter subscriptions")

    def __str__(self) -> str:
        return f"subscription {self.pk}"
