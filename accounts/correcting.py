"""What of an account can be put right, also by whoever cannot sign in."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import address_book, postal, profiles
from accounts.forms.address import PostalForm
from accounts.forms.profile import ContactForm
from accounts.models import Address, User
from privacy import rectification
from privacy.models import DataSubject
from privacy.rectification import Correctable
from shop.catalogue.texts import country_name


def correctable(subject: DataSubject) -> list[Correctable]:
    users = User.objects.filter(subject=subject).select_related("subject__key")
    addresses = Address.objects.of(subject).select_related("subject__key")
    return [*map(_contact, users), *map(_address, addresses)]


def _contact(user: User) -> Correctable:
    def write(cleaned: Mapping[str, str], actor: Any) -> None:
        profiles.change_contact(user, name=cleaned["name"], phone=cleaned["phone"], actor=actor)

    return Correctable(
        key="contact",
        label=_("Name and phone number of your account"),
        model=User,
        form=partial(ContactForm, country=user.country, initial={"name": user.name, "phone": user.phone}),
        write=write,
    )


def _address(address: Address) -> Correctable:
    def write(lines: Mapping[str, str], actor: Any) -> None:
        address_book.change(address, lines, is_default=address.is_default, actor=actor)

    language = get_language() or settings.LANGUAGE_CODE
    return Correctable(
        key=f"address-{address.pk}",
        label=_("Your address in %(country)s") % {"country": country_name(address.country, language)},
        model=Address,
        form=partial(PostalForm, country=address.country, initial=postal.parts(address)),
        write=write,
    )


rectification.register(correctable)
