"""The yardstick: a Django project with one view and nothing else, 24 rows from one indexed query, a template.

It reads the same database under the same server, so that the shop's work is compared and not the machine.
"""

import os
from typing import ClassVar

import environ
from django.conf import settings

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    DATABASES={"default": environ.Env.db_url_config(os.environ["DATABASE_URL"]) | {"CONN_MAX_AGE": 600}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=[],
    MIDDLEWARE=[],
    ROOT_URLCONF=__name__,
    SECRET_KEY="bare",
    TEMPLATES=[
        {"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [os.path.dirname(__file__)]}
    ],
)

from django.core.wsgi import get_wsgi_application
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

application = get_wsgi_application()


class Product(models.Model):
    """Six columns of the shop's table."""

    category_id = models.BigIntegerField()
    slug = models.CharField(max_length=200)
    name = models.CharField(max_length=250)
    summary = models.CharField(max_length=300)
    rank = models.PositiveIntegerField()

    objects: ClassVar[models.Manager["Product"]] = models.Manager()

    class Meta:
        app_label = "bare"
        db_table = "catalogue_product"
        managed = False

    def __str__(self) -> str:
        return self.name


def category(request: HttpRequest, pk: int) -> HttpResponse:
    products = Product.objects.filter(category_id=pk).order_by("-rank", "-id")[:24]
    return render(request, "bare.html", {"products": products})


def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


urlpatterns = [path("<int:pk>/", category), path("healthz", healthz)]
