"""The words of privacy: what kinds of personal data there are, why they are used and by which right.

`Purpose` is closed on purpose: there is no value for selling, renting or trading data, so nothing can be
declared for it.
"""

from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Category(models.TextChoices):
    IDENTITY = "identity", _("Name")
    CONTACT = "contact", _("Contact details")
    ADDRESS = "address", _("Postal address")
    CREDENTIAL = "credential", _("Sign-in data")
    PAYMENT_RESULT = "payment_result", _("Result of a payment")
    TRANSACTION = "transaction", _("Orders and invoices")
    FREE_TEXT = "free_text", _("Text in your own words")
    MEDIA = "media", _("Pictures and documents")
    DEVICE = "device", _("Device")
    NETWORK = "network", _("Network")
    BEHAVIOUR = "behaviour", _("Use of the shop")
    PREFERENCE = "preference", _("Preferences")
    PROFILE = "profile", _("Voluntary profile")
    AGE = "age", _("Age")
    GUARDIAN = "guardian", _("Guardian")
    CUSTOMS_ID = "customs_id", _("Customs number")
    CONSENT = "consent", _("Your choices")
    SECURITY = "security", _("Security")
    STAFF = "staff", _("Work of our staff")


class Origin(models.TextChoices):
    ACTIVE = "active", _("You typed it in")
    PASSIVE = "passive", _("Noticed while you used the shop")
    DERIVED = "derived", _("Computed from other data")


class LegalBasis(models.TextChoices):
    CONTRACT = "contract", _("Needed for your contract with us (Art. 6(1)(b) GDPR)")
    CONSENT = "consent", _("With your consent (Art. 6(1)(a) GDPR)")
    OBLIGATION = "obligation", _("Required by law (Art. 6(1)(c) GDPR)")
    INTEREST = "interest", _("Our legitimate interest (Art. 6(1)(f) GDPR)")


class Purpose(models.TextChoices):
    ACCOUNT = "account", _("Your account")
    FULFILMENT = "fulfilment", _("Your order and its delivery")
    CUSTOMS = "customs", _("Customs clearance")
    PAYMENT = "payment", _("Payment and refunds")
    SUPPORT = "support", _("Answering your questions")
    SERVICE_MESSAGE = "service_message", _("News about your order")
    MARKETING = "marketing", _("News about our products")
    PREFERENCES = "preferences", _("Remembering your settings")
    RECOMMENDATION = "recommendation", _("Recommending products")
    ANALYTICS = "analytics", _("Improving the shop")
    SECURITY = "security", _("Keeping the shop and your data safe")
    TAX = "tax", _("Bookkeeping and tax")
    LEGAL = "legal", _("Legal claims and duties")
    RIGHTS = "rights", _("Answering your privacy requests")

    @property
    def terms(self) -> "Terms":
        return TERMS[self]


@dataclass(frozen=True)
class Terms:
    """What a person is told about a purpose, and what they can do about it."""

    legal_basis: LegalBasis
    sentence: str | Promise
    refusable: bool = False  # off until the person agrees
    can_object: bool = False  # on until the person objects


TERMS = {
    Purpose.ACCOUNT: Terms(LegalBasis.CONTRACT, _("We use it to keep your account and let you sign in.")),
    Purpose.FULFILMENT: Terms(LegalBasis.CONTRACT, _("We use it to pack, send and look after your order.")),
    Purpose.CUSTOMS: Terms(
        LegalBasis.OBLIGATION, _("We declare your parcel to customs where it crosses a border.")
    ),
    Purpose.PAYMENT: Terms(LegalBasis.CONTRACT, _("We use it to collect payments and to refund them.")),
    Purpose.SUPPORT: Terms(LegalBasis.CONTRACT, _("We use it to answer you and to solve your problem.")),
    Purpose.SERVICE_MESSAGE: Terms(LegalBasis.CONTRACT, _("We tell you how your order is getting on.")),
    Purpose.MARKETING: Terms(
        LegalBasis.CONSENT, _("We tell you about our own products, if you asked for it."), refusable=True
    ),
    Purpose.PREFERENCES: Terms(LegalBasis.CONSENT, _("We remember the settings you chose."), refusable=True),
    Purpose.RECOMMENDATION: Terms(
        LegalBasis.CONSENT, _("We suggest products that may suit you, if you wish."), refusable=True
    ),
    Purpose.ANALYTICS: Terms(
        LegalBasis.CONSENT, _("We count how the shop is used, never who uses it."), refusable=True
    ),
    Purpose.SECURITY: Terms(
        LegalBasis.INTEREST, _("We use it to notice fraud and attacks and to stop them."), can_object=True
    ),
    Purpose.TAX: Terms(LegalBasis.OBLIGATION, _("The law makes us keep invoices and books.")),
    Purpose.LEGAL: Terms(
        LegalBasis.INTEREST, _("We keep what we need to answer claims until they lapse."), can_object=True
    ),
    Purpose.RIGHTS: Terms(
        LegalBasis.OBLIGATION, _("We use it to answer your request and to prove that we did.")
    ),
}
