"""What the accounts know of people."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import (
    Address,
    Campaign,
    ChannelPreference,
    KnownDevice,
    Notification,
    Profile,
    SignIn,
    Subscription,
    Suppression,
    User,
)
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
    Token,
    WhileKnown,
    WhileUsed,
    mask_email,
    mask_name,
    mask_tail,
    noticed,
    register,
    show,
)

ON_YOUR_PROFILE = WhileKnown(why=_("You entered it and may remove it at any time"))


@register(User)
class UserData(PersonalData):
    subject = "subject"
    purpose = Purpose.ACCOUNT
    called = _("account")
    change_at = "accounts:profile"
    retention = WhileUsed(
        months=24, why=_("You may sign in until you close the account, or have not signed in for so long")
    )
    fields = {
        "email": Personal(
            Category.CONTACT,
            _("E-mail"),
            erase=Token(),
            mask=mask_email,
            in_clear=_("Signing in must find it"),
        ),
        "name": Personal(Category.IDENTITY, _("Name"), erase=Blank(), mask=mask_name),
        "phone": Personal(Category.CONTACT, _("Mobile phone"), erase=Blank(), mask=mask_tail),
        "phone_verified_at": Personal(
            Category.SECURITY, _("Mobile phone verified"), erase=Blank(), origin=Origin.PASSIVE
        ),
        "country": Personal(
            Category.ADDRESS,
            _("Country you shop in"),
            erase=Blank(),
            mask=show,
            in_clear=_("a country; the shop's pages are chosen by it"),
        ),
        "password": Personal(
            Category.CREDENTIAL,
            _("Password, as a hash"),
            erase=DeleteRow(),
            origin=Origin.DERIVED,
            in_clear=_("a salted, slow hash"),
        ),
        "must_change_password": NotPersonal(_("a switch")),
        "idle_kept_at": noticed(Category.SECURITY, _("Not used any more, and kept for something open")),
        "last_login": Personal(
            Category.SECURITY, _("Last sign-in"), erase=DeleteRow(), origin=Origin.PASSIVE
        ),
        "date_joined": Personal(Category.SECURITY, _("Joined"), erase=DeleteRow(), origin=Origin.PASSIVE),
    }
    not_personal = ("language", "is_active", "is_staff", "is_superuser", "groups", "user_permissions")

    def obstacle(self, subject: DataSubject) -> Any:
        """Whoever works here gives up the job's rights first, so that nobody erases what they did."""
        if User.objects.filter(subject=subject, is_staff=True).exists():
            return _("You work here. Somebody else must take your access away first.")
        return ""


@register(Profile)
class ProfileData(PersonalData):
    subject = "subject"
    purpose = Purpose.PREFERENCES
    change_at = "accounts:profile"
    retention = After(
        "changed_at", months=24, why=_("You enter it if you like, and may remove it at any time")
    )
    fields = {
        "gender": Personal(Category.PROFILE, _("Gender"), erase=DeleteRow()),
        "birth_date": Personal(Category.AGE, _("Date of birth"), erase=DeleteRow()),
    }
    not_personal = ("changed_at",)


@register(Address)
class AddressData(PersonalData):
    subject = "subject"
    purpose = Purpose.ACCOUNT
    change_at = "accounts:addresses"
    retention = ON_YOUR_PROFILE
    fields = {
        "country": Personal(
            Category.ADDRESS,
            _("Country"),
            erase=DeleteRow(),
            mask=show,
            in_clear=_("a country; the form of the address follows from it"),
        ),
        "name": Personal(Category.IDENTITY, _("Name"), erase=DeleteRow(), mask=mask_name),
        "company": Personal(Category.ADDRESS, _("Company"), erase=DeleteRow()),
        "street": Personal(Category.ADDRESS, _("Street and number"), erase=DeleteRow()),
        "postcode": Personal(Category.ADDRESS, _("Postcode"), erase=DeleteRow()),
        "city": Personal(Category.ADDRESS, _("City"), erase=DeleteRow()),
        "region": Personal(Category.ADDRESS, _("Region"), erase=DeleteRow()),
    }
    not_personal = ("is_default", "created_at")


@register(KnownDevice)
class KnownDeviceData(PersonalData):
    subject = "subject"
    purpose = Purpose.SECURITY
    change_at = "accounts:devices"
    retention = After("last_seen_at", days=180, why=_("So that we notice a sign-in from a new device"))
    fields = {
        "token_hash": Personal(
            Category.DEVICE,
            _("Fingerprint of a random cookie"),
            erase=DeleteRow(),
            origin=Origin.PASSIVE,
            in_clear=_("of a random number; the device is recognised by it"),
        ),
        "label": noticed(Category.DEVICE, _("Browser and system")),
        "first_seen_at": noticed(Category.SECURITY, _("First used")),
        "last_seen_at": noticed(Category.SECURITY, _("Last used")),
    }


@register(SignIn)
class SignInData(PersonalData):
    subject = "subject"
    purpose = Purpose.SECURITY
    change_at = "accounts:devices"
    retention = After("at", days=90, why=_("So that we notice and you can see unusual sign-ins"))
    fields = {
        "country": Personal(
            Category.NETWORK,
            _("Country of the network"),
            erase=DeleteRow(),
            origin=Origin.DERIVED,
            mask=show,
            in_clear=_("a country"),
        ),
        "network_ref": Personal(
            Category.NETWORK,
            _("Fingerprint of the network's range"),
            erase=DeleteRow(),
            origin=Origin.DERIVED,
            in_clear=_("a keyed fingerprint; bursts from one network are counted by it"),
        ),
        "session_key": Personal(
            Category.CREDENTIAL,
            _("Random key of your session"),
            erase=DeleteRow(),
            origin=Origin.PASSIVE,
            in_clear=_("random; the session is ended by it"),
        ),
        "at": noticed(Category.SECURITY, _("When")),
        "seen_at": noticed(Category.SECURITY, _("Last seen")),
    }
    not_personal = ("device", "outcome", "reasons", "disowned_at")


@register(Notification)
class NotificationData(PersonalData):
    subject = "subject"
    purpose = Purpose.SERVICE_MESSAGE
    called = _("message to you")
    change_at = "accounts:inbox"
    retention = After("created_at", months=12, why=_("To show you what we told you, and when"))
    fields = {
        "event": Personal(
            Category.TRANSACTION,
            _("What we told you about"),
            erase=DeleteRow(),
            origin=Origin.DERIVED,
            mask=show,
            in_clear=_("the name of a template"),
        ),
        "data": Personal(
            Category.CREDENTIAL,
            _("Codes and links of a message not yet sent"),
            erase=DeleteRow(),
            origin=Origin.DERIVED,
            schema=_("what the template needs, such as a code; emptied when sent"),
        ),
        "sent_at": noticed(Category.TRANSACTION, _("When")),
        "key": NotPersonal(_("names of a template and a row")),
    }
    not_personal = (
        "uuid",
        "topic",
        "channel",
        "language",
        "content_type",
        "object_id",
        "status",
        "reason",
        "attempts",
        "due_at",
        "created_at",
        "read_at",
    )


@register(ChannelPreference)
class ChannelPreferenceData(PersonalData):
    subject = "subject"
    purpose = Purpose.SERVICE_MESSAGE
    called = _("what you wish to hear")
    change_at = "accounts:preferences"
    retention = WhileKnown(why=_("So that we keep to your choice"))
    fields = {
        "is_wanted": Personal(Category.PREFERENCE, _("Whether you want it"), erase=DeleteRow(), mask=show),
    }
    not_personal = ("topic", "channel", "changed_at")


@register(Suppression)
class SuppressionData(NoPersonalData):
    """Kept after an erasure too: forgetting it would mean writing to somebody who said no."""

    because = _("A keyed fingerprint of an address, so that nothing is sent there any more")
    fields = {"address_index": NotPersonal(_("a keyed fingerprint; it leads to nobody"))}
    not_personal = ("channel", "why", "created_at")


@register(Subscription)
class SubscriptionData(PersonalData):
    subject = "subject"
    purpose = Purpose.MARKETING
    change_at = "accounts:preferences"
    retention = After("ended_at", "asked_at", years=3, why=_("To prove that you asked for it"))
    fields = {
        "email": Personal(Category.CONTACT, _("E-mail"), erase=DeleteRow(), mask=mask_email),
        "country": Personal(
            Category.ADDRESS, _("Country"), erase=DeleteRow(), mask=show, in_clear=_("a country")
        ),
        "asked_at": Personal(Category.CONSENT, _("Asked for"), erase=DeleteRow(), mask=show),
        "confirmed_at": Personal(Category.CONSENT, _("Confirmed"), erase=DeleteRow(), mask=show),
        "ended_at": Personal(Category.CONSENT, _("Ended"), erase=DeleteRow(), mask=show),
    }
    not_personal = ("language",)


@register(Campaign)
class CampaignData(NoPersonalData):
    because = _("What the shop says about its own goods")
    fields = {"created_by": NotPersonal(_("a colleague at work; the log of changes is theirs"))}
    not_personal = (
        "topic",
        "channel",
        "title",
        "text",
        "products",
        "status",
        "starts_at",
        "created_at",
        "sent_at",
        "walked_to",
    )
