"""The demo's desk: there is something of everything, and loading it again changes nothing."""

from datetime import date

import pytest
from django.utils import timezone

from accounts import roles
from accounts.models import Notification, User
from shop.demo.conversations import easter, load_desk
from shop.demo.loading import load_people
from shop.demo.people import SIGN_INS
from support import macros
from support.models import Holiday, Macro, Message, Tag, Ticket


@pytest.fixture
def desk(db):
    load_people()
    load_desk()


def test_there_is_something_of_everything(desk):
    for field, choices in {
        "status": Ticket.Status,
        "category": Ticket.Category,
        "language": ("en", "de", "fr"),
        "priority": (Ticket.Priority.NORMAL, Ticket.Priority.HIGH, Ticket.Priority.URGENT),
    }.items():
        assert set(Ticket.objects.values_list(field, flat=True)) == set(choices), field
    assert set(Message.objects.values_list("kind", flat=True)) == set(Message.Kind.values)
    assert not Ticket.objects.filter(opened_at__gt=timezone.now()).exists()
    assert not Message.objects.filter(created_at__gt=timezone.now()).exists()


def test_nobody_is_written_to(desk, mailoutbox):
    assert not Notification.objects.filter(status=Notification.Status.WAITING).exists()
    assert mailoutbox == []


def test_loading_again_changes_nothing(desk):
    tables = (Ticket, Message, Tag, Macro, Holiday, User)
    before = [model.objects.count() for model in tables]

    load_people()
    load_desk()

    assert [model.objects.count() for model in tables] == before


def test_every_prepared_answer_can_be_filled_in(desk):
    for macro in Macro.objects.all():
        for text in (macro.body_en, macro.body_de, macro.body_fr):
            assert "{{" not in macros.fill(text, macros.EXAMPLE)


def test_each_member_of_staff_has_the_role_printed_beside_the_sign_in(desk):
    for sign_in in SIGN_INS:
        user = User.objects.get(email=sign_in.email)
        assert user.is_staff == sign_in.is_staff
        assert not sign_in.is_staff or roles.role_of(user) == sign_in.role


@pytest.mark.parametrize(
    ("year", "month", "day"),
    [(1954, 4, 18), (1981, 4, 19), (2000, 4, 23), (2024, 3, 31), (2026, 4, 5), (2027, 3, 28), (2038, 4, 25)],
)
def test_easter(year, month, day):
    assert easter(year) == date(year, month, day)
