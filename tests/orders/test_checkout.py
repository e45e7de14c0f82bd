from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from orders.models import Cart, DeliveryMethod, Order
from orders.models.carts import hash_token
from privacy.models import ConsentRecord, DataSubject, Disclosure, PolicyVersion
from privacy.policy_files import publish_folder
from shop.catalogue.models import Price, StockMovement
from tests.factories import DeliveryMethodFactory, MarketFactory, PriceFactory, VariantFactory

pytestmark = pytest.mark.django_db


@pytest.mark.promise("A-I.5", "A-I.7", "B-1.6")
def test_a_guest_places_an_order_and_is_sent_to_the_gateway(shopper, variant, sandbox):
    shopper.add(variant, 2)
    shopper.begin()
    page = shopper.review(note="Please ring twice")
    answer = shopper.place(page, note="Please ring twice")

    order = Order.objects.get()
    assert answer.status_code == 303
    assert answer["Location"] == order.payments.get().page_url
    assert answer["Location"].startswith(sandbox.url)
    assert order.total_gross == 5500
    assert order.lines.get().name == "Moon jar"
    assert order.address.name == "Zoë Müller"
    assert order.email == "zoe.muller@example.org"
    assert order.note == "Please ring twice"
    assert order.subject.kind == DataSubject.Kind.GUEST
    variant.refresh_from_db()
    assert variant.stock == 8
    assert not Cart.objects.exists()


@pytest.mark.promise("B-5.5")
def test_the_same_without_any_cookie(cookieless, variant, sandbox):
    cookieless.add(variant)
    cart_path = cookieless.path
    cookieless.begin()
    details_path = cookieless.path
    answer = cookieless.place(cookieless.review())

    assert details_path.startswith("/c/")
    assert details_path.split("/")[2] != cart_path.split("/")[2]  # rotated
    assert answer["Location"] == Order.objects.get().payments.get().page_url


def test_the_checkout_rotates_the_token_and_shortens_its_life(shopper, variant, cart_cookie):
    shopper.add(variant)
    before = shopper.client.cookies[cart_cookie].value
    shopper.begin()

    after = shopper.client.cookies[cart_cookie].value
    cart = Cart.objects.get()
    assert cart.token_hash == hash_token(after) != hash_token(before)
    assert cart.scope == Cart.Scope.CHECKOUT
    assert cart.expires_at < timezone.now() + timezone.timedelta(minutes=61)


def test_an_idle_checkout_closes_after_an_hour(shopper, variant):
    shopper.add(variant)
    shopper.begin()

    with time_machine.travel(timezone.now() + timezone.timedelta(minutes=61)):
        page = shopper.get("checkout/")

    assert "There is nothing in it yet" in page.text


def test_a_cart_alone_opens_no_checkout(shopper, variant):
    shopper.add(variant)

    shopper.get("checkout/")

    assert shopper.path == "/en-de/cart/"


def test_mistakes_stand_beside_their_fields_and_nothing_typed_is_lost(shopper, variant):
    shopper.add(variant)
    shopper.begin()

    page = shopper.review(email="zoe@", postcode="1011", city="")

    assert {field.name for field in page.context["form"].wrong_fields} == {"email", "postcode", "city"}
    assert 'href="#id_postcode"' in page.text
    assert "This does not look like a postcode" in page.text
    assert "Hauptstraße 5" in page.text
    assert 'aria-invalid="true"' in page.text
    assert not Order.objects.exists()


def test_back_from_the_review_everything_typed_is_still_there(shopper, variant):
    shopper.add(variant)
    shopper.begin()

    page = shopper.post("checkout/", shopper.details | {"edit": "1", "note": "Ring twice"})

    assert 'value="Zoë Müller"' in page.text
    assert "Ring twice" in page.text


@pytest.mark.promise("B-4.2")
def test_the_review_says_who_receives_what(shopper, variant):
    shopper.add(variant)
    shopper.begin()

    page = shopper.review()

    assert "The carrier: name and address" in page.text
    assert "The payment partner: amount, currency and order number" in page.text
    assert "€30.00" in page.text
    assert "of which VAT 19 %" in page.text


def test_pages_of_the_checkout_are_not_stored(shopper, variant):
    shopper.add(variant)
    page = shopper.begin()

    assert page["Cache-Control"] == "no-store"
    assert page["X-Robots-Tag"] == "noindex"


def test_an_address_is_never_shown_back_by_the_token(cookieless, variant):
    cookieless.add(variant)
    cookieless.begin()
    cookieless.review()

    page = cookieless.get("checkout/")

    assert "Hauptstraße" not in page.text
    assert "zoe.muller" not in page.text


def test_a_changed_price_is_asked_again(shopper, variant, sandbox):
    shopper.add(variant)
    shopper.begin()
    page = shopper.review()
    Price.objects.update(amount=2600)

    again = shopper.place(page)

    assert "The total has changed" in again.text
    assert "The price has changed from €25.00 to €26.00" in again.text
    assert not Order.objects.exists()
    assert shopper.place(again).status_code == 303
    assert Order.objects.get().total_gross == 3100


def test_another_delivery_method_than_shown_is_asked_again(shopper, variant, market, sandbox):
    DeliveryMethodFactory(market=market, code="express", name="Express", amount=1500)
    shopper.add(variant)
    shopper.begin()
    page = shopper.review()

    again = shopper.place(page, delivery="express")

    assert "The total has changed" in again.text
    assert not Order.objects.exists()


@pytest.mark.parametrize("total", ["", "abc", "0", "-1"])
def test_a_total_that_was_not_shown_places_nothing(shopper, variant, total):
    shopper.add(variant)
    shopper.begin()
    page = shopper.review()

    again = shopper.place(page, total=total)

    assert "The total has changed" in again.text
    assert not Order.objects.exists()


def test_sold_out_between_review_and_order_is_said_beside_the_line(shopper, variant, sandbox):
    shopper.add(variant, 5)
    shopper.begin()
    page = shopper.review()
    variant.stock = 2
    variant.save()

    refused = shopper.place(page)

    assert "Only 2 pieces are left" in refused.text
    assert 'value="Zoë Müller"' in refused.text
    assert not Order.objects.exists()
    fewer = shopper.post("checkout/", shopper.details | {"less": str(variant.pk)})
    assert shopper.place(fewer).status_code == 303
    assert Order.objects.get().lines.get().quantity == 2


def test_a_refused_order_leaves_no_trace(shopper, market, variant, sandbox):
    other = VariantFactory(stock=1, price__market=market)
    shopper.add(variant)
    shopper.add(other)
    shopper.begin()
    page = shopper.review()
    other.stock = 0
    other.save()

    shopper.place(page)

    variant.refresh_from_db()
    assert variant.stock == 10
    assert not StockMovement.objects.exists()
    assert not DataSubject.objects.exists()


def test_pressed_twice_places_one_order(cookieless, variant, sandbox):
    cookieless.add(variant)
    cookieless.begin()
    page = cookieless.review()

    first = cookieless.place(page)
    second = cookieless.place(page)

    assert Order.objects.count() == 1
    assert first["Location"] == second["Location"]
    variant.refresh_from_db()
    assert variant.stock == 9


def test_the_address_of_a_checkout_does_not_lead_to_its_order_later(cookieless, variant, sandbox):
    cookieless.add(variant)
    cookieless.begin()
    address = cookieless.path
    cookieless.place(cookieless.review())

    with time_machine.travel(timezone.now() + timedelta(minutes=10)):
        page = cookieless.get(address)

    assert cookieless.path.endswith("/cart/")
    assert Order.objects.get().number not in page.text


@pytest.mark.parametrize("name", ["note", "name", "street", "city"])
def test_a_card_number_is_refused_wherever_it_is_typed(shopper, variant, name):
    shopper.add(variant)
    shopper.begin()

    page = shopper.review(**{name: "4242 4242 4242 4242"})

    assert "This looks like a card number" in page.context["form"].errors[name][0]


def test_an_eleventh_order_in_a_minute_is_refused(shopper, variant, settings):
    settings.PAYMENT_SANDBOX_URL = "http://127.0.0.1:9"
    settings.ACCOUNT_RATE_LIMITS = {"place_order": "1/m/ip"}
    for _time in range(2):
        shopper.add(variant)
        shopper.begin()
        answer = shopper.place(shopper.review())

    assert answer.status_code == 429
    assert "Too many orders" in answer.text
    assert 'value="Zoë Müller"' in answer.text
    assert Order.objects.count() == 1


@pytest.mark.promise("A-III.3", "B-4.4")
def test_the_gateway_is_told_the_least(shopper, variant, sandbox):
    shopper.buy(variant)

    disclosure = Disclosure.objects.get()
    assert disclosure.processor.code == "payment"
    assert disclosure.field_names == ["amount", "currency", "language", "reference"]
    assert disclosure.result == Disclosure.Result.ACCEPTED


def test_without_an_answer_from_the_gateway_the_order_waits_on_its_page(shopper, variant, settings):
    settings.PAYMENT_SANDBOX_URL = "http://127.0.0.1:9"
    shopper.add(variant)
    shopper.begin()

    page = shopper.place(shopper.review())

    assert Order.objects.get().status == Order.Status.PLACED
    assert "The payment page cannot be opened just now" in page.text


def test_a_signed_in_shopper_orders_as_themselves(shopper, variant, sandbox, django_user_model):
    user = django_user_model.objects.create_user("zoe@example.org", "a long password")
    shopper.client.force_login(user)

    order = shopper.buy(variant)

    assert order.subject == user.subject


def test_the_carrier_who_needs_a_phone_number_gets_one(shopper, variant):
    DeliveryMethod.objects.update(needs_phone=True)
    shopper.add(variant)
    shopper.begin()

    missing = shopper.review()
    given = shopper.review(phone="030 5550 199")

    assert "This carrier needs a phone number" in missing.text
    assert given.context["form"].cleaned_data["phone"] == "+49305550199"


def test_where_nobody_delivers_nothing_can_be_ordered(shopper, variant):
    DeliveryMethod.objects.all().delete()

    page = shopper.add(variant)

    assert "We cannot deliver this parcel" in page.text
    assert "begin_checkout" not in page.text


@pytest.mark.parametrize(
    ("country", "currency", "details", "expected"),
    [
        ("GB", "GBP", {"postcode": "sw1a1aa", "city": "London"}, "SW1A 1AA"),
        ("US", "USD", {"postcode": "95014", "city": "Cupertino", "region": "CA"}, "95014"),
        ("JP", "JPY", {"postcode": "150-0001", "region": "東京都"}, "150-0001"),
        ("CH", "CHF", {"postcode": "8001", "city": "Zürich"}, "8001"),
        ("KW", "KWD", {"postcode": "", "city": "Kuwait"}, ""),
        ("ZZ", "EUR", {"postcode": "10 000", "city": "Nowhere"}, "10 000"),
    ],
)
def test_each_country_has_its_own_address_form(
    shopper, sandbox, market, country, currency, details, expected
):
    place = MarketFactory(country=country, currency=currency, languages="en")
    DeliveryMethodFactory(market=place)
    variant = VariantFactory(price=None)
    PriceFactory(variant=variant, market=place, amount=4210)
    shopper.country = country
    shopper.details |= details

    order = shopper.buy(variant)

    assert order.address.postcode == expected
    assert order.currency == currency
    assert order.payments.get().money == order.total


@pytest.mark.promise("A-VII.5", "B-0.3")
def test_the_order_notes_which_versions_were_shown_and_consents_to_nothing(shopper, variant, sandbox):
    publish_folder(settings.BASE_DIR / "shop" / "demo" / "policies")
    shopper.add(variant)
    shopper.begin()
    page = shopper.review()
    shopper.place(page)

    order = Order.objects.get()
    assert "our terms (version 1)" in page.text
    assert "our privacy policy (version 1)" in page.text
    assert order.terms == PolicyVersion.objects.effective("terms")
    assert order.privacy_policy == PolicyVersion.objects.effective("privacy")
    assert not ConsentRecord.objects.exists()


@pytest.mark.promise("B-6.6")
def test_what_an_order_needs_must_be_well_formed_and_nobody_has_to_show_papers(shopper, variant, sandbox):
    shopper.add(variant)
    shopper.begin()
    form = shopper.review(email="zoe", postcode="1")
    answer = shopper.place(
        shopper.review(email="q7x2k@relay.example", name="Z."), email="q7x2k@relay.example"
    )

    assert {field.name for field in form.context["form"].wrong_fields} == {"email", "postcode"}
    assert answer.status_code == 303
    assert Order.objects.get().email == "q7x2k@relay.example"
    assert 'type="file"' not in form.text
