import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from shop.cookies import REGISTER, CookieRegisterMiddleware, UndeclaredCookie


def respond_with_cookie(name):
    def get_response(request):
        response = HttpResponse("ok")
        response.set_cookie(name, "1")
        return response

    return CookieRegisterMiddleware(get_response)


@pytest.mark.promise("B-5.9")
def test_an_undeclared_cookie_is_an_error_in_the_demo(settings):
    settings.DEMO = True

    with pytest.raises(UndeclaredCookie):
        respond_with_cookie("tracker")(RequestFactory().get("/"))


@pytest.mark.promise("B-5.9")
def test_an_undeclared_cookie_never_leaves_production(settings):
    settings.DEMO = False

    response = respond_with_cookie("tracker")(RequestFactory().get("/"))

    assert "tracker" not in response.cookies


def test_a_declared_cookie_passes(settings):
    response = respond_with_cookie(settings.CART_COOKIE_NAME)(RequestFactory().get("/"))

    assert settings.CART_COOKIE_NAME in response.cookies


@pytest.mark.django_db
@pytest.mark.promise("A-I.9", "B-5.1")
def test_the_register_is_published(client, path_of):
    page = client.get(path_of("privacy_cookies"))

    assert all(cookie.name in page.text for cookie in REGISTER.values())
