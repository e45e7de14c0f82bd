"""What people are told of the requests by which they use their rights over their data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import account_mail, roles
from accounts.events import Event, Recipient, register
from accounts.messages.signing_in import CODE_LIVES
from accounts.models import Channel, Subscription, Topic, User
from accounts.notifications import notify
from accounts.recipients import recipient_of
from privacy import authorities, deletion, partner_notices, request_links, telling
from privacy.models import DataSubject, Farewell, LegalHold, PrivacyRequest, Restriction
from privacy.telling import Contact
from shop.address import page_for

NOWHERE = Recipient(language=settings.LANGUAGE_CODE, country="", has_inbox=False)


@dataclass(frozen=True)
class DeskReader:
    """A colleague of the privacy desk, and what they are to look at."""

    row: Any
    colleague: DataSubject


def desk() -> list[DataSubject]:
    holders = roles.holders("privacy").select_related("subject__key")
    return [user.subject for user in holders]


def contact_of(subject: DataSubject) -> Contact | None:
    """The account's address, also of one that is closed, or the newsletter's."""
    user = User.objects.filter(subject=subject).first()
    if user is not None:
        return Contact(user.email, user.language or settings.LANGUAGE_CODE, user.country)
    reader = Subscription.objects.select_related("subject__key").filter(subject=subject).first()
    return Contact(reader.email, reader.language, reader.country) if reader else None


def _person(subject: DataSubject) -> Recipient:
    contact = telling.contact_of(subject)
    if contact is None:
        return NOWHERE
    return Recipient(
        language=contact.language,
        country=contact.country,
        email=contact.email,
        has_inbox=User.objects.filter(subject=subject, is_active=True).exists(),
    )


def _who_asked(request: PrivacyRequest) -> Recipient:
    return _person(request.subject)


def _who_left(farewell: Farewell) -> Recipient:
    return Recipient(
        language=farewell.language or settings.LANGUAGE_CODE,
        country=farewell.country,
        email=farewell.email,
        has_inbox=False,
    )


def _code(subject: DataSubject, data: Mapping[str, Any]) -> dict[str, Any]:
    return {"code": data.get("code", ""), "link": _page("privacy:rights_prove", _person(subject))}


def _limited(limit: Restriction) -> Recipient:
    return _person(limit.subject)


def _end_of_limit(limit: Restriction, data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "limit": limit,
        "link": _page("privacy:keep_limit", _limited(limit), request_links.limit_token(limit)),
    }


def _corrections(request: PrivacyRequest, data: Mapping[str, Any]) -> dict[str, Any]:
    return _state(request, data) | {"changes": data.get("changes", [])}


def _state(request: PrivacyRequest, data: Mapping[str, Any]) -> dict[str, Any]:
    person = _who_asked(request)
    return _about(request, person) | {"authority": authorities.of(person.country)}


def _end(farewell: Farewell, data: Mapping[str, Any]) -> dict[str, Any]:
    outcome = deletion.outcome(farewell.request)
    return _about(farewell.request, _who_left(farewell)) | {
        "outcome": outcome,
        "backups_end_on": deletion.backups_end_on(farewell.request),
        "mentions": farewell.request.mentions.open().count(),
        "notices": partner_notices.of(farewell.request),
    }


def _copy(request: PrivacyRequest, data: Mapping[str, Any]) -> dict[str, Any]:
    """Where it is fetched by whoever proves anew to be the person: the mail alone opens nothing."""
    person = _who_asked(request)
    page = "privacy:my_copy" if person.has_inbox else "privacy:rights"
    return {"request": request, "link": _page(page, person)}


def colleague(reader: DeskReader) -> Recipient:
    return recipient_of(reader.colleague) or NOWHERE


def _due(reader: DeskReader, data: Mapping[str, Any]) -> dict[str, Any]:
    path = reverse("admin:privacy_privacyrequest_change", args=[reader.row.pk])
    return {
        "request": reader.row,
        "is_overdue": reader.row.is_overdue,
        "link": f"{settings.SITE_URL}{path}",
    }


def _who_is_meant(hold: LegalHold) -> Recipient:
    return _person(hold.subject)


def _hold(hold: LegalHold, data: Mapping[str, Any]) -> dict[str, Any]:
    return {"hold": hold, "link": _page("privacy:rights", _who_is_meant(hold))}


def _about(request: PrivacyRequest, person: Recipient) -> dict[str, Any]:
    token = request_links.token_of(request)
    return {"request": request, "token": token, "link": _page("privacy:request", person, token)}


def _page(name: str, person: Recipient, *args: object) -> str:
    return page_for(name, *args, language=person.language, country=person.country)


def declare(code: str, label: Any, who: Any, context: Any, *, inbox: bool = False, **more: Any) -> None:
    """A mail that nobody can refuse; what stays true for long is laid into the inbox too."""
    channels = (Channel.EMAIL, Channel.INBOX) if inbox else (Channel.EMAIL,)
    told = {"recipient": who, "context": context} | more
    register(Event(code, label=label, topic=Topic.PRIVACY, channels=channels, can_be_refused=False, **told))


declare(
    "rights_code",
    _("A code that shows who asks"),
    _person,
    _code,
    useful_for=CODE_LIVES,
    sample={"code": "123456"},
)
declare("restriction_ends", _("Your data is used again soon"), _limited, _end_of_limit, inbox=True)
declare(
    "data_corrected",
    _("Your data was corrected"),
    _who_asked,
    _corrections,
    sample={"changes": [{"label": "Name", "was": "A•••", "now": "B•••"}]},
)
declare("request_received", _("We have your privacy request"), _who_asked, _state)
declare("request_due", _("A privacy request falls due"), colleague, _due, read_by=DeskReader)
declare("request_changed", _("News of your privacy request"), _who_asked, _state)
declare("copy_ready", _("The copy of your data is ready"), _who_asked, _copy, inbox=True)
declare("erasure_waits", _("Most of your data is deleted"), _who_left, _end)
declare("data_held", _("We must keep your data for now"), _who_is_meant, _hold, inbox=True)
declare("erasure_done", _("Your data is deleted"), _who_left, _end)
telling.register_contact(contact_of)
telling.register_teller(notify)
telling.register_pretender(account_mail.pretend)
telling.register_desk(desk)
