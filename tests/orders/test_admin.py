import pytest
from django.urls import reverse

from orders import fulfilment
from orders.models import Fulfilment, Order
from privacy.models import AuditEvent, Disclosure, Processor

pytestmark = pytest.mark.django_db
LIST = "/admin/orders/order/"


@pytest.fixture
def staff(client, django_user_model):
    user = django_user_model.objects.create_superuser("staff@example.org", "a long password")
    client.force_login(user)
    return user


def page_of(order: Order) -> str:
    return reverse("admin:orders_order_change", args=[order.pk])


def do(client, name, *orders, confirm=True, **data):
    keys = "&".join(f"order={order.pk}" for order in orders)
    confirmed = {"confirmed": [order.pk for order in orders]} if confirm else {}
    return client.post(f"/admin/orders/order/do/{name}/?{keys}", confirmed | data, follow=True)


def test_the_list_masks_people(client, paid_order, staff):
    page = client.get(LIST)

    assert paid_order.number in page.text
    assert "z•••@e•••" in page.text
    assert "zoe.muller" not in page.text


def test_the_list_costs_as_many_queries_for_many_orders(
    client, shopper, variant, sandbox, staff, django_assert_max_num_queries
):
    for _order in range(4):
        shopper.buy(variant)

    with django_assert_max_num_queries(13):
        assert client.get(LIST).context["cl"].result_count == 4


def test_orders_are_found_by_number_email_and_state(client, paid_order, staff):
    found = client.get(LIST, {"q": paid_order.number})
    by_email = client.get(LIST, {"q": "Zoe.Muller@EXAMPLE.org"})
    by_half_of_it = client.get(LIST, {"q": "zoe.muller@"})
    none = client.get(LIST, {"status": "cancelled"})

    assert by_email.context["cl"].result_count == 1
    assert by_half_of_it.context["cl"].result_count == 0
    assert found.context["cl"].result_count == 1
    assert none.context["cl"].result_count == 0


def test_one_page_tells_the_whole_story(client, paid_order, staff, django_assert_max_num_queries):
    client.get(page_of(paid_order))  # the first look gives the grant

    with django_assert_max_num_queries(15):
        page = client.get(page_of(paid_order))

    for part in (
        "Moon jar",
        "Zoë Müller",
        "Hauptstraße 5",
        "€55.00",
        "pi_",
        "of the country we send from",
        "Placed, not yet paid",
    ):
        assert part in page.text
    assert "Mark as packed" in page.text
    assert "<input" not in page.text.partition('id="content-main"')[2]


def test_looking_is_written_down(client, paid_order, staff):
    client.get(page_of(paid_order))

    event = AuditEvent.objects.get(action="order.viewed")
    assert event.subject_ref == paid_order.subject.audit_ref
    assert event.actor_ref == staff.subject.audit_ref


def test_from_packed_to_delivered(client, paid_order, staff):
    question = client.get(f"/admin/orders/order/do/ship/?order={paid_order.pk}")
    do(client, "pack", paid_order)
    do(client, "ship", paid_order, **{f"tracking-{paid_order.pk}": "RA123456785DE"})
    page = do(client, "deliver", paid_order)

    paid_order.refresh_from_db()
    assert "is left out" in question.text
    assert paid_order.status == Order.Status.COMPLETED
    assert paid_order.fulfilment.status == Fulfilment.Status.DELIVERED
    assert paid_order.fulfilment.tracking_number == "RA123456785DE"
    assert "RA123456785DE" in page.text
    assert set(paid_order.events.filter(machine="fulfilment").values_list("actor", flat=True)) == {staff.pk}


@pytest.mark.promise("A-III.2", "B-4.4")
def test_the_carrier_is_told_the_least(client, paid_order, staff):
    fulfilment.pack(paid_order)
    do(client, "ship", paid_order)

    disclosure = Disclosure.objects.get(processor__code="carrier")
    assert "phone" not in disclosure.field_names
    assert "street" in disclosure.field_names
    assert disclosure.result == Disclosure.Result.ACCEPTED


@pytest.mark.promise("B-4.5")
def test_a_carrier_without_agreement_gets_no_parcel(client, paid_order, staff):
    fulfilment.pack(paid_order)
    Processor.objects.filter(code="carrier").update(is_active=False)

    page = do(client, "ship", paid_order)

    paid_order.refresh_from_db()
    assert "no valid agreement" in page.text
    assert paid_order.status == Order.Status.PAID
    assert paid_order.fulfilment.status == Fulfilment.Status.PACKED


def test_cancelling_asks_first_and_pays_back(client, paid_order, variant, staff):
    question = client.get(f"/admin/orders/order/do/cancel/?order={paid_order.pk}")
    paid_order.refresh_from_db()
    before = paid_order.status

    do(client, "cancel", paid_order)

    paid_order.refresh_from_db()
    variant.refresh_from_db()
    assert "Call these orders off?" in question.text
    assert before == Order.Status.PAID
    assert paid_order.status == Order.Status.CANCELLED
    assert paid_order.payments.get().refunds.get().amount == 5500
    assert variant.stock == 10


def test_a_list_action_leads_to_the_question(client, paid_order, staff):
    answer = client.post(LIST, {"action": "pack", "_selected_action": [paid_order.pk]})

    assert answer["Location"] == f"/admin/orders/order/do/pack/?order={paid_order.pk}"


def test_one_that_cannot_does_not_stop_the_others(client, shopper, paid_order, variant, staff):
    unpaid = shopper.buy(variant)

    page = do(client, "pack", paid_order, unpaid)

    paid_order.fulfilment.refresh_from_db()
    assert f"Order {unpaid.number}: not possible" in page.text
    assert paid_order.fulfilment.status == Fulfilment.Status.PACKED


def test_orders_are_not_edited_or_deleted(client, paid_order, staff):
    client.post(page_of(paid_order), {"email": "other@example.org"})
    deleted = client.post(f"/admin/orders/order/{paid_order.pk}/delete/", {"post": "yes"})

    paid_order.refresh_from_db()
    assert paid_order.email == "zoe.muller@example.org"
    assert deleted.status_code == 403


@pytest.mark.parametrize("path", [LIST, LIST + "1/change/", LIST + "do/pack/?order=1"])
def test_a_shopper_does_not_get_in(client, paid_order, django_user_model, path):
    client.force_login(django_user_model.objects.create_user("zoe@example.org", "a long password"))

    assert client.get(path).status_code == 302


def test_staff_without_the_right_sees_nothing(client, paid_order, django_user_model):
    clerk = django_user_model.objects.create_user("clerk@example.org", "a long password", is_staff=True)
    client.force_login(clerk)

    assert client.get(page_of(paid_order)).status_code == 403
    assert client.get(f"/admin/orders/order/do/pack/?order={paid_order.pk}").status_code == 403


@pytest.mark.parametrize("path", [LIST + "999/change/", LIST + "x/change/", LIST + "do/fly/?order=1"])
def test_what_does_not_exist_is_not_found(client, db, staff, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("model", ["payment", "refund", "webhookevent", "deliverymethod"])
def test_the_other_lists_open(client, paid_order, staff, model, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        assert client.get(f"/admin/orders/{model}/").status_code == 200
