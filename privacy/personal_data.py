"""What the engine keeps of people and their rights; what it keeps of the house's own work is in `house_data`,
what Django's and other packages' models keep in `third_party`.
"""

from django.utils.translation import gettext_lazy as _

from . import house_data, third_party  # noqa: F401  (register)
from .models import (
    ConsentRecord,
    DataCopy,
    DataSubject,
    Farewell,
    Guardian,
    Mention,
    MinorCase,
    PrivacyRequest,
    Restriction,
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
