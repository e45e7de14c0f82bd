"""Search finds what a shopper means, the same on both databases."""

import pytest

from shop.catalogue.search import find, index, search
from tests.factories import ProductFactory

pytestmark = pytest.mark.django_db


def test_first(django_assert_num_queries):
    p = ProductFactory(name="Blue tea bowls", name_en="Blue tea bowls", name_de="Teekanne Mühlbach")
    index([p])
    assert list(search("bowl", language="en")) == [p]
    assert list(search("kanne", language="de")) == [p]
    assert list(search("muhlb", language="de")) == [p]
    f = find("blew bowk", language="en")
    print(f, list(f.products))
