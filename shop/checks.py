"""Production refuses to start half-configured: each check names what is missing and how to give it."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

NO_REAL_MAIL = (".console.EmailBackend", ".filebased.EmailBackend", ".dummy.EmailBackend")


class Need(NamedTuple):
    id: str
    is_met: Callable[[], bool]
    problem: str
    hint: str


NEEDS = [
    Need("E000", lambda: not settings.DEBUG, "DEBUG shows everybody the shop's inside", "unset DEBUG"),
    Need(
        "E001",
        lambda: not settings.SECRET_KEY.startswith("insecure"),
        "SECRET_KEY is missing or the demo's",
        "SECRET_KEY=<fifty random characters>",
    ),
    Need(
        "E002",
        lambda: all(ring and not ring[0].startswith("demo:") for ring in key_rings()),
        "the keys of personal data, of the audit trail or of backups are missing or the demo's",
        "PRIVACY_KEYS, PRIVACY_INDEX_KEYS, AUDIT_KEYS, BACKUP_KEYS=<name>:<base64 of 32 random bytes>",
    ),
    Need(
        "E003",
        lambda: not settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"),
        "the database is SQLite",
        "DATABASE_URL=postgres://…",
    ),
    Need(
        "E004",
        lambda: bool(settings.REDIS_URL),
        "there is no Redis for pages, rate limits and tasks",
        "REDIS_URL=rediss://…",
    ),
    Need(
        "E005", lambda: settings.SECURE, "the shop is not served over HTTPS", "SITE_URL=https://shop.example"
    ),
    Need("E006", lambda: bool(settings.ALLOWED_HOSTS), "no host is allowed", "ALLOWED_HOSTS=shop.example"),
    Need(
        "E007",
        lambda: not any(is_placeholder(line) for line in contact()),
        "the shop's name, e-mail, phone or address is missing or a placeholder",
        "SHOP_NAME, SHOP_EMAIL, SHOP_PHONE, SHOP_ADDRESS",
    ),
    Need(
        "E008",
        lambda: not settings.PAYMENT_SANDBOX_URL,
        "payments go to the sandbox",
        "unset PAYMENT_SANDBOX_URL",
    ),
    Need(
        "E009",
        lambda: bool(settings.STRIPE_API_KEY and settings.STRIPE_WEBHOOK_SECRET),
        "the payment gateway's keys are missing",
        "STRIPE_API_KEY, STRIPE_WEBHOOK_SECRET",
    ),
    Need(
        "E010",
        lambda: not settings.EMAIL_BACKEND.endswith(NO_REAL_MAIL),
        "no mail leaves the shop",
        "EMAIL_URL=smtp+tls://…",
    ),
]


@register()
def production_settings(**kwargs: Any) -> list[CheckMessage]:
    """An error for each thing that only the demo may do or do without."""
    if settings.DEMO:
        return []
    return [Error(need.problem, hint=need.hint, id=f"shop.{need.id}") for need in NEEDS if not need.is_met()]


def key_rings() -> list[list[str]]:
    return [settings.PRIVACY_KEYS, settings.PRIVACY_INDEX_KEYS, settings.AUDIT_KEYS, settings.BACKUP_KEYS]


def contact() -> list[str]:
    return [settings.SHOP_NAME, settings.SHOP_EMAIL, settings.SHOP_PHONE, settings.SHOP_ADDRESS]


def is_placeholder(line: str) -> bool:
    return not line or "[" in line or ".example" in line
