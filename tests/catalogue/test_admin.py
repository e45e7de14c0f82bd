"""The catalogue in the back office, used as staff use it."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from accounts.models import User
from shop.catalogue import search
from shop.catalogue.models import Market, Picture, Price, Product, StockMovement, Variant
from tests.factories import (
    AttributeFactory,
    AttributeValueFactory,
    CategoryFactory,
    MarketFactory,
    PictureFactory,
    PriceFactory,
    ProductFactory,
    VariantFactory,
    plain_picture,
)

PRODUCTS = reverse("admin:catalogue_product_changelist")


@pytest.fixture
def staff(client, db):
    client.force_login(User.objects.create_superuser("staff@example.com", "a long password"))
    return client


def fields(page) -> dict[str, object]:
    """What a browser would send back if nothing were typed into the page's form."""
    sent: dict[str, object] = {}
    html = page.text
    for tag in re.findall(r"<input[^>]*>", html):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        name, kind = attributes.get("name"), attributes.get("type", "text")
        if not name or kind in {"submit", "file", "search"} or (kind == "checkbox" and " checked" not in tag):
            continue
        sent[name] = attributes.get("value", "on" if kind == "checkbox" else "")
    for name, text in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>\n?(.*?)</textarea>', html, re.DOTALL):
        sent[name] = text.replace("&lt;", "<").replace("&gt;", ">")
    for name, options in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', html, re.DOTALL):
        chosen = re.findall(r'<option value="([^"]*)" selected', options)
        sent[name] = chosen if "multiple" in html.split(f'name="{name}"')[1][:200] else "".join(chosen)
    return {name: value for name, value in sent.items() if "__prefix__" not in name}


def change(staff, row, **typed):
    """Open the row's page, type, and save."""
    url = reverse(f"admin:catalogue_{row._meta.model_name}_change", args=[row.pk])
    page = staff.get(url)
    answer = staff.post(url, {**fields(page), **typed})
    assert answer.status_code == 302, re.findall(r'class="errorlist".*?</ul>', answer.text, re.DOTALL)
    return answer


def run_action(staff, products, action, **typed):
    selected = {"_selected_action": [product.pk for product in products], "action": action}
    asked = staff.post(PRODUCTS, selected)
    answer = staff.post(PRODUCTS, {**fields(asked), **selected, "apply": "1", **typed}, follow=True)
    return asked, answer


# --- lists --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "queries"),
    [("product", 10), ("variant", 6), ("category", 6), ("attribute", 6), ("brand", 6), ("market", 6),
     ("stockmovement", 9)],
)  # fmt: skip
def test_a_list_costs_the_same_queries_however_long_it_is(
    staff, django_assert_max_num_queries, model, queries
):
    value = AttributeValueFactory()
    for _ in range(12):
        variant = VariantFactory(options=[value], stock=0)
        PictureFactory(product=variant.product)
        StockMovement.objects.create(variant=variant, quantity=1, reason="counted")

    with django_assert_max_num_queries(queries):
        page = staff.get(reverse(f"admin:catalogue_{model}_changelist"))

    assert page.status_code == 200


def test_the_list_of_products_says_what_matters(staff):
    product = ProductFactory(name="Moon jar", category=CategoryFactory(name="Jars"))
    VariantFactory(product=product, stock=3, price__amount=1999)
    VariantFactory(product=product, stock=4, price__amount=2999)
    PictureFactory(product=product)

    page = staff.get(PRODUCTS).text

    assert "Moon jar" in page
    assert "€19.99 – €29.99" in page
    assert '<td class="field-pieces_left">7</td>' in page
    assert 'class="thumbnail"' in page


@pytest.mark.parametrize("query", ["moon", "MJ-77"])
def test_products_are_found_by_name_and_sku(staff, query):
    VariantFactory(sku="MJ-77", product=ProductFactory(name="Moon jar"))
    VariantFactory(product=ProductFactory(name="Plate"))

    page = staff.get(PRODUCTS, {"q": query}).text

    assert "Moon jar" in page
    assert "Plate" not in page


def test_a_category_filters_what_is_below_it_too(staff):
    tableware = CategoryFactory(name="Tableware")
    ProductFactory(name="Moon jar", category=CategoryFactory(name="Jars", parent=tableware))
    ProductFactory(name="Teaspoon")

    page = staff.get(PRODUCTS, {"shelf": tableware.pk}).text

    assert "Moon jar" in page
    assert "Teaspoon" not in page


def test_what_is_sold_out_is_found(staff):
    VariantFactory(stock=0, product=ProductFactory(name="Moon jar"))
    VariantFactory(stock=1, product=ProductFactory(name="Teaspoon"))

    page = staff.get(PRODUCTS, {"left": "none"}).text

    assert "Moon jar" in page
    assert "Teaspoon" not in page


def test_categories_stand_in_the_order_of_the_tree(staff):
    tea = CategoryFactory(name="Tea", position=2)
    tableware = CategoryFactory(name="Tableware", position=1)
    CategoryFactory(name="Green tea", parent=tea)
    CategoryFactory(name="Bowls", parent=tableware)

    page = staff.get(reverse("admin:catalogue_category_changelist")).text

    names = re.findall(r'<span class="depth depth-(\d)">([^<]+)', page)
    assert names == [("0", "Tableware"), ("1", "Bowls"), ("0", "Tea"), ("1", "Green tea")]


# --- a product ----------------------------------------------------------------------------------------------


def test_saving_a_page_untouched_changes_nothing(staff):
    variant = VariantFactory(options=[AttributeValueFactory()], price__compare_at=3000)
    PictureFactory(product=variant.product)
    before = list(Variant.objects.values()), list(Price.objects.values()), list(Picture.objects.values())

    change(staff, variant.product)

    after = list(Variant.objects.values()), list(Price.objects.values()), list(Picture.objects.values())
    assert after == before
    assert not StockMovement.objects.exists()


def test_a_new_name_is_found_at_once(staff):
    product = VariantFactory(product=ProductFactory(name="Jar")).product

    change(staff, product, name_en="Celadon vessel")

    assert product in search.search("celadon", language="en")


def test_descriptions_are_cleaned(staff):
    product = ProductFactory()

    change(staff, product, description_en="<p>Made <script>x()</script>by hand</p>")

    product.refresh_from_db()
    assert product.description_en == "<p>Made by hand</p>"


def test_a_price_is_written_as_people_write_it(staff):
    variant = VariantFactory(price__amount=2500)
    MarketFactory(country="JP", currency="JPY")

    change(staff, variant.product, **{"variants-0-price_DE": "19.99", "variants-0-price_JP": "4200"})

    amounts = {price.market.country: price.amount for price in variant.prices.select_related("market")}
    assert amounts == {"DE": 1999, "JP": 4200}


def test_a_price_that_is_taken_away_ends_the_sale_there(staff):
    variant = VariantFactory()

    change(staff, variant.product, **{"variants-0-price_DE": ""})

    assert not variant.prices.exists()


def test_a_count_goes_into_the_history_with_who_counted(staff):
    variant = VariantFactory(stock=10)

    change(staff, variant.product, **{"variants-0-counted": "7"})

    movement = StockMovement.objects.get()
    assert (movement.quantity, movement.reason, movement.actor.email) == (-3, "counted", "staff@example.com")
    variant.refresh_from_db()
    assert variant.stock == 7


def test_an_order_in_between_is_not_undone(staff):
    variant = VariantFactory(stock=10)
    url = reverse("admin:catalogue_product_change", args=[variant.product_id])
    page = staff.get(url)
    Variant.objects.update(stock=9)

    staff.post(url, {**fields(page), "name_en": "Another name", "variants-0-weight_g": "777"})

    variant.refresh_from_db()
    assert (variant.stock, variant.weight_g) == (9, 777)
    assert not StockMovement.objects.exists()


def test_an_uploaded_picture_is_cleaned(staff, shared_data):
    product = ProductFactory()
    photo = next((shared_data / "uploads" / "gps").glob("*.jpg"))
    upload = SimpleUploadedFile("photo.jpg", photo.read_bytes(), "image/jpeg")

    change(
        staff,
        product,
        **{"pictures-TOTAL_FORMS": "1", "pictures-0-image": upload, "pictures-0-position": "0"},
    )

    picture = Picture.objects.get()
    assert picture.image.name.endswith(".webp")
    assert picture.digest
    with picture.image.open() as file:
        assert not Image.open(file).getexif()


def test_a_file_that_is_no_picture_is_refused_beside_its_field(staff):
    product = ProductFactory()
    url = reverse("admin:catalogue_product_change", args=[product.pk])
    upload = SimpleUploadedFile("page.jpg", b"<svg onload='x()'>", "image/jpeg")

    answer = staff.post(
        url,
        {
            **fields(staff.get(url)),
            "pictures-TOTAL_FORMS": "1",
            "pictures-0-image": upload,
            "pictures-0-position": "0",
        },
    )

    assert "This is not a picture" in answer.text
    assert not Picture.objects.exists()


def test_a_deleted_product_takes_its_files_and_its_place_in_the_search_along(
    staff, django_capture_on_commit_callbacks
):
    product = VariantFactory(product=ProductFactory(name="Celadon bowl")).product
    picture = PictureFactory(product=product, image=plain_picture(size=(400, 400)))
    names = [picture.image.name, *(each.name for each in picture.image.get_picture_files_list())]
    storage = picture.image.storage
    change(staff, product)

    with django_capture_on_commit_callbacks(execute=True):
        staff.post(reverse("admin:catalogue_product_delete", args=[product.pk]), {"post": "yes"})

    assert not Product.objects.exists()
    assert not any(storage.exists(name) for name in names)
    assert not search.search("celadon", language="en")


# --- a variant ----------------------------------------------------------------------------------------------


def test_the_options_of_a_variant_become_values_of_its_product(staff):
    glaze = AttributeFactory(name="Glaze")
    celadon, tenmoku, stoneware = (AttributeValueFactory(attribute=glaze, label=label) for label in "ABC")
    variant = VariantFactory(product=ProductFactory(values=[stoneware]), options=[celadon])

    change(staff, variant, options=[tenmoku.pk])

    assert set(variant.product.values.all()) == {stoneware, tenmoku}


def test_an_earlier_price_must_be_higher(staff):
    variant = VariantFactory(price__amount=2500)
    url = reverse("admin:catalogue_variant_change", args=[variant.pk])

    answer = staff.post(url, {**fields(staff.get(url)), "prices-0-earlier": "24.00"})

    assert "The earlier price must be higher" in answer.text


def test_an_amount_finer_than_the_currency_is_refused(staff):
    variant = VariantFactory(price__market=MarketFactory(country="JP", currency="JPY"), price__amount=4000)
    url = reverse("admin:catalogue_variant_change", args=[variant.pk])

    answer = staff.post(url, {**fields(staff.get(url)), "prices-0-price": "40.5"})

    assert "more decimals than the currency" in answer.text


def test_the_stock_history_cannot_be_written(staff):
    movement = StockMovement.objects.create(variant=VariantFactory(), quantity=1, reason="counted")

    answer = staff.post(
        reverse("admin:catalogue_stockmovement_change", args=[movement.pk]), {"quantity": "100"}
    )

    assert answer.status_code == 403


# --- many at once -------------------------------------------------------------------------------------------


def test_prices_are_changed_by_a_percentage_in_one_market(staff):
    variant = VariantFactory(price__amount=1999)
    france = PriceFactory(variant=variant, market=MarketFactory(country="FR"), amount=1999)
    germany = Market.objects.get(country="DE")

    asked, answer = run_action(
        staff, [variant.product], "change_prices", market=germany.pk, percent="-20", keep_as_earlier="on"
    )

    price = Price.objects.get(variant=variant, market=germany)
    france.refresh_from_db()
    assert "1 product is selected" in asked.text
    assert "1 price was changed" in answer.text
    assert (price.amount, price.compare_at) == (1599, 1999)
    assert france.amount == 1999


def test_stock_is_set_for_many(staff):
    variants = [VariantFactory(stock=stock) for stock in (0, 5, 9)]

    _, answer = run_action(staff, [variant.product for variant in variants], "set_stock", pieces="5")

    assert "2 variants were counted anew" in answer.text
    assert list(Variant.objects.values_list("stock", flat=True)) == [5, 5, 5]
    assert StockMovement.objects.count() == 2


def test_what_is_archived_is_no_longer_found(staff):
    product = VariantFactory(product=ProductFactory(name="Celadon bowl")).product
    change(staff, product)

    run_action(staff, [product], "set_status", status="archived")

    product.refresh_from_db()
    assert product.status == "archived"
    assert not search.search("celadon", language="en")


def test_a_selection_across_pages_travels_in_the_address(staff):
    products = [ProductFactory(status="draft") for _ in range(3)]
    chosen = {"_selected_action": [products[0].pk], "action": "set_status", "select_across": "1"}

    asked = staff.post(PRODUCTS, chosen)
    staff.post(PRODUCTS, {**fields(asked), **chosen, "apply": "1", "status": "active"})

    assert "3 products are selected" in asked.text
    assert Product.objects.filter(status="active").count() == 3


# --- the pages themselves -----------------------------------------------------------------------------------


def test_pages_keep_to_the_content_security_policy(staff):
    variant = VariantFactory(options=[AttributeValueFactory()])
    PictureFactory(product=variant.product)

    for row in (variant, variant.product, variant.product.category, variant.options.get().attribute):
        page = staff.get(reverse(f"admin:catalogue_{row._meta.model_name}_change", args=[row.pk])).text
        assert not re.search(r"<[^>]+ style=|<style|<[^>]+ on\w+=", page), row._meta.model_name
        assert all("src=" in tag or "json" in tag for tag in re.findall(r"<script[^>]*>", page))


def test_strangers_see_nothing(client, db):
    assert client.get(PRODUCTS).status_code == 302


def test_a_market_that_is_closed_is_forgotten_at_once(staff, client):
    market = MarketFactory(country="FR")
    client.get("/en-fr/")

    change(staff, market, is_active="")

    assert client.get("/en-fr/").status_code == 404
