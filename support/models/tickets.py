"""A ticket, the messages of its thread, and the evidence that came with them."""

import secrets
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orders.models import Order, OrderLine
from privacy.fields import encrypt
from privacy.files import EncryptedFileField
from privacy.models import DataSubject, PrivacyRequest
from shop.states import StateMachine
from support.models.desk import Tag

REFERENCE_LENGTH = 12
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that reads like something else


def new_reference() -> str:
    return "".join(secrets.choice(ALPHABET) for _position in range(REFERENCE_LENGTH))


class TicketQuerySet(models.QuerySet["Ticket"]):
    def with_keys(self) -> Self:
        return self.select_related("subject__key")

    def of(self, subject: DataSubject) -> Self:
        return self.filter(subject=subject, merged_into__isnull=True)

    def unanswered(self, subject: DataSubject) -> Self:
        """But for questions about the data itself: these are answered by what becomes of it."""
        about_data = (Ticket.Category.PRIVACY, Ticket.Category.GUARDIAN)
        return self.of(subject).filter(status=Ticket.Status.OPEN).exclude(category__in=about_data)

    def overdue(self) -> Self:
        return self.filter(status=Ticket.Status.OPEN, due_at__lt=timezone.now())


class Ticket(StateMachine):
    """A conversation with somebody: open waits for us, pending for them."""

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        PENDING = "pending", _("Answered")
        SOLVED = "solved", _("Solved")
        CLOSED = "closed", _("Closed")

    TRANSITIONS: ClassVar = {
        Status.OPEN: {Status.PENDING, Status.SOLVED, Status.CLOSED},
        Status.PENDING: {Status.OPEN, Status.SOLVED, Status.CLOSED},
        Status.SOLVED: {Status.OPEN, Status.CLOSED},
    }

    class Category(models.TextChoices):
        ORDER = "order", _("An order")
        PRODUCT = "product", _("A product")
        RETURN = "return", _("A return or a claim")
        PRIVACY = "privacy", _("My data and my rights")
        GUARDIAN = "guardian", _("A child's data (for guardians)")
        COMPLAINT = "complaint", _("A complaint")
        OTHER = "other", _("Something else")

    class Source(models.TextChoices):
        FORM = "form", _("Contact form")
        EMAIL = "email", _("E-mail")
        CHAT = "chat", _("Chat")
        PHONE = "phone", _("Call")

    class Priority(models.IntegerChoices):
        LOW = 1, _("Low")
        NORMAL = 2, _("Normal")
        HIGH = 3, _("High")
        URGENT = 4, _("Urgent")

    reference = models.CharField(_("reference"), max_length=16, unique=True, default=new_reference)
    subject = models.ForeignKey(DataSubject, on_delete=models.PROTECT, related_name="tickets")
    category = models.CharField(_("about"), max_length=12, choices=Category)
    source = models.CharField(_("came by"), max_length=8, choices=Source, default=Source.FORM)
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.OPEN)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority, default=Priority.NORMAL)
    title = encrypt(models.CharField(_("subject"), max_length=200, blank=True, default=""))
    name = encrypt(models.CharField(_("name"), max_length=120, blank=True, default=""))
    email = encrypt(models.EmailField(_("e-mail"), max_length=254, blank=True, default=""))
    language = models.CharField(_("language"), max_length=8)
    country = models.CharField(_("country"), max_length=2)
    order = models.ForeignKey(
        Order, verbose_name=_("order"), on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    order_line = models.ForeignKey(
        OrderLine,
        verbose_name=_("product"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    privacy_request = models.OneToOneField(
        PrivacyRequest, on_delete=models.SET_NULL, null=True, blank=True, related_name="ticket"
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("agent"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    tags = models.ManyToManyField(Tag, verbose_name=_("tags"), blank=True, related_name="tickets")
    merged_into = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="merged"
    )
    opened_at = models.DateTimeField(_("opened"), default=timezone.now, db_index=True)
    due_at = models.DateTimeField(_("answer due"), null=True, blank=True, db_index=True)
    first_answered_at = models.DateTimeField(_("first answered"), null=True, blank=True)
    last_message_at = models.DateTimeField(_("last message"), default=timezone.now)
    solved_at = models.DateTimeField(_("solved"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    rating = models.PositiveSmallIntegerField(
        _("satisfaction"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    rating_note = encrypt(
        models.TextField(_("what we could do better"), max_length=1000, blank=True, default="")
    )
    rated_at = models.DateTimeField(null=True, blank=True)

    objects = TicketQuerySet.as_manager()

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        ordering = ["-last_message_at", "-pk"]
        indexes = [models.Index(fields=["status", "due_at"], name="ticket_queue")]
        constraints = [
            models.CheckConstraint(
                condition=Q(rating__isnull=True) | Q(rating__range=(1, 5)), name="ticket_rating_one_to_five"
            )
        ]

    def __str__(self) -> str:
        return f"ticket {self.pk}"

    def record_transition(self, from_status: str, to_status: str, actor: Any) -> None:
        """The thread shows what happened; who did it is in the audit trail (`support.tickets`)."""


class MessageQuerySet(models.QuerySet["Message"]):
    def public(self) -> Self:
        """What the requester may read."""
        return self.exclude(kind__in=(Message.Kind.NOTE, Message.Kind.CALL))


class Message(models.Model):
    """One entry of a thread. A message in a chat is the same, only read sooner."""

    class Author(models.TextChoices):
        REQUESTER = "requester", _("Requester")
        AGENT = "agent", _("Agent")
        SYSTEM = "system", _("The shop")

    class Kind(models.TextChoices):
        REPLY = "reply", _("Message")
        NOTE = "note", _("Internal note")
        CALL = "call", _("Note of a call")
        EVENT = "event", _("What happened")

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="messages")
    subject = models.ForeignKey(DataSubject, on_delete=models.PROTECT, related_name="+")
    author = models.CharField(_("from"), max_length=10, choices=Author)
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.REPLY)
    body = encrypt(models.TextField(_("text"), max_length=10_000, blank=True, default=""))
    # Of a mail that came in: a fingerprint of its Message-ID, so that a mail delivered twice is one message.
    mail_hash = models.CharField(max_length=64, unique=True, null=True, blank=True)
    created_at = models.DateTimeField(_("written"), default=timezone.now)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["created_at", "pk"]

    def __str__(self) -> str:
        return f"message {self.pk}"


class Attachment(models.Model):
    """A photo or a video as evidence: re-encoded, encrypted, and shown to those in the conversation only."""

    class Kind(models.TextChoices):
        IMAGE = "image", _("Photo")
        VIDEO = "video", _("Video")

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    subject = models.ForeignKey(DataSubject, on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(max_length=64, unique=True, default=secrets.token_urlsafe)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    file = EncryptedFileField(upload_to="attachments/")
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField(_("size in bytes"))
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(_("received"), default=timezone.now)

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"attachment {self.pk}"
