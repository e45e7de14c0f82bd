"""What the support knows of people."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from privacy.models import DataSubject
from privacy.registry import (
    After,
    Blank,
    Category,
    DeleteRow,
    NoPersonalData,
    NotPersonal,
    Origin,
    Personal,
    PersonalData,
    Purpose,
    Shred,
    Wait,
    With,
    mask_email,
    mask_name,
    noticed,
    register,
    show,
)
from support.models import Attachment, Holiday, Macro, Message, Tag, Ticket

UNANSWERED = Wait(_("We have not answered a question of yours yet. When it is answered this goes too."))


@register(Ticket)
class TicketData(PersonalData):
    subject = "subject"
    purpose = Purpose.SUPPORT
    retention = After("closed_at", "last_message_at", months=24, why=_("You may come back to it"))
    fields = {
        "reference": Personal(
            Category.TRANSACTION,
            _("Reference"),
            erase=DeleteRow(),
            origin=Origin.DERIVED,
            mask=show,
            in_clear=_("random; it says nothing by itself"),
        ),
        "title": Personal(Category.FREE_TEXT, _("Subject"), erase=DeleteRow()),
        "name": Personal(Category.IDENTITY, _("Name"), erase=DeleteRow(), mask=mask_name),
        "email": Personal(Category.CONTACT, _("E-mail"), erase=DeleteRow(), mask=mask_email),
        "country": Personal(
            Category.ADDRESS, _("Country"), erase=DeleteRow(), mask=show, in_clear=_("a country")
        ),
        "opened_at": noticed(Category.TRANSACTION, _("Opened")),
        "assignee": NotPersonal(_("who of the staff answers; shown to you as a role")),
        "rating": Personal(Category.BEHAVIOUR, _("How satisfied you were"), erase=Blank(), mask=show),
        "rating_note": Personal(Category.FREE_TEXT, _("What we could do better"), erase=DeleteRow()),
        "rated_at": Personal(
            Category.BEHAVIOUR, _("When you told us"), erase=Blank(), origin=Origin.PASSIVE, mask=show
        ),
    }
    not_personal = (
        "category",
        "source",
        "status",
        "priority",
        "language",
        "order",
        "order_line",
        "privacy_request",
        "tags",
        "merged_into",
        "due_at",
        "first_answered_at",
        "last_message_at",
        "solved_at",
        "closed_at",
    )

    def waiting(self, subject: DataSubject) -> dict[Any, Wait]:
        return dict.fromkeys(Ticket.objects.unanswered(subject).values_list("pk", flat=True), UNANSWERED)


@register(Message)
class MessageData(PersonalData):
    subject = "subject"
    purpose = Purpose.SUPPORT
    retention = With("ticket", why=_("Part of the conversation"))
    fields = {
        "body": Personal(Category.FREE_TEXT, _("Text"), erase=DeleteRow()),
        "agent": NotPersonal(_("who of the staff wrote; shown to you as a role")),
        "mail_hash": NotPersonal(_("fingerprint of a mail's random id")),
        "created_at": noticed(Category.TRANSACTION, _("When")),
    }
    not_personal = ("ticket", "author", "kind", "read_at")


@register(Attachment)
class AttachmentData(PersonalData):
    subject = "subject"
    purpose = Purpose.SUPPORT
    retention = After(
        "message__ticket__closed_at",
        "message__ticket__last_message_at",
        months=6,
        why=_("Evidence for a claim"),
    )
    fields = {
        "file": Personal(Category.MEDIA, _("Photo or video"), erase=Shred()),
        "created_at": noticed(Category.TRANSACTION, _("When")),
        "reference": NotPersonal(_("random")),
    }
    not_personal = ("message", "kind", "content_type", "size", "width", "height")

    def waiting(self, subject: DataSubject) -> dict[Any, Wait]:
        open_tickets = Ticket.objects.unanswered(subject)
        rows = Attachment.objects.filter(message__ticket__in=open_tickets)
        return dict.fromkeys(rows.values_list("pk", flat=True), UNANSWERED)


@register(Tag)
class TagData(NoPersonalData):
    because = _("Words to sort conversations by")
    fields = {"name": NotPersonal(_("of the tag"))}


@register(Macro)
class MacroData(NoPersonalData):
    because = _("Prepared answers of the shop")
    fields = {"name": NotPersonal(_("of the answer"))}
    not_personal = ("body", "position")


@register(Holiday)
class HolidayData(NoPersonalData):
    because = _("Days on which nobody answers")
    fields = {"name": NotPersonal(_("of the day"))}
    not_personal = ("day",)
