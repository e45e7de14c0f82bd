"""What each role of staff may see and do in the back office."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.urls import reverse

from accounts import roles
from accounts.models import User
from privacy.models import AuditEvent
from tests.factories import FulfilmentFactory, OrderAddressFactory, OrderFactory

pytestmark = pytest.mark.django_db

DESK = {"support.ticket", "support.macro", "support.tag"}
GOODS = {"attribute", "brand", "category", "market", "product", "stockmovement", "variant"}
# The lists each role may open; whatever the back office has besides is closed to it.
LISTS = {
    "support": DESK | {"support.holiday", "orders.order"},
    "fulfilment": {"orders.order", "orders.orderreview", "orders.deliverymethod"},
    "catalogue": {f"catalogue.{model}" for model in GOODS} | {"orders.deliverymethod"},
    "marketing": {"accounts.campaign", "catalogue.product"},
    "auditor": {"orders.taxrecord"},
    "guardians": DESK | {"orders.order", "privacy.minorcase", "privacy.privacyrequest"},
    "privacy": DESK
    | {f"privacy.{model}" for model in ("auditevent", "consentrecord", "datasubject", "disclosure")}
    | {
        f"privacy.{model}"
        for model in (
            "accessgrant",
            "erasurenotice",
            "facility",
            "legalhold",
            "mention",
            "policyversion",
            "privacyrequest",
            "processor",
            "purgerun",
            "restriction",
            "staffviolation",
        )
    },
}


@pytest.fixture
def order():
    order = OrderFactory(phone="+49301234567", note="Ring twice")
    OrderAddressFactory(order=order)
    FulfilmentFactory(order=order)
    return order


@pytest.mark.promise("A-V.5", "A-V.8", "B-3.6")
@pytest.mark.parametrize("role", ["", *roles.ROLES])
def test_each_role_opens_its_own_lists_and_no_other(client, staff, role):
    staff(role)
    labels = {model._meta.label_lower: model for model in admin.site._registry}

    opened = set()
    for label in labels:
        answer = client.get(reverse(f"admin:{label.replace('.', '_')}_changelist"), follow=True)
        assert answer.status_code in (200, 403), label
        if answer.status_code == 200:
            opened.add(label)

    assert opened == LISTS.get(role, set()) & set(labels)


@pytest.mark.parametrize("role", ["", *roles.ROLES])
def test_no_role_makes_staff_or_rewrites_what_happened(client, staff, role):
    user = staff(role)

    for right in ("accounts.change_user", "auth.change_group", "privacy.change_auditevent"):
        assert not user.has_perm(right)
    assert not [right for right in user.get_all_permissions() if right.startswith("privacy.delete")]


@pytest.mark.promise("A-V.5", "A-V.8")
def test_who_answers_questions_sees_an_order_without_the_persons_details(client, staff, order):
    staff("support")

    page = client.get(reverse("admin:orders_order_change", args=[order.pk]))

    assert "z•••@e•••" in page.text
    assert "Z••• M•••" in page.text
    assert "Germany" in page.text
    for secret in ("Zoë", "Hauptstraße", "10115", "zoe.muller", "+49301234567", "Ring twice"):
        assert secret not in page.text


def test_who_packs_sees_where_it_goes(client, staff, order):
    staff("fulfilment")

    page = client.get(reverse("admin:orders_order_change", args=[order.pk]))

    assert "Hauptstraße 5" in page.text
    assert AuditEvent.objects.get(action="order.viewed").data == {"role": "fulfilment"}


def test_who_answers_questions_ships_nothing(client, staff, order):
    staff("support")

    answer = client.post(f"/admin/orders/order/do/pack/?order={order.pk}", {"confirmed": [order.pk]})

    assert answer.status_code == 403


def test_making_the_roles_takes_away_what_a_role_should_not_have(capsys):
    group = Group.objects.create(name="support")
    group.permissions.set(Permission.objects.filter(codename__in=("change_user", "view_ticket")))

    call_command("make_roles")
    call_command("make_roles")

    rights = group.permissions.values_list("content_type__app_label", "codename")
    assert {".".join(right) for right in rights} == set(roles.ROLES["support"])
    assert "support" in capsys.readouterr().out


def test_a_role_with_an_unknown_right_is_not_made(monkeypatch):
    monkeypatch.setitem(roles.ROLES, "support", ("support.fly_ticket",))

    with pytest.raises(roles.UnknownPermission, match="fly_ticket"):
        roles.make_roles()


def test_customers_are_told_the_work_and_not_the_name(staff):
    both = staff("support")
    roles.give(both, "privacy")

    assert roles.role_of(both) == "privacy+support"
    assert roles.role_of(User.objects.create_superuser("o@shop.example")) == "owner"
    assert roles.role_of(User.objects.create_user("s@shop.example")) == "staff"
