"""Who may change users in the back office, and what."""

import pytest
from django.contrib.auth.models import Permission

from accounts.models import User
from privacy import access
from privacy.purposes import Purpose

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(client):
    clerk = User.objects.create_user("clerk@mail.example", "a long password", is_staff=True)
    rights = ("change_user", "view_user")
    clerk.user_permissions.set(Permission.objects.filter(codename__in=rights))
    client.force_login(clerk)
    return clerk


def test_a_clerk_cannot_become_the_owner(client, clerk):
    rights = {"is_active": "on", "is_staff": "on", "is_superuser": "on"}

    page = client.post(f"/admin/accounts/user/{clerk.pk}/change/", rights)

    assert page.status_code == 302
    clerk.refresh_from_db()
    assert not clerk.is_superuser


def test_a_clerk_closes_a_shoppers_account_but_not_the_owners(client, clerk):
    shopper = User.objects.create_user("zoe@mail.example", "a long password")
    owner = User.objects.create_superuser("owner@mail.example", "a long password")
    access.break_glass(clerk, shopper, purpose=Purpose.SECURITY, reason="Somebody else signs in with it")

    client.post(f"/admin/accounts/user/{shopper.pk}/change/", {})
    refused = client.post(f"/admin/accounts/user/{owner.pk}/change/", {})

    assert refused.status_code == 403
    shopper.refresh_from_db()
    owner.refresh_from_db()
    assert not shopper.is_active
    assert owner.is_active
