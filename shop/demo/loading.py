"""Opens the demo shop: markets, partners, places, people and catalogue. Loading twice changes nothing."""

from datetime import timedelta
from pathlib import Path

from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from accounts import roles
from accounts.models import User
from orders.models import DeliveryMethod
from privacy import audit, backup
from privacy.models import Facility, Processor, SafetyCheck, SubjectIdentifier
from privacy.policy_files import publish_folder
from shop.catalogue.models import Market
from shop.demo.markets import AGREEMENT_SIGNED_ON, FACILITIES, MARKETS, METHOD_NAMES, PARTNERS, DemoMarket
from shop.demo.people import SIGN_INS, SignIn

CATALOGUE = Path(__file__).parent / "catalogue.csv"
PICTURES = Path(__file__).parent / "pictures"
POLICIES = Path(__file__).parent / "policies"


def load_markets() -> None:
    for position, demo in enumerate(MARKETS):
        market, _created = Market.objects.update_or_create(
            country=demo.country,
            defaults={
                "currency": demo.currency,
                "languages": demo.languages,
                "prices_include_tax": demo.prices_include_tax,
                "position": position,
            },
        )
        load_delivery(market, demo)
    cache.delete("markets")


def load_delivery(market: Market, demo: DemoMarket) -> None:
    methods = {
        "standard": {"amount": demo.standard, "free_from": demo.free_from},
        "express": {"amount": demo.express, "max_grams": 10_000, "needs_phone": True},
    }
    days = {"standard": demo.days[:2], "express": demo.days[2:]}
    for position, (code, values) in enumerate(methods.items()):
        names = {f"name_{language}": name for language, name in METHOD_NAMES[code].items()}
        at_least, at_most = days[code]
        DeliveryMethod.objects.update_or_create(
            market=market,
            code=code,
            defaults={**values, **names, "days_min": at_least, "days_max": at_most, "position": position},
        )


def load_policies() -> None:
    """Published before the first of the demo's orders, which are up to half a year old."""
    publish_folder(POLICIES, at=timezone.now() - timedelta(days=200))


def load_partners() -> None:
    """Partners without a valid agreement are told nothing, so the demo's have one."""
    for partner in PARTNERS:
        Processor.objects.update_or_create(
            code=partner["code"],
            defaults={
                **partner,
                "region": "EU",
                "screened_on": timezone.localdate(),
                "agreement_version": "demo",
                "agreement_signed_on": AGREEMENT_SIGNED_ON,
            },
        )


def load_facilities() -> None:
    for facility in FACILITIES:
        Facility.objects.update_or_create(
            name=facility["name"],
            defaults={
                **facility,
                "region": "EU",
                "certificate": "ISO/IEC 27001 (invented)",
                "valid_from": AGREEMENT_SIGNED_ON,
                "valid_until": timezone.localdate() + timedelta(days=365),
            },
        )


def load_safety() -> None:
    """Nothing is invented here: what the last night should have done is done, if nobody has."""
    recent = SafetyCheck.objects.passed().filter(at__gte=timezone.now() - timedelta(days=1))
    if recent.last(SafetyCheck.Kind.AUDIT) is None:
        audit.inspect()
    if recent.last(SafetyCheck.Kind.BACKUP) is None:
        backup.make()


def load_people() -> None:
    roles.make_roles()
    for sign_in in SIGN_INS:
        if not User.objects.filter(email=sign_in.email).exists():
            add_person(sign_in)


@transaction.atomic
def add_person(sign_in: SignIn) -> None:
    is_owner = sign_in.role == roles.OWNER
    user = User.objects.create_user(
        sign_in.email,
        sign_in.password,
        name=sign_in.name,
        language="en",
        country="DE",
        is_staff=sign_in.is_staff,
        is_superuser=is_owner,
    )
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    SubjectIdentifier.objects.prove(user.subject, "email", user.email)
    if sign_in.role in roles.ROLES:
        roles.give(user, sign_in.role)


def load_catalogue() -> None:
    call_command("import_catalogue", str(CATALOGUE), pictures=PICTURES)
