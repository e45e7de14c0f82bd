"""What the engine keeps of the house's own work: partners and what they were told, policies, events, purges,
holds, facilities, and the looks of staff at people's data.
"""

from django.utils.translation import gettext_lazy as _

from .models import (
    AccessGrant,
    AuditEvent,
    AuditHead,
    Disclosure,
    DoomedFile,
    ErasureNotice,
    Facility,
    LegalHold,
    PolicyText,
    PolicyVersion,
    Processor,
    PurgeRun,
    SafetyCheck,
    StaffViolation,
)
from .registry import (
    After,
    Category,
    DeleteRow,
    NoPersonalData,
    NotPersonal,
    Origin,
    Personal,
    PersonalData,
    Purpose,
    WhileKnown,
    noticed,
    register,
    show,
)


@register(Processor)
class ProcessorData(NoPersonalData):
    because = _("Companies we work with")
    fields = {
        "name": NotPersonal(_("the company's")),
        "privacy_email": NotPersonal(_("an office of the company")),
        "desk": NotPersonal(_("a stand-in for that office")),
    }
    not_personal = (
        "code",
        "kind",
        "purpose",
        "country",
        "region",
        "screened_on",
        "agreement_version",
        "agreement_signed_on",
        "agreement_expires_on",
        "is_active",
    )


@register(Disclosure)
class DisclosureData(PersonalData):
    subject = "subject"
    outlives = _("It proves who received what")
    purpose = Purpose.RIGHTS
    called = _("hand-over to a partner")
    retention = After("created_at", years=3, why=_("To tell you who received what about you"))
    fields = {
        "reference": Personal(
            Category.TRANSACTION,
            _("What it was for"),
            erase=DeleteRow(),
            origin=Origin.DERIVED,
            mask=show,
            in_clear=_("an order's number, which says nothing by itself"),
        ),
        "field_names": NotPersonal(_("names of columns, never their content")),
    }
    not_personal = ("processor", "purpose", "region", "payload_hmac", "result", "created_at")


@register(ErasureNotice)
class ErasureNoticeData(PersonalData):
    subject = "subject"
    outlives = _("It proves that our partners were told to delete it too")
    purpose = Purpose.RIGHTS
    retention = After("created_at", years=3, why=_("To prove that we told our partners"))
    fields = {
        "references": Personal(
            Category.TRANSACTION,
            _("What a partner knows it by"),
            erase=DeleteRow(),
            origin=Origin.DERIVED,
            mask=show,
            schema="numbers of orders",
            in_clear=_("an order's number, which says nothing by itself"),
        ),
    }
    not_personal = (
        "processor",
        "request",
        "status",
        "reason",
        "kept_until",
        "sent_at",
        "reminders",
        "settled_at",
        "created_at",
    )


@register(PolicyVersion)
class PolicyVersionData(NoPersonalData):
    because = _("What the shop has told everybody")
    not_personal = (
        "kind",
        "number",
        "is_material",
        "effective_at",
        "published_at",
        "register_hash",
        "affects",
        "announced_at",
    )


@register(PolicyText)
class PolicyTextData(NoPersonalData):
    because = _("What the shop has told everybody")
    not_personal = ("version", "language", "text", "summary", "text_hash")


@register(AuditEvent)
class AuditEventData(NoPersonalData):
    """Random references only. Erasure replaces the reference a person has; the events then lead to nobody."""

    because = _("Codes and random references; the person's own is replaced at erasure")
    fields = {"key_name": NotPersonal(_("the name of the key that signs"))}
    not_personal = ("seq", "time", "actor_ref", "action", "object_ref", "subject_ref", "data", "prev", "hash")


@register(AuditHead)
class AuditHeadData(NoPersonalData):
    because = _("The end of the chain of events")
    not_personal = ("seq", "hash")


@register(PurgeRun)
class PurgeRunData(NoPersonalData):
    because = _("Names of tables and counts")
    not_personal = ("rule", "as_of", "found", "erased", "status", "started_at", "finished_at")


@register(LegalHold)
class LegalHoldData(PersonalData):
    subject = "subject"
    outlives = _("It proves why data was kept")
    purpose = Purpose.LEGAL
    retention = After("released_at", "review_on", years=3, why=_("To show why your data was kept"))
    fields = {
        "set_at": noticed(Category.TRANSACTION, _("Held since")),
        "authority": NotPersonal(_("a court or an office")),
        "case": NotPersonal(_("the authority's file number")),
    }
    not_personal = ("content_type", "object_id", "review_on", "may_be_told", "released_at")


@register(DoomedFile)
class DoomedFileData(NoPersonalData):
    because = _("Random names of files that are being removed")
    fields = {"name": NotPersonal(_("random; of a file whose key may be gone already"))}
    not_personal = ("column", "since")


@register(SafetyCheck)
class SafetyCheckData(NoPersonalData):
    because = _("Counts and dates")
    not_personal = ("kind", "at", "has_passed", "seconds", "report")


@register(Facility)
class FacilityData(NoPersonalData):
    because = _("Buildings and their certificates")
    fields = {
        "name": NotPersonal(_("a building's")),
        "stores": NotPersonal(_("one or more of a few words")),
    }
    not_personal = (
        "country",
        "region",
        "operator",
        "certificate",
        "certificate_number",
        "valid_from",
        "valid_until",
        "checked_on",
    )


@register(AccessGrant)
class AccessGrantData(PersonalData):
    subject = "subject"
    outlives = _("It proves who looked at your data, and why")
    purpose = Purpose.SECURITY
    called = _("look at your data by our staff")
    retention = After("granted_at", years=3, why=_("To tell you who looked at your data"))
    fields = {
        "granted_at": noticed(Category.STAFF, _("Looked at your data")),
        "role": Personal(
            Category.STAFF,
            _("In which role"),
            erase=DeleteRow(),
            origin=Origin.PASSIVE,
            mask=show,
            in_clear=_("the name of a kind of work"),
        ),
        "reason": Personal(
            Category.STAFF,
            _("For which reason"),
            erase=DeleteRow(),
            origin=Origin.PASSIVE,
            mask=show,
            schema="words of a colleague",
        ),
        "staff": NotPersonal(_("leads to a colleague, whom nobody is told by name")),
    }
    not_personal = ("kind", "purpose", "reference", "expires_at", "reviewed_at", "outcome")


@register(StaffViolation)
class StaffViolationData(PersonalData):
    subject = "subject"
    outlives = _("What was done with people's data is never wiped away")
    purpose = Purpose.SECURITY
    retention = WhileKnown(why=_("Whoever abused what they could read answers for it"))
    fields = {
        "opened_at": noticed(Category.STAFF, _("Case opened")),
        "kind": Personal(
            Category.STAFF,
            _("What happened"),
            erase=DeleteRow(),
            origin=Origin.PASSIVE,
            mask=show,
            in_clear=_("one of a few words"),
        ),
        "sanction": Personal(
            Category.STAFF,
            _("Sanction"),
            erase=DeleteRow(),
            origin=Origin.PASSIVE,
            mask=show,
            in_clear=_("one of a few words"),
        ),
    }
    not_personal = ("grant", "status", "decided_at")
