"""What the law keeps of an order, sealed for the auditor; everything else of it goes."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from orders import tax_archive, tax_laws
from orders.links import path_of
from orders.models import (
    Event,
    FiscalEntity,
    Fulfilment,
    Order,
    OrderAddress,
    OrderLine,
    Payment,
    Refund,
    TaxRecord,
    WebhookEvent,
)
from orders.models import orders as order_models
from orders.models.tax_records import NeverChanged
from privacy import deletion, erasure, retention
from privacy.keys import DecryptionFailed, secret_of
from privacy.models import AuditEvent, LegalHold, PrivacyRequest, SubjectKey
from privacy.registry import declaration
from shop.catalogue.models import Market
from tests.factories import (
    DataSubjectFactory,
    FulfilmentFactory,
    MarketFactory,
    OrderAddressFactory,
    OrderFactory,
    OrderLineFactory,
    PaymentFactory,
    RefundFactory,
    TaxRecordFactory,
)
from tests.orders.test_races import AT_ONCE, together

pytestmark = pytest.mark.django_db
LIST = "/admin/orders/taxrecord/"
SPRING = datetime(2026, 3, 4, 10, tzinfo=UTC)


@pytest.fixture
def buyer():
    return DataSubjectFactory()


@pytest.fixture
def sold(buyer):
    """A delivered and paid sale to a consumer, or what the test says."""

    def sell(country="DE", reason="domestic", placed_at=SPRING, status="completed", **address):
        market = Market.objects.filter(country=country).first() or MarketFactory(country=country)
        order = OrderFactory(
            subject=buyer,
            market=market,
            status=status,
            placed_at=placed_at,
            expires_at=placed_at + timedelta(hours=2),
            phone="+49301234567",
            note="Ring twice",
            delivery_tax_reason=reason,
        )
        OrderLineFactory(order=order, tax_reason=reason)
        OrderAddressFactory(order=order, country=country, **address)
        day = timedelta(days=1)
        parcel = {"shipped_at": placed_at + day, "delivered_at": placed_at + 3 * day, "status": "delivered"}
        FulfilmentFactory(order=order, **parcel, tracking_number="TRACK12345678")
        PaymentFactory(order=order, status="captured", reference="pi_123", captured_at=placed_at)
        return order

    return sell


def kept_of(person) -> dict[str, date | None]:
    """What stays of the orders and until when, as the plan says."""
    steps = erasure.plan(person).staying
    return {str(step.why): step.until for step in steps if step.data.model is Order}


# --- What is kept, by which law, until when -----------------------------------------------------------------


@pytest.mark.promise("A-IV.6", "A-II.11", "B-6.4")
def test_an_erased_buyers_order_becomes_a_sealed_record_and_goes(sold, buyer):
    order = sold()

    erasure.erase(buyer)

    left = [Order, OrderLine, OrderAddress, Event, Payment, Refund, Fulfilment]
    assert [model.__name__ for model in left if model.objects.exists()] == []
    [record] = TaxRecord.objects.select_related("entity")
    assert (record.entity.code, record.country, record.sold_on) == ("DE", "DE", date(2026, 3, 5))
    content = record.content
    assert (content["number"], content["gross"]) == (order.number, 3000)
    assert [line["rate"] for line in content["lines"]] == ["19.00", "19.00"]
    assert [paid["reference"] for paid in content["payments"]] == ["pi_123"]


@pytest.mark.promise("A-IV.6")
def test_of_a_consumer_neither_name_nor_street_nor_hour_is_kept(sold, buyer):
    sold()

    erasure.erase(buyer)

    content = str(TaxRecord.objects.select_related("entity").get().content)
    for gone in ("zoe", "Zoë", "Hauptstraße", "10115", "Berlin", "+4930", "Ring twice", "TRACK", "T10:"):
        assert gone not in content


def test_the_invoice_to_a_business_names_it(sold, buyer):
    sold(company="Töpferei GmbH")

    erasure.erase(buyer)

    record = TaxRecord.objects.select_related("entity").get()
    assert record.profile == TaxRecord.Profile.INVOICE_FULL
    assert record.content["buyer"]["company"] == "Töpferei GmbH"
    assert record.content["buyer"]["street"] == "Hauptstraße 5"
    assert "email" not in record.content["buyer"]


@pytest.mark.parametrize(
    ("country", "reason", "profile", "laws", "until"),
    [
        ("DE", "domestic", "invoice.simplified", "de", date(2034, 12, 31)),
        ("FR", "distance_sale", "oss.b2c", "oss,de", date(2036, 12, 31)),
        ("GB", "low_value", "invoice.simplified", "de,gb", date(2034, 12, 31)),
        ("GB", "export_over_limit", "export", "de", date(2034, 12, 31)),
        ("CH", "registered", "invoice.simplified", "ch,de", date(2036, 12, 31)),
        ("US", "export", "export", "de", date(2034, 12, 31)),
    ],
)
def test_every_registration_of_the_seller_counts_and_the_longest_wins(
    sold, buyer, country, reason, profile, laws, until
):
    sold(country, reason)

    erasure.erase(buyer)

    record = TaxRecord.objects.get()
    assert (record.profile, record.laws) == (profile, laws)
    assert retention.retain_until(record) == until


def test_the_year_of_the_last_voucher_counts(sold, buyer):
    order = sold(status="cancelled", placed_at=datetime(2025, 12, 30, 10, tzinfo=UTC))
    RefundFactory(payment=order.payments.get(), status="sent", reference="re_1", requested_at=SPRING)

    erasure.erase(buyer)

    record = TaxRecord.objects.select_related("entity").get()
    assert record.sold_on == date(2026, 3, 4)
    assert [paid["amount"] for paid in record.content["payments"]] == [3000, -3000]


@pytest.mark.parametrize("status", ["cancelled", "expired"])
def test_what_was_never_paid_was_no_sale_and_leaves_nothing(sold, buyer, status):
    sold(status=status)
    Payment.objects.update(status="void")

    erasure.erase(buyer)

    assert not Order.objects.exists()
    assert not TaxRecord.objects.exists()


@pytest.mark.promise("A-IV.6", "B-6.4")
def test_the_plan_names_country_law_and_day_of_each_sale(sold, buyer):
    sold("DE", "domestic")
    sold("DE", "domestic", placed_at=datetime(2025, 6, 1, tzinfo=UTC))
    sold("FR", "distance_sale")

    kept = kept_of(buyer)

    assert {why.partition(":")[0]: until.year for why, until in kept.items()} == {
        "Germany": 2034,
        "France": 2036,
    }
    assert "Regulation (EU) 282/2011" in next(why for why in kept if why.startswith("France"))
    german = [step.until.year for step in erasure.plan(buyer).staying if "Germany" in str(step.why)]
    assert german == [2033, 2034]


@pytest.mark.promise("A-IV.6", "B-6.4")
def test_the_page_before_and_the_outcome_after_say_the_same(client, sold, relays, path_of):
    order = sold("FR", "distance_sale")
    request = deletion.ask(order.subject, source=PrivacyRequest.Source.HUB, at_once=True)
    before = kept_of(order.subject)

    deletion.run(request.pk)

    request.refresh_from_db()
    after = {str(step.why): step.until for step in deletion.outcome(request).staying if step.until}
    assert request.status == PrivacyRequest.Status.COMPLETED_WITH_RETENTION
    assert after == before != {}


def test_a_law_that_changes_moves_the_last_day_of_what_is_held(monkeypatch):
    record = TaxRecordFactory(laws="de", sold_on=date(2020, 5, 1))
    shorter = tax_laws.TaxLaw("de", ("DE",), 5, "§", "https://law.example", "high", date(2026, 1, 1))

    monkeypatch.setattr(tax_laws, "tax_laws", lambda: {"de": shorter})

    assert retention.retain_until(record) == date(2025, 12, 31)
    assert tax_archive.over(date(2026, 1, 1)).get() == record


# --- When -----------------------------------------------------------------------------------------------


@pytest.mark.promise("A-IV.6")
def test_the_purge_archives_what_was_delivered_two_years_ago(sold):
    old, young = sold(placed_at=datetime(2024, 3, 4, tzinfo=UTC)), sold()

    retention.purge(as_of=date(2026, 11, 22), only="orders.order")

    assert list(Order.objects.all()) == [young]
    assert TaxRecord.objects.numbered(old.number).exists()


def test_nothing_goes_where_the_record_cannot_be_written(sold, buyer, monkeypatch):
    sold()
    monkeypatch.setattr(TaxRecord, "save", lambda record: (_ for _ in ()).throw(DatabaseError))

    with pytest.raises(DatabaseError):
        erasure.erase(buyer)

    assert Order.objects.with_keys().get().email
    assert OrderLine.objects.exists()


@pytest.mark.parametrize("owed", [{"status": "paid"}, {"status": "cancelled"}])
def test_the_purge_leaves_alone_where_goods_or_money_are_owed(sold, owed):
    order = sold(placed_at=datetime(2024, 3, 4, tzinfo=UTC), **owed)
    if order.status == Order.Status.CANCELLED:
        RefundFactory(payment=order.payments.get())

    retention.purge(as_of=date(2026, 11, 22), only="orders.order")

    assert list(Order.objects.all()) == [order]


def test_a_payment_under_legal_hold_keeps_its_order(sold):
    order = sold(placed_at=datetime(2024, 3, 4, tzinfo=UTC))
    hold = LegalHold(subject=order.subject, authority="Amtsgericht", case="1", review_on=date(2027, 1, 1))
    hold.content_type = retention.ContentType.objects.get_for_model(Payment)
    hold.object_id = str(order.payments.get().pk)
    hold.save()

    retention.purge(as_of=date(2026, 11, 22))

    assert Payment.objects.filter(order=order).exists()
    assert OrderLine.objects.filter(order=order).exists()


@pytest.mark.promise("A-IV.6")
def test_a_record_goes_when_no_law_asks_for_it_any_more():
    last_year = TaxRecordFactory(laws="de", sold_on=date(2018, 12, 31))
    longer = TaxRecordFactory(laws="oss,de", sold_on=date(2018, 1, 1))
    printed = StringIO()

    call_command("purge", "--dry-run", "--as-of", "2027-01-01", "--rule", "orders.taxrecord", stdout=printed)
    retention.purge(as_of=date(2026, 12, 31))
    on_the_last_day = set(TaxRecord.objects.all())
    retention.purge(as_of=date(2027, 1, 1))

    assert " ".join(printed.getvalue().split()).startswith("orders.taxrecord 1 deleted, would go")
    assert on_the_last_day == {last_year, longer}
    assert list(TaxRecord.objects.all()) == [longer]


def test_an_order_that_came_back_with_a_backup_is_archived_although_its_key_is_gone(sold, buyer):
    order = sold(company="Töpferei GmbH")
    SubjectKey.objects.all().delete()

    erasure.erase(buyer)

    record = TaxRecord.objects.select_related("entity").get()
    assert (record.content["number"], record.content["buyer"]) == (order.number, {})


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_who_archives_an_order_at_the_same_time_as_others_makes_no_second_record(sold):
    order = sold()

    def end(number):
        with transaction.atomic():
            retention.end(declaration(Order), Order._base_manager.filter(pk=order.pk))

    together(end, AT_ONCE)

    assert TaxRecord.objects.count() == 1


# --- The seal -------------------------------------------------------------------------------------------


def test_a_record_is_written_once_and_no_column_can_be_altered_unseen():
    record = TaxRecordFactory()

    with pytest.raises(NeverChanged):
        record.save()
    with pytest.raises(NeverChanged):
        TaxRecord.objects.update(country="FR")
    with (
        pytest.raises(DatabaseError, match="never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE orders_taxrecord SET country = 'FR'")
    forged = TaxRecord.objects.get(pk=record.pk)
    forged.sold_on += timedelta(days=1)
    with pytest.raises(DecryptionFailed):
        assert forged.content


@pytest.mark.promise("B-3.2")
def test_nothing_of_a_record_lies_in_clear_and_its_key_can_be_wrapped_anew(sold, buyer, settings):
    order = sold(company="Töpferei GmbH")
    erasure.erase(buyer)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM orders_taxrecord")
        stored = b"|".join(
            bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
            for value in cursor.fetchone()
        )
    secret = secret_of(FiscalEntity.objects.get())
    settings.PRIVACY_KEYS = ["new:" + "bmV3IGtleSBmb3IgdGhlIHRlc3RzLCAzMiBieXRlcyE=", *settings.PRIVACY_KEYS]

    call_command("rotate_keys", stdout=StringIO())

    assert order.number.encode() not in stored
    assert "Töpferei".encode() not in stored
    assert FiscalEntity.objects.get().key_name == "new"
    assert secret_of(FiscalEntity.objects.get()) == secret


# --- Who reads it -----------------------------------------------------------------------------------------


@pytest.mark.promise("A-II.11", "A-V.5")
@pytest.mark.parametrize("role", ["support", "fulfilment", "catalogue", "marketing", "privacy", ""])
def test_no_other_role_opens_the_archive(client, staff, role):
    record = TaxRecordFactory()
    staff(role)

    page = reverse("admin:orders_taxrecord_change", args=[record.pk])
    export = {"action": "export", "_selected_action": [record.pk]}
    answers = [client.get(LIST), client.get(page), client.post(LIST, export)]

    assert [answer.status_code for answer in answers] == [403, 403, 403]


@pytest.mark.promise("A-II.11")
def test_the_auditor_finds_a_sale_by_its_number_and_the_look_is_written_down(client, staff, sold, buyer):
    order = sold()
    TaxRecordFactory()
    erasure.erase(buyer)
    auditor = staff("auditor")

    found = client.get(LIST, {"q": order.number.lower()})
    record = TaxRecord.objects.numbered(order.number).get()
    page = client.get(reverse("admin:orders_taxrecord_change", args=[record.pk]))

    assert [row.pk for row in found.context["cl"].result_list] == [record.pk]
    assert order.number in page.text
    assert "pi_123" in page.text
    assert "31 December 2034" in page.text
    assert "4 March 2026" in page.text
    event = AuditEvent.objects.get(action="tax_record.viewed")
    assert (event.actor_ref, event.data) == (auditor.subject.audit_ref, {"role": "auditor"})


def test_the_auditor_sees_no_order_and_changes_nothing(client, staff, sold):
    order = sold()
    record = TaxRecordFactory()
    staff("auditor")

    pages = [
        reverse("admin:orders_order_change", args=[order.pk]),
        reverse("admin:orders_taxrecord_delete", args=[record.pk]),
        reverse("admin:orders_taxrecord_add"),
    ]

    assert [client.get(page).status_code for page in pages] == [403, 403, 403]


@pytest.mark.promise("A-II.11")
def test_the_export_has_a_row_for_each_line_and_payment_and_an_event(client, staff, sold, buyer):
    order = sold(company="=HYPERLINK(1)")
    erasure.erase(buyer)
    staff("auditor")

    answer = client.post(LIST, {"action": "export", "_selected_action": [TaxRecord.objects.get().pk]})

    rows = list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
    assert [(row["row"], row["gross"], row["rate"]) for row in rows] == [
        ("line", "25.00", "19.00"),
        ("line", "5.00", "19.00"),
        ("payment", "30.00", ""),
    ]
    assert {row["number"] for row in rows} == {order.number}
    assert rows[0]["company"] == "'=HYPERLINK(1)"
    assert AuditEvent.objects.get(action="tax_archive.exported").data == {"count": 1, "role": "auditor"}


def test_the_list_costs_as_many_queries_for_many_records(client, staff, django_assert_max_num_queries):
    TaxRecordFactory.create_batch(12)
    staff("auditor")

    with django_assert_max_num_queries(12):
        page = client.get(LIST)

    assert page.text.count("2034") >= 12


# --- What comes late ----------------------------------------------------------------------------------------


def test_a_late_word_of_the_gateway_about_an_archived_order_does_nothing(paid_order, deliver):
    Order.objects.update(status="completed", placed_at=datetime(2020, 1, 1, tzinfo=UTC))
    retention.purge(as_of=date(2026, 11, 22), only="orders.order")
    record = TaxRecord.objects.numbered(paid_order.number).get()
    WebhookEvent.objects.all().delete()

    answers = deliver(1, again=True)

    assert answers == [200]
    assert WebhookEvent.objects.get().processed_at
    assert not Order.objects.exists()
    assert not Refund.objects.exists()
    assert list(TaxRecord.objects.all()) == [record]


def test_no_order_gets_the_number_of_an_archived_one(shopper, variant, sandbox, monkeypatch):
    TaxRecordFactory(content={"number": "TAKEN2345"})
    numbers = iter(["TAKEN2345", "FRESH2345"])
    monkeypatch.setattr(tax_archive, "new_number", lambda: next(numbers))

    order = shopper.buy(variant)

    assert order.number == "FRESH2345"


def test_the_page_of_an_archived_order_does_not_exist(client, sold, buyer):
    order = sold()
    path = path_of(order)

    erasure.erase(buyer)

    assert client.get(path).status_code == 404


# --- The laws ---------------------------------------------------------------------------------------------


@pytest.mark.promise("A-II.10")
def test_the_laws_of_a_country_are_printed_with_source_and_day():
    printed = StringIO()

    call_command("data_map", "--laws", "de", stdout=printed)

    assert "§ 14b UStG, § 147 AO: records of sales are kept for 8 years" in printed.getvalue()
    assert "akanthus-wpg.de" in printed.getvalue()
    assert "2026-11-22" in printed.getvalue()
    with pytest.raises(CommandError):
        call_command("data_map", "--laws", "xx")


def test_a_law_nobody_has_looked_up_is_printed_as_such(monkeypatch):
    unread = tax_laws.TaxLaw("x", ("XX",), 5, "§ 1", "https://law.example", "low")
    monkeypatch.setattr(tax_laws, "tax_laws", lambda: {"x": unread})
    printed = StringIO()

    call_command("data_map", "--laws", "xx", stdout=printed)

    assert "https://law.example, not looked up yet, confidence low" in printed.getvalue()


@pytest.mark.promise("A-II.10")
def test_every_registration_names_a_law_and_reasons_that_exist():
    reasons = set(order_models.TaxReason.values)

    for entity in tax_laws.entities().values():
        assert {entity.books, *(one.law for one in entity.registrations)} <= set(tax_laws.tax_laws())
        assert all(set(one.reasons) <= reasons for one in entity.registrations)


def test_a_market_may_have_a_seller_of_its_own(monkeypatch, settings):
    french = tax_laws.Entity("FR", "France", "fr", markets=("FR",))
    monkeypatch.setattr(
        tax_laws, "entities", lambda: {"DE": tax_laws.Entity("DE", "Germany", "de"), "FR": french}
    )

    assert tax_laws.seller_to("FR") is french
    assert tax_laws.seller_to("JP").code == "DE"
    settings.SHOP_COUNTRY = "IT"
    with pytest.raises(tax_laws.NobodySells):
        tax_laws.seller_to("JP")
