"""What of an order can be put right until somebody has packed it: who is reached how, and where it goes."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from accounts import postal
from accounts.forms.address import PostalForm
from orders import addressing
from orders.forms import OrderContactForm
from orders.models import Order, OrderAddress
from privacy import rectification
from privacy.models import DataSubject
from privacy.rectification import Correctable


def correctable(subject: DataSubject) -> list[Correctable]:
    return [part for order in addressing.waiting(subject) for part in (_destination(order), _contact(order))]


def _destination(order: Order) -> Correctable:
    def write(lines: Mapping[str, str], actor: Any) -> None:
        addressing.correct_address(order, lines, actor=actor)

    return Correctable(
        key=f"{order.number}-address",
        label=_("Where order %(number)s goes") % {"number": order.number},
        model=OrderAddress,
        form=partial(PostalForm, country=order.address.country, initial=postal.parts(order.address)),
        write=write,
    )


def _contact(order: Order) -> Correctable:
    def write(cleaned: Mapping[str, str], actor: Any) -> None:
        addressing.correct_contact(order, email=cleaned["email"], phone=cleaned["phone"], actor=actor)

    return Correctable(
        key=f"{order.number}-contact",
        label=_("How we reach you about order %(number)s") % {"number": order.number},
        model=Order,
        form=partial(
            OrderContactForm,
            country=order.address.country,
            initial={"email": order.email, "phone": order.phone},
        ),
        write=write,
    )


rectification.register(correctable)
