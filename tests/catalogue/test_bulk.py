"""Who may do what to many products at once."""

import pytest
from django.contrib.auth.models import Permission

from accounts.models import User
from shop.catalogue.models import Price
from tests.factories import VariantFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def writer(client):
    """May write about products, but set neither prices nor stock."""
    writer = User.objects.create_user("writer@mail.example", "a long password", is_staff=True)
    writer.user_permissions.set(Permission.objects.filter(codename="change_product"))
    client.force_login(writer)
    return client


@pytest.mark.parametrize(
    ("action", "typed"), [("set_stock", {"pieces": "3"}), ("change_prices", {"percent": "-50"})]
)
def test_prices_and_stock_need_rights_of_their_own(writer, action, typed):
    variant = VariantFactory(stock=10, price__amount=2500)
    data = {"action": action, "_selected_action": variant.product.pk, "apply": "1", **typed}

    answer = writer.post("/admin/catalogue/product/", data | {"market": Price.objects.get().market_id})

    assert answer.status_code == 403
    variant.refresh_from_db()
    assert (variant.stock, Price.objects.get().amount) == (10, 2500)
