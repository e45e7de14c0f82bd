"""What buyers decide about orders under way, and what is called off, when they have their data deleted."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from orders import cancellation, tasks
from orders.models import Order
from privacy import deletion, parting
from privacy.models import DataSubject, PrivacyRequest, SubjectIdentifier
from privacy.parting import Question
from shop.states import InvalidTransition

AREA = 2  # so many characters of a postcode tell a person which order is meant, and nobody where it went


def questions(subject: DataSubject) -> Iterator[Question]:
    """Orders that can still be stopped, and those of guests who gave an address this person has proved."""
    for order in Order.objects.of(subject).filter(status=Order.Status.PAID).select_related("fulfilment"):
        if cancellation.can_cancel(order):
            yield _question_of_paid(order)
    guests = SubjectIdentifier.objects.guests_at_addresses_of(subject).values("subject")
    for order in Order.objects.with_story().filter(subject__in=guests):
        yield _question_of_guest(order)


def _question_of_paid(order: Order) -> Question:
    return Question(
        f"order-{order.number}",
        _("Order %(number)s is paid and not sent yet") % {"number": order.number},
        (
            ("wait", _("Send it; what that needs is deleted two weeks after it has arrived")),
            ("cancel", _("Cancel it and pay me back")),
        ),
        partial(_decide_on_paid, order),
    )


def _decide_on_paid(order: Order, request: PrivacyRequest, answer: str, actor: Any) -> None:
    if answer != "cancel":
        return
    try:
        cancellation.cancel(order)
    except InvalidTransition:
        return  # packed in this very moment: it is sent, and waited for
    tasks.send_refunds.delay_on_commit()


def _question_of_guest(order: Order) -> Question:
    values = {"number": order.number, "area": order.address.postcode[:AREA] or order.address.country}
    return Question(
        f"guest-{order.number}",
        _("Order %(number)s (to %(area)s…) was placed without an account, with your e-mail address") % values,
        (("too", _("Delete it too")), ("spare", _("Somebody else placed it: leave it"))),
        partial(_decide_on_guest, order.subject),
    )


def _decide_on_guest(guest: DataSubject, request: PrivacyRequest, answer: str, actor: Any) -> None:
    if answer == "too":
        deletion.include(request, guest, actor)


def call_off_unpaid(request: PrivacyRequest) -> None:
    """The gateway's page is closed; what is paid all the same is paid back."""
    for order in Order.objects.of(request.subject).filter(status=Order.Status.PLACED):
        cancellation.cancel(order)


parting.register(questions)
deletion.register_first(call_off_unpaid)
