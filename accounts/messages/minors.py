"""What is said to whoever may be a child, and to their guardians: no more than they may know."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.events import Event, Recipient, register
from accounts.messages.signing_in import CODE_LIVES
from accounts.models import Channel, Topic
from privacy import guardians, minor_links, telling
from privacy.models import DataSubject, Guardian, MinorCase
from privacy.telling import Contact
from shop.address import page_for


def _at(contact: Contact | None) -> Recipient:
    """By mail alone: whoever uses the same screen need not read it."""
    if contact is None:
        return Recipient(language=settings.LANGUAGE_CODE, country="", has_inbox=False)
    return Recipient(
        language=contact.language or settings.LANGUAGE_CODE,
        country=contact.country,
        email=contact.email,
        has_inbox=False,
    )


def _child(subject: DataSubject) -> Recipient:
    return _at(telling.contact_of(subject))


def _holder(case: MinorCase) -> Recipient:
    return _child(case.subject)


def _guardian(guardian: Guardian) -> Recipient:
    return _at(Contact(guardian.email, guardian.language, guardian.country))


def _code(subject: DataSubject, data: Mapping[str, Any]) -> dict[str, Any]:
    return {"code": data.get("code", "")}


def _age_page(case: MinorCase, data: Mapping[str, Any]) -> dict[str, Any]:
    link = _page("privacy:age", _holder(case), minor_links.age_token(case))
    by_guardian = case.signal == MinorCase.Signal.GUARDIAN  # who has proved it: nobody is asked any more
    return {"link": link, "until": guardians.gives_up_at(case), "by_guardian": by_guardian}


def _guardian_page(guardian: Guardian, data: Mapping[str, Any]) -> dict[str, Any]:
    """Who has proved nothing yet is led to where it is proved."""
    person, until = _guardian(guardian), guardians.gives_up_at(guardian.case)
    if guardian.verified_at is None:
        return {"link": _page("privacy:guardian", person), "until": until}
    token = minor_links.guardian_token(guardian)
    return {"link": _page("privacy:guardian_page", person, token), "until": until}


def _page(name: str, person: Recipient, *args: object) -> str:
    return page_for(name, *args, language=person.language, country=person.country)


_mail = partial(Event, topic=Topic.PRIVACY, channels=(Channel.EMAIL,), can_be_refused=False)
_to_holder = partial(_mail, recipient=_holder, context=_age_page)
_to_guardian = partial(_mail, recipient=_guardian, context=_guardian_page)

register(_to_holder("minor_question", label=_("A question about your account")))
register(_to_holder("minor_restricted", label=_("Your account rests for the moment")))
register(_to_holder("guardian_wanted", label=_("Whom may we write to?")))
register(_to_holder("minor_cleared", label=_("Everything works as before")))
register(_to_holder("minor_kept", label=_("You may go on")))
register(
    _mail(
        "guardian_code",
        label=_("A code for your parent or guardian"),
        recipient=_child,
        context=_code,
        useful_for=CODE_LIVES,
        sample={"code": "123456"},
    )
)
register(_to_guardian("guardian_asked", label=_("An account may be of a child in your care")))
register(_to_guardian("guardian_page", label=_("What do you wish for your child's data?")))
register(_to_guardian("guardian_reminder", label=_("We still wait for your answer")))
register(_to_guardian("minor_erased", label=_("Your child's data is deleted")))
