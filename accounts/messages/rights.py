"""What people are told of the requests by which they use their rights over their data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import roles
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
    """A colleague of the privacy desk, and the request they are to look at."""

    request: PrivacyRequest
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


def _colleague(reader: DeskReader) -> Recipient:
    return recipient_of(reader.colleague) or NOWHERE


def _due(reader: DeskReader, data: Mapping[str, Any]) -> dict[str, Any]:
    path = reverse("admin:privacy_privacyrequest_change", args=[reader.request.pk])
    return {
        "request": reader.request,
        "is_overdue": reader.request.is_overdue,
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


register(
    Event(
        "rights_code",
        label=_("A code that shows who asks"),
        topic=Topic.PRIVACY,
        channels=(Channel.EMAIL,),
        recipient=_person,
        context=_code,
        can_be_refused=False,
        useful_for=CODE_LIVES,
        sample={"code": "123456"},
    )
)
register(
    Event(
        "restriction_ends",
        label=_("Your data is used again soon"),
        topic=Topic.PRIVACY,
        channels=(Channel.EMAIL, Channel.INBOX),
        recipient=_limited,
        context=_end_of_limit,
        can_be_refused=False,
    )
)
register(
    Event(
        "data_corrected",
        label=_("Your data was corrected"),
        topic=Topic.PRIVACY,
        channels=(Channel.EMAIL,),
        recipient=_who_asked,
        context=_corrections,
        can_be_refused=False,
        sample={"changes": [{"label": "Name", "was": "A•••", "now": "B•••"}]},
    )
)
register(
    Event(
        "request_received",
        label=_("We have your privacy request"),
        topic=Topic.PRIVACY,
        channels=(Channel.EMAIL,),
        recipient=_who_asked,
        context=_state,
        can_be_refused=False,
    )
)
register(
    Event(
        "request_due",
        label=_("A privacy request falls due"),
        topic=Topic.PRIVACY,
        channels=(Channel.EMAIL,),
        recipient=_colleague,
        context=_due,
        can_be_refused=False,
        read_by=DeskReader,
    )
)
register(
    Event(
        "request_changed",
        label=_("News of your privacy request"),
        topic=Topic.PRIVACY,
        channels=(Channel.EMAIL,),
        recipient=_who_asked,
        context=_state,
        can_be_refused=False,
    )
)
register(
    Event(
        "copy_ready",
        label=_("The copy of your data is ready"),
        topic=Topic.PRIVACY,
        channels=(Channel.EMAIL, Channel.INBOX),
        recipient=_who_asked,
        context=_copy,
        can_be_refused=False,
    )
)
register(
    Event(
        "erasure_waits",
        label=_("Most of your data is deleted"),
        topic=Topic.PRIVACY,
        channels=(Channel.EMAIL,),
        recipient=_who_left,
        context=_end,
        can_be_refused=False,
    )
)
register(
    Event(
        "data_held",
        label=_("We must keep your data for now"),
        topic=Topic.PRIVACY,
        channels=(Channel.EMAIL, Channel.INBOX),
        recipient=_who_is_meant,
        context=_hold,
        can_be_refused=False,
    )
)
register(
    Event(
        "erasure_done",
        label=_("Your data is deleted"),
        topic=Topic.PRIVACY,
        channels=(Channel.EMAIL,),
        recipient=_who_left,
        context=_end,
        can_be_refused=False,
    )
)
telling.register_contact(contact_of)
telling.register_teller(notify)
telling.register_desk(desk)
