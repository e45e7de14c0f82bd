"""What the engine itself keeps, and what Django's and other packages' models keep (`privacy.third_party`)."""

from django.utils.translation import gettext_lazy as _

from . import third_party  # noqa: F401  (registers)
from .models import (
    AccessGrant,
    AuditEvent,
    AuditHead,
    ConsentRecord,
    DataCopy,
    DataSubject,
    Disclosure,
    DoomedFile,
    ErasureNotice,
    Facility,
    Farewell,
    Guardian,
    LegalHold,
    Mention,
    MinorCase,
    PolicyText,
    PolicyVersion,
    PrivacyRequest,
    Processor,
    PurgeRun,
    Restriction,
    SafetyCheck,
    StaffViolation,
    SubjectIdentifier,
    SubjectKey,
)
from .registry import (
    After,
    Blank,
    Category,
    Coarsen,
    DeleteRow,
    NoPersonalData,
    NotPersonal,
    Origin,
    Personal,
    PersonalData,
    Purpose,
    WhileKnown,
    mask_email,
    mask_name,
    mask_tail,
    noticed,
    register,
    show,
)


@register(DataSubject)
class DataSubjectData(PersonalData):
    subject = "pk"
    purpose = Purpose.RIGHTS
    called = _("record of you")
    retention = WhileKnown(why=_("Your rights are exercised through this record"))
    fields = {
        "jurisdiction": Personal(
            Category.ADDRESS,
            _("Country of residence"),
            erase=Blank(),
            mask=show,
            in_clear=_("a country; it decides which law applies"),
        ),
        "created_at": Personal(
            Category.TRANSACTION,
            _("First known since"),
            erase=Coarsen("month"),
            origin=Origin.PASSIVE,
            mask=show,
        ),
        "audit_ref": NotPersonal(_("random, and replaced at erasure")),
    }
    not_personal = ("kind", "status")


@register(SubjectKey)
class SubjectKeyData(PersonalData):
    subject = "subject"
    purpose = Purpose.SECURITY
    retention = WhileKnown(why=_("Opens your data; destroyed when you are erased"))
    fields = {
        "wrapped": NotPersonal(_("an encrypted random key")),
        "key_name": NotPersonal(_("the name of the key that wraps it")),
    }
    not_personal = ("created_at",)


@register(SubjectIdentifier)
class SubjectIdentifierData(PersonalData):
    subject = "subject"
    purpose = Purpose.RIGHTS
    retention = WhileKnown(why=_("Finds your records when you ask for them"))
    fields = {
        "blind_index": Personal(
            Category.SECURITY,
            _("Fingerprint of your e-mail address or phone number"),
            erase=DeleteRow(),
            origin=Origin.DERIVED,
            mask=mask_tail,
            in_clear=_("a keyed fingerprint; without the key it leads to nobody"),
        ),
    }
    not_personal = ("kind", "verified_at")


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


@register(ConsentRecord)
class ConsentRecordData(PersonalData):
    subject = "subject"
    outlives = _("It proves what was agreed to, by a person nobody can name any more")
    purpose = Purpose.RIGHTS
    change_at = "accounts:preferences"
    retention = After("expires_at", years=3, why=_("To prove what you agreed to, and to what you did not"))
    fields = {
        "decision": Personal(
            Category.CONSENT, _("Your decision"), erase=DeleteRow(), mask=show, in_clear=_("yes or no")
        ),
        "decided_at": Personal(Category.CONSENT, _("When"), erase=DeleteRow(), mask=show),
        "wording": NotPersonal(_("the shop's own words, the same for everybody")),
        "browser": NotPersonal(_("random, made for one answer and kept nowhere else")),
    }
    not_personal = (
        "purpose",
        "channel",
        "source",
        "language",
        "wording_hash",
        "version",
        "knew_signal",
        "expires_at",
    )


@register(PrivacyRequest)
class PrivacyRequestData(PersonalData):
    subject = "subject"
    outlives = _("It proves that your request was answered")
    purpose = Purpose.RIGHTS
    retention = After("completed_at", "received_at", years=3, why=_("To prove that we answered"))
    fields = {
        "kind": Personal(
            Category.CONSENT,
            _("Which right you used"),
            erase=DeleteRow(),
            mask=show,
            in_clear=_("one of a few words; the work list is sorted by it"),
        ),
        "received_at": Personal(Category.CONSENT, _("When"), erase=DeleteRow(), mask=show),
        "outcome": NotPersonal(_("kinds of rows, counts, laws and dates")),
    }
    not_personal = (
        "reference",
        "status",
        "source",
        "duplicate_of",
        "part_of",
        "reason",
        "due_on",
        "legal_limit_on",
        "extended_at",
        "start_at",
        "completed_at",
    )


@register(Farewell)
class FarewellData(PersonalData):
    subject = "subject"
    purpose = Purpose.RIGHTS
    # `deletion.end_farewells` ends it three days after the request: a parcel may take weeks.
    retention = WhileKnown(why=_("To tell you how your request ended; three days after that it goes"))
    fields = {
        "email": Personal(Category.CONTACT, _("E-mail"), erase=DeleteRow(), mask=mask_email),
        "marks": Personal(
            Category.IDENTITY,
            _("What must not be found any more"),
            erase=DeleteRow(),
            origin=Origin.DERIVED,
            schema="column and value, of what was erased",
        ),
        "country": NotPersonal(_("whose pages the mail links to")),
    }
    not_personal = ("request", "language", "created_at")


@register(Mention)
class MentionData(NoPersonalData):
    because = _("Where somebody has to read, never what is written there")
    not_personal = ("request", "content_type", "object_id", "column", "found_at", "decided_at")


@register(DataCopy)
class DataCopyData(PersonalData):
    subject = "subject"
    purpose = Purpose.RIGHTS
    called = _("copy of your data")
    change_at = "privacy:my_copy"
    retention = After("created_at", days=7, why=_("So that you can fetch the copy you asked for"))
    fields = {
        "file": Personal(Category.MEDIA, _("Copy of your data"), erase=DeleteRow(), origin=Origin.DERIVED)
    }
    not_personal = ("request", "downloads", "created_at")


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


@register(Restriction)
class RestrictionData(PersonalData):
    subject = "subject"
    outlives = _("It proves what we did not use")
    purpose = Purpose.RIGHTS
    called = _("limit on the use of your data")
    retention = After("lifted_at", "since", years=3, why=_("To prove that we kept to it"))
    fields = {
        "since": noticed(Category.CONSENT, _("Restricted since")),
        "why": Personal(
            Category.CONSENT,
            _("Why your data is restricted"),
            erase=DeleteRow(),
            mask=show,
            in_clear=_("one of a few words"),
        ),
        "data": NotPersonal(_("the name of a kind of rows")),
    }
    not_personal = ("request", "scope", "purpose", "lifts_at", "lifted_at")


@register(MinorCase)
class MinorCaseData(PersonalData):
    subject = "subject"
    outlives = _("It proves how a child was protected, whom nobody can name any more")
    purpose = Purpose.RIGHTS
    retention = After("closed_at", "opened_at", years=3, why=_("To prove how we protected a child"))
    fields = {
        "signal": Personal(
            Category.AGE,
            _("Why we thought of a child"),
            erase=DeleteRow(),
            origin=Origin.DERIVED,
            mask=show,
            in_clear=_("one of a few words"),
        ),
        "bracket": Personal(
            Category.AGE, _("Age group"), erase=DeleteRow(), mask=show, in_clear=_("one of a few words")
        ),
        "opened_at": noticed(Category.AGE, _("Looked at since")),
    }
    not_personal = ("request", "status", "look_by", "guardian_asked_at", "closed_at")


@register(Guardian)
class GuardianData(PersonalData):
    subject = "subject"
    purpose = Purpose.RIGHTS
    retention = After("case__closed_at", "created_at", days=90, why=_("To speak for a child"))
    fields = {
        "name": Personal(Category.GUARDIAN, _("Guardian's name"), erase=DeleteRow(), mask=mask_name),
        "email": Personal(Category.GUARDIAN, _("Guardian's e-mail"), erase=DeleteRow(), mask=mask_email),
        "wish": Personal(
            Category.GUARDIAN,
            _("Guardian's wish"),
            erase=DeleteRow(),
            mask=show,
            in_clear=_("one of a few words"),
        ),
        "stated_at": noticed(Category.GUARDIAN, _("Said to be responsible since")),
    }
    not_personal = ("case", "language", "country", "verified_at", "created_at")


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
